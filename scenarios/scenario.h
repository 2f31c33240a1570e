// scenarios/scenario.h: one scenario, loaded: every name resolved, every
// default filled in, every hole filled.
//
//   disks    replicas    pools  ->  units  <-  workload
//                                     ^
//                    script: when -> after -> fault | do | ioctl expect: judged
//                    at the end
//
// Plain values without behaviour: scenarios/load.h makes one from JSON, save.h
// writes it back in the same format, harness/ turns it into a world. Sizes are
// in blocks of 512 bytes, times in nanoseconds of virtual time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/time.h"
#include "scenarios/disk_spec.h"
#include "scenarios/expect_spec.h"
#include "scenarios/fault_spec.h"
#include "scenarios/script_spec.h"
#include "scenarios/unit_spec.h"
#include "scenarios/workload_spec.h"

namespace raidsim::scenarios {

struct Schedule {
  SchedulePolicy policy = SchedulePolicy::fifo;
  Duration window{};
  uint32_t pct_depth = 3;
  uint64_t pct_steps = 10'000;
  bool operator==(const Schedule&) const = default;
};

struct Scenario {
  std::string name;
  std::string why;
  std::vector<Disk> disks;
  std::vector<std::string> replicas;      ///< disks; one named twice holds two (D-07)
  std::vector<std::string> replica_room;  ///< disks with a place for one more, empty at the start
  uint64_t replica_blocks = 1024;
  std::vector<Pool> pools;
  std::vector<Unit> units;
  std::vector<Workload> workload;
  std::vector<ScriptEntry> script;
  Profile profile = Profile::none;
  uint64_t seed = 1;
  Schedule schedule;
  std::string tape;  ///< recorded choices in the harness's text form; empty: none
  Expect expect;
  Duration time_limit = std::chrono::minutes{10};
  Duration reboot_after = 5s;
  bool recheck = true;                                 ///< power cut, boot and judge once more at the end (D-09 e)
  Duration epoch = std::chrono::hours{24} * 365 * 30;  ///< wall time at virtual time 0, since 1970
  bool operator==(const Scenario&) const = default;
};

}  // namespace raidsim::scenarios
