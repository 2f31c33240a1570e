// model/raid/snarf.h: a record of the database becomes a unit again (spec/raid-admin.md 11, RH-17, RH-30).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "model/raid/raid_unit.h"
#include "model/statedb/record_store.h"

namespace raidsim::raid {

/// What snarf asks of the name space and the pools.
struct Resolver {
  std::function<DeviceNumber(md::NameKey key)> device_of_key;       ///< md_getdevnum; no_device when unresolvable
  std::function<DeviceNumber(md::RecordId spare)> device_of_spare;  ///< no_device when unknown (RH-30)
  std::function<bool(DeviceNumber number)> taken;                   ///< a disk has this number today
};

/// Columns whose spare goes back to the pool, as FREE; their un_dev group already is the original.
struct SpareToFree {
  ColumnIndex column;
  md::NameKey key = 0;
};

/// Pure part: clears what does not survive, resolves devices, settles states.
[[nodiscard]] std::vector<SpareToFree> settle_snarfed(Unit& unit, const Resolver& resolver, int64_t now_ns);

struct Snarfed {
  std::unique_ptr<RaidUnit> unit;       ///< null: bad record (message BAD_RECORD), or one to be deleted
  bool clean_up = false;                ///< the record is to be deleted: MD_UN_BEING_RESET, or superseded (MD-16)
  std::vector<md::RecordId> to_commit;  ///< the unit's record and those of freed spares
};
/// Builds the in-core unit of one record; the caller installs it. Suspends
[[nodiscard]] Snarfed raid_snarf(md::System& system, const statedb::StoredRecord& record);

}  // namespace raidsim::raid
