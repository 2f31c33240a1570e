// harness/bench/raid_world.h: disks, a booted host and open RAID-5 units, without users' oracle or invariants.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/host.h"
#include "engine/simulation.h"
#include "harness/world/host_services.h"
#include "harness/world/machine.h"
#include "harness/world/prepared_image.h"
#include "model/disk/disk_bay.h"
#include "scenarios/scenario.h"

namespace raidsim::bench {

struct RaidShape {
  uint32_t units = 1;  ///< of 5 columns, each on disks of its own
  std::string disk_size = "16MiB";
  std::string model = "ssd";  ///< latency model of the disks
  bool spare = false;         ///< a disk more, in a pool that unit 0 uses
};

struct RaidLoad {
  uint64_t requests = 0;  ///< of all clients together
  uint32_t clients = 16;  ///< per unit
  uint32_t blocks = 1;    ///< of each request, aligned to its size
  bool write = true;
  uint64_t below_block = UINT64_MAX;  ///< only this part of each unit
};

class RaidWorld {
 public:
  /// Prepares, boots and opens. Errors  std::runtime_error
  explicit RaidWorld(const RaidShape& shape, TraceMode trace = TraceMode::off);
  ~RaidWorld();
  RaidWorld(const RaidWorld&) = delete;
  RaidWorld& operator=(const RaidWorld&) = delete;

  /// CPU ns for `load`, to the completion of its last request. Throws when a request fails.
  int64_t run(const RaidLoad& load);
  void fail_disk(uint32_t disk) { bay_[disk].set_dead(true); }
  /// CPU ns from now until unit 0 is okay again, on a host that does nothing else.
  int64_t run_until_okay();

  [[nodiscard]] Simulation& simulation() noexcept { return simulation_; }
  [[nodiscard]] const raid::RaidUnit& unit(uint32_t index) const;
  [[nodiscard]] uint64_t blocks(uint32_t index) const;  ///< that users see
  [[nodiscard]] const disk::PagePool& pages() const noexcept { return pool_; }

 private:
  void client(const RaidLoad& load, uint32_t unit, ChoiceStream& choices, uint64_t requests);
  int64_t run_simulation();

  scenarios::Scenario scenario_;
  std::shared_ptr<const harness::PreparedImage> image_;
  disk::PagePool pool_;
  Simulation simulation_;
  disk::DiskBay bay_;
  std::unique_ptr<Host> host_;
  harness::HostMemory memory_;
  harness::HostClock clock_;
  harness::HostConsole console_;
  harness::HostEvents events_;
  std::unique_ptr<harness::Machine> machine_;
  std::string problem_;
  uint32_t running_ = 0;  ///< clients
};

}  // namespace raidsim::bench
