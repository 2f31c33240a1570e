#include "harness/runner.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/expectations.h"
#include "harness/invariants/invariant.h"
#include "harness/trace_kinds.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

constexpr Duration settle_time = std::chrono::minutes{10};
constexpr uint64_t settle_steps = 10'000'000;

enum class Drive : uint8_t { reached, idle, time_limit, step_limit, failed };

class Run {
 public:
  Run(const scenarios::Scenario& scenario, const PreparedImage& image, const RunOptions& options)
      : options_(options), world_(scenario, image, options) {}

  RunRecord go() {
    world_.start();
    if (workload() && faults_stop() && quiesce() && judge() && world_.scenario().recheck) (void)recheck();
    phase(Phase::done);
    return collect();
  }

 private:
  bool workload();
  bool faults_stop();
  bool quiesce();
  bool judge();
  bool recheck();
  RunRecord collect();

  template <class Finished>
  Drive drive(SimTime until, uint64_t steps, Finished finished);
  [[nodiscard]] uint64_t steps_allowed(uint64_t end) const;
  void phase(Phase next);
  bool stuck(Drive how, uint64_t progress_before);
  void report_hung();
  [[nodiscard]] bool over(Drive how);
  [[nodiscard]] bool asked_to_end();

  RunOptions options_;
  World world_;
  std::string wait_graph_;
  bool at_stop_time_ = false;
};

void Run::phase(Phase next) {
  Simulation& simulation = world_.simulation();
  simulation.recorder().add(simulation.now(), kind_phase, static_cast<uint32_t>(next));
}

uint64_t Run::steps_allowed(uint64_t end) const {
  World& world = const_cast<World&>(world_);
  const uint64_t now = world.simulation().steps();
  const uint64_t next = std::min(world.script().next_step(), end);
  if (options_.stop_at_event != UINT64_MAX) return 1;  // the trace is looked at after each step
  return next > now ? next - now : 0;
}

// Script lines act between two steps: the simulation stops for them, the loop below goes on.
template <class Finished>
Drive Run::drive(SimTime until, uint64_t steps, Finished finished) {
  Simulation& simulation = world_.simulation();
  const uint64_t end = simulation.steps() > UINT64_MAX - steps ? UINT64_MAX : simulation.steps() + steps;
  for (;;) {
    world_.script().act();
    if (finished()) return Drive::reached;
    if (asked_to_end()) return Drive::reached;
    const SimTime limit = std::min(until, options_.stop_at_time);
    const RunEnd how = simulation.run({.until = limit, .events = steps_allowed(end)});
    switch (how) {
      case RunEnd::stopped:
        continue;
      case RunEnd::failed:
        return Drive::failed;
      case RunEnd::idle:
        if (world_.script().has_ready()) continue;
        return finished() ? Drive::reached : Drive::idle;
      case RunEnd::time_limit:
        if (limit == until) return Drive::time_limit;
        at_stop_time_ = true;
        continue;
      case RunEnd::event_limit:
        if (simulation.steps() >= end) return Drive::step_limit;
        world_.script().step_reached(simulation.steps());
        continue;
    }
  }
}

/// The run cannot go on: an assertion failed, or it was asked to end here.
bool Run::over(Drive how) {
  Simulation& simulation = world_.simulation();
  if (how == Drive::failed) {
    const Failure& failure = *simulation.failure();
    world_.verdicts().reached(Outcome::diverged);
    world_.verdicts().violation("ASSERT", failure.where, fmt::format("{} ({})", failure.what, failure.where));
    return true;
  }
  return asked_to_end();
}

bool Run::asked_to_end() { return at_stop_time_ || world_.simulation().recorder().count() >= options_.stop_at_event; }

bool Run::workload() {
  phase(Phase::workload);
  const auto finished = [&] {
    return world_.clients_done() && !world_.script().waits_for_time() && world_.host_up() &&
           !world_.script().may_still_act();
  };
  return !over(drive(sim_start + world_.scenario().time_limit, UINT64_MAX, finished));
}

bool Run::faults_stop() {
  phase(Phase::faults_stop);
  world_.stop_faults();
  world_.boot();
  return true;
}

bool Run::quiesce() {
  phase(Phase::quiesce);
  const uint64_t before = world_.progress();
  const SimTime until = world_.simulation().now() + settle_time;
  const Drive how = drive(until, settle_steps, [] { return false; });
  if (over(how)) return false;
  if (how != Drive::idle) return stuck(how, before);
  if (world_.requests_in_flight() > 0 || !world_.simulation().blocked_fibers().empty()) {
    report_hung();
    return false;
  }
  world_.watch().look_at_all();
  world_.invariants().quiescent();
  return true;
}

bool Run::stuck(Drive how, uint64_t progress_before) {
  const bool moved = world_.progress() != progress_before;
  const char* kind = moved ? "slow" : "livelocked";
  const char* limit = how == Drive::time_limit ? "10 virtual minutes" : "10^7 steps";
  world_.verdicts().reached(Outcome::hang);
  world_.verdicts().violation("V11", kind, fmt::format("{}: not quiescent {} after faults stopped", kind, limit));
  wait_graph_ = world_.simulation().wait_graph();
  return false;
}

void Run::report_hung() {
  wait_graph_ = world_.simulation().wait_graph();
  std::string who;
  for (const BlockedFiber& fiber : world_.simulation().blocked_fibers()) {
    who += fmt::format("{}{} waits for {}", who.empty() ? "" : "; ", fiber.name, fiber.waits_for);
  }
  world_.verdicts().reached(Outcome::hang);
  world_.verdicts().violation("V11", "hung", "hung: nothing can run; " + who);
}

bool Run::judge() {
  phase(Phase::judge);
  world_.start_read_back();
  if (!quiesce()) return false;
  if (options_.expectations) judge_expectations(world_);
  return true;
}

bool Run::recheck() {
  phase(Phase::recheck);
  if (!world_.host_up()) return true;
  world_.crash(disk::CrashKind::power_cut, disk::OutstandingFate::drawn);
  const auto dead = [&] { return world_.machine() == nullptr; };
  if (over(drive(sim_never, settle_steps, dead))) return false;
  world_.boot();
  if (!quiesce()) return false;
  world_.start_read_back();
  return quiesce();
}

RunRecord Run::collect() {
  RunRecord record;
  Simulation& simulation = world_.simulation();
  RunResult& result = record.result;
  result.scenario = world_.scenario().name;
  result.seed = options_.seed;
  result.ended = simulation.now();
  result.events = simulation.recorder().count();
  result.trace_hash = simulation.recorder().hash();
  result.steps = simulation.steps();
  result.draws = simulation.choices().draws();
  fill_result(world_, options_.expectations, result);
  record.records = simulation.recorder().kept();
  record.first_record = simulation.recorder().first_kept();
  record.checkpoints = simulation.recorder().checkpoints();
  if (options_.record_tape) record.tape = simulation.choices().recorded();
  if (const auto divergence = simulation.choices().divergence()) {
    record.tape_divergence = fmt::format("stream {} draw {}", divergence->stream, divergence->draw);
  }
  record.wait_graph = std::move(wait_graph_);
  if (options_.keep_status) {
    record.status = status_of(world_);
    if (at_stop_time_) record.status->at = options_.stop_at_time;  // the last event was before
  }
  if (options_.keep_disks) record.disks = image_of(world_.bay(), world_.roles().slices());
  return record;
}

}  // namespace

const char* word_of(Phase phase) noexcept {
  switch (phase) {
    case Phase::workload:
      return "workload";
    case Phase::faults_stop:
      return "faults-stop";
    case Phase::quiesce:
      return "quiesce";
    case Phase::judge:
      return "judge";
    case Phase::recheck:
      return "recheck";
    case Phase::done:
      return "done";
  }
  return "?";
}

RunRecord run_scenario(const scenarios::Scenario& scenario, const PreparedImage& image, const RunOptions& options) {
  return Run(scenario, image, options).go();
}

RunRecord run_scenario(const scenarios::Scenario& scenario, const RunOptions& options) {
  return run_scenario(scenario, *prepare_image(scenario), options);
}

}  // namespace raidsim::harness
