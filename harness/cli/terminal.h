// harness/cli/terminal.h: what people see and programs do not: colour, progress, commands to copy.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include "reports/ink.h"

namespace raidsim::cli {

[[nodiscard]] bool on_terminal(std::FILE* stream);
/// Colour on a terminal that can show it; never where NO_COLOR is set (no-color.org).
[[nodiscard]] reports::Ink ink_for(std::FILE* stream);

/// How this program was called: what a command to copy begins with.
void remember_program(const char* argv0);
[[nodiscard]] const std::string& program();
[[nodiscard]] std::string quoted(const std::string& word);  ///< as a shell reads it back

/// One line on standard error, drawn over itself; nothing at all when that is no terminal.
class ProgressBar {
 public:
  /// Shape  `limit` 0: there are `total` runs to do; else so much time
  explicit ProgressBar(std::chrono::milliseconds limit);
  void draw(uint64_t runs, uint64_t total, size_t distinct);
  void clear();
  [[nodiscard]] double seconds() const;

 private:
  bool show_;
  bool drawn_ = false;
  std::chrono::milliseconds limit_;
  std::chrono::steady_clock::time_point began_;
};

/// "[#####-----]  50 %  600 of 1200 runs  81/s  2 distinct failures  7 s left"
[[nodiscard]] std::string progress_text(uint64_t runs, uint64_t total, size_t distinct, double seconds,
                                        double limit_seconds, int columns);

}  // namespace raidsim::cli
