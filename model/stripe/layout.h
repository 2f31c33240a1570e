// model/stripe/layout.h: where a unit's blocks are (spec/stripe.md 2). Pure.
//
// Rows follow one another. In a row of several components interlaces go round; here two components, then one alone:
//
//             comp 0   comp 1   comp 2
//   row 0     i 0      i 1                    i 0 is blocks 0 .. interlace-1
//             i 2      i 3
//   row 1                       the rest, in one run
//
//   INV-S05  the map is one-to-one and onto: each block has one place, each place of the extents one block.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/stripe/unit.h"

namespace raidsim::stripe {

/// Where a block lies.
struct Place {
  uint32_t component = 0;
  uint64_t block = 0;       ///< on the device in use: un_start_block included
  uint64_t run = 0;         ///< so many blocks from here on follow each other on the device too
  bool to_the_end = false;  ///< the run is a concatenation's and ends with the unit
};
/// Shape  block in [0, last un_cum_blocks)
[[nodiscard]] Place place_of(const Unit& unit, uint64_t block) noexcept;

/// The next piece of a request.
struct Fragment {
  uint32_t component = 0;
  uint64_t block = 0;
  uint64_t blocks = 0;
  bool more = false;  ///< part of the request is left
};
/// Shape  left > 0; `longest` of the device behind the component's place, 0: a unit, which takes the whole run
[[nodiscard]] Fragment cut(const Place& place, uint64_t left, uint64_t longest) noexcept;

/// "get block count skip size" (2.4): a component's blocks as the unit numbers them, `count` times `size` of them with
/// `skip` in between.
struct Blocks {
  uint64_t first = 0, count = 0, skip = 0, size = 0;
  bool operator==(const Blocks&) const = default;
};
[[nodiscard]] Blocks blocks_of(const Unit& unit, uint32_t component) noexcept;

/// What creation knows of a component's device. Units  blocks
struct Extent {
  uint64_t start = 0;
  uint64_t size = 0;
};
/// Adds a row behind those that are there (2.1). The components themselves are the caller's to add.
/// Shape   one extent or more; interlace 16 .. 204800
/// Errors  false: a component has no room (ENOSPC); nothing was added
[[nodiscard]] bool add_row(Unit& unit, std::span<const Extent> components, uint64_t interlace);
/// un_actual_tb and un_total_blocks of the rows that are there. `cylinder_blocks` at least 1
void set_totals(Unit& unit, uint64_t cylinder_blocks = 1) noexcept;

/// INV-S01 to INV-S03, limits, and what address arithmetic needs; null when all hold.
[[nodiscard]] const char* broken_structure(const Unit& unit) noexcept;

}  // namespace raidsim::stripe
