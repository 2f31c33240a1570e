#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/cli/run_repeat.h"
#include "harness/cli/terminal.h"
#include "harness/inspect/image_file.h"
#include "harness/runner.h"
#include "harness/search/explore.h"
#include "harness/trace_output.h"
#include "harness/world/prepared_image.h"
#include "reports/judgement.h"
#include "reports/story.h"
#include "reports/time_text.h"
#include "scenarios/load.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string file, trace, image, profile;
  std::optional<uint64_t> seed;
  bool json = false, brief = false, no_story = false, points = false;
};

scenarios::Scenario load(const Options& options) {
  scenarios::LoadOptions how;
  how.seed = options.seed;
  const scenarios::Scenario scenario = scenarios::load_file(options.file, how);
  const scenarios::Profile profile = profile_named(options.profile);
  if (const std::string why = misfit(scenario, profile); !why.empty()) throw UsageError("raidsim: --profile: " + why);
  return harness::scenario_of_seed(scenario, profile, scenario.seed);
}

void save_image(const std::string& path, const harness::DiskImage& disks) {
  std::string error;
  const auto bytes = harness::serialise(disks, error);
  if (!bytes) throw UsageError(path + ": " + error);
  write_text(path, *bytes);
}

void print_verdict(const harness::RunResult& r, const reports::Ink& ink) {
  fmt::print("{}  {}  seed {}  {}\n", r.passed() ? ink.good("pass") : ink.bad("FAIL"), r.scenario, r.seed,
             harness::word_of(r.outcome));
}

void print_summary(const harness::RunResult& r) {
  for (const auto& [name, unit] : r.units) {
    std::string columns;
    for (const std::string& c : unit.columns) columns += " " + c;
    fmt::print("  {} {}:{}  ({} reads, {} writes, {} failed)\n", name, unit.state, columns, unit.reads, unit.writes,
               unit.failed);
  }
  fmt::print("  {} events, {} steps, {} virtual, hash {:016x}\n", r.events, r.steps, reports::time_text(to_ns(r.ended)),
             r.trace_hash);
  std::string idle;
  for (const auto& [line, times] : r.fired) {
    if (times == 0) idle += (idle.empty() ? "" : ", ") + line;
  }
  if (!idle.empty()) fmt::print("  never acted: script line {}\n", idle);
}

void print_judgement(const harness::RunResult& r, const std::string& replay, const reports::Ink& ink) {
  for (const harness::Violation& v : r.violations) {
    fmt::print("  {} at event {}: {}\n", ink.bad(v.id), v.event, v.text);
  }
  for (const reports::Alike& finding : reports::grouped(r.findings)) {
    fmt::print("  allowed: {}{}\n", finding.first,
               finding.count == 1 ? "" : fmt::format(" (and {} more like it)", finding.count - 1));
  }
  if (!r.passed()) fmt::print("  replay: {}\n", replay);
}

int run(const Options& options) {
  const scenarios::Scenario scenario = load(options);
  const auto image = harness::prepare_image(scenario);
  harness::RunOptions how;
  how.seed = scenario.seed;
  how.traced_points = options.points;
  how.keep_disks = !options.image.empty();
  const auto began = std::chrono::steady_clock::now();
  harness::RunRecord record = harness::run_scenario(scenario, *image, how);
  record.result.wall_ns = std::chrono::nanoseconds(std::chrono::steady_clock::now() - began).count();
  const harness::RunResult& result = record.result;

  const RunWords words{options.file, scenario.seed, options.profile, options.points};
  const bool tell = !result.passed() && !options.json && !options.brief && !options.no_story;
  std::optional<TraceFile> file;
  if (tell || !options.trace.empty()) file = traced_run(scenario, *image, how, result.trace_hash, words);
  if (!options.trace.empty()) save_trace(options.trace, *file);
  if (record.disks) save_image(options.image, *record.disks);

  const Exit status = result.passed() ? exit_good : exit_violation;
  if (options.json) {
    fmt::print("{}\n", harness::to_json(result).dump());
    return status;
  }
  const reports::Ink ink = ink_for(stdout);
  const std::string replay = options.trace.empty() ? run_command(words) : replay_command(options.trace);
  print_verdict(result, ink);
  if (!options.brief) print_summary(result);
  if (!options.brief && !record.wait_graph.empty()) fmt::print("\nWho waits for whom:\n{}\n", record.wait_graph);
  if (tell) {
    fmt::print("\n{}", reports::story(*file, {.replay = replay, .ink = ink}));
  } else {
    print_judgement(result, replay, ink);
  }
  return status;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Runs one scenario and judges it");
  command->add_option("file", options->file, "scenario file")->required();
  command->add_option("--seed", options->seed, "instead of the file's seed");
  command->add_option("--trace", options->trace, "write the whole run to this file, for replay and explain");
  command->add_option("--image", options->image, "write what the disks hold at its end to this file, for inspect");
  command->add_option("--profile", options->profile,
                      "draw faults: clean, honest-1, honest-2, power, replica, identity, liar, storm");
  command->add_flag("--points", options->points, "protocol points in the trace too (another hash)");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->add_flag("--brief", options->brief, "verdict and violations only");
  command->add_flag("--no-story", options->no_story, "do not tell what happened in a run that failed");
  command->footer("example: raidsim run scenarios/library/demo/silent-lost-write.json --trace demo.trace");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace raidsim::cli
