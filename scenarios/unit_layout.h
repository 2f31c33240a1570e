// scenarios/unit_layout.h: how big a unit of a scenario becomes, by the creation arithmetic of raid-data-model.md 5.1.
//
// The loader needs it to refuse what cannot be created and to turn "last" line into a number. It is written apart from
// model/raid/layout.h on purpose: a test compares the two, so neither can be wrong alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.h"

namespace raidsim::scenarios {

/// Slice 0 of a disk: what columns and spares live on (D-07).
struct Slice {
  uint64_t first_block = 0;  ///< on the disk
  uint64_t blocks = 0;
  uint64_t start = 0;  ///< start block inside the slice: one cylinder with a label, else 0
};

struct UnitLayout {
  uint64_t lines = 0;          ///< L
  uint64_t slots = 0;          ///< un_pwcnt
  uint64_t log_blocks = 0;     ///< un_pwsize
  uint64_t io_blocks = 0;      ///< un_iosize
  uint64_t maxio_blocks = 0;   ///< un_maxio
  uint64_t column_blocks = 0;  ///< S * L
  uint64_t total_blocks = 0;   ///< what callers see
};

[[nodiscard]] const Disk* find_disk(const Scenario& scenario, std::string_view name);
[[nodiscard]] const Unit* find_unit(const Scenario& scenario, std::string_view name);
[[nodiscard]] const Pool* find_pool(const Scenario& scenario, std::string_view name);

/// Replicas that the disk's slice 7 has room for, one behind the other; and the blocks of that slice.
[[nodiscard]] uint64_t replica_places(const Scenario& scenario, std::string_view disk);
[[nodiscard]] uint64_t replica_slice_blocks(const Scenario& scenario, std::string_view disk);

/// Disks that have to go so that just `left` of the replicas in "replicas" are on the others; those named last go first
/// (F59). Nothing: replicas that share a disk go together, and no choice of disks leaves so many.
[[nodiscard]] std::optional<std::vector<std::string>> replicas_to_lose(const Scenario& scenario, uint64_t left);

/// Shape  `disk` is one of the scenario's. Source  D-07: slices end on cylinders; 1 x 1 rounds nothing.
[[nodiscard]] Slice slice_zero(const Scenario& scenario, const Disk& disk);

/// A stripe's blocks by row, by the creation arithmetic of stripe.md 2.1; apart from model/stripe/layout.h on purpose.
struct StripeLayout {
  struct Row {
    uint64_t first_block = 0, blocks = 0;
    uint64_t interlace = 0;
    std::vector<const Disk*> disks;
    uint64_t component_blocks = 0;
  };
  struct Piece {
    const Disk* disk = nullptr;
    uint64_t block = 0;  ///< of the disk
    uint64_t blocks = 0;
  };
  std::vector<Row> rows;
  uint64_t total_blocks = 0;
  std::vector<uint64_t> starts;  ///< by row and component: where it begins on its disk

  /// Where the blocks from `block` on lie, as far as they lie together.
  [[nodiscard]] Piece piece_at(uint64_t block) const;
  /// Whether blocks of a disk lie within one component.
  [[nodiscard]] bool holds(const Disk& disk, uint64_t block, uint64_t blocks) const;
};
/// Nothing if a component has no room, or for a unit of another kind.
[[nodiscard]] std::optional<StripeLayout> stripe_layout_of(const Scenario& scenario, const Unit& unit);
/// What callers see of a unit of any kind that fits its disks.
[[nodiscard]] uint64_t total_blocks_of(const Scenario& scenario, const Unit& unit);
/// Every disk that the unit is made on.
[[nodiscard]] std::vector<std::string> disks_of(const Unit& unit);

/// Nothing if the columns have no room for the log and one line.
[[nodiscard]] std::optional<UnitLayout> layout_of(const Scenario& scenario, const Unit& unit);

/// Blocks a spare must offer behind its start for this column (raid-hotspare.md 3, step 4).
[[nodiscard]] uint64_t spare_blocks_needed(const Scenario& scenario, const UnitLayout& layout, const Disk& column);

}  // namespace raidsim::scenarios
