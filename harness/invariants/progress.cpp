// What has to be over at quiescence: RT-10, and the states that only something running could excuse.
#include <fmt/core.h>

#include "harness/invariants/families.h"
#include "harness/invariants/system_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

/// RT-10, and RT-09's other half: who is RESYNC is being resynced, or could not be started.
class ResyncHasItsThread final : public NamedInvariant {
 public:
  ResyncHasItsThread()
      : NamedInvariant({"RT-10", When::quiescent,
                        "a resync that is requested has a thread; a column is left RESYNC only where none could start"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    if (world.machine() == nullptr) return;
    const View view = world.machine()->manager().view();
    for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
      const raid::RaidUnit* unit = world.unit(i);
      if (unit == nullptr) continue;
      const bool could_start = !view.stale() && unit->is_open() && (unit->ui_tstate & md::MD_DEV_ERRORED) == 0;
      report_unit(judgement, i, resync_left_behind(unit->un, view.system().resync.md_raid_resync, could_start));
    }
  }
};

}  // namespace

Broken resync_left_behind(const raid::Unit& unit, uint64_t threads, bool could_start) {
  if (threads != 0) return {};
  if (unit.has(raid::MD_UN_RESYNC_ACTIVE)) return "a resync is requested and nobody does it";
  if (unit.count(raid::RCS_RESYNC) != 0 && could_start) return "a column stays RESYNC and nobody rebuilds it";
  return unit.has(raid::MD_UN_GROW_PENDING) ? "an initialisation is requested and nobody does it" : "";
}

void add_progress_invariants(InvariantList& all) { all.push_back(std::make_unique<ResyncHasItsThread>()); }

}  // namespace raidsim::harness
