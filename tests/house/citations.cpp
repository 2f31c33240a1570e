#include "tests/house/citations.h"

#include <algorithm>
#include <array>
#include <optional>

namespace raidsim::house {
namespace {

// Prefixes with their hyphen; the longest that fits counts.
constexpr std::array<std::string_view, 39> prefixes = {
    "DB-A",  "DB-B", "DB-C", "DB-F", "DB-L", "DB-O", "DB-Q", "DB-S", "INV-D", "INV-E", "INV-H", "INV-M", "INV-P",
    "INV-S", "SNH-", "HS-S", "CD-",  "CR-",  "ER-",  "GR-",  "HL-",  "IO-",   "LK-",   "MD-",   "OP-",   "RC-",
    "RD-",   "RE-",  "RG-",  "RH-",  "RL-",  "RP-",  "RS-",  "RT-",  "SN-",   "SP-",   "D-",    "F",     "V"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'; }

// The id at the front of a token: prefix, digits, perhaps a or b, and then no letter or digit.
std::optional<std::string> id_in_front(std::string_view token, std::string_view prefix) {
  if (!token.starts_with(prefix)) return std::nullopt;
  size_t end = prefix.size();
  while (end < token.size() && is_digit(token[end])) ++end;
  const size_t digits = end - prefix.size();
  const bool fault_or_bug = prefix == "F" || prefix == "K";
  if (digits == 0 || (fault_or_bug && digits != 2) || (prefix == "V" && digits > 2)) return std::nullopt;
  if (prefix == "F" && end < token.size() && (token[end] == 'a' || token[end] == 'b')) ++end;
  if (end < token.size() && token[end] != '-') return std::nullopt;
  return std::string(token.substr(0, end));
}

// "RL11", "INVD20", "DBC13" at the end of a test's name: the hyphen left out.
std::optional<std::string> id_in_name(std::string_view token) {
  for (const std::string_view prefix : prefixes) {
    const size_t hyphen = prefix.find('-');
    if (hyphen == std::string_view::npos) continue;
    const std::string_view front = prefix.substr(0, hyphen), rest = prefix.substr(hyphen + 1);
    if (!token.starts_with(front) || !token.substr(front.size()).starts_with(rest)) continue;
    const std::string_view number = token.substr(front.size() + rest.size());
    const bool digits = std::all_of(number.begin(), number.end(), is_digit);
    if (digits && (number.size() == 2 || (number.size() == 1 && prefix.size() > 3))) {
      return std::string(prefix) + std::string(number);
    }
  }
  return std::nullopt;
}

std::optional<std::string> id_of(std::string_view token, bool in_name) {
  for (const std::string_view prefix : prefixes) {
    if (auto id = id_in_front(token, prefix)) return id;
  }
  if (auto id = id_in_front(token, "K")) return id;
  return in_name ? id_in_name(token) : std::nullopt;
}

}  // namespace

std::set<std::string> read_spec_ids(std::string_view text) {
  std::set<std::string> ids;
  for (const std::string_view line : lines_of(text)) {
    if (!line.empty() && line[0] != '#') ids.emplace(line.substr(0, line.find(' ')));
  }
  return ids;
}

std::vector<std::string> cited_ids(std::string_view text) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    const bool in_name = i > 0 && text[i - 1] == '_';
    if (auto id = id_of(text.substr(i, end - i), in_name)) ids.push_back(std::move(*id));
    i = std::max(end, i + 1);
  }
  return ids;
}

Findings unknown_ids(const SourceFile& file, const std::set<std::string>& known) {
  Findings findings;
  size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    for (const std::string& id : cited_ids(line)) {
      if (!known.contains(id)) findings.push_back({file.path, number, id + " is not an id of the specification"});
    }
  }
  return findings;
}

Findings wrong_paths(const SourceFile& file, const std::set<std::string>& paths_in_tree) {
  constexpr std::array<std::string_view, 7> roots = {"engine",  "model", "scenarios", "harness",
                                                     "reports", "tests", "docs"};
  Findings findings;
  size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    for (size_t open = line.find('`'); open != std::string_view::npos;) {
      const size_t close = line.find('`', open + 1);
      if (close == std::string_view::npos) break;
      const std::string path(line.substr(open + 1, close - open - 1));
      open = line.find('`', close + 1);
      const bool ours = std::find(roots.begin(), roots.end(), room_of(path)) != roots.end();
      if (!ours || path.find_first_of(" *<>") != std::string::npos) continue;
      const auto at = paths_in_tree.lower_bound(path);
      const bool folder = path.ends_with('/') && at != paths_in_tree.end() && at->starts_with(path);
      if (!folder && !paths_in_tree.contains(path)) findings.push_back({file.path, number, path + " does not exist"});
    }
  }
  return findings;
}

}  // namespace raidsim::house
