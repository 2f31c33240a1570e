// harness/world/machine.h: one epoch of the host: from boot to crash, with all that its memory holds.
#pragma once

#include <memory>

#include "engine/host.h"
#include "harness/world/host_services.h"
#include "model/disk/host_driver.h"
#include "model/manager.h"
#include "model/md/environment.h"

namespace raidsim::harness {

/// What outlives the epoch.
struct MachineParts {
  Host* host = nullptr;
  disk::DiskBay* bay = nullptr;
  HostMemory* memory = nullptr;
  HostClock* clock = nullptr;
  md::Console* console = nullptr;
  md::Notifier* notifier = nullptr;
  void (*panic)(void* context, const char* why) = nullptr;
  void* panic_context = nullptr;
  const statedb::BootList* boot_list = nullptr;
};

class Machine {
 public:
  Machine(const MachineParts& parts, const disk::HostDriverOptions& options);

  [[nodiscard]] Manager& manager() noexcept { return *manager_; }
  [[nodiscard]] const Manager& manager() const noexcept { return *manager_; }
  [[nodiscard]] disk::HostDriver& driver() noexcept { return driver_; }
  [[nodiscard]] const disk::HostDriver& driver() const noexcept { return driver_; }

 private:
  disk::HostDriver driver_;
  std::unique_ptr<Manager> manager_;
};

}  // namespace raidsim::harness
