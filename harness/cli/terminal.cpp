#include "harness/cli/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace raidsim::cli {
namespace {

constexpr int text_width = 68, narrowest_bar = 8, widest_bar = 24, usual_columns = 80;

std::string& program_name() {
  static std::string name = "raidsim";
  return name;
}

int columns_of(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual_columns;
}

std::string left_text(double seconds) {
  if (seconds < 0) seconds = 0;
  if (seconds < 100) return fmt::format("{:.0f} s left", seconds);
  if (seconds < 100 * 60) return fmt::format("{:.0f} min left", seconds / 60);
  return seconds < 1000 * 3600.0 ? fmt::format("{:.0f} h left", seconds / 3600) : std::string("days left");
}

}  // namespace

bool on_terminal(std::FILE* stream) { return isatty(fileno(stream)) != 0; }

reports::Ink ink_for(std::FILE* stream) {
  const char* none = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  return {.colour = on_terminal(stream) && !dumb && (none == nullptr || *none == '\0')};
}

void remember_program(const char* argv0) {
  if (argv0 != nullptr && *argv0 != '\0') program_name() = quoted(argv0);
}

const std::string& program() { return program_name(); }

std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+=:@%,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

ProgressBar::ProgressBar(std::chrono::milliseconds limit)
    : show_(on_terminal(stderr)), limit_(limit), began_(std::chrono::steady_clock::now()) {}

double ProgressBar::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void ProgressBar::draw(uint64_t runs, uint64_t total, size_t distinct) {
  if (!show_) return;
  drawn_ = true;
  const double limit = std::chrono::duration<double>(limit_).count();
  fmt::print(stderr, "\r{}\x1b[K", progress_text(runs, total, distinct, seconds(), limit, columns_of(STDERR_FILENO)));
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

std::string progress_text(uint64_t runs, uint64_t total, size_t distinct, double seconds, double limit_seconds,
                          int columns) {
  const double rate = static_cast<double>(runs) / std::max(seconds, 1e-3);
  const bool timed = limit_seconds > 0;
  const double by_runs = static_cast<double>(runs) / static_cast<double>(std::max<uint64_t>(total, 1));
  const double share = std::clamp(timed ? std::max(seconds / limit_seconds, by_runs) : by_runs, 0.0, 1.0);
  const double left_by_runs = static_cast<double>(total - std::min(runs, total)) / std::max(rate, 1e-9);
  const double left = timed ? std::min(limit_seconds - seconds, left_by_runs) : left_by_runs;

  std::string out;
  if (const int width = std::min(columns - text_width, widest_bar); width >= narrowest_bar) {
    const auto full = static_cast<size_t>(share * width);
    out = "[" + std::string(full, '#') + std::string(static_cast<size_t>(width) - full, '-') + "] ";
  }
  out += fmt::format("{:3.0f} %  {}", share * 100, runs);
  if (!timed) out += fmt::format(" of {}", total);
  out += fmt::format(" runs  {:.0f}/s  {} distinct {}", rate, distinct, distinct == 1 ? "failure" : "failures");
  if (runs > 0 || timed) out += "  " + left_text(left);
  if (static_cast<int>(out.size()) >= columns) out.resize(static_cast<size_t>(std::max(columns - 1, 0)));
  return out;
}

}  // namespace raidsim::cli
