// Prints what a run of each scenario comes to, for comparing compilers, build types and machines.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/runner.h"
#include "scenarios/load.h"

namespace raidsim::cli {
namespace {

int hashes(const std::vector<std::string>& given) {
  for (const std::string& file : scenario_files(given)) {
    const scenarios::Scenario scenario = scenarios::load_file(file);
    const auto image = harness::prepare_image(scenario);
    const auto first = harness::run_scenario(scenario, *image, {.seed = scenario.seed}).result;
    const auto second = harness::run_scenario(scenario, *image, {.seed = scenario.seed}).result;
    fmt::print("{} {} {:016x}\n", file, scenario.seed, first.trace_hash);
    if (first.trace_hash == second.trace_hash && first.events == second.events) continue;
    fmt::print(stderr, "raidsim: {}: two runs of one seed differ: {:016x} and {:016x}\n", file, first.trace_hash,
               second.trace_hash);
    return exit_own_error;
  }
  return exit_good;
}

}  // namespace

void add_hashes(CLI::App& app, Action& action) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("hashes", "Runs each scenario twice and prints its trace hash");
  command->add_option("file", *files, "scenario files, or folders of them")->required();
  command->footer("example: raidsim hashes scenarios/library");
  command->callback([&action, files] { action = [files] { return hashes(*files); }; });
}

}  // namespace raidsim::cli
