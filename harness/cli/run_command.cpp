#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/prepared_image.h"
#include "harness/runner.h"
#include "harness/search/explore.h"
#include "harness/trace_output.h"
#include "reports/judgement.h"
#include "reports/story.h"
#include "reports/time_text.h"
#include "scenarios/load.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string file, trace, profile;
  std::optional<uint64_t> seed;
  bool json = false, brief = false, no_story = false, points = false;
};

std::string quoted(const std::string& path) {
  const bool plain = path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+=:@%") == std::string::npos;
  if (plain && !path.empty()) return path;
  std::string out = "'";
  for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The one command that repeats the run; from its trace where there is one.
std::string replay_command(const Options& options, uint64_t seed) {
  if (!options.trace.empty()) return "raidsim replay " + quoted(options.trace);
  std::string out = fmt::format("raidsim run {} --seed {}", quoted(options.file), seed);
  if (!options.profile.empty()) out += " --profile " + options.profile;
  return out + (options.points ? " --points" : "");
}

scenarios::Scenario load(const Options& options) {
  scenarios::LoadOptions how;
  how.seed = options.seed;
  scenarios::Scenario scenario = scenarios::load_file(options.file, how);
  const scenarios::Profile profile = profile_named(options.profile);
  return profile == scenarios::Profile::none ? scenario : harness::scenario_of_seed(scenario, profile, scenario.seed);
}

void print_verdict(const harness::RunResult& r) {
  fmt::print("{}  {}  seed {}  {}\n", r.passed() ? "pass" : "FAIL", r.scenario, r.seed, harness::word_of(r.outcome));
}

void print_summary(const harness::RunResult& r) {
  for (const auto& [name, unit] : r.units) {
    std::string columns;
    for (const std::string& c : unit.columns) columns += " " + c;
    fmt::print("  {} {}:{}  ({} reads, {} writes, {} failed)\n", name, unit.state, columns, unit.reads, unit.writes,
               unit.failed);
  }
  fmt::print("  {} events, {} steps, {} virtual, hash {:016x}\n", r.events, r.steps,
             reports::time_text(to_ns(r.ended)), r.trace_hash);
}

void print_judgement(const harness::RunResult& r, const std::string& replay) {
  for (const harness::Violation& v : r.violations) {
    fmt::print("  {} at event {}: {}\n    replay: {}\n", v.id, v.event, v.text, replay);
  }
  for (const reports::Alike& finding : reports::grouped(r.findings)) {
    fmt::print("  allowed: {}{}\n", finding.first,
               finding.count == 1 ? "" : fmt::format(" (and {} more like it)", finding.count - 1));
  }
}

/// Once more with everything recorded. Two runs of one seed that differ are an error of raidsim itself.
TraceFile traced(const Options& options, const scenarios::Scenario& scenario, const harness::PreparedImage& image,
                 const harness::RunOptions& first_options, const harness::RunRecord& first) {
  harness::RunOptions again = first_options;
  again.trace = TraceMode::full;
  again.record_tape = !options.trace.empty();
  again.checkpoint_interval = 4096;
  const harness::RunRecord record = harness::run_scenario(scenario, image, again);
  if (record.result.trace_hash != first.result.trace_hash || record.result.events != first.result.events) {
    throw std::runtime_error(fmt::format("two runs of seed {} differ: {} events, hash {:016x} and {} events, hash {:016x}",
                                         scenario.seed, first.result.events, first.result.trace_hash,
                                         record.result.events, record.result.trace_hash));
  }
  return harness::trace_of(scenario, again, record, {options.file, replay_command(options, scenario.seed)});
}

void save(const std::string& path, const TraceFile& file) {
  std::string error;
  if (!write_trace(path, file, error)) throw UsageError(error);
}

int run(const Options& options) {
  const scenarios::Scenario scenario = load(options);
  const auto image = harness::prepare_image(scenario);
  harness::RunOptions how;
  how.seed = scenario.seed;
  how.traced_points = options.points;
  const auto began = std::chrono::steady_clock::now();
  harness::RunRecord record = harness::run_scenario(scenario, *image, how);
  record.result.wall_ns = std::chrono::nanoseconds(std::chrono::steady_clock::now() - began).count();
  const bool passed = record.result.passed();

  const bool tell = !passed && !options.json && !options.brief && !options.no_story;
  std::optional<TraceFile> file;
  if (tell || !options.trace.empty()) file = traced(options, scenario, *image, how, record);
  if (!options.trace.empty()) save(options.trace, *file);

  if (options.json) {
    fmt::print("{}\n", harness::to_json(record.result).dump());
    return passed ? exit_good : exit_violation;
  }
  print_verdict(record.result);
  if (!options.brief) print_summary(record.result);
  if (tell) {
    fmt::print("\n{}", reports::story(*file));
  } else {
    print_judgement(record.result, replay_command(options, scenario.seed));
  }
  if (!options.brief && !record.wait_graph.empty()) fmt::print("\nWho waits for whom:\n{}\n", record.wait_graph);
  return passed ? exit_good : exit_violation;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Runs one scenario and judges it");
  command->add_option("file", options->file, "scenario file")->required();
  command->add_option("--seed", options->seed, "instead of the file's seed");
  command->add_option("--trace", options->trace, "write the whole run to this file, for replay and explain");
  command->add_option("--profile", options->profile, "draw faults: clean, honest-1, honest-2, power, liar, storm");
  command->add_flag("--points", options->points, "protocol points in the trace too (another hash)");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->add_flag("--brief", options->brief, "verdict and violations only");
  command->add_flag("--no-story", options->no_story, "do not tell what happened in a run that failed");
  command->footer("example: raidsim run scenarios/library/demo/silent-lost-write.json --trace demo.trace");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace raidsim::cli
