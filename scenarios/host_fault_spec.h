// scenarios/host_fault_spec.h: what the faults of the host and of replicas of the state database take
// (spec/fault-model.md 4.7 and 4.8), apart from what all faults share.
#pragma once

#include <cstdint>

#include "engine/time.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {

struct HostFaultParameters {
  HostThread thread = HostThread::md_mstr_daemon;  ///< F51
  uint64_t hold_events = 0;                        ///< F51: and for so many events
  AllocationSite site = AllocationSite::any;       ///< F53
  uint64_t nth_call = 1;                           ///< F53: the first call that is refused
  ClockAnomaly anomaly = ClockAnomaly::back;       ///< F54
  Duration step = 1s;                              ///< F54: how far it jumps, or what it repeats
  bool operator==(const HostFaultParameters&) const = default;
};

struct ReplicaFaultParameters {
  uint32_t index = 0;                          ///< which of the disk's places
  ReplicaPart part = ReplicaPart::all;         ///< F55, F57
  ReplicaAccess access = ReplicaAccess::read;  ///< F55
  uint64_t misses = 1;                         ///< F56: changes of the database
  ReplicaFlaw flaw = ReplicaFlaw::checksum;    ///< F57
  uint64_t writes = 0;                         ///< F58: that reach the replica before the host dies
  bool torn_last = false;                      ///< F58: the one after them is in service, and cut in two
  bool loses_power = true;                     ///< F58: and the disks lose their caches
  uint64_t reachable = 0;                      ///< F59: replicas
  AwayHow how = AwayHow::fail_stop;            ///< F59
  uint64_t free_blocks = 0;                    ///< F60: that the database may still take
  bool operator==(const ReplicaFaultParameters&) const = default;
};

}  // namespace raidsim::scenarios
