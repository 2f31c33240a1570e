#include "harness/world/prepared_image.h"

#include <fmt/core.h>

#include "engine/simulation.h"
#include "harness/world/administrator.h"
#include "harness/world/machine.h"
#include "harness/world/replica_tool.h"
#include "scenarios/error.h"
#include "scenarios/names.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

/// A small world before time 0: disks that take no time, a host, the administrator.
class Workshop {
 public:
  explicit Workshop(const scenarios::Scenario& scenario)
      : scenario_(scenario),
        simulation_(SimulationOptions{}),
        bay_(simulation_, pool_, instant_disks(scenario)),
        host_(std::make_unique<Host>(simulation_, "workshop")),
        clock_(simulation_, scenario.epoch),
        console_(simulation_, bay_.tree()),
        events_(simulation_, bay_.tree()) {}

  ~Workshop() {
    if (machine_) machine_->driver().crash(disk::CrashKind::host_only, disk::OutstandingFate::done);
    host_.reset();
    machine_.reset();
  }

  std::shared_ptr<const PreparedImage> make() {
    machine_ = std::make_unique<Machine>(MachineParts{.host = host_.get(),
                                                      .bay = &bay_,
                                                      .memory = &memory_,
                                                      .clock = &clock_,
                                                      .console = &console_,
                                                      .notifier = &events_,
                                                      .panic = [](void*, const char*) {},
                                                      .panic_context = nullptr,
                                                      .boot_list = &boot_list_},
                                         disk::HostDriverOptions{.open_time = Duration{}});
    host_->spawn("administrator", [this] { create_all(); });
    const RunEnd end = simulation_.run();
    if (end == RunEnd::failed) problem_ = simulation_.failure()->what;
    if (!problem_.empty()) throw scenarios::ScenarioError(scenario_.name, place_, problem_);
    auto image = std::make_shared<PreparedImage>();
    image->disks = disk::prepare(bay_);
    image->boot_list = std::move(boot_list_);
    image->units = std::move(units_);
    for (const scenarios::Workload& workload : scenario_.workload) image->logs.push_back(log_of(workload));
    return image;
  }

 private:
  [[nodiscard]] std::shared_ptr<const scenarios::Iolog> log_of(const scenarios::Workload& workload) const {
    if (!workload.trace) return nullptr;
    auto log = std::make_shared<const scenarios::Iolog>(scenarios::read_iolog(workload.trace->resolved));
    const scenarios::Unit& unit = *scenarios::find_unit(scenario_, workload.unit);
    scenarios::check_fit(*log, *workload.trace, scenarios::total_blocks_of(scenario_, unit), unit.name);
    return log;
  }

  static std::vector<disk::DiskOptions> instant_disks(const scenarios::Scenario& scenario) {
    auto disks = disk_options(scenario);
    for (disk::DiskOptions& d : disks) {
      d.latency.kind = disk::LatencyKind::fixed;
      d.latency.fixed = {.read = Duration{}, .write = Duration{}, .flush = Duration{}, .per_block = Duration{}};
      d.cache = CacheKind::none;
    }
    return disks;
  }

  void create_all() {
    Manager& manager = machine_->manager();
    static_cast<void>(manager.boot());  // there is no database yet; the first replica makes one
    ReplicaTool replicas(manager, machine_->driver(), clock_, boot_list_);
    for (size_t i = 0; i < scenario_.replicas.size() && problem_.empty(); ++i) {
      check(fmt::format("/replicas/{}", i), replicas.add(replica_of(scenario_, bay_, i)));
    }
    if (!problem_.empty()) return;
    Administrator administrator(manager, scenario_, bay_.tree());
    for (size_t i = 0; i < scenario_.pools.size() && problem_.empty(); ++i) {
      check(fmt::format("/pools/{}", i), administrator.create_pool(scenario_.pools[i]));
    }
    for (size_t i = 0; i < scenario_.units.size() && problem_.empty(); ++i) create_unit(administrator, i);
  }

  void create_unit(Administrator& administrator, size_t index) {
    const scenarios::Unit& unit = scenario_.units[index];
    units_.emplace_back();
    if (unit.create == scenarios::CreateMode::init) return;
    const std::string place = fmt::format("/units/{}", index);
    if (unit.kind == scenarios::UnitKind::stripe) return create_stripe(administrator, unit, place);
    raid::Unit image;
    const md::Error made = administrator.make_image(unit, raid::RUS_OKAY, image);
    if (made.is_errno(ENOSPC)) return refuse(place, "its columns have no room for the pre-write log and one line");
    if (!made.is_ok()) return check(place, made);
    write_empty_logs(bay_, DiskRoles(slice_layout(scenario_), bay_.tree()), image);
    check(place, administrator.create(image));
    units_.back() = image;
  }

  void create_stripe(Administrator& administrator, const scenarios::Unit& unit, const std::string& place) {
    stripe::Unit image;
    const md::Error made = administrator.make_image(unit, image);
    if (made.is_errno(ENOSPC)) return refuse(place, "a component has no room for one interlace");
    check(place, made.is_ok() ? administrator.create(image) : made);
  }

  void check(const std::string& place, const md::Error& error) {
    if (!error.is_ok()) refuse(place, fmt::format("the volume manager refuses it with {}", md::name_of(error)));
  }
  void refuse(const std::string& place, const std::string& problem) {
    place_ = place;
    problem_ = problem;
  }

  const scenarios::Scenario& scenario_;
  disk::PagePool pool_;
  Simulation simulation_;
  disk::DiskBay bay_;
  std::unique_ptr<Host> host_;
  HostMemory memory_;
  HostClock clock_;
  HostConsole console_;
  HostEvents events_;
  std::unique_ptr<Machine> machine_;
  std::vector<std::optional<raid::Unit>> units_;
  statedb::BootList boot_list_;
  std::string place_, problem_;
};

}  // namespace

std::shared_ptr<const PreparedImage> prepare_image(const scenarios::Scenario& scenario) {
  return Workshop(scenario).make();
}

}  // namespace raidsim::harness
