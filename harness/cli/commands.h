// harness/cli/commands.h: the commands of raidsim. Each adds its options to the parser and runs when chosen.
//
// Exit status everywhere: 0 all good; 1 a violation or an unmet expectation; 2 bad usage or bad input (one
// line: file, place, reason); 3 an error of raidsim itself.
#pragma once

#include <functional>
#include <memory>

namespace CLI {
class App;
}

namespace raidsim::cli {

enum Exit : int { exit_good = 0, exit_violation = 1, exit_bad_input = 2, exit_own_error = 3 };

/// A command's work, to be done once the whole command line is known to be right.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_explore(CLI::App& app, Action& action);
void add_hashes(CLI::App& app, Action& action);
void add_replay(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_stat(CLI::App& app, Action& action);

}  // namespace raidsim::cli
