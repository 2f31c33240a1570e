#include "tests/harness/cli/command.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace raidsim::cli {

Answer shell(const std::string& command) {
  const std::string out = scratch("out"), err = scratch("err");
  const int status = std::system(("{ " + command + "\n} >'" + out + "' 2>'" + err + "'").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(out), read_text(err)};
}

Answer raidsim(const std::string& arguments) { return shell(std::string("'") + RAIDSIM_COMMAND + "' " + arguments); }

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string scratch(const std::string& name) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return ::testing::TempDir() + "raidsim-" + test->test_suite_name() + "-" + test->name() + "-" + name;
}

}  // namespace raidsim::cli
