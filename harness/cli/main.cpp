#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/cli/terminal.h"
#include "scenarios/error.h"

namespace raidsim::cli {
namespace {

/// Bad usage in one line, with what would be right beside it.
int refuse(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  std::string what = error.what();
  for (char& c : what) c = c == '\n' ? ' ' : c;
  const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  std::fprintf(stderr, "raidsim%s: %s; see %s%s --help\n", command.c_str(), what.c_str(), program().c_str(),
               command.c_str());
  return exit_bad_input;
}

/// A verdict that nobody could read is none: what standard output did not take is an error.
int flushed(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::fprintf(stderr, "raidsim: standard output: %s\n", std::strerror(errno));
  return exit_own_error;
}

int act(const Action& action) {
  try {
    return flushed(action());
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return exit_bad_input;
  } catch (const scenarios::ScenarioError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return exit_bad_input;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "raidsim: %s\n", error.what());
    return exit_own_error;
  }
}

}  // namespace
}  // namespace raidsim::cli

int main(int argc, char** argv) {
  using namespace raidsim::cli;
  remember_program(argv[0]);
  CLI::App app{"raidsim: a deterministic simulation and fault-injection testbed for RAID volume managers", "raidsim"};
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 all good; 1 a violation or an unmet expectation; 2 bad usage or input; 3 an error of raidsim.");
  Action action;
  add_run(app, action);
  add_explore(app, action);
  add_replay(app, action);
  add_explain(app, action);
  add_inspect(app, action);
  add_stat(app, action);
  add_list(app, action);
  add_hashes(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? flushed(app.exit(error)) : refuse(app, error);
  }
  return act(action);
}
