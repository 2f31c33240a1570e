#include "harness/search/worker.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <memory>

#include "engine/assert.h"
#include "harness/runner.h"

namespace raidsim::harness {
namespace {

constexpr size_t fields_of_a_report = 5, fields_of_a_violation = 3;
constexpr uint64_t runs_between_marks = 64;

std::string one_field(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> out;
  for (size_t from = 0; from <= line.size();) {
    const size_t tab = std::min(line.find('\t', from), line.size());
    out.emplace_back(line.substr(from, tab - from));
    from = tab + 1;
  }
  return out;
}

std::optional<uint64_t> number(const std::string& text, int base = 10) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

std::optional<Said> report_of(const std::vector<std::string>& f) {
  if (f.size() < fields_of_a_report || (f.size() - fields_of_a_report) % fields_of_a_violation != 0) return {};
  const auto item = number(f[1]), events = number(f[3]), hash = number(f[4], 16);
  if (!item || !events || !hash) return {};
  RunReport report{.item = *item, .outcome = f[2], .events = *events, .trace_hash = *hash, .broken = {}};
  for (size_t i = fields_of_a_report; i < f.size(); i += fields_of_a_violation) {
    report.broken.push_back({f[i], f[i + 1], f[i + 2]});
  }
  return report;
}

class Worker {
 public:
  Worker(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options, int out)
      : scenarios_(scenarios), options_(options), out_(out), images_(scenarios.size()) {}

  void run(const WorkShare& share) {
    uint64_t runs = 0;
    hits_before_ = hits_by_mark();  // of whoever made this process
    const uint64_t end = share.items.count();
    for (uint64_t k = share.first; k < end && WallClock::now() < share.deadline; k += share.step) {
      say(fmt::format("B\t{}\n", k));
      say(line_of(one(k, share.items.at(k))));
      if (++runs % runs_between_marks == 0) say_marks();
    }
    say_marks();
    say("E\n");
  }

 private:
  RunReport one(uint64_t k, const Item& item) {
    RunReport report{.item = k, .outcome = "crashed", .events = 0, .trace_hash = 0, .broken = {}};
    try {
      const RunResult result = run(item);
      report.outcome = word_of(result.outcome);
      report.events = result.events;
      report.trace_hash = result.trace_hash;
      for (const Violation& v : result.violations) report.broken.push_back({v.id, v.place, v.text});
    } catch (const std::exception& error) {
      report.broken.push_back({"PROCESS", "exception", std::string("the run threw: ") + error.what()});
    }
    return report;
  }

  RunResult run(const Item& item) {
    const RunOptions how{.seed = item.seed};
    if (options_.refilled) {
      if (const auto base = options_.refilled(item.scenario, item.seed)) {
        const scenarios::Scenario drawn = scenario_of_seed(*base, options_.profile, item.seed);
        return run_scenario(drawn, *prepare_image(drawn), how).result;
      }
    }
    const scenarios::Scenario& base = scenarios_[item.scenario];
    const scenarios::Scenario drawn = scenario_of_seed(base, options_.profile, item.seed);
    if (!created_alike(drawn, base)) return run_scenario(drawn, *prepare_image(drawn), how).result;
    auto& image = images_[item.scenario];
    if (!image) image = prepare_image(base);
    return run_scenario(drawn, *image, how).result;
  }

  /// A profile varies latency and caches, and most nothing of what creation leaves: one image serves all seeds then.
  static bool created_alike(const scenarios::Scenario& a, const scenarios::Scenario& b) {
    return a.disks.size() == b.disks.size() && a.replicas == b.replicas && a.replica_room == b.replica_room;
  }

  /// Several sites may share a name: they are one mark.
  [[nodiscard]] static std::map<std::string, uint64_t> hits_by_mark() {
    std::map<std::string, uint64_t> hits;
    for (const Sometimes* site : Sometimes::all()) hits[site->name()] += site->hits();
    return hits;
  }

  /// The marks that are new, or newly reached, since it was last asked.
  void say_marks() {
    for (const auto& [name, hits] : hits_by_mark()) {
      const bool reached = hits > hits_before_[name];
      const auto [it, fresh] = said_.try_emplace(name, reached);
      if (!fresh && it->second == reached) continue;
      it->second = reached;
      say(fmt::format("M\t{}\t{}\n", one_field(name), reached ? 1 : 0));
    }
  }

  void say(const std::string& line) const {
    for (size_t done = 0; done < line.size();) {
      const ssize_t n = write(out_, line.data() + done, line.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) _exit(3);
      done += static_cast<size_t>(n);
    }
  }

  const std::vector<scenarios::Scenario>& scenarios_;
  const ExploreOptions& options_;
  int out_;
  std::vector<std::shared_ptr<const PreparedImage>> images_;
  std::map<std::string, uint64_t> hits_before_;
  std::map<std::string, bool> said_;
};

}  // namespace

std::string line_of(const RunReport& report) {
  std::string out =
      fmt::format("R\t{}\t{}\t{}\t{:016x}", report.item, report.outcome, report.events, report.trace_hash);
  for (const BrokenInvariant& b : report.broken) {
    out += fmt::format("\t{}\t{}\t{}", one_field(b.id), one_field(b.place), one_field(b.text));
  }
  return out + "\n";
}

std::optional<Said> understand(std::string_view line) {
  const std::vector<std::string> f = fields_of(line);
  if (f[0] == "E" && f.size() == 1) return WorkDone{};
  if (f[0] == "M" && f.size() == 3) return MarkSeen{f[1], f[2] == "1"};
  if (f[0] == "R") return report_of(f);
  if (f[0] != "B" || f.size() != 2) return {};
  const auto item = number(f[1]);
  if (!item) return {};
  return Begun{*item};
}

void run_worker(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
                const WorkShare& share, int out) {
  Worker(scenarios, options, out).run(share);
}

}  // namespace raidsim::harness
