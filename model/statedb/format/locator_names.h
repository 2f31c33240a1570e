// model/statedb/format/locator_names.h: what people call the replicas' devices, for messages when one is missing (1.5).
//
//   0        20                  1300                     3400
//   | header | prefixes[10] 128  | suffixes[50] 42        | zeroes up to seven blocks
//
// A replica's name is a prefix ("/dev/dsk") and a suffix ("c0t1d0s7").
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

struct LocatorNames {
  Timeval32 ln_timestamp;
  std::vector<std::string> prefixes;  ///< at most MDDB_PREFIXCNT of MD_MAXPREFIX bytes
  struct Suffix {
    uint32_t prefix = 0;
    std::string text;  ///< at most MD_MAXSUFFIX bytes
    bool operator==(const Suffix&) const = default;
  };
  std::vector<Suffix> suffixes;  ///< by locator index, at most MDDB_NLB
  bool operator==(const LocatorNames&) const = default;

  /// Enters the name of locator `index`; false when a table is full or a part too long, and nothing has changed.
  [[nodiscard]] bool enter(size_t index, const std::string& path);
  /// The whole name; empty when there is none.
  [[nodiscard]] std::string name(size_t index) const;
};

inline constexpr uint32_t locator_names_blocks = 7;  ///< of a local set
inline constexpr size_t locator_names_bytes = locator_names_blocks * MDDB_BSIZE;

void encode(const LocatorNames& names, std::span<std::byte> out);  ///< Shape  `out` locator_names_bytes

struct ReadLocatorNames {
  BlockFault fault = BlockFault::none;
  LocatorNames names;
};
[[nodiscard]] ReadLocatorNames decode_locator_names(std::span<const std::byte> bytes);

}  // namespace raidsim::statedb
