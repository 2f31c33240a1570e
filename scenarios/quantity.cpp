#include "scenarios/quantity.h"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace raidsim::scenarios {
namespace {

struct UnitOfMeasure {
  std::string_view word;
  uint64_t factor;
};

// Largest last: the saved form takes the last unit that divides the value.
constexpr std::array<UnitOfMeasure, 5> size_units{{
    {"B", 1},
    {"KiB", uint64_t{1} << 10},
    {"MiB", uint64_t{1} << 20},
    {"GiB", uint64_t{1} << 30},
    {"TiB", uint64_t{1} << 40},
}};
constexpr std::array<UnitOfMeasure, 6> time_units{{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};
constexpr uint64_t largest = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

std::optional<uint64_t> parse(std::string_view text, std::span<const UnitOfMeasure> units, bool bare_allowed) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest == text.data()) return std::nullopt;
  if (text.front() == '0' && rest - text.data() > 1) return std::nullopt;
  const std::string_view suffix(rest, static_cast<size_t>(end - rest));
  if (suffix.empty() && bare_allowed) return number <= largest ? std::optional(number) : std::nullopt;
  for (const auto& unit : units) {
    if (unit.word != suffix) continue;
    if (number > largest / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string text_of(uint64_t value, std::span<const UnitOfMeasure> units) {
  const UnitOfMeasure* best = &units.front();
  for (const auto& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->word);
}

}  // namespace

std::optional<uint64_t> parse_size(std::string_view text) { return parse(text, size_units, true); }

std::optional<Duration> parse_time(std::string_view text) {
  const auto ns = parse(text, time_units, false);
  if (!ns) return std::nullopt;
  return Duration(static_cast<int64_t>(*ns));
}

std::string size_text(uint64_t bytes) { return text_of(bytes, size_units); }

std::string time_text(Duration time) { return text_of(static_cast<uint64_t>(time.count()), time_units); }

}  // namespace raidsim::scenarios
