// harness/inspect/record_content.h: what a record's owner encoded, read back from its bytes alone.
//
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "model/hotspare/spare.h"
#include "model/md/names.h"
#include "model/raid/unit.h"
#include "model/stripe/unit.h"

namespace raidsim::harness {

/// Set of keys as the name-space record stores them.
struct StoredName {
  md::NameKey key = 0;
  md::NameEntry entry;
};
using StoredNames = std::vector<StoredName>;

struct RecordContent {
  uint32_t type = 0;  ///< RecordType, as far as there is one
  std::string wrong;  ///< empty: all of it could be read and makes sense
  std::variant<std::monostate, raid::Unit, stripe::Unit, hotspare::HotSpare, hotspare::Pool, StoredNames> is;
};

inline constexpr uint32_t record_type_base = 1000;  ///< de_type1 is this more than the RecordType

/// Shape   any bytes; zeroes behind what the owner encoded do not matter. A type that nobody knows is not wrong
[[nodiscard]] RecordContent decode_content(uint32_t type, std::span<const std::byte> bytes);

/// "unit", "pool", "hot spare", "names", ... or "type 7".
[[nodiscard]] std::string type_word(uint32_t type);

}  // namespace raidsim::harness
