// tests/harness/cli/command.h: the raidsim program as a user meets it: arguments in, exit status and text out.
#pragma once

#include <string>

namespace raidsim::cli {

struct Answer {
  int status = -1;  ///< exit status; -1 when a signal ended it
  std::string out;
  std::string err;
};

/// Shape  `arguments` as typed in a shell
[[nodiscard]] Answer shell(const std::string& command);  ///< any command, for pipes and what a user copies
[[nodiscard]] Answer raidsim(const std::string& arguments);

[[nodiscard]] std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);
/// A path for a file of the test that runs now.
[[nodiscard]] std::string scratch(const std::string& name);

}  // namespace raidsim::cli
