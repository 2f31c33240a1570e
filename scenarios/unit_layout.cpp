#include "scenarios/unit_layout.h"

#include <algorithm>

namespace raidsim::scenarios {
namespace {

template <typename List>
auto* find_named(const List& list, std::string_view name) {
  const auto it = std::find_if(list.begin(), list.end(), [&](const auto& element) { return element.name == name; });
  return it == list.end() ? nullptr : &*it;
}

constexpr uint64_t round_up(uint64_t value, uint64_t step) { return (value + step - 1) / step * step; }
constexpr uint64_t round_down(uint64_t value, uint64_t step) { return step == 0 ? value : value / step * step; }

}  // namespace

const Disk* find_disk(const Scenario& scenario, std::string_view name) { return find_named(scenario.disks, name); }
const Unit* find_unit(const Scenario& scenario, std::string_view name) { return find_named(scenario.units, name); }
const Pool* find_pool(const Scenario& scenario, std::string_view name) { return find_named(scenario.pools, name); }

uint64_t replica_places(const Scenario& scenario, std::string_view disk) {
  const auto named_in = [&](const std::vector<std::string>& list) {
    return std::count(list.begin(), list.end(), disk);
  };
  return static_cast<uint64_t>(named_in(scenario.replicas) + named_in(scenario.replica_room));
}

uint64_t replica_slice_blocks(const Scenario& scenario, std::string_view disk) {
  const uint64_t places = replica_places(scenario, disk);
  return places == 0 ? 0 : replica_slice_head_blocks + places * scenario.replica_blocks;
}

std::optional<std::vector<std::string>> replicas_to_lose(const Scenario& scenario, uint64_t left) {
  if (left > scenario.replicas.size()) return std::nullopt;
  std::vector<std::pair<std::string, uint64_t>> disks;  // with the number of their replicas
  for (const std::string& name : scenario.replicas) {
    const auto it = std::find_if(disks.begin(), disks.end(), [&](const auto& each) { return each.first == name; });
    it == disks.end() ? static_cast<void>(disks.emplace_back(name, 1)) : static_cast<void>(++it->second);
  }
  const uint64_t lost = scenario.replicas.size() - left;
  // sums[i]: how many replicas the first i disks can take with them.
  std::vector<std::vector<bool>> sums(disks.size() + 1, std::vector<bool>(lost + 1));
  sums[0][0] = true;
  for (size_t i = 0; i < disks.size(); ++i) {
    for (uint64_t s = 0; s <= lost; ++s) {
      sums[i + 1][s] = sums[i][s] || (s >= disks[i].second && sums[i][s - disks[i].second]);
    }
  }
  if (!sums[disks.size()][lost]) return std::nullopt;
  std::vector<std::string> out;
  uint64_t rest = lost;
  for (size_t i = disks.size(); i-- > 0;) {
    if (rest < disks[i].second || !sums[i][rest - disks[i].second]) continue;
    rest -= disks[i].second;
    out.push_back(disks[i].first);
  }
  return out;
}

Slice slice_zero(const Scenario& scenario, const Disk& disk) {
  const uint64_t cylinder = uint64_t{disk.geometry.heads} * disk.geometry.sectors;
  Slice slice;
  slice.first_block = round_up(replica_slice_blocks(scenario, disk.name), cylinder);
  const uint64_t end = round_down(disk.size_blocks, cylinder);
  slice.blocks = end > slice.first_block ? end - slice.first_block : 0;
  slice.start = disk.label ? cylinder : 0;
  return slice;
}

std::optional<StripeLayout> stripe_layout_of(const Scenario& scenario, const Unit& unit) {
  if (unit.kind != UnitKind::stripe || unit.rows.empty()) return std::nullopt;
  StripeLayout layout;
  uint64_t cylinder = 0;
  for (const StripeRow& row : unit.rows) {
    StripeLayout::Row made;
    made.interlace = row.interlace_blocks;
    made.first_block = layout.total_blocks;
    made.component_blocks = UINT64_MAX;
    for (const std::string& name : row.components) {
      const Disk* disk = find_disk(scenario, name);
      if (disk == nullptr) return std::nullopt;
      if (cylinder == 0) cylinder = uint64_t{disk->geometry.heads} * disk->geometry.sectors;
      const Slice slice = slice_zero(scenario, *disk);
      if (slice.blocks <= slice.start) return std::nullopt;
      uint64_t usable = slice.blocks - slice.start;
      if (row.components.size() > 1) usable = round_down(usable, made.interlace);
      made.component_blocks = std::min(made.component_blocks, usable);
      made.disks.push_back(disk);
      layout.starts.push_back(slice.first_block + slice.start);
    }
    made.blocks = made.component_blocks * made.disks.size();
    if (made.blocks == 0) return std::nullopt;
    layout.total_blocks += made.blocks;
    layout.rows.push_back(std::move(made));
  }
  layout.total_blocks = round_down(layout.total_blocks, cylinder);
  if (layout.total_blocks == 0) return std::nullopt;
  return layout;
}

StripeLayout::Piece StripeLayout::piece_at(uint64_t block) const {
  size_t before = 0;  // components of the rows above
  for (const Row& row : rows) {
    if (block < row.first_block + row.blocks) {
      const uint64_t in_row = block - row.first_block;
      const uint64_t chunk = row.disks.size() == 1 ? row.blocks : row.interlace;
      const uint64_t round = chunk * row.disks.size();
      const size_t c = in_row % round / chunk;
      const uint64_t at = in_row / round * chunk + in_row % chunk;
      return {.disk = row.disks[c], .block = starts[before + c] + at, .blocks = chunk - in_row % chunk};
    }
    before += row.disks.size();
  }
  return {};
}

bool StripeLayout::holds(const Disk& disk, uint64_t block, uint64_t blocks) const {
  size_t index = 0;
  for (const Row& row : rows) {
    for (const Disk* component : row.disks) {
      const uint64_t start = starts[index++];
      if (component == &disk && block >= start && block + blocks <= start + row.component_blocks) return true;
    }
  }
  return false;
}

uint64_t total_blocks_of(const Scenario& scenario, const Unit& unit) {
  return unit.kind == UnitKind::stripe ? stripe_layout_of(scenario, unit)->total_blocks
                                       : layout_of(scenario, unit)->total_blocks;
}

std::vector<std::string> disks_of(const Unit& unit) {
  std::vector<std::string> disks = unit.columns;
  for (const StripeRow& row : unit.rows) disks.insert(disks.end(), row.components.begin(), row.components.end());
  return disks;
}

std::optional<UnitLayout> layout_of(const Scenario& scenario, const Unit& unit) {
  if (unit.kind != UnitKind::raid5) return std::nullopt;
  const uint64_t interlace = unit.interlace_blocks;
  uint64_t maxio = unit.maxio_blocks.value_or(UINT32_MAX);
  uint64_t usable = UINT64_MAX;
  uint64_t cylinder = 1;
  for (const std::string& name : unit.columns) {
    const Disk* disk = find_disk(scenario, name);
    if (disk == nullptr) return std::nullopt;
    if (name == unit.columns.front()) cylinder = uint64_t{disk->geometry.heads} * disk->geometry.sectors;
    const Slice slice = slice_zero(scenario, *disk);
    if (slice.blocks <= slice.start) return std::nullopt;
    maxio = std::min<uint64_t>(maxio, disk->max_transfer_blocks);
    usable = std::min(usable, slice.blocks - slice.start);
  }
  UnitLayout layout;
  layout.maxio_blocks = maxio;
  layout.io_blocks = std::min(maxio, interlace + 1);
  const uint64_t asked = round_up(unit.slots * layout.io_blocks, 2);
  if (layout.io_blocks < 2 || asked > usable || usable - asked < interlace) return std::nullopt;
  layout.lines = (usable - asked) / interlace;
  layout.column_blocks = interlace * layout.lines;
  layout.slots = round_down(usable - layout.column_blocks, 2) / layout.io_blocks;
  layout.log_blocks = round_up(layout.slots * layout.io_blocks, 2);
  layout.total_blocks = round_down(layout.column_blocks * (unit.columns.size() - 1), cylinder);
  if (layout.total_blocks == 0) return std::nullopt;
  return layout;
}

uint64_t spare_blocks_needed(const Scenario& scenario, const UnitLayout& layout, const Disk& column) {
  return slice_zero(scenario, column).start + layout.log_blocks + layout.column_blocks;
}

}  // namespace raidsim::scenarios
