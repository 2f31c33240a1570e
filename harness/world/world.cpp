#include "harness/world/world.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/invariant.h"
#include "harness/oracle/accepted_losses.h"
#include "harness/trace_kinds.h"
#include "harness/world/administrator.h"
#include "harness/world/follow_ups.h"
#include "model/hotspare/spare.h"

namespace raidsim::harness {
namespace {

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
  constexpr auto lies = [](const scenarios::Fault& fault) {
    const unsigned n = scenarios::number_of(fault.id);
    return (n >= 10 && n <= 16) || n == 22 || n == 28 || n == 56 || n == 57 ||
           fault.with.form == scenarios::NvramForm::stale_contents;
  };
  return std::any_of(scenario.script.begin(), scenario.script.end(), [&](const scenarios::ScriptEntry& line) {
    const auto* fault = std::get_if<scenarios::Fault>(&line.action);
    return fault != nullptr && lies(*fault);
  });
}

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
      script_lines_(script_of(scenario)),
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
      stripe_tolerance_(scenario, bay_, points_),
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
  memory_.set_shortage(&shortage_);
  script_ = std::make_unique<Script>(simulation_, script_lines_, unit_names_, disk_names_, *this);
  if (has_forced(scenario)) losses_ = std::make_unique<AcceptedLosses>(*this);
  invariants_ = std::make_unique<InvariantSet>(*this);
  points_.set_script(script_.get());
  points_.set_traced(options.traced_points);
  if (losses_) points_.add_listener(*losses_);
  points_.add_listener(*invariants_);
  if (has_liars(scenario)) {
    points_.add_listener(tolerance_);
    points_.add_listener(stripe_tolerance_);
  }
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

void World::build_users() {
  for (size_t i = 0; i < scenario_.units.size(); ++i) {
    const md::Minor minor = minors_[i];
    const bool stripe = scenario_.units[i].kind == scenarios::UnitKind::stripe;
    Tolerance& tolerance = stripe ? static_cast<Tolerance&>(stripe_tolerance_) : tolerance_;
    ports_.push_back(std::make_unique<UnitPort>(simulation_, verdicts_, tolerance, scenario_.units[i].name, minor,
                                                machine_->manager().size(minor)));
    if (stripe) ports_.back()->write_through();
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
  shortage_.end_all();
  clock_.faults_stop();
  simulation_.let_go_of_fibers();
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

void World::on_event(const md::SvmEvent&) {
  if (machine_) acknowledged_.look(machine_->manager().view());
  watch_.look_at_all();
}

}  // namespace raidsim::harness
