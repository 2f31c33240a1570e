// The orderly stop of a host (F50, metadevice.md 12.6).
//
//   no new requests ─> answers ─> last closes (logs empty) ─> Manager::halt, again while a resync runs ─> down
#include <algorithm>
#include <cerrno>

#include "engine/assert.h"
#include "harness/trace_kinds.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

constexpr Duration answers_poll = 1ms;  // chosen
constexpr uint32_t even_polls = 1000;   // chosen
constexpr Duration halt_retry = 1s;     // as often as the halt itself looks for its workers
constexpr uint16_t epoch_halts = 3;     // of kind_epoch

}  // namespace

void World::halt() {
  if (!up_ || !host_->up()) return;
  up_ = false;  // a command comes too late from here on
  for (const auto& port : ports_) port->pause();
  host_->spawn("halt", [this] { go_down(); });
}

void World::go_down() {
  uint32_t polls = 0;
  for (Duration wait = answers_poll; requests_in_flight() != 0 || commands_ != 0;) {
    sleep_for(wait);
    // Ever rarer after a while: a schedule that prefers this fiber within its window would have the disks wait for
    // ever.
    if (++polls > even_polls) wait = std::min<Duration>(2 * wait, halt_retry);
  }
  Manager& manager = machine_->manager();
  for (const auto& port : ports_) {
    if (!port->available()) continue;
    port->attach(nullptr);
    const int error = manager.close(port->minor(), md::OTYP_BLK);
    RAIDSIM_ASSERT(error == 0 && "what is open can be closed");
  }
  while (manager.halt() == EBUSY) sleep_for(halt_retry);
  RAIDSIM_ASSERT(machine_->driver().outstanding() == 0 && "a halted volume manager has nothing under way");
  simulation_.recorder().add(simulation_.now(), kind_epoch, 0, epoch_, 0, epoch_halts);
  machine_->driver().crash(disk::CrashKind::host_only, disk::OutstandingFate::done);
  host_->crash();
}

}  // namespace raidsim::harness
