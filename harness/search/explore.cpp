#include "harness/search/explore.h"

#include <fmt/core.h>
#include <poll.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>

#include "harness/search/distinct.h"
#include "harness/search/profile.h"
#include "harness/search/worker.h"
#include "harness/search/worker_process.h"

namespace raidsim::harness {
namespace {

constexpr auto progress_interval = std::chrono::milliseconds(100);

/// A share of the items and the process that works on it now.
struct Desk {
  WorkerProcess process;
  uint64_t next = 0;                      ///< first item of the present process
  uint64_t current = 0;                   ///< the item it is on, or was on last
  bool begun = false;                     ///< the present process has begun an item
  bool busy = false;                      ///< it has begun `current` and not ended it
  bool done = false;                      ///< its share is worked off
  bool too_long = false;                  ///< it was killed for `current`
  std::chrono::nanoseconds cpu_before{};  ///< used before `current`
};

class Campaign {
 public:
  Campaign(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
           const ExploreProgress& progress)
      : scenarios_(scenarios),
        options_(options),
        progress_(progress),
        items_{options.first_seed, options.last_seed, scenarios.size()},
        deadline_(options.time_limit.count() == 0 ? WallClock::time_point::max()
                                                  : WallClock::now() + options.time_limit) {
    const uint64_t workers = std::min<uint64_t>(std::max<uint32_t>(options_.jobs, 1), items_.count());
    for (uint64_t i = 0; i < workers; ++i) {
      desks_.push_back(std::make_unique<Desk>());
      desks_.back()->next = i;
    }
  }

  ExploreResult go() {
    for (const auto& desk : desks_) start(*desk);
    const auto working = [](const auto& desk) { return desk->process.alive(); };
    while (std::any_of(desks_.begin(), desks_.end(), working)) {
      if (options_.stop != nullptr && *options_.stop) {
        result_.stopped = true;
        for (const auto& desk : desks_) desk->process.end();
        break;
      }
      listen();
    }
    tell_progress();
    return collect();
  }

 private:
  void start(Desk& desk) {
    if (desk.next >= items_.count()) return;
    desk.begun = desk.busy = desk.too_long = false;
    const WorkShare share{.items = items_, .first = desk.next, .step = desks_.size(), .deadline = deadline_};
    desk.process.start([&](int out) { run_worker(scenarios_, options_, share, out); });
  }

  void listen() {
    std::vector<pollfd> polls;
    std::vector<Desk*> asked;
    for (const auto& desk : desks_) {
      if (!desk->process.alive()) continue;
      polls.push_back({.fd = desk->process.input(), .events = POLLIN, .revents = 0});
      asked.push_back(desk.get());
    }
    // A signal or a time-out means that nobody has spoken; the caller looks whether it is to stop.
    const bool spoken = poll(polls.data(), polls.size(), static_cast<int>(progress_interval.count())) > 0;
    for (size_t i = 0; i < polls.size(); ++i) {
      if (spoken && polls[i].revents != 0) hear(*asked[i]);
      watch(*asked[i]);
    }
    if (WallClock::now() - told_ >= progress_interval) tell_progress();
  }

  void watch(Desk& desk) {
    if (!desk.busy || desk.too_long || desk.process.cpu_time() - desk.cpu_before <= options_.seed_limit) return;
    desk.too_long = true;
    desk.process.kill();
  }

  void hear(Desk& desk) {
    const auto heard = [&](std::string_view line) {
      if (const auto said = understand(line)) std::visit([&](const auto& what) { note(desk, what); }, *said);
    };
    if (desk.process.listen(heard) || desk.done) return;
    if (!desk.begun)
      throw std::runtime_error("a worker process ended before its first run, by " + desk.process.how_it_ended());
    if (desk.busy) note_lost(desk);
    desk.next = desk.current + desks_.size();
    start(desk);
  }

  void note(Desk& desk, const Begun& begun) {
    desk.current = begun.item;
    desk.begun = desk.busy = true;
    desk.cpu_before = desk.process.cpu_time();
  }

  void note(Desk& desk, const RunReport& report) {
    desk.busy = false;
    ++result_.runs;
    ++result_.outcomes[report.outcome];
    result_.events += report.events;
    if (report.broken.empty()) return;
    ++result_.failed;
    distinct_.note(items_.at(report.item), report.trace_hash, report.broken);
  }

  void note(Desk&, const MarkSeen& mark) { (mark.reached ? reached_ : unreached_).insert(mark.name); }
  void note(Desk& desk, const WorkDone&) { desk.done = true; }

  /// The item that a worker took down with it.
  void note_lost(Desk& desk) {
    const std::string how =
        desk.too_long ? fmt::format("more than {} s of CPU time",
                                    std::chrono::duration_cast<std::chrono::seconds>(options_.seed_limit).count())
                      : desk.process.how_it_ended();
    const std::string text =
        desk.too_long ? "the run took " + how + " and was ended" : "the process that made this run ended by " + how;
    RunReport report{.item = desk.current, .outcome = "crashed", .events = 0, .trace_hash = 0, .broken = {}};
    report.broken.push_back({"PROCESS", how, text});
    note(desk, report);
  }

  void tell_progress() {
    told_ = WallClock::now();
    if (progress_) progress_(result_.runs, items_.count(), distinct_.size());
  }

  ExploreResult collect() {
    result_.failures = distinct_.in_order();
    std::set<std::string> marks = reached_;
    marks.insert(unreached_.begin(), unreached_.end());
    result_.marks = marks.size();
    std::set_difference(unreached_.begin(), unreached_.end(), reached_.begin(), reached_.end(),
                        std::back_inserter(result_.never_reached));
    return std::move(result_);
  }

  const std::vector<scenarios::Scenario>& scenarios_;
  const ExploreOptions& options_;
  const ExploreProgress& progress_;
  Items items_;
  WallClock::time_point deadline_;
  std::vector<std::unique_ptr<Desk>> desks_;
  DistinctFailures distinct_;
  std::set<std::string> reached_, unreached_;
  ExploreResult result_;
  WallClock::time_point told_{};
};

}  // namespace

scenarios::Scenario scenario_of_seed(const scenarios::Scenario& base, scenarios::Profile profile, uint64_t seed) {
  if (profile == scenarios::Profile::none) profile = base.profile;
  scenarios::Scenario scenario = with_profile(base, profile, seed);
  scenario.profile = scenarios::Profile::none;
  scenario.seed = seed;
  return scenario;
}

ExploreResult explore(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
                      const ExploreProgress& progress) {
  return Campaign(scenarios, options, progress).go();
}

}  // namespace raidsim::harness
