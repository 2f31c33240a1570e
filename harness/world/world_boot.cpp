// From a dead host to users at work: boot, units made and opened (spec/decisions.md D-02).
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/invariant.h"
#include "harness/trace_kinds.h"
#include "harness/world/administrator.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

constexpr Duration open_retry = 10ms;
constexpr uint32_t vain_boots_most = 3;  // chosen

/// A component that is not there cannot be named.
bool refused_for_component(const md::Error& error) { return error.is_errno(ENXIO); }

md::Error create_unit(Administrator& administrator, const scenarios::Unit& unit) {
  raid::Unit raid;
  stripe::Unit stripe;
  const bool is_stripe = unit.kind == scenarios::UnitKind::stripe;
  const md::Error error =
      is_stripe ? administrator.make_image(unit, stripe) : administrator.make_image(unit, raid::RUS_INIT, raid);
  if (!error.is_ok()) return error;
  return is_stripe ? administrator.create(stripe) : administrator.create(raid);
}

/// Without a quorum nothing can be recorded, and a stopped host takes no commands: no fault of the tool's.
bool refused_by_database(const View& view) { return view.stale() || view.replicas().toofew || view.system().halted; }

}  // namespace

void World::start() {
  machine_ = std::make_unique<Machine>(MachineParts{.host = host_.get(),
                                                    .bay = &bay_,
                                                    .memory = &memory_,
                                                    .clock = &clock_,
                                                    .console = &console_,
                                                    .notifier = &events_,
                                                    .panic = panic,
                                                    .panic_context = this,
                                                    .boot_list = &boot_list_},
                                       disk::HostDriverOptions{});
  simulation_.recorder().add(simulation_.now(), kind_epoch, 0, epoch_);
  booted_at_ = simulation_.now();
  panicked_ = booted_ = false;
  invariants_->booting();
  host_->spawn("boot", [this] { bring_up(); });
  if (epoch_ == 1) script_->start();
}

void World::boot() {
  if (ended_ || !host_->dead()) return;
  simulation_.cancel(boot_due_);
  bay_.power_on();
  const disk::DeviceTree numbers = bay_.tree();
  bay_.faults().host_boots();
  if (bay_.renumber()) watch_.renumbered(numbers);
  host_->boot();
  epoch_ = host_->epoch();
  start();
}

// Fiber of the host. D-02: the manager boots and sets units in sync, then users open their units.
void World::bring_up() {
  const bool usable = machine_->manager().boot();
  judge_loaded_records();
  if (usable && !created_) create_units();
  created_ = true;
  if (ports_.empty()) build_users();
  for (size_t i = 0; i < ports_.size(); ++i) open_unit(i, usable);
  watch_.look_at_all();
  invariants_->restarted();
  up_ = booted_ = true;
  for (const auto& client : clients_) client->start(*host_);
  for (const auto& client : trace_clients_) client->start(*host_);
  simulation_.stop();  // the runner may have waited for this
}

// Who deletes replicas of a STALE set goes on with the records of those that are left, of whatever time they are; who
// begins a new database over one that could not be loaded, with none.
void World::judge_loaded_records() {
  const View view = machine_->manager().view();
  acknowledged_.look(view);
  if (!past_accepted_ || !view.loaded_database() || view.replicas().minority) return;
  past_accepted_ = false;
  const std::string lost = acknowledged_.lost_by(view);
  if (lost.empty()) return;
  acknowledged_.go_on_with(view);
  verdicts_.give_up_units();
  verdicts_.finding(Outcome::detected_loss, fmt::format("the administrator went on with records of the past: {}", lost),
                    Verdicts::Keep::always);
}

void World::create_units() {
  Manager& manager = machine_->manager();
  Administrator administrator(manager, scenario_, bay_.tree());
  for (const scenarios::Unit& unit : scenario_.units) {
    if (unit.create != scenarios::CreateMode::init || manager.view().system().unit(minor_of_name(unit.name)) != nullptr)
      continue;
    const md::Error error = create_unit(administrator, unit);
    if (error.is_ok()) continue;
    const std::string text = fmt::format("{}: create failed: {}", unit.name, name_of(error));
    if (refused_by_database(manager.view()) || refused_for_component(error)) {
      verdicts_.finding(Outcome::refused, text);
    } else {
      verdicts_.violation("EXPECT", unit.name, text);
    }
  }
}

void World::open_unit(size_t index, bool usable) {
  Manager& manager = machine_->manager();
  const std::unique_ptr<UnitPort>& port = ports_[index];
  int error = usable ? manager.open(port->minor(), md::FREAD | md::FWRITE, md::OTYP_BLK) : ENXIO;
  // Ever rarer: a schedule that prefers this fiber within its window would have the disks wait for it for ever.
  for (Duration wait = open_retry; error == EAGAIN && manager.view().unit(port->minor())->un.un_state == raid::RUS_INIT;
       wait = std::min<Duration>(2 * wait, 1s)) {
    sleep_for(wait);
    error = manager.open(port->minor(), md::FREAD | md::FWRITE, md::OTYP_BLK);
  }
  if (error == EROFS) {
    verdicts_.finding(Outcome::refused, fmt::format("{} is read-only: the state database is stale", port->name()));
    error = manager.open(port->minor(), md::FREAD, md::OTYP_BLK);
  }
  refused_[index] = error != 0;
  if (error == 0) port->attach(&manager);
  if (error != 0)
    verdicts_.finding(Outcome::refused, fmt::format("{} refused: {}", port->name(), std::strerror(error)));
}

// A host that panics in each boot, as one whose only replica takes no writes, is not booted for ever: each panic is
// judged (D-03), and who looks after it stops trying.
void World::boot_again() {
  if (vain_boots_ < vain_boots_most) {
    simulation_.schedule_after(boot_due_, scenario_.reboot_after);
    return;
  }
  verdicts_.finding(Outcome::refused,
                    fmt::format("the host stays down: it stopped itself in {} boots in a row", vain_boots_),
                    Verdicts::Keep::always);
}

}  // namespace raidsim::harness
