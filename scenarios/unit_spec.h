// scenarios/unit_spec.h: hot spare pools and units as a scenario names them (spec/decisions.md D-08).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/words.h"

namespace raidsim::scenarios {

struct Pool {
  std::string name;                 ///< hsp<nnn>; the pool's id is nnn
  std::vector<std::string> spares;  ///< disks, in the order in which the daemon tries them
  bool allow_small = false;         ///< a spare too small for a unit of the pool is meant, not a slip
  bool operator==(const Pool&) const = default;
};

/// Of a stripe. One component is a concatenation.
struct StripeRow {
  std::vector<std::string> components;  ///< disks
  uint64_t interlace_blocks = 32;
  bool operator==(const StripeRow&) const = default;
};

struct Unit {
  std::string name;  ///< d<n>; the minor is n
  UnitKind kind = UnitKind::raid5;
  std::vector<StripeRow> rows;           ///< of a stripe; it has nothing else but pool and create
  std::vector<std::string> columns;      ///< disks, column 0 first; all original
  uint64_t interlace_blocks = 32;        ///< S
  uint32_t slots = 10;                   ///< pre-write slots asked for; creation may give more
                                         ///< (raid-data-model.md 5.1)
  std::optional<uint32_t> maxio_blocks;  ///< un_maxio if smaller than the disks' longest transfer
  std::optional<std::string> pool;
  CreateMode create = CreateMode::ready;
  bool operator==(const Unit&) const = default;
};

}  // namespace raidsim::scenarios
