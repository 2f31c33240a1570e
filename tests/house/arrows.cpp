#include "tests/house/arrows.h"

#include <algorithm>
#include <array>
#include <optional>

namespace raidsim::house {
namespace {

struct Include {
  std::string_view target;
  bool quoted;
};

std::optional<Include> include_of(std::string_view line) {
  const size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string_view::npos || line[hash] != '#') return std::nullopt;
  const size_t word = line.find_first_not_of(" \t", hash + 1);
  if (word == std::string_view::npos || !line.substr(word).starts_with("include")) return std::nullopt;
  const size_t open = line.find_first_of("\"<", word);
  if (open == std::string_view::npos) return std::nullopt;
  const bool quoted = line[open] == '"';
  const size_t close = line.find(quoted ? '"' : '>', open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  return Include{line.substr(open + 1, close - open - 1), quoted};
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool under_test(std::string_view path) { return room_of(path) == "model" && !starts_with_path(path, "model/disk"); }

bool room_may_see(std::string_view path, std::string_view target) {
  const std::string_view room = room_of(path);
  const std::string_view seen = room_of(target);
  if (room == "tests") return true;
  if (room == "engine") return seen == "engine";
  if (room == "model") return one_of(seen, {"engine", "model"});
  if (room == "scenarios") return one_of(seen, {"engine", "model", "scenarios"});
  if (room == "reports") return seen == "reports" || starts_with_path(target, "engine/trace");
  if (starts_with_path(path, "harness/cli") && seen == "reports") return true;
  return one_of(seen, {"engine", "model", "scenarios", "harness"});
}

std::string why_not_own(std::string_view path, std::string_view target) {
  if (!room_may_see(path, target)) {
    return std::string(room_of(path)) + "/ must not include " + std::string(target) + " (room order)";
  }
  if (under_test(path) && starts_with_path(target, "model/disk") && target != "model/disk/block_device.h") {
    return "code under test sees model/disk/block_device.h alone, not " + std::string(target);
  }
  if (starts_with_path(path, "model/disk") && under_test(target)) {
    return "disks know nothing of the volume manager: " + std::string(target);
  }
  return {};
}

std::string why_not_library(std::string_view path, std::string_view target) {
  const std::string_view room = room_of(path);
  if (room == "tests") return {};
  const bool switches = path.starts_with("engine/scheduler.") || path.starts_with("engine/worker_pool.") ||
                        path.starts_with("harness/bench/");  // they time the raw switch beside ours
  if ((target.starts_with("boost/fiber") || target.starts_with("boost/context")) && !switches) {
    return "only engine/scheduler.* and engine/worker_pool.* include " + std::string(target);
  }
  constexpr std::array foreign = {"nlohmann/", "CLI/", "sqlite3", "prometheus/", "gtest/", "gmock/", "rapidcheck"};
  const bool is_foreign = std::any_of(foreign.begin(), foreign.end(), [&](auto f) { return target.starts_with(f); });
  if (is_foreign && one_of(room, {"engine", "model"})) {
    return std::string(room) + "/ knows no JSON, command line, database or test library: " + std::string(target);
  }
  return {};
}

}  // namespace

Findings wrong_arrows(const SourceFile& file, const std::set<std::string>& paths_in_tree) {
  Findings findings;
  size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    const auto include = include_of(line);
    if (!include) continue;
    std::string why =
        include->quoted ? why_not_own(file.path, include->target) : why_not_library(file.path, include->target);
    if (why.empty() && include->quoted && !paths_in_tree.contains(std::string(include->target))) {
      why = "no file \"" + std::string(include->target) + "\" from the project root";
    }
    if (!why.empty()) findings.push_back({file.path, number, why});
  }
  return findings;
}

}  // namespace raidsim::house
