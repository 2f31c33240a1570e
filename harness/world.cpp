#include "harness/world.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/administrator.h"
#include "harness/invariants/invariant.h"
#include "harness/media.h"
#include "harness/oracle/accepted_losses.h"
#include "harness/trace_kinds.h"
#include "model/hotspare/spare.h"

namespace raidsim::harness {
namespace {

constexpr Duration open_retry = 10ms;
constexpr uint32_t vain_boots_most = 3;  // chosen
constexpr uint32_t read_back_blocks = 256;
constexpr uint64_t read_back_all = 1 << 19;  ///< 256 MiB: a bigger unit is read where something was written; chosen

/// Pages are recycled between the runs of one thread.
disk::PagePool& page_pool() {
  thread_local disk::PagePool pool;
  return pool;
}

SimulationOptions simulation_options(const scenarios::Scenario& scenario, const RunOptions& options) {
  SimulationOptions out;
  out.seed = options.seed;
  out.policy = {.kind = static_cast<PolicyKind>(scenario.schedule.policy),
                .window = scenario.schedule.window,
                .pct_depth = scenario.schedule.pct_depth,
                .pct_steps = scenario.schedule.pct_steps};
  out.trace = options.trace;
  out.ring_records = options.ring_records;
  out.record_tape = options.record_tape;
  out.tape = options.tape;
  return out;
}

std::vector<md::Minor> minors_of(const scenarios::Scenario& scenario) {
  std::vector<md::Minor> out;
  for (const scenarios::Unit& unit : scenario.units) out.push_back(minor_of_name(unit.name));
  return out;
}

bool has_liars(const scenarios::Scenario& scenario) {
  constexpr auto lies = [](unsigned n) { return (n >= 10 && n <= 15) || n == 16 || n == 22 || n == 28; };
  return std::any_of(scenario.script.begin(), scenario.script.end(), [&](const scenarios::ScriptEntry& line) {
    const auto* fault = std::get_if<scenarios::Fault>(&line.action);
    return fault != nullptr && lies(scenarios::number_of(fault->id));
  });
}

/// A component that is not there cannot be named.
bool refused_for_component(const md::Error& error) { return error.is_errno(ENXIO); }

/// Without a quorum nothing can be recorded, and a stopped host takes no commands: no fault of the tool's.
bool refused_by_database(const View& view) { return view.stale() || view.replicas().toofew || view.system().halted; }

bool has_forced(const scenarios::Scenario& scenario) {
  return std::any_of(scenario.script.begin(), scenario.script.end(), [](const scenarios::ScriptEntry& line) {
    const auto* request = std::get_if<scenarios::Ioctl>(&line.action);
    return request != nullptr && accepts_losses(*request);
  });
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& list) {
  std::vector<std::string> out;
  for (const Named& x : list) out.push_back(x.name);
  return out;
}

}  // namespace

World::World(const scenarios::Scenario& scenario, const PreparedImage& image, const RunOptions& options)
    : scenario_(scenario),
      image_(image),
      boot_list_(image.boot_list),
      simulation_(simulation_options(scenario, options)),
      bay_(simulation_, page_pool(), disk_options(scenario)),
      host_(std::make_unique<Host>(simulation_, "host")),
      minors_(minors_of(scenario)),
      roles_(slice_layout(scenario), bay_.tree()),
      watch_(simulation_, roles_, *this, minors_),
      points_(simulation_, bay_, roles_, *this),
      tolerance_(bay_, roles_, watch_, points_, *this, minors_),
      clock_(simulation_, scenario.epoch),
      console_(simulation_, bay_.tree()),
      events_(simulation_, bay_.tree()),
      unit_names_(names_of(scenario.units)),
      disk_names_(names_of(scenario.disks)),
      refused_(scenario.units.size()),
      died_([](Event& e) { static_cast<Due&>(e).world.host_is_dead(); }, *this),
      boot_due_([](Event& e) { static_cast<Due&>(e).world.boot(); }, *this) {
  disk::load(bay_, image.disks);
  simulation_.recorder().keep_checkpoints(options.checkpoint_interval);
  host_->set_on_dead(&died_);
  script_ = std::make_unique<Script>(simulation_, scenario_.script, unit_names_, disk_names_, *this);
  if (has_forced(scenario)) losses_ = std::make_unique<AcceptedLosses>(*this);
  invariants_ = std::make_unique<InvariantSet>(*this);
  points_.set_script(script_.get());
  points_.set_traced(options.traced_points);
  if (losses_) points_.add_listener(*losses_);
  points_.add_listener(*invariants_);
  if (has_liars(scenario)) points_.add_listener(tolerance_);
  for (uint32_t i = 0; i < image.units.size(); ++i) {
    if (image.units[i]) watch_.expect(i, *image.units[i]);
  }
  bay_.set_observer(&points_);
  watch_.set_script(script_.get());
  if (losses_) watch_.add_listener(*losses_);
  watch_.add_listener(*invariants_);
  simulation_.set_sync_observer(&watch_);
  events_.add_listener(*invariants_);
  events_.add_listener(*this);
}

World::~World() { shut_down(); }

void World::shut_down() {
  if (ended_) return;
  ended_ = true;
  script_->end();
  simulation_.set_sync_observer(nullptr);
  bay_.set_observer(nullptr);
  simulation_.cancel(boot_due_);
  if (machine_) machine_->driver().crash(disk::CrashKind::host_only, disk::OutstandingFate::undone);
  host_->set_on_dead(nullptr);
  host_.reset();
  machine_.reset();
}

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
    if (unit.create != scenarios::CreateMode::init || manager.view().unit(minor_of_name(unit.name)) != nullptr)
      continue;
    raid::Unit image;
    md::Error error = administrator.make_image(unit, raid::RUS_INIT, image);
    if (error.is_ok()) error = administrator.create(image);
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

void World::build_users() {
  for (size_t i = 0; i < scenario_.units.size(); ++i) {
    const md::Minor minor = minors_[i];
    ports_.push_back(std::make_unique<UnitPort>(simulation_, verdicts_, tolerance_, scenario_.units[i].name, minor,
                                                machine_->manager().size(minor)));
    ports_.back()->set_answer_listener(invariants_.get());
  }
  const auto stop = [](void* world) { static_cast<World*>(world)->simulation_.stop(); };
  uint32_t number = 0;
  for (const scenarios::Workload& workload : scenario_.workload) {
    UnitPort& port = *ports_[unit_index(scenario_, workload.unit)];
    if (port.blocks() == 0) continue;
    if (workload.trace) {
      const size_t index = static_cast<size_t>(&workload - scenario_.workload.data());
      trace_clients_.push_back(std::make_unique<TraceClient>(workload, image_.logs[index], port, ++number));
      trace_clients_.back()->set_on_done(stop, this);
      continue;
    }
    for (uint32_t c = 0; c < workload.clients; ++c) {
      ChoiceStream& stream = simulation_.choices().stream(fmt::format("workload/client/{}", ++number));
      clients_.push_back(std::make_unique<Client>(workload, port, stream, number, c));
      clients_.back()->set_on_done(stop, this);
    }
  }
}

void World::crash(disk::CrashKind kind, disk::OutstandingFate fate) {
  if (!machine_ || !host_->up()) return;
  up_ = false;
  machine_->driver().crash(kind, fate);
  simulation_.recorder().add(simulation_.now(), kind_epoch, 0, epoch_, 0,
                             static_cast<uint16_t>(1 + static_cast<int>(kind)));
  host_->crash();
}

// The last fiber has ended: what the host knew is gone.
void World::host_is_dead() {
  for (const auto& port : ports_) port->host_died();
  for (const auto& client : clients_) client->host_died();
  for (const auto& client : trace_clients_) client->host_died();
  points_.host_died();
  vain_boots_ = panicked_ && !booted_ ? vain_boots_ + 1 : 0;
  tolerance_.absorb_damage();
  if (losses_) losses_->host_died();
  invariants_->host_died();
  if (machine_ && past_accepted_) judge_loaded_records();
  if (machine_) acknowledged_.host_died(machine_->manager().view());
  machine_.reset();
  memory_.host_died();
  commands_ = 0;
  if (ended_) return;
  simulation_.stop();
  if (!script_->may_boot()) boot_again();
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

// A panic is a crash decided by the code under test; whether it had to be is judged when the host is dead (D-03).
void World::panic(void* context, const char*) {
  World& world = *static_cast<World*>(context);
  world.panicked_ = true;
  world.simulation_.recorder().add(world.simulation_.now(), kind_panic, 0);
  world.crash(disk::CrashKind::host_only, disk::OutstandingFate::drawn);
}

void World::stop_faults() {
  script_->end();
  bay_.faults().lift_transient();
}

bool World::clients_done() const noexcept {
  const auto done = [](const auto& client) { return client->done(); };
  return !ports_.empty() && std::all_of(clients_.begin(), clients_.end(), done) &&
         std::all_of(trace_clients_.begin(), trace_clients_.end(), done);
}

uint64_t World::requests_in_flight() const noexcept {
  uint64_t sum = 0;
  for (const auto& port : ports_) sum += port->in_flight();
  return sum;
}

uint64_t World::progress() const noexcept {
  uint64_t sum = commands_done_;
  for (uint32_t i = 0; i < ports_.size(); ++i) {
    sum += ports_[i]->completed();
    if (const raid::RaidUnit* u = unit(i)) sum += u->un.un_resync_line_index + u->un.un_init_iocnt;
  }
  return sum;
}

void World::start_read_back() {
  if (!up_) return;
  for (uint32_t i = 0; i < ports_.size(); ++i) {
    if (ports_[i]->available()) host_->spawn("read-back", [this, i] { read_back(i); });
  }
}

/// Pieces of a unit to read back: all of them, or those of a big one that users or anybody else ever wrote.
std::vector<uint64_t> World::pieces_to_read(uint32_t index) const {
  const UnitPort& port = *ports_[index];
  std::vector<uint64_t> pieces;
  if (port.blocks() <= read_back_all) {
    for (uint64_t p = 0; p * read_back_blocks < port.blocks(); ++p) pieces.push_back(p);
    return pieces;
  }
  for (const uint64_t block : port.legal().touched()) pieces.push_back(block / read_back_blocks);
  if (const raid::RaidUnit* u = unit(index)) {
    const uint64_t line_blocks = u->un.un_segsize * (u->un.un_origcolumncnt - 1), rows = u->un.rows();
    std::vector<raid::DeviceGroup> groups;
    for (const raid::Column& column : u->un.columns) groups.push_back(column.now);
    for (uint64_t row = next_written_row(bay_, roles_, groups, 0, rows); row < rows;
         row = next_written_row(bay_, roles_, groups, (row / u->un.un_segsize + 1) * u->un.un_segsize, rows)) {
      const uint64_t first = row / u->un.un_segsize * line_blocks;
      const uint64_t end = std::min(first + line_blocks, port.blocks());
      for (uint64_t p = first / read_back_blocks; p * read_back_blocks < end; ++p) pieces.push_back(p);
    }
  }
  std::sort(pieces.begin(), pieces.end());
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  return pieces;
}

void World::read_back(uint32_t index) {
  UnitPort& port = *ports_[index];
  std::vector<std::byte> data(std::min<uint64_t>(read_back_blocks, port.blocks()) * block_bytes);
  for (const uint64_t piece : pieces_to_read(index)) {
    const uint64_t block = piece * read_back_blocks;
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(read_back_blocks, port.blocks() - block));
    if (port.read(0, block, count, data.data()) == UnitPort::host_gone) return;
  }
}

void World::on_event(const md::SvmEvent&) {
  if (machine_) acknowledged_.look(machine_->manager().view());
  watch_.look_at_all();
}

}  // namespace raidsim::harness
