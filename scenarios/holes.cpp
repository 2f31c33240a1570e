#include "scenarios/holes.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "scenarios/disk_spec.h"
#include "scenarios/node.h"
#include "scenarios/quantity.h"

namespace raidsim::scenarios {
namespace {

using nlohmann::json;

constexpr uint64_t fraction_steps = 1'000'000;
constexpr size_t choices_max = 10'000;
__extension__ using Wide = unsigned __int128;

uint64_t mix(uint64_t x) {  // finaliser of SplitMix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

bool is_hole(const json& value) {
  return value.is_object() && value.size() == 1 && (value.contains("choose") || value.contains("range"));
}

/// low + pick(0 .. high - low), without overflow at the full range.
uint64_t between(const HolePicker& pick, const std::string& pointer, uint64_t low, uint64_t high) {
  const uint64_t distance = high - low;
  return low + pick(pointer, distance == UINT64_MAX ? UINT64_MAX : distance + 1);
}

class Filler {
 public:
  Filler(const HolePicker& pick, const std::string& file) : pick_(pick), file_(file) {}

  json fill(const json& value, const std::string& pointer) const {
    if (is_hole(value)) {
      const Node node(value, pointer, file_);
      const std::string key = value.begin().key();
      return key == "choose" ? choose(node.child(value.at(key), key), pointer)
                             : draw(node.child(value.at(key), key), pointer);
    }
    json out = value;
    if (value.is_object()) {
      const Node node(value, pointer, file_);
      for (const auto& [key, element] : value.items()) out[key] = fill(element, node.child(element, key).pointer());
    } else if (value.is_array()) {
      for (size_t i = 0; i < value.size(); ++i) out[i] = fill(value[i], pointer + "/" + std::to_string(i));
    }
    return out;
  }

 private:
  json choose(const Node& values, const std::string& pointer) const {
    const auto all = values.items(choices_max);
    if (all.empty()) values.fail("there is nothing to choose from", "list at least one value");
    const Node& chosen = all[pick_(pointer, all.size())];
    return fill(chosen.json(), chosen.pointer());
  }

  json draw(const Node& ends, const std::string& pointer) const {
    const char* const right = "write [low, high] with two whole numbers, numbers, times or sizes, low first";
    const auto pair = ends.items(2);
    if (pair.size() != 2) ends.fail("this is no range to draw from", right);
    const json& low = pair[0].json();
    const json& high = pair[1].json();
    if (low.is_number_unsigned() && high.is_number_unsigned() && low <= high) {
      return between(pick_, pointer, low.get<uint64_t>(), high.get<uint64_t>());
    }
    if (low.is_number() && high.is_number() && low <= high) return draw_number(low, high, pointer);
    if (low.is_string() && high.is_string()) {
      if (auto drawn = draw_quantity(low.get<std::string>(), high.get<std::string>(), pointer)) return *drawn;
    }
    ends.fail("this is no range to draw from", right);
  }

  json draw_number(const json& low, const json& high, const std::string& pointer) const {
    if (low.is_number_integer() && high.is_number_integer()) {
      const auto from = low.get<int64_t>();
      const auto distance = static_cast<uint64_t>(high.get<int64_t>()) - static_cast<uint64_t>(from);
      return static_cast<int64_t>(static_cast<uint64_t>(from) + between(pick_, pointer, 0, distance));
    }
    const auto step = static_cast<double>(between(pick_, pointer, 0, fraction_steps));
    const double share = step / static_cast<double>(fraction_steps);
    return low.get<double>() * (1.0 - share) + high.get<double>() * share;
  }

  std::optional<json> draw_quantity(const std::string& low, const std::string& high, const std::string& pointer) const {
    if (const auto from = parse_time(low), to = parse_time(high); from && to && *from <= *to) {
      const auto ns = between(pick_, pointer, static_cast<uint64_t>(from->count()), static_cast<uint64_t>(to->count()));
      return json(time_text(Duration(static_cast<int64_t>(ns))));
    }
    if (const auto from = parse_size(low), to = parse_size(high); from && to && *from <= *to) {
      const uint64_t step = *from % block_bytes == 0 && *to % block_bytes == 0 ? block_bytes : 1;
      return json(size_text(between(pick_, pointer, *from / step, *to / step) * step));
    }
    return std::nullopt;
  }

  const HolePicker& pick_;
  const std::string& file_;
};

}  // namespace

HolePicker seeded_holes(uint64_t seed) {
  return [seed](std::string_view pointer, uint64_t bound) {
    uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a 64
    for (const char c : pointer) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    const uint64_t drawn = mix(mix(seed + 0x9e3779b97f4a7c15ULL) ^ hash);
    // The upper half of drawn * bound: without the bias of a remainder towards small numbers.
    return static_cast<uint64_t>((Wide{drawn} * bound) >> 64);
  };
}

json fill_holes(const json& document, const HolePicker& pick, const std::string& file) {
  return Filler(pick, file).fill(document, "");
}

bool has_holes(const json& document) {
  if (is_hole(document)) return true;
  if (!document.is_structured()) return false;
  for (const auto& value : document) {
    if (has_holes(value)) return true;
  }
  return false;
}

}  // namespace raidsim::scenarios
