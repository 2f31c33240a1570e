#include "scenarios/names.h"

#include <algorithm>
#include <charconv>

namespace raidsim::scenarios {
namespace {

constexpr size_t longest_name = 32;
constexpr uint64_t names_in_range_max = 4096;
constexpr uint32_t minors = 8192;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Number without leading zeros, or nothing.
std::optional<uint64_t> plain_number(std::string_view text) {
  if (text.empty() || text.size() > 9 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct NumberedName {
  std::string_view prefix;
  uint64_t number;
};

std::optional<NumberedName> numbered(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && is_digit(text[text.size() - 1 - digits])) ++digits;
  const auto number = plain_number(text.substr(text.size() - digits));
  if (!number) return std::nullopt;
  return NumberedName{text.substr(0, text.size() - digits), *number};
}

}  // namespace

bool is_disk_name(std::string_view text) {
  if (text.empty() || text.size() > longest_name || !is_letter(text.front())) return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; });
}

std::optional<uint32_t> unit_minor(std::string_view text) {
  if (text.size() < 2 || text.front() != 'd') return std::nullopt;
  const auto number = plain_number(text.substr(1));
  if (!number || *number >= minors) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

std::optional<uint32_t> pool_id(std::string_view text) {
  if (text.size() != 6 || text.substr(0, 3) != "hsp") return std::nullopt;
  const std::string_view digits = text.substr(3);
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  uint32_t id = 0;
  for (const char c : digits) id = id * 10 + static_cast<uint32_t>(c - '0');
  return id;
}

std::optional<std::vector<std::string>> expand_names(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    if (!is_disk_name(text)) return std::nullopt;
    return std::vector<std::string>{std::string(text)};
  }
  const std::string_view first = text.substr(0, dots);
  const std::string_view last = text.substr(dots + 2);
  if (!is_disk_name(first) || !is_disk_name(last)) return std::nullopt;
  const auto from = numbered(first);
  const auto to = numbered(last);
  if (!from || !to || from->prefix != to->prefix || from->number > to->number) return std::nullopt;
  if (to->number - from->number >= names_in_range_max) return std::nullopt;
  std::vector<std::string> names;
  for (uint64_t n = from->number; n <= to->number; ++n) names.push_back(std::string(from->prefix) + std::to_string(n));
  return names;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace raidsim::scenarios
