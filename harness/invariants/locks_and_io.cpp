// RL-01 to RL-10: row locks, their queue, pre-write slots and the pieces of requests (V10, V9's owner rule).
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/families.h"
#include "harness/invariants/lock_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using raid::Child;
using raid::RaidUnit;
using raid::Unit;

LockMember member(const Child& cs) {
  return {.child = &cs,
          .rows = cs.rows,
          .writer = cs.is(raid::MD_RCS_WRITER),
          .locked = cs.is(raid::MD_RCS_LLOCKD),
          .waiting = cs.is(raid::MD_RCS_WAITING)};
}

void claim(std::vector<SlotClaim>& claims, const Child& cs, raid::ColumnIndex column, int32_t slot) {
  if (slot >= 0) claims.push_back({&cs, column.value, slot});
}

std::vector<SlotClaim> claims_of(const RaidUnit& unit) {
  std::vector<SlotClaim> claims;
  for (const Child* cs : unit.pool.all_children()) {
    if (cs->unit == nullptr || !cs->is(raid::MD_RCS_HAVE_PW_SLOTS)) continue;
    claim(claims, *cs, cs->cs_dcolumn, cs->cs_dpwslot);
    claim(claims, *cs, cs->cs_pcolumn, cs->cs_ppwslot);
    for (uint32_t i = 0; i < cs->buflist_count; ++i)
      claim(claims, *cs, cs->cs_buflist[i].column, cs->cs_buflist[i].slot);
    for (const raid::SlotErase* e = cs->erases; e != nullptr; e = e->next) claim(claims, *cs, e->column, e->slot);
  }
  return claims;
}

Broken rl_01(const RaidUnit& unit) { return broken_chain(chain_of(unit)); }
Broken rl_02(const RaidUnit& unit) { return broken_membership(chain_of(unit), queue_of(unit)); }

Broken rl_05(const RaidUnit& unit) {
  if (!unit.io_lock.write_held()) return {};
  if (unit.parents() != 0) return "a request is in progress under the io lock (W)";
  return unit.lines.chain() != nullptr || unit.lines.queue() != nullptr ? "rows are locked under the io lock (W)" : "";
}

/// The mutex of chain and slots is free: what it protects is whole.
bool slots_at_rest(const RaidUnit& unit) { return unit.lines.un_linlck_mx.owner() == FiberId{}; }

Broken rl_06(const RaidUnit& unit) {
  if (!slots_at_rest(unit)) return {};
  const auto claims = claims_of(unit);
  for (size_t c = 0; c < unit.slots.size(); ++c) {
    Broken broken = broken_slots(c, unit.slots[c].slots(), unit.slots[c].pw_free(), claims);
    if (!broken.empty()) return broken;
  }
  return {};
}

Broken rl_07(const RaidUnit& unit) {
  for (size_t c = 0; c < unit.slots.size(); ++c) {
    Broken broken = broken_slot_rows(c, unit.slots[c].slots());
    if (!broken.empty()) return broken;
  }
  return {};
}

Broken rl_10(const RaidUnit& unit) {
  for (const Child* cs : unit.pool.all_children()) {
    if (cs->unit == nullptr || cs->cs_ps == nullptr) continue;
    const raid::Parent* ps = cs->cs_ps;
    ParentCounts counts{.frags = ps->ps_frags, .pwfrags = ps->ps_pwfrags, .live_children = 0};
    for (const Child* other : unit.pool.all_children()) {
      counts.live_children += other->unit != nullptr && other->cs_ps == ps ? 1u : 0u;
    }
    Broken broken = broken_parent(counts);
    if (!broken.empty()) return broken;
  }
  return {};
}

struct Rule {
  InvariantInfo info;
  Broken (*ask)(const RaidUnit&);
};
constexpr Rule rules[] = {
    {{"RL-01", When::always, "overlapping row locks are both readers'"}, rl_01},
    {{"RL-02", When::always, "a child is in the chain, in the queue or in neither, as its flags say"}, rl_02},
    {{"RL-05", When::always, "under the io lock (W) nothing is in progress"}, rl_05},
    {{"RL-06", When::always, "each slot in use is one child's, the others are counted as free"}, rl_06},
    {{"RL-07", When::always, "rows of a column's slots in use are disjoint"}, rl_07},
    {{"RL-10", When::always, "a request's counters match its pieces"}, rl_10},
};

/// Looks at every unit whose lock is released, and at all at quiescence.
class AskRaidUnit final : public NamedInvariant {
 public:
  explicit AskRaidUnit(const Rule& rule) : NamedInvariant(rule.info, at_unit | at_quiescence), ask_(rule.ask) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit&, const RaidUnit& now) override {
    report_unit(judgement, index, ask_(now));
  }
  void on_quiescent(const Judgement& judgement) override {
    for (uint32_t i = 0; i < judgement.world().scenario().units.size(); ++i) {
      if (const RaidUnit* unit = judgement.world().unit(i)) report_unit(judgement, i, ask_(*unit));
    }
  }

 private:
  Broken (*ask_)(const RaidUnit&);
};

/// V10: when a write goes to rows, nobody but its child has a lock that overlaps them.
class WritersAlone final : public NamedInvariant {
 public:
  WritersAlone()
      : NamedInvariant({"V10", When::always, "requests that overlap never run together unless both read"}, at_issue,
                       kinds(scenarios::RequestKind::home_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    if (t.kind != scenarios::RequestKind::home_write) return;
    const RaidUnit* unit = t.unit;
    if (unit == nullptr) return;
    const raid::RowRange rows{t.place.offset, t.place.offset + t.view.blocks - 1};
    size_t holders = 0, writers = 0;
    for (const Child* cs = unit->lines.chain(); cs != nullptr; cs = cs->chain_next) {
      if (!cs->rows.overlaps(rows)) continue;
      ++holders;
      writers += cs->is(raid::MD_RCS_WRITER) ? 1u : 0u;
    }
    if (writers == 0 || holders == 1) return;  // no writer: parity made anew, or repaired
    report_unit(judgement, t.place.unit,
                fmt::format("rows {}..{} are written while {} children hold them", rows.first, rows.last, holders));
  }
};

}  // namespace

std::vector<LockMember> chain_of(const RaidUnit& unit) {
  std::vector<LockMember> chain;
  for (const Child* cs = unit.lines.chain(); cs != nullptr; cs = cs->chain_next) chain.push_back(member(*cs));
  return chain;
}

std::vector<LockMember> queue_of(const RaidUnit& unit) {
  std::vector<LockMember> queue;
  for (const Child* cs = unit.lines.queue(); cs != nullptr; cs = cs->queue_next) queue.push_back(member(*cs));
  return queue;
}

Broken broken_chain(std::span<const LockMember> chain) {
  for (size_t a = 0; a < chain.size(); ++a) {
    for (size_t b = a + 1; b < chain.size(); ++b) {
      if (!chain[a].rows.overlaps(chain[b].rows) || (!chain[a].writer && !chain[b].writer)) continue;
      return fmt::format("rows {}..{} and {}..{} are both locked, not both for reading", chain[a].rows.first,
                         chain[a].rows.last, chain[b].rows.first, chain[b].rows.last);
    }
  }
  return {};
}

Broken broken_membership(std::span<const LockMember> chain, std::span<const LockMember> queue) {
  const auto times = [](std::span<const LockMember> list, const void* child) {
    return std::count_if(list.begin(), list.end(), [&](const LockMember& m) { return m.child == child; });
  };
  for (const LockMember& m : chain) {
    if (!m.locked || m.waiting) return "a holder of rows is not marked as one";
    if (times(chain, m.child) != 1 || times(queue, m.child) != 0) return "a holder of rows is listed twice";
  }
  for (const LockMember& m : queue) {
    if (!m.waiting || m.locked) return "a queued writer is not marked as one";
    if (times(queue, m.child) != 1) return "a queued writer is listed twice";
  }
  return {};
}

Broken broken_slots(uint64_t column, std::span<const raid::Slot> slots, uint32_t pw_free,
                    std::span<const SlotClaim> claims) {
  uint32_t in_use = 0;
  for (size_t k = 0; k < slots.size(); ++k) {
    size_t owners = 0;
    bool named = false;
    for (const SlotClaim& c : claims) {
      if (c.column != column || c.slot != static_cast<int32_t>(k)) continue;
      ++owners;
      named = named || c.child == slots[k].owner;
    }
    const bool owned = (slots[k].flags & (raid::SB_INUSE | raid::SB_INVAL_PEND)) != 0;
    in_use += (slots[k].flags & raid::SB_INUSE) != 0 ? 1u : 0u;
    if (owned && (owners != 1 || !named)) return fmt::format("column {} slot {} has {} owners", column, k, owners);
    if (!owned && owners != 0) return fmt::format("column {} slot {} is free and owned", column, k);
  }
  if (pw_free == slots.size() - in_use) return {};
  return fmt::format("column {} counts {} free slots, {} are", column, pw_free, slots.size() - in_use);
}

Broken broken_slot_rows(uint64_t column, std::span<const raid::Slot> slots) {
  for (size_t a = 0; a < slots.size(); ++a) {
    if ((slots[a].flags & raid::SB_INUSE) == 0) continue;
    for (size_t b = a + 1; b < slots.size(); ++b) {
      if ((slots[b].flags & raid::SB_INUSE) == 0 || !slots[a].rows.overlaps(slots[b].rows)) continue;
      return fmt::format("column {} slots {} and {} cover the same rows", column, a, b);
    }
  }
  return {};
}

Broken broken_parent(const ParentCounts& p) {
  constexpr uint32_t wrapped = 1u << 31;
  if (p.frags >= wrapped || p.pwfrags >= wrapped) return "a request's counter went below zero";
  if (p.pwfrags > p.frags) return fmt::format("a request has {} pieces and {} still to be logged", p.frags, p.pwfrags);
  return p.live_children > p.frags ? fmt::format("a request counts {} pieces of {}", p.frags, p.live_children) : "";
}

void add_lock_invariants(InvariantList& all) {
  for (const Rule& rule : rules) all.push_back(std::make_unique<AskRaidUnit>(rule));
  all.push_back(std::make_unique<WritersAlone>());
}

}  // namespace raidsim::harness
