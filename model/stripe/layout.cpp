#include "model/stripe/layout.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim::stripe {
namespace {

constexpr uint64_t blocks_most = uint64_t{1} << 62;  // sums of two do not overflow
constexpr uint32_t components_most = 1024;

const char* broken_row(const Row& row, uint64_t before, uint32_t first_component) {
  if (row.un_icomp != first_component || row.un_ncomp == 0) return "components of a row";
  if (row.un_ncomp > components_most) return "components of a row";
  if (row.un_blocks == 0 || row.un_blocks > blocks_most || row.un_cum_blocks != before + row.un_blocks) return "sizes";
  if (row.un_interlace < MININTERLACE || row.un_interlace > MAXINTERLACE) return "interlace";
  const bool whole = row.un_ncomp == 1 || row.un_blocks % (row.un_ncomp * row.un_interlace) == 0;
  return whole ? nullptr : "a row of incomplete interlaces";
}

const char* broken_component(const Component& component) {
  switch (component.un_mirror.ms_state) {
    case CS_OKAY:
    case CS_ERRED:
    case CS_RESYNC:
    case CS_LAST_ERRED:
      break;
    default:
      return "component state";
  }
  if (component.un_start_block > blocks_most) return "component start block";
  const Shared& shared = component.un_mirror;
  if ((shared.ms_hs_id == 0) != (shared.ms_hs_key == 0)) return "component's hot spare";  // INV-S06
  return shared.ms_hs_id != 0 || shared.ms_orig_dev == 0 ? nullptr : "component's hot spare";
}

}  // namespace

const Row& Unit::row_of(uint32_t component) const noexcept {
  const auto starts_behind = [](uint32_t index, const Row& row) { return index < row.un_icomp; };
  return *(std::upper_bound(rows.begin(), rows.end(), component, starts_behind) - 1);
}

Place place_of(const Unit& unit, uint64_t block) noexcept {
  const auto ends_behind = [](uint64_t b, const Row& row) { return b < row.un_cum_blocks; };
  const auto row = std::upper_bound(unit.rows.begin(), unit.rows.end(), block, ends_behind);
  const uint64_t k = block - row->first_block();
  if (row->un_ncomp == 1) {
    return {.component = row->un_icomp,
            .block = unit.components[row->un_icomp].un_start_block + k,
            .run = row->un_blocks - k,
            .to_the_end = row + 1 == unit.rows.end()};
  }
  const uint64_t interlace = row->un_interlace;
  const uint64_t s = k / interlace;
  const uint64_t f = k % interlace;
  const uint32_t component = row->un_icomp + static_cast<uint32_t>(s % row->un_ncomp);
  const uint64_t p = s / row->un_ncomp * interlace + f;
  return {.component = component, .block = unit.components[component].un_start_block + p, .run = interlace - f};
}

Fragment cut(const Place& place, uint64_t left, uint64_t longest) noexcept {
  uint64_t blocks = std::min(left, place.run);
  const bool ends_here = place.to_the_end && blocks == place.run;
  bool more = left > blocks && !ends_here;
  if (longest != 0 && blocks > longest) {
    blocks = longest;
    more = true;
  }
  return {.component = place.component, .block = place.block, .blocks = blocks, .more = more};
}

Blocks blocks_of(const Unit& unit, uint32_t component) noexcept {
  const Row& row = unit.row_of(component);
  if (row.un_ncomp == 1) return {.first = row.first_block(), .count = 1, .skip = 0, .size = row.un_blocks};
  const uint64_t round = row.un_interlace * row.un_ncomp;
  return {.first = row.first_block() + (component - row.un_icomp) * row.un_interlace,
          .count = row.un_blocks / round,
          .skip = round - row.un_interlace,
          .size = row.un_interlace};
}

bool add_row(Unit& unit, std::span<const Extent> components, uint64_t interlace) {
  RAIDSIM_ASSERT(!components.empty() && interlace != 0);
  uint64_t smallest = UINT64_MAX;
  for (const Extent& extent : components) {
    if (extent.start >= extent.size) return false;
    uint64_t usable = extent.size - extent.start;
    if (components.size() > 1) usable = usable / interlace * interlace;
    smallest = std::min(smallest, usable);
  }
  if (smallest == 0) return false;
  const uint64_t before = unit.rows.empty() ? 0 : unit.rows.back().un_cum_blocks;
  const uint32_t first = unit.rows.empty() ? 0 : unit.rows.back().un_icomp + unit.rows.back().un_ncomp;
  const uint64_t blocks = smallest * components.size();
  unit.rows.push_back({.un_icomp = first,
                       .un_ncomp = static_cast<uint32_t>(components.size()),
                       .un_blocks = blocks,
                       .un_cum_blocks = before + blocks,
                       .un_interlace = interlace});
  return true;
}

void set_totals(Unit& unit, uint64_t cylinder_blocks) noexcept {
  unit.un_actual_tb = unit.rows.back().un_cum_blocks;
  unit.un_total_blocks = unit.un_actual_tb / cylinder_blocks * cylinder_blocks;
  if (unit.un_total_blocks > md::MD_MAX_BLKS_FOR_SMALL_DEVS) unit.un_flag |= md::MD_EFILABEL;
}

const char* broken_structure(const Unit& unit) noexcept {
  if (unit.rows.empty()) return "no rows";
  uint64_t blocks = 0;
  uint32_t components = 0;
  for (const Row& row : unit.rows) {
    if (const char* broken = broken_row(row, blocks, components)) return broken;
    blocks = row.un_cum_blocks;
    components += row.un_ncomp;
    if (blocks > blocks_most || components > components_most) return "sizes";
  }
  if (components != unit.components.size()) return "number of components";
  for (const Component& component : unit.components) {
    if (const char* broken = broken_component(component)) return broken;
  }
  if (unit.un_actual_tb != blocks || unit.un_total_blocks > unit.un_actual_tb) return "total";  // INV-S02, INV-M07
  return nullptr;
}

}  // namespace raidsim::stripe
