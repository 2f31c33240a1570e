#include "scenarios/node.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/names.h"
#include "scenarios/quantity.h"
#include "scenarios/strict_json.h"

namespace raidsim::scenarios {
namespace {

std::string shown(const nlohmann::json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return printable(value.dump());
}

}  // namespace

void Node::fail(std::string_view wrong, std::string_view right) const {
  throw ScenarioError(*file_, pointer_, fmt::format("{}; {}", wrong, right));
}

bool Node::is_string() const { return value_->is_string(); }
bool Node::is_object() const { return value_->is_object(); }
bool Node::is_array() const { return value_->is_array(); }

std::string Node::string(size_t longest) const {
  if (!value_->is_string()) fail(fmt::format("{} is no string", shown(*value_)), "write text in quotes");
  const auto& text = value_->get_ref<const std::string&>();
  if (text.size() > longest) {
    fail(fmt::format("the text has {} bytes", text.size()), fmt::format("the limit here is {}", longest));
  }
  return text;
}

bool Node::boolean() const {
  if (!value_->is_boolean()) fail(fmt::format("{} is neither true nor false", shown(*value_)), "write true or false");
  return value_->get<bool>();
}

uint64_t Node::integer(uint64_t low, uint64_t high) const {
  const std::string right = fmt::format("write a whole number from {} to {}", low, high);
  if (!value_->is_number_unsigned()) fail(fmt::format("{} is no whole number", shown(*value_)), right);
  const auto value = value_->get<uint64_t>();
  if (value < low || value > high) fail(fmt::format("{} is out of range", value), right);
  return value;
}

uint32_t Node::integer32(uint32_t low, uint32_t high) const { return static_cast<uint32_t>(integer(low, high)); }

int64_t Node::signed_integer(int64_t low, int64_t high) const {
  const std::string right = fmt::format("write a whole number from {} to {}", low, high);
  if (!value_->is_number_integer()) fail(fmt::format("{} is no whole number", shown(*value_)), right);
  if (value_->is_number_unsigned() && value_->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
    fail(fmt::format("{} is out of range", shown(*value_)), right);
  }
  const auto value = value_->get<int64_t>();
  if (value < low || value > high) fail(fmt::format("{} is out of range", value), right);
  return value;
}

double Node::number(double low, double high) const {
  const std::string right = fmt::format("write a number from {} to {}", low, high);
  if (!value_->is_number()) fail(fmt::format("{} is no number", shown(*value_)), right);
  const auto value = value_->get<double>();
  if (!std::isfinite(value) || value < low || value > high) fail(fmt::format("{} is out of range", value), right);
  return value;
}

uint64_t Node::bytes(uint64_t low, uint64_t high) const {
  const std::string right = fmt::format("write a size from {} to {}, like \"64KiB\"", size_text(low), size_text(high));
  std::optional<uint64_t> value;
  if (value_->is_string()) value = parse_size(value_->get_ref<const std::string&>());
  if (value_->is_number_unsigned()) value = value_->get<uint64_t>();
  if (!value) fail(fmt::format("{} is no size", shown(*value_)), right);
  if (*value < low || *value > high) fail(fmt::format("{} is out of range", shown(*value_)), right);
  return *value;
}

uint64_t Node::blocks(uint64_t low, uint64_t high) const {
  const uint64_t value = bytes(low * block_bytes, high * block_bytes);
  if (value % block_bytes != 0) {
    fail(fmt::format("{} is no whole number of 512-byte blocks", shown(*value_)),
         fmt::format("write \"{}\" or \"{}\"", size_text(value / block_bytes * block_bytes),
                     size_text((value / block_bytes + 1) * block_bytes)));
  }
  return value / block_bytes;
}

Duration Node::time(Duration low, Duration high) const {
  const std::string right =
      fmt::format("write a time from {} to {} with its unit, like \"40ms\"", time_text(low), time_text(high));
  std::optional<Duration> value;
  if (value_->is_string()) value = parse_time(value_->get_ref<const std::string&>());
  if (!value) fail(fmt::format("{} is no time", shown(*value_)), right);
  if (*value < low || *value > high) fail(fmt::format("{} is out of range", shown(*value_)), right);
  return *value;
}

BlockRange Node::block_range() const {
  const auto ends = items(2);
  if (ends.size() != 2) fail("this is no range", "write [first, end] in bytes, like [\"0\", \"64KiB\"]");
  const BlockRange range{ends[0].blocks(0, bytes_max / block_bytes), ends[1].blocks(0, bytes_max / block_bytes)};
  if (range.first >= range.end) fail("the range is empty", "its second size must be above its first");
  return range;
}

std::vector<Node> Node::items(size_t most) const {
  if (!value_->is_array()) fail(fmt::format("{} is no array", shown(*value_)), "write [...]");
  if (value_->size() > most) {
    fail(fmt::format("the array has {} elements", value_->size()), fmt::format("the limit here is {}", most));
  }
  std::vector<Node> out;
  for (size_t i = 0; i < value_->size(); ++i) out.emplace_back((*value_)[i], fmt::format("{}/{}", pointer_, i), *file_);
  return out;
}

size_t Node::word_index(std::span<const std::string_view> known) const {
  const std::string right = fmt::format("write one of {}", fmt::join(known, ", "));
  if (!value_->is_string()) fail(fmt::format("{} is no word", shown(*value_)), right);
  const auto& text = value_->get_ref<const std::string&>();
  for (size_t i = 0; i < known.size(); ++i) {
    if (known[i] == text) return i;
  }
  fail(fmt::format("\"{}\" is not known here", printable(text)), right);
}

Object::Object(const Node& node) : node_(node) {
  if (!node.is_object()) node.fail(fmt::format("{} is no object", shown(node.json())), "write {...}");
}

Object::Object(const Node& node, std::initializer_list<std::string_view> known) : Object(node) {
  check_keys({known.begin(), known.size()});
}

Object::Object(const Node& node, std::span<const std::string_view> known) : Object(node) { check_keys(known); }

Object Object::with_free_keys(const Node& node) { return Object(node); }

void Object::check_keys(std::span<const std::string_view> known) const {
  for (const auto& [key, value] : node_.json().items()) {
    bool found = false;
    for (const auto name : known) found = found || name == key;
    if (found) continue;
    const auto meant = nearest(key, known);
    const Node place = *find(key);
    if (meant)
      place.fail(fmt::format("unknown key \"{}\"", printable(key)), fmt::format("did you mean \"{}\"?", *meant));
    place.fail(fmt::format("unknown key \"{}\"", printable(key)),
               fmt::format("known here: {}", fmt::join(known, ", ")));
  }
}

bool Object::has(std::string_view key) const { return node_.json().contains(key); }

std::optional<Node> Object::find(std::string_view key) const {
  const auto it = node_.json().find(key);
  if (it == node_.json().end()) return std::nullopt;
  return node_.child(*it, key);
}

Node Object::need(std::string_view key, std::string_view why) const {
  auto found = find(key);
  if (!found) node_.fail(fmt::format("the key \"{}\" is missing", key), why);
  return *found;
}

std::vector<std::string> Object::keys() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : node_.json().items()) out.push_back(key);
  return out;
}

Node Node::child(const nlohmann::json& value, std::string_view key) const {
  return {value, pointer_ + "/" + pointer_token(key), *file_};
}

}  // namespace raidsim::scenarios
