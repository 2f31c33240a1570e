// scenarios/saving.h: the parts of save.cpp that have files of their own. Only save*.cpp include it.
#pragma once

#include <nlohmann/json.hpp>

#include "scenarios/quantity.h"
#include "scenarios/scenario.h"

namespace raidsim::scenarios::saving {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json save_script_entry(const ScriptEntry& entry);
[[nodiscard]] Json save_expect(const Expect& expect);

[[nodiscard]] inline Json blocks(uint64_t count) { return size_text(count * block_bytes); }
[[nodiscard]] inline Json time(Duration value) { return time_text(value); }
[[nodiscard]] inline Json range(const BlockRange& value) {
  return Json::array({blocks(value.first), blocks(value.end)});
}

/// Adds `key` unless the value is the default's.
template <typename Value, typename Write>
void add_unless_default(Json& out, const char* key, const Value& value, const Value& plain, Write write) {
  if (!(value == plain)) out[key] = write(value);
}

template <typename Value>
[[nodiscard]] Json as_is(const Value& value) {
  return value;
}

template <typename Enum>
[[nodiscard]] Json as_word(const Enum& value) {
  return word(value);
}

}  // namespace raidsim::scenarios::saving
