#include "scenarios/iolog.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <optional>

namespace raidsim::scenarios {
namespace {

constexpr uint64_t largest = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
constexpr uint64_t microseconds_max = largest / 1000;
constexpr std::array<std::string_view, 9> action_words{"add",  "open",     "close", "read", "write",
                                                       "sync", "datasync", "trim",  "wait"};

/// Fields of one line, separated by single or several blanks. Shape  at most 6 are looked at.
struct Fields {
  std::array<std::string_view, 6> text;
  size_t count = 0;
};

Fields split(std::string_view line) {
  Fields out;
  size_t at = 0;
  while (at < line.size() && out.count < out.text.size()) {
    const size_t start = line.find_first_not_of(" \t", at);
    if (start == std::string_view::npos) break;
    const size_t end = std::min(line.find_first_of(" \t", start), line.size());
    out.text[out.count++] = line.substr(start, end - start);
    at = end;
  }
  return out;
}

bool moves_data(IologAction action) {
  return action == IologAction::read || action == IologAction::write || action == IologAction::trim;
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  Iolog run() {
    first_line();
    while (!rest_.empty()) entry(next_line());
    return std::move(log_);
  }

 private:
  struct FileState {
    uint32_t index = 0;
    bool open = false;
  };

  [[noreturn]] void fail(std::string_view wrong, std::string_view right) const {
    throw ScenarioError(file_, fmt::format("line {}", line_), fmt::format("{}; {}", wrong, right));
  }

  std::string_view next_line() {
    ++line_;
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos) fail("the last line is cut off", "every line of an iolog ends with a line feed");
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  void first_line() {
    line_ = 1;
    if (rest_.empty()) fail("the file is empty", "an iolog starts with \"fio version 3 iolog\"");
    line_ = 0;
    const std::string_view line = next_line();
    if (line == "fio version 2 iolog") {
      log_.version = 2;
    } else if (line != "fio version 3 iolog") {
      fail(fmt::format("\"{}\" is no iolog's first line", printable(line)),
           "write \"fio version 2 iolog\" or \"fio version 3 iolog\"");
    }
  }

  uint64_t number(std::string_view text, std::string_view what, uint64_t high) const {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > high) {
      fail(fmt::format("\"{}\" is no {}", printable(text), what), fmt::format("write a whole number up to {}", high));
    }
    return value;
  }

  IologAction action(std::string_view text) const {
    for (size_t i = 0; i < action_words.size(); ++i) {
      if (action_words[i] == text) return static_cast<IologAction>(i);
    }
    fail(fmt::format("\"{}\" is no action", printable(text)),
         "known: add, open, close, read, write, sync, datasync, trim, wait");
  }

  void entry(std::string_view line) {
    const Fields fields = split(line);
    if (fields.count == 0) return;  // a blank line
    const size_t front = log_.version == 3 ? 1 : 0;
    if (fields.count < front + 2)
      fail("the line has too few fields", log_.version == 3 ? "write TIME FILE ACTION" : "write FILE ACTION");
    const IologAction what = action(fields.text[front + 1]);
    if (front == 1) set_time(number(fields.text[0], "time", microseconds_max));
    const size_t numbers = fields.count - front - 2;
    if (numbers > 2) fail("the line has too many fields", "an action has at most an offset and a length");
    if (what == IologAction::wait) return wait(fields, front, numbers);
    add(what, fields, front, numbers);
  }

  void set_time(uint64_t microseconds) {
    const Duration at(static_cast<int64_t>(microseconds * 1000));
    if (at < now_) fail("the time runs back", "entries stand in the order in which they were sent");
    now_ = at;
  }

  void wait(const Fields& fields, size_t front, size_t numbers) {
    if (front == 1) fail("version 3 has no \"wait\"", "its lines carry their time in front");
    if (numbers < 1) fail("the wait has no time", "write FILE wait MICROSECONDS");
    set_time(number(fields.text[front + 2], "time", microseconds_max));
  }

  void add(IologAction what, const Fields& fields, size_t front, size_t numbers) {
    IologEntry out;
    out.at = now_;
    out.action = what;
    out.file = file_index(fields.text[front], what);
    if (moves_data(what)) {
      if (numbers != 2) fail("offset and length are missing", "write ACTION OFFSET LENGTH");
      out.offset_bytes = number(fields.text[front + 2], "offset", largest);
      out.length_bytes = number(fields.text[front + 3], "length", largest - out.offset_bytes);
      if (out.length_bytes == 0) fail("the length is 0", "a read, write or trim has at least one byte");
    } else {
      for (size_t i = 0; i < numbers; ++i) {
        (void)number(fields.text[front + 2 + i], "number", std::numeric_limits<uint64_t>::max());
      }
    }
    if (log_.entries.size() >= iolog_entries_max)
      fail("there are too many entries", fmt::format("the limit is {}", iolog_entries_max));
    log_.entries.push_back(out);
  }

  uint32_t file_index(std::string_view name, IologAction what) {
    auto it = files_.find(name);
    if (it == files_.end()) {
      if (what != IologAction::add && what != IologAction::open) {
        fail(fmt::format("the file \"{}\" was not added", printable(name)), "an \"add\" and an \"open\" come first");
      }
      const auto index = static_cast<uint32_t>(log_.files.size());
      log_.files.emplace_back(name);
      it = files_.emplace(std::string(name), FileState{index, false}).first;
    }
    FileState& state = it->second;
    if (what == IologAction::open) {
      state.open = true;
    } else if (what == IologAction::close) {
      if (!state.open) fail(fmt::format("the file \"{}\" is not open", printable(name)), "an \"open\" comes first");
      state.open = false;
    } else if (what != IologAction::add && !state.open) {
      fail(fmt::format("the file \"{}\" is not open", printable(name)), "an \"open\" comes first");
    }
    return state.index;
  }

  std::string_view rest_;
  const std::string& file_;
  size_t line_ = 0;
  Duration now_{};
  Iolog log_;
  std::map<std::string, FileState, std::less<>> files_;
};

}  // namespace

size_t Iolog::count(IologAction action) const {
  return static_cast<size_t>(
      std::ranges::count_if(entries, [&](const IologEntry& entry) { return entry.action == action; }));
}

void check_fit(const Iolog& log, const TraceSource& trace, uint64_t unit_blocks, const std::string& unit) {
  uint64_t requests = 0;
  for (const IologEntry& entry : log.entries) {
    if (entry.action != IologAction::read && entry.action != IologAction::write) continue;
    if (++requests > trace.limit.value_or(UINT64_MAX)) return;
    const auto fail = [&](const std::string& wrong, std::string_view right) {
      throw ScenarioError(trace.resolved, fmt::format("request {}", requests), fmt::format("{}; {}", wrong, right));
    };
    if (entry.length_bytes > request_bytes_max) {
      fail(fmt::format("it has {} bytes", entry.length_bytes), fmt::format("the limit is {}", request_bytes_max));
    }
    const uint64_t end = (entry.offset_bytes + entry.length_bytes + block_bytes - 1) / block_bytes;
    if (trace.fit == TraceFit::refuse && end > unit_blocks) {
      fail(fmt::format("it ends at block {}, and {} has {}", end, unit, unit_blocks),
           "make the unit larger, or write \"fit\": \"wrap\" or \"skip\" beside the trace");
    }
  }
}

Iolog parse_iolog(std::string_view text, const std::string& file) { return Parser(text, file).run(); }

}  // namespace raidsim::scenarios
