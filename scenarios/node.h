// scenarios/node.h: a JSON value with its place, and the checks every key of a scenario needs.
//
// All readers throw ScenarioError, so a loader function is a plain list of what it takes from where.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.h"
#include "scenarios/disk_spec.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {

/// Bounds of a file's quantities; beyond them is an error, never a silent cap.
inline constexpr uint64_t bytes_max = uint64_t{1} << 50;              ///< 1 PiB
inline constexpr Duration time_max = std::chrono::hours{24} * 36525;  ///< 100 years

class Node {
 public:
  Node(const nlohmann::json& value, std::string pointer, const std::string& file)
      : value_(&value), pointer_(std::move(pointer)), file_(&file) {}

  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }

  /// `wrong; right` at this place.
  [[noreturn]] void fail(std::string_view wrong, std::string_view right) const;

  [[nodiscard]] bool is_string() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;

  [[nodiscard]] std::string string(size_t longest = 4096) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] uint64_t integer(uint64_t low, uint64_t high) const;
  [[nodiscard]] uint32_t integer32(uint32_t low, uint32_t high) const;
  [[nodiscard]] int64_t signed_integer(int64_t low, int64_t high) const;
  [[nodiscard]] double number(double low, double high) const;
  /// A size in bytes: a string with unit, or bare digits as a string or number.
  [[nodiscard]] uint64_t bytes(uint64_t low, uint64_t high) const;
  /// A size that is a whole number of blocks; bounds in blocks too.
  [[nodiscard]] uint64_t blocks(uint64_t low, uint64_t high) const;
  [[nodiscard]] Duration time(Duration low = Duration{}, Duration high = time_max) const;
  /// [first, end): two sizes, not empty.
  [[nodiscard]] BlockRange block_range() const;
  [[nodiscard]] std::vector<Node> items(size_t most) const;
  [[nodiscard]] Node child(const nlohmann::json& value, std::string_view key) const;

  template <typename Enum>
  [[nodiscard]] Enum word() const {
    return static_cast<Enum>(word_index(words<Enum>()));
  }

 private:
  [[nodiscard]] size_t word_index(std::span<const std::string_view> known) const;

  const nlohmann::json* value_;
  std::string pointer_;
  const std::string* file_;
};

/// An object whose keys are all known; others are refused with the nearest known one.
class Object {
 public:
  Object(const Node& node, std::initializer_list<std::string_view> known);
  Object(const Node& node, std::span<const std::string_view> known);
  /// Keys are names, not words: nothing is checked.
  [[nodiscard]] static Object with_free_keys(const Node& node);

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::optional<Node> find(std::string_view key) const;
  /// Errors  a missing key, with `why` as what would be right
  [[nodiscard]] Node need(std::string_view key, std::string_view why) const;
  [[nodiscard]] std::vector<std::string> keys() const;

 private:
  explicit Object(const Node& node);
  void check_keys(std::span<const std::string_view> known) const;
  Node node_;
};

}  // namespace raidsim::scenarios
