// model/md/locks.h: the lock table (spec/metadevice.md 5.1, spec/raid-events-locks.md 3.1) as lock classes.
//
// A fiber may take a lock only while everything it holds has a lower level; locks of one class go by
// ascending instance (a unit's lock carries its minor). The numbers leave room for lines that come later.
//
//   ioctl -> array -> snarf -> link -> io -> open/close | buffers -> line -> unit
//         -> hsp_rwlp -> hot-spare -> nm_lock -> s_dbmx          -> un_linlck_mx -> io_list -> queues
#pragma once

#include "engine/sync/lock_class.h"

namespace raidsim::md::locks {

// Lines 1 to 4: the machine's own.
inline constexpr LockClass ioctl_lock{"ioctl lock", 10};
inline constexpr LockClass unit_array{"md_unit_array_rw", 20};
inline constexpr LockClass snarf_interlock{"snarf interlock", 30};
inline constexpr LockClass set_hold{"set hold", 31};
inline constexpr LockClass unit_list{"md_link_rw", 40};

// Lines 5 to 7: per unit; instance = minor. A parent's come before its children's.
inline constexpr LockClass io_lock{"io lock", 50, false, true};
inline constexpr LockClass open_close{"open/close flag", 60, false, true};
inline constexpr LockClass reserve_buffers{"reserve buffers", 62, false, true};
inline constexpr LockClass line_lock{"line lock", 65, false, true};
inline constexpr LockClass unit_lock{"unit lock", 70, false, true};

// Lines 8 to 11: services.
inline constexpr LockClass hsp_entry{"hsp_rwlp", 80};
inline constexpr LockClass hot_spare{"hot-spare lock", 90};
inline constexpr LockClass name_space{"nm_lock", 100};
inline constexpr LockClass database{"s_dbmx", 110};

// Mutexes of RAID-5, in their order; instance = minor where there is one per unit.
inline constexpr LockClass line_chain{"un_linlck_mx", 200, true};
inline constexpr LockClass io_list{"io_list_mutex", 210, true};
inline constexpr LockClass unit_words{"un_mx", 215, true};
inline constexpr LockClass request{"dr_mx", 218, true};
inline constexpr LockClass queue{"a_mx", 220, true};

// Leaves (L): held for a few statements, at any point.
inline constexpr LockClass parent_io{"ps_mx", 230, true};
inline constexpr LockClass child_io{"cs_mx", 231, true};
inline constexpr LockClass global_words{"md_mx", 232, true};
inline constexpr LockClass frame_words{"ui_mx", 233, true};
inline constexpr LockClass resync_counters{"md_resync_mutex", 234, true};
inline constexpr LockClass size_map{"md_nblocks_mutex", 235, true};
inline constexpr LockClass event_queues{"md_eventq_mx", 236, true};

}  // namespace raidsim::md::locks
