#include "harness/machine.h"

#include "model/disk/disk_bay.h"

namespace raidsim::harness {

Machine::Machine(const MachineParts& parts, const disk::HostDriverOptions& options, const statedb::StoreLocation& store)
    : driver_(*parts.bay, options) {
  md::Environment environment;
  environment.host = parts.host;
  environment.devices = &driver_;
  environment.memory = parts.memory;
  environment.wall = parts.clock;
  environment.console = parts.console;
  environment.notifier = parts.notifier;
  environment.panic = parts.panic;
  environment.panic_context = parts.panic_context;
  manager_ = std::make_unique<Manager>(environment, store);
}

}  // namespace raidsim::harness
