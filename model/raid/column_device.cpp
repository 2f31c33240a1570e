// model/raid/column_device.cpp
#include "model/raid/column_device.h"

#include "engine/assert.h"

namespace raidsim::raid {
namespace {

int open_as(RaidUnit& unit, ColumnIndex col, Target target, md::NameKey key, uint32_t open_flag) {
  DeviceNumber number = unit.group(col, target).dev;
  const uint64_t needed = blocks_needed(unit.un, unit.group(col, target));
  // An unknown key is no device; a known one without a device id leaves the number as it is (7.5).
  number = unit.system.names.md_resolve_bydevid(unit.minor, number, key);
  const DeviceTable::Opened opened = unit.system.md_layered_open(unit.minor, number, key, needed);
  Column& column = unit.column(col);
  (target == Target::now ? column.now : column.alt).dev = number;
  if (opened.device == nullptr) return opened.error != 0 ? opened.error : ENXIO;
  unit.set_device(col, target, opened.device);
  column.un_devflags |= open_flag;
  return 0;
}

void close_as(RaidUnit& unit, ColumnIndex col, Target target, uint32_t open_flag) {
  BlockDevice* const open = unit.device(col, target);
  RAIDSIM_ASSERT((open != nullptr) == unit.column(col).has(open_flag));  // RT-16
  if (open == nullptr) return;
  unit.set_device(col, target, nullptr);
  unit.column(col).un_devflags &= ~open_flag;
  unit.system.md_layered_close(*open);
}

}  // namespace

uint64_t blocks_needed(const Unit& unit, const DeviceGroup& group) noexcept { return group.devstart + unit.rows(); }

int open_column(RaidUnit& unit, ColumnIndex col) {
  const Column& column = unit.column(col);
  if (column.has(MD_RAID_DEV_ISOPEN)) return 0;
  const md::NameKey key = column.hot_spared() ? column.un_hs_key : column.un_orig_key;
  return open_as(unit, col, Target::now, key, MD_RAID_DEV_ISOPEN);
}

void close_column(RaidUnit& unit, ColumnIndex col) { close_as(unit, col, Target::now, MD_RAID_DEV_ISOPEN); }

int open_alternate(RaidUnit& unit, ColumnIndex col) {
  RAIDSIM_ASSERT(!unit.column(col).has(MD_RAID_ALT_ISOPEN));
  return open_as(unit, col, Target::alt, unit.column(col).un_orig_key, MD_RAID_ALT_ISOPEN);
}

void drop_alternate(RaidUnit& unit, ColumnIndex col) {
  unit.column(col).un_devflags &= ~uint32_t{MD_RAID_WRITE_ALT};
  close_as(unit, col, Target::alt, MD_RAID_ALT_ISOPEN);
  unit.column(col).alt = DeviceGroup{.dev = no_device, .pwstart = 0, .devstart = 0};
}

void alternate_becomes_current(RaidUnit& unit, ColumnIndex col) {
  close_column(unit, col);
  BlockDevice* const open = unit.device(col, Target::alt);
  RAIDSIM_ASSERT(open != nullptr);
  Column& column = unit.column(col);
  column.now = column.alt;
  column.orig.dev = column.alt.dev;  // un_orig_dev takes its present number
  column.alt = DeviceGroup{.dev = no_device, .pwstart = 0, .devstart = 0};
  column.un_devflags &= ~uint32_t{MD_RAID_WRITE_ALT | MD_RAID_ALT_ISOPEN};
  column.un_devflags |= MD_RAID_DEV_ISOPEN;
  unit.set_device(col, Target::alt, nullptr);
  unit.set_device(col, Target::now, open);
}

}  // namespace raidsim::raid
