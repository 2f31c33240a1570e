#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <memory>
#include <string>

#include "harness/cli/commands.h"
#include "harness/runner.h"
#include "scenarios/load.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string file;
  std::optional<uint64_t> seed;
};

void print(const harness::RunRecord& record) {
  const harness::RunResult& r = record.result;
  fmt::print("{}  seed {}  {}  {}\n", r.passed() ? "pass" : "FAIL", r.seed, harness::word_of(r.outcome), r.scenario);
  for (const auto& [name, unit] : r.units) {
    std::string columns;
    for (const std::string& c : unit.columns) columns += " " + c;
    fmt::print("  {} {}:{}  ({} reads, {} writes, {} failed)\n", name, unit.state, columns, unit.reads, unit.writes,
               unit.failed);
  }
  for (const harness::Violation& v : r.violations) fmt::print("  {} at event {}: {}\n", v.id, v.event, v.text);
  for (const std::string& finding : r.findings) fmt::print("  allowed: {}\n", finding);
  fmt::print("  {} events, {} steps, {:.3f} s virtual, hash {:016x}\n", r.events, r.steps,
             static_cast<double>(to_ns(r.ended)) / 1e9, r.trace_hash);
  if (!record.wait_graph.empty()) fmt::print("{}\n", record.wait_graph);
}

int run(const Options& options) {
  const scenarios::Scenario scenario = scenarios::load_file(options.file, {.seed = options.seed});
  const harness::RunRecord record = harness::run_scenario(scenario, {.seed = scenario.seed});
  print(record);
  return record.result.passed() ? exit_good : exit_violation;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Runs one scenario and judges it");
  command->add_option("file", options->file, "scenario file")->required();
  command->add_option("--seed", options->seed, "instead of the file's seed");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace raidsim::cli
