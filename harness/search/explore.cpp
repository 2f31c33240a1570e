#include "harness/search/explore.h"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <tuple>

#include "engine/assert.h"
#include "harness/runner.h"
#include "harness/search/profile.h"

namespace raidsim::harness {
namespace {

using Clock = std::chrono::steady_clock;

/// Work item k of a campaign: scenario k mod S at seed first + k / S.
struct Item {
  size_t scenario;
  uint64_t seed;
};

// What a worker says, a line each, fields parted by tabs:
//   B item | V item id place text | R item outcome events violations | M mark | E
std::string clean(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

class Worker {
 public:
  Worker(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options, uint64_t total, int out)
      : scenarios_(scenarios), options_(options), total_(total), out_(out), images_(scenarios.size()) {}

  void run(uint64_t first, uint64_t step, Clock::time_point deadline) {
    for (uint64_t k = first; k < total_ && Clock::now() < deadline; k += step) one(k);
    for (const Sometimes* mark : Sometimes::all()) {
      if (mark->hits() > 0) say(fmt::format("M\t{}\n", mark->name()));
      if (mark->hits() == 0) say(fmt::format("N\t{}\n", mark->name()));
    }
    say("E\n");
  }

 private:
  void one(uint64_t k) {
    say(fmt::format("B\t{}\n", k));
    const size_t index = k % scenarios_.size();
    const uint64_t seed = options_.first_seed + k / scenarios_.size();
    const scenarios::Scenario scenario = scenario_of_seed(scenarios_[index], options_.profile, seed);
    // A profile varies latency and caches, not what creation leaves: the image serves all seeds.
    if (!images_[index]) images_[index] = prepare_image(scenarios_[index]);
    const RunRecord record = run_scenario(
        scenario, *images_[index],
        {.seed = seed, .expectations = options_.profile == scenarios::Profile::none});
    for (const Violation& v : record.result.violations) {
      say(fmt::format("V\t{}\t{}\t{}\t{}\n", k, clean(v.id), clean(v.place), clean(v.text)));
    }
    say(fmt::format("R\t{}\t{}\t{}\t{}\n", k, word_of(record.result.outcome), record.result.events,
                    record.result.violations.size()));
  }

  void say(const std::string& line) const {
    size_t done = 0;
    while (done < line.size()) {
      const ssize_t n = write(out_, line.data() + done, line.size() - done);
      if (n <= 0) _exit(3);
      done += static_cast<size_t>(n);
    }
  }

  const std::vector<scenarios::Scenario>& scenarios_;
  const ExploreOptions& options_;
  uint64_t total_;
  int out_;
  std::vector<std::shared_ptr<const PreparedImage>> images_;
};

/// The parent's view of one worker.
struct Child {
  pid_t pid = -1;
  int in = -1;
  uint64_t next = 0;       ///< first item of the present process
  uint64_t current = 0;    ///< item it is on
  bool busy = false;       ///< has begun `current` and not ended it
  bool finished = false;
  Clock::time_point began{};
  std::string buffer;
};

class Campaign {
 public:
  Campaign(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
           const ExploreProgress& progress)
      : scenarios_(scenarios),
        options_(options),
        progress_(progress),
        total_((options.last_seed - options.first_seed + 1) * scenarios.size()),
        deadline_(options.time_limit.count() == 0 ? Clock::time_point::max() : Clock::now() + options.time_limit) {}

  ExploreResult go() {
    children_.resize(std::max<uint32_t>(options_.jobs, 1));
    for (size_t i = 0; i < children_.size(); ++i) {
      children_[i].next = i;
      start(children_[i]);
    }
    while (std::any_of(children_.begin(), children_.end(), [](const Child& c) { return !c.finished; })) listen();
    return collect();
  }

 private:
  void start(Child& child) {
    int pipe_ends[2];
    if (child.next >= total_ || pipe(pipe_ends) != 0) {
      child.finished = true;
      return;
    }
    child.pid = fork();
    if (child.pid == 0) {
      close(pipe_ends[0]);
      Worker(scenarios_, options_, total_, pipe_ends[1]).run(child.next, children_.size(), deadline_);
      _exit(0);
    }
    close(pipe_ends[1]);
    child.in = pipe_ends[0];
    child.busy = false;
    child.buffer.clear();
  }

  void listen() {
    std::vector<pollfd> polls;
    std::vector<Child*> asked;
    for (Child& child : children_) {
      if (child.finished) continue;
      polls.push_back({.fd = child.in, .events = POLLIN, .revents = 0});
      asked.push_back(&child);
    }
    (void)poll(polls.data(), polls.size(), 200);
    for (size_t i = 0; i < polls.size(); ++i) {
      if (polls[i].revents != 0) hear(*asked[i]);
      if (!asked[i]->finished && asked[i]->busy && Clock::now() - asked[i]->began > options_.seed_limit) {
        kill(asked[i]->pid, SIGKILL);
      }
    }
    if (progress_) progress_(runs_.size(), total_, distinct_.size());
  }

  void hear(Child& child) {
    char chunk[65'536];
    const ssize_t n = read(child.in, chunk, sizeof chunk);
    if (n > 0) {
      child.buffer.append(chunk, static_cast<size_t>(n));
      size_t from = 0;
      for (size_t end; (end = child.buffer.find('\n', from)) != std::string::npos; from = end + 1) {
        understand(child, child.buffer.substr(from, end - from));
      }
      child.buffer.erase(0, from);
      return;
    }
    close(child.in);
    int status = 0;
    waitpid(child.pid, &status, 0);
    if (child.finished) return;
    if (!child.busy) {  // died outside of a seed: preparing failed or it was killed from outside
      child.finished = true;
      broken_ = true;
      return;
    }
    const std::string how = WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status)) : fmt::format("status {}", WEXITSTATUS(status));
    note(child.current, "PROCESS", how, "the process that ran this seed ended with " + how);
    runs_[child.current] = "crashed";
    ++failed_;
    child.next = child.current + children_.size();
    start(child);
  }

  void understand(Child& child, const std::string& line) {
    std::vector<std::string> f;
    for (size_t from = 0; from <= line.size();) {
      const size_t tab = std::min(line.find('\t', from), line.size());
      f.push_back(line.substr(from, tab - from));
      from = tab + 1;
    }
    if (f[0] == "E") child.finished = true;
    if (f[0] == "M" && f.size() == 2) reached_.insert(f[1]);
    if (f[0] == "N" && f.size() == 2) seen_.insert(f[1]);
    if (f.size() < 2 || f[0] == "M" || f[0] == "N") return;
    const uint64_t k = std::strtoull(f[1].c_str(), nullptr, 10);
    if (f[0] == "B") {
      child.current = k;
      child.busy = true;
      child.began = Clock::now();
    } else if (f[0] == "V" && f.size() == 5) {
      note(k, f[2], f[3], f[4]);
    } else if (f[0] == "R" && f.size() == 5) {
      child.busy = false;
      runs_[k] = f[2];
      events_ += std::strtoull(f[3].c_str(), nullptr, 10);
      if (f[4] != "0") ++failed_;
    }
  }

  void note(uint64_t k, const std::string& id, const std::string& place, const std::string& text) {
    DistinctFailure& failure = distinct_[{id, place, k % scenarios_.size()}];
    const uint64_t seed = options_.first_seed + k / scenarios_.size();
    if (failure.count++ == 0 || seed < failure.seed) {
      failure.id = id;
      failure.place = place;
      failure.text = text;
      failure.scenario = k % scenarios_.size();
      failure.seed = seed;
    }
  }

  ExploreResult collect() {
    if (broken_ && runs_.empty()) throw std::runtime_error("a worker process ended before its first seed");
    ExploreResult result;
    result.runs = runs_.size();
    result.failed = failed_;
    result.events = events_;
    for (const auto& [k, outcome] : runs_) ++result.outcomes[outcome];
    for (const auto& [key, failure] : distinct_) result.failures.push_back(failure);
    std::sort(result.failures.begin(), result.failures.end(), [](const DistinctFailure& a, const DistinctFailure& b) {
      return std::tie(a.scenario, a.seed, a.id, a.place) < std::tie(b.scenario, b.seed, b.id, b.place);
    });
    for (const std::string& mark : seen_) {
      if (!reached_.contains(mark)) result.never_reached.push_back(mark);
    }
    return result;
  }

  const std::vector<scenarios::Scenario>& scenarios_;
  const ExploreOptions& options_;
  const ExploreProgress& progress_;
  uint64_t total_;
  Clock::time_point deadline_;
  std::vector<Child> children_;
  std::map<uint64_t, std::string> runs_;  // item -> outcome
  std::map<std::tuple<std::string, std::string, size_t>, DistinctFailure> distinct_;
  std::set<std::string> reached_, seen_;
  uint64_t failed_ = 0, events_ = 0;
  bool broken_ = false;
};

}  // namespace

scenarios::Scenario scenario_of_seed(const scenarios::Scenario& base, scenarios::Profile profile, uint64_t seed) {
  scenarios::Scenario scenario = profile == scenarios::Profile::none ? base : with_profile(base, profile, seed);
  scenario.seed = seed;
  return scenario;
}

ExploreResult explore(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
                      const ExploreProgress& progress) {
  return Campaign(scenarios, options, progress).go();
}

}  // namespace raidsim::harness
