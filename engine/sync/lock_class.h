// engine/sync/lock_class.h: what kind of lock an object is, for order checks and reports.
#pragma once

#include <cstdint>

namespace raidsim {

/// One per place in the lock table of spec/metadevice.md 5.1; objects are `constexpr` at namespace scope.
struct LockClass {
  const char* name;    ///< "unit lock", "io lock", "un_linlck_mx"
  uint16_t level;      ///< line of the lock table; a lock is taken only while all held ones have a lower
                       ///< level (or the same level and a lower instance). 0: unordered, graph only
  bool leaf = false;   ///< held for a few statements, never across a suspension
  bool nests = false;  ///< objects that have one stand on one another: an upper one's comes before a lower one's,
                       ///< whatever level and instance say (step_down.h)
};

}  // namespace raidsim
