// RL-16, RL-17: locks and resources of the whole system (V10, V12).
#include <fmt/core.h>

#include "engine/sync/lock_order.h"
#include "harness/invariants/families.h"
#include "harness/invariants/system_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using raid::RaidUnit;

/// RL-16. The engine has kept the graph; a passing run can show a deadlock that did not happen.
class LocksInOrder final : public NamedInvariant {
 public:
  LocksInOrder()
      : NamedInvariant({"RL-16", When::at_end, "lock order is never reversed and has no cycle"},
                       at_quiescence | at_host_death) {}
  void on_quiescent(const Judgement& judgement) override { look(judgement); }
  void on_host_died(const Judgement& judgement) override { look(judgement); }

 private:
  void look(const Judgement& judgement) {
    const LockOrder& order = judgement.world().simulation().lock_order();
    const bool nothing_new = order.edges().size() == edges_ && order.violations().size() == violations_;
    edges_ = order.edges().size();
    violations_ = order.violations().size();
    if (nothing_new) return;
    std::string report = order.report();
    if (report.empty()) return;
    while (!report.empty() && report.back() == '\n') report.pop_back();
    judgement.broken("locks", report.substr(0, report.find('\n')));
  }
  size_t edges_ = 0, violations_ = 0;
};

UnitAtRest facts_of(const RaidUnit& unit) {
  UnitAtRest facts{.reserve_present = unit.reserve.present(),
                   .wait_flags = unit.un_rflags,
                   .chain = unit.lines.chain_length(),
                   .queue = unit.lines.queue_length(),
                   .slots_taken = 0,
                   .parents = unit.parents(),
                   .children = unit.children(),
                   .internal_opens = unit.internal_opens(),
                   .locks_held = unit.io_lock.readers() + unit.unit_lock.readers() +
                                 (unit.io_lock.write_held() ? 1u : 0u) + (unit.unit_lock.write_held() ? 1u : 0u) +
                                 (unit.open_close.write_held() ? 1u : 0u)};
  for (const raid::SlotTable& table : unit.slots) {
    facts.slots_taken += static_cast<uint32_t>(table.slots().size()) - table.pw_free() + table.pending();
  }
  return facts;
}

/// RL-17, V12.
class EverythingReturned final : public NamedInvariant {
 public:
  EverythingReturned()
      : NamedInvariant({"RL-17", When::quiescent, "buffers, slots, rows, holds and opens are back where they started"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    if (world.machine() == nullptr) return;
    const View view = world.machine()->manager().view();
    for (uint32_t i = 0; i < world.ports().size(); ++i) {
      const RaidUnit* unit = world.unit(i);
      if (unit == nullptr) continue;
      report_unit(judgement, i, not_returned(facts_of(*unit)));
      const uint32_t wanted = world.ports()[i]->available() ? 1 : 0;
      const uint32_t opens = unit->open_count(md::OTYP_BLK);
      if (opens != wanted) report_unit(judgement, i, fmt::format("is open {} times for {} users", opens, wanted));
    }
    // At rest a unit holds its two reserve buffers and nothing else.
    const uint64_t at_rest = 2 * view.units().size();
    if (world.memory().outstanding() != at_rest) {
      judgement.broken("memory", fmt::format("{} buffers are held at rest, {} were at the start",
                                             world.memory().outstanding(), at_rest));
    }
    if (view.system().resync.md_raid_resync != 0 || !view.system().daemons_idle())
      judgement.broken("daemons", "a daemon or a thread's counter is not at rest");
  }
};

}  // namespace

Broken not_returned(const UnitAtRest& unit) {
  if (!unit.reserve_present) return "its reserve buffers are not back";
  if (unit.wait_flags != 0) return fmt::format("someone is said to wait: flags {:#x}", unit.wait_flags);
  if (unit.chain != 0 || unit.queue != 0)
    return fmt::format("{} row locks held, {} writers queued", unit.chain, unit.queue);
  if (unit.slots_taken != 0) return fmt::format("{} pre-write slots are not free", unit.slots_taken);
  if (unit.parents != 0 || unit.children != 0)
    return fmt::format("{} requests in {} pieces", unit.parents, unit.children);
  if (unit.internal_opens != 0) return fmt::format("{} internal opens", unit.internal_opens);
  return unit.locks_held != 0 ? "a lock is held" : "";
}

void add_system_invariants(InvariantList& all) {
  all.push_back(std::make_unique<LocksInOrder>());
  all.push_back(std::make_unique<EverythingReturned>());
}

}  // namespace raidsim::harness
