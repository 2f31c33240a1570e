#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "scenarios/error.h"

int main(int argc, char** argv) {
  using namespace raidsim::cli;
  CLI::App app{"raidsim: a deterministic simulation and fault-injection testbed for RAID volume managers", "raidsim"};
  app.require_subcommand(1);
  Action action;
  add_run(app, action);
  add_explore(app, action);
  add_replay(app, action);
  add_explain(app, action);
  add_list(app, action);
  add_hashes(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_good : exit_bad_input;
  }
  try {
    return action();
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return exit_bad_input;
  } catch (const raidsim::scenarios::ScenarioError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return exit_bad_input;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "raidsim: %s\n", error.what());
    return exit_own_error;
  }
}
