// model/raid/snarf.cpp
#include "model/raid/snarf.h"

#include <algorithm>

#include "model/raid/record.h"
#include "model/raid/state.h"

namespace raidsim::raid {
namespace {

constexpr uint32_t resync_flags = MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC;

/// Flags that a column keeps: what it missed is durable (MISSED_WRITE, D-17), and of a RESYNC column what kind of
/// resync it was and whether its source can be trusted (RH-17).
uint32_t kept_flags(const Column& column, bool alternate_recorded) {
  uint32_t kept = column.un_devflags & (MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE);
  if (column.un_devstate != RCS_RESYNC) return kept;
  kept |= column.un_devflags & MD_RAID_DEV_ERRED;
  if (!column.hot_spared()) return kept | MD_RAID_REGEN_RESYNC;
  const uint32_t recorded = column.un_devflags & resync_flags;
  if (recorded != 0) return kept | recorded;
  return kept | (alternate_recorded ? MD_RAID_COPY_RESYNC : MD_RAID_REGEN_RESYNC);
}

void use_spare(const Unit& unit, Column& column, const Resolver& resolver) {
  column.now = {.dev = resolver.device_of_spare(column.un_hs_id),
                .pwstart = column.un_hs_pwstart,
                .devstart = column.un_hs_pwstart + unit.un_pwsize};
}

void settle_column(const Unit& unit, Column& column, const Resolver& resolver) {
  // MD-17: a recorded number may be another disk's today, of what is away and of a spare that is being filled too.
  const DeviceNumber own = resolver.device_of_key(column.un_orig_key);
  if (own != no_device || resolver.taken(column.orig.dev)) column.orig.dev = own;
  column.un_devflags = kept_flags(column, column.alt.dev != no_device);
  column.alt = DeviceGroup{.dev = no_device, .pwstart = 0, .devstart = 0};
  if (!column.hot_spared()) {
    column.now = {.dev = own, .pwstart = column.orig.pwstart, .devstart = column.orig.devstart};
  } else if ((column.un_devstate & (RCS_OKAY | RCS_LAST_ERRED)) != 0) {
    use_spare(unit, column, resolver);
  } else {
    const DeviceNumber spare = resolver.device_of_spare(column.un_hs_id);
    if (spare != no_device || resolver.taken(column.now.dev)) column.now.dev = spare;
  }
}

/// Step 4: a rebuild cannot go on while another column is errored.
void give_up_rebuild(Column& column, ColumnIndex col, std::vector<SpareToFree>& freed) {
  if (column.hot_spared()) {
    freed.push_back({.column = col, .key = column.un_hs_key});
    column.un_hs_id = 0;
    column.un_hs_key = 0;
    column.un_hs_pwstart = 0;
    column.un_hs_devstart = 0;
    column.now = column.orig;
  }
  column.un_devstate = RCS_ERRED;
  column.un_devflags &= ~(resync_flags | MD_RAID_DEV_ERRED);
  column.un_devflags |= MD_RAID_MISSED_WRITE;
}

}  // namespace

std::vector<SpareToFree> settle_snarfed(Unit& unit, const Resolver& resolver, int64_t now_ns) {
  unit.un_status = 0;
  unit.un_resync_line_index = 0;
  unit.un_resync_index = no_column;
  unit.un_resync_copysize = 0;
  unit.un_percent_done = 0;
  unit.un_init_colcnt = 0;
  unit.un_init_iocnt = 0;
  unit.un_pwid = 1;
  for (Column& column : unit.columns) settle_column(unit, column, resolver);

  std::vector<SpareToFree> freed;
  if (unit.count(RCS_RESYNC) != 0 && unit.count(RCS_ERRED | RCS_LAST_ERRED) != 0) {
    for (uint64_t i = 0; i < unit.columns.size(); ++i) {
      if (unit.columns[i].weak()) give_up_rebuild(unit.columns[i], ColumnIndex{i}, freed);  // RH-30: weak ones only
    }
  }
  recompute_state(unit, now_ns);
  return freed;
}

Snarfed raid_snarf(md::System& system, const statedb::StoredRecord& record) {
  Snarfed snarfed;
  const char* why = nullptr;
  std::optional<Unit> unit = decode_record(record.bytes, why);
  if (!unit || md::set_of_minor(unit->un_self_id) != 0) {
    system.message(md::MessageId::BAD_RECORD, static_cast<uint64_t>(record.id));
    return snarfed;
  }
  // MD-16: of two records with one minor the first in record order wins. The other is not settled: it would give back
  // the spares of the first.
  if (unit->has(MD_UN_BEING_RESET) || system.unit(unit->un_self_id) != nullptr) {
    snarfed.clean_up = true;
    return snarfed;
  }
  unit->un_record_id = record.id;
  const Resolver resolver{
      .device_of_key = [&](md::NameKey key) { return system.names.md_getdevnum(key, md::Trust::MD_NOTRUST_DEVT); },
      .device_of_spare = [&](md::RecordId spare) { return system.hs().device_of(spare, no_device); },
      .taken = [&](DeviceNumber number) { return system.env.devices->id_of(number) != 0; }};
  for (const SpareToFree& spare : settle_snarfed(*unit, resolver, system.wall_ns())) {
    const md::RecordId freed = system.hs().release(unit->un_hsp_id, spare.key, hotspare::ReleaseAs::HS_FREE);
    if (freed != 0) snarfed.to_commit.push_back(freed);
  }
  snarfed.to_commit.push_back(record.id);
  snarfed.unit = std::make_unique<RaidUnit>(system, std::move(*unit));
  return snarfed;
}

}  // namespace raidsim::raid
