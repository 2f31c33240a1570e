// model/raid/admin/lookup.h: finding the unit of a command and taking the locks it asks for (spec/raid-admin.md 1.2).
#pragma once

#include <optional>

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

enum class LockSet : uint8_t { none, read, write, writers };

/// Locks of a command, given back in the order unit, io, array.
struct AdminLocks {
  WriteHold array;
  WriteHold io;
  WriteHold unit_w;
  ReadHold unit_r;
  void drop();
  AdminLocks() = default;
  AdminLocks(AdminLocks&&) noexcept = default;
  AdminLocks& operator=(AdminLocks&&) noexcept = default;
  ~AdminLocks() { drop(); }
};

struct Looked {
  RaidUnit* unit = nullptr;  ///< null on error
  AdminLocks locks;
  md::Error error;
};

/// raid_getun. Suspends.
/// Errors  MDE_INVAL_UNIT, MDE_DB_STALE (for `stale_ok` and readers: when no unit is there), MDE_UNIT_NOT_SETUP,
///         MDE_NOT_RAID
[[nodiscard]] Looked raid_getun(md::System& system, md::Minor minor, LockSet locks, bool stale_ok = false);

/// For creation: nothing is there yet. Errors  MDE_INVAL_UNIT, MDE_DB_STALE, MDE_UNIT_ALREADY_SETUP
[[nodiscard]] md::Error raid_getun_for_create(md::System& system, md::Minor minor);

}  // namespace raidsim::raid
