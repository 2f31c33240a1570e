#include "harness/world/machine.h"

#include "model/disk/disk_bay.h"

namespace raidsim::harness {
namespace {

constexpr statedb::SetIdentifier host_serial{'r', 'a', 'i', 'd', 's', 'i', 'm', '-', '0', '0', '0', '1'};

}  // namespace

Machine::Machine(const MachineParts& parts, const disk::HostDriverOptions& options) : driver_(*parts.bay, options) {
  md::Environment environment;
  environment.host = parts.host;
  environment.devices = &driver_;
  environment.memory = parts.memory;
  environment.wall = parts.clock;
  environment.console = parts.console;
  environment.notifier = parts.notifier;
  environment.panic = parts.panic;
  environment.panic_context = parts.panic_context;
  statedb::DatabaseOptions database;
  database.load.ident = host_serial;
  database.boot_list = parts.boot_list;
  manager_ = std::make_unique<Manager>(environment, database);
}

}  // namespace raidsim::harness
