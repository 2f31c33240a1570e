// Faults that happen to the host itself (F51, F53, F54).
#include <array>

#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using scenarios::HostThread;

/// As the fibers are called, in the order of HostThread.
constexpr std::array<const char*, 11> fibers{
    "md_done_daemon", "md_mstr_daemon", "md_hs_daemon",      "md_ff_daemonq", "resync",       "init",
    "init column",    "regen",          "raid read restart", "boot",          "administrator"};
static_assert(fibers.size() == static_cast<size_t>(HostThread::administrator) + 1);

}  // namespace

void World::inject_into_host(const scenarios::Fault& fault) {
  const scenarios::FaultParameters& with = fault.with;
  switch (scenarios::number_of(fault.id)) {
    case 51:
      return simulation_.hold_fibers(*host_, fibers.at(static_cast<size_t>(with.host.thread)),
                                     with.lasts.value_or(Duration{}), with.host.hold_events);
    case 53:
      return shortage_.begin(with);
    default:
      return clock_.go_wrong(with);
  }
}

}  // namespace raidsim::harness
