#include "harness/inspect/log_slots.h"

#include <algorithm>
#include <array>

#include "harness/world/disk_roles.h"
#include "model/raid/state.h"

namespace raidsim::harness {
namespace {

using Block = std::array<std::byte, block_bytes>;

bool all_zero(const Block& block) {
  return std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0}; });
}

SlotState state_of_live(const ImageDisk& disk, uint64_t at, const raid::Unit& unit, const raid::PreWriteHeader& header,
                        uint32_t column, LogBudget& budget) {
  // The length is believed only as far as a slot goes.
  const bool fits = header.rpw_blkcnt >= 1 && header.rpw_blkcnt <= raid::payload_blocks_max(unit);
  if (!fits || header.rpw_blkcnt > budget.blocks || !disk.holds(at + 1, header.rpw_blkcnt)) return SlotState::damaged;
  budget.blocks -= header.rpw_blkcnt;
  std::vector<std::byte> payload(size_t{header.rpw_blkcnt} * block_bytes);
  if (!disk.read(at + 1, payload)) return SlotState::unreadable;
  if (!raid::checksums_match(header, payload)) return SlotState::damaged;
  return raid::plausible(header, unit, raid::ColumnIndex{column}) ? SlotState::live : SlotState::foreign;
}

SlotReport read_slot(const ImageDisk& disk, uint64_t at, const raid::Unit& unit, uint32_t column, LogBudget& budget) {
  SlotReport out;
  Block block;
  if (!disk.read(at, block)) {
    out.state = SlotState::unreadable;
    return out;
  }
  out.header = raid::decode_header(block);
  if (out.header.rpw_magic == raid::RAID_PWMAGIC) {
    out.state = state_of_live(disk, at, unit, out.header, column, budget);
  } else if (all_zero(block)) {
    out.state = SlotState::blank;
  } else if (out.header.rpw_magic != 0 || out.header.rpw_crc != raid::rpw_crc(out.header, {})) {
    out.state = SlotState::damaged;
  } else {
    const bool ours = raid::matches_geometry(out.header, unit, raid::ColumnIndex{column});
    out.state = ours ? SlotState::empty : SlotState::foreign;
  }
  return out;
}

}  // namespace

const char* word_of(SlotState state) noexcept {
  switch (state) {
    case SlotState::blank:
      return "blank";
    case SlotState::empty:
      return "empty";
    case SlotState::live:
      return "live";
    case SlotState::foreign:
      return "of another unit or shape";
    case SlotState::damaged:
      return "torn or damaged";
    case SlotState::unreadable:
      return "cannot be read";
  }
  return "?";
}

ColumnLog read_log(const DiskImage& image, const raid::Unit& unit, uint32_t column, LogBudget& budget) {
  const raid::Column& c = unit.columns[column];
  ColumnLog log;
  log.column = column;
  log.counts = raid::up_for_replay(c);
  log.disk = disk_in_image(image, c.now.dev);
  if (log.disk >= image.disks.size()) return log;
  const ImageDisk& disk = image.disks[log.disk];
  log.first_block = block_in_image(image, c.now.dev, c.now.pwstart);
  log.on_disk = disk.holds(log.first_block, unit.un_pwsize);
  if (!log.on_disk) return log;
  for (uint32_t slot = 0; slot < std::min(unit.un_pwcnt, raid::PWCNT_MAX); ++slot) {
    SlotReport report = read_slot(disk, log.first_block + slot * unit.un_iosize, unit, column, budget);
    report.slot = slot;
    log.blank += report.state == SlotState::blank ? 1 : 0;
    log.empty += report.state == SlotState::empty ? 1 : 0;
    if (report.state != SlotState::blank && report.state != SlotState::empty) log.entries.push_back(report);
  }
  return log;
}

}  // namespace raidsim::harness
