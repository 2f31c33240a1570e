// INV-D: the replicas of the state database while the host runs (statedb.md 6.1).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/invariants/families.h"
#include "harness/invariants/replica_disks.h"
#include "harness/invariants/replica_media.h"
#include "harness/invariants/replica_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using statedb::Locator;
using statedb::SetState;

/// What a replica that is in use lacks of what was committed last.
void judge_equality(const Judgement& judgement) {
  World& world = judgement.world();
  const SetState* set = set_of(world);
  if (set == nullptr || set->stale || set->toofew) return;
  const auto& committed = world.machine()->manager().view().committed();
  for (size_t i = 0; i < set->members.size(); ++i) {
    const Locator& locator = set->lb.lb_locators[i];
    const uint32_t disk = open_disk_of(world, locator);
    if (!set->writable(i) || !trustworthy(world, disk, locator.did)) continue;
    const std::string wrong = not_equal(read_replica(world.bay()[disk], locator.l_blkno), committed, *set);
    if (!wrong.empty()) judgement.broken("replicas", name_of(world, locator) + ": " + wrong);
  }
}

bool at_work(const World& world) {
  return world.machine() == nullptr || world.machine()->manager().view().database_busy();
}

/// INV-D1, D3, D5, D8, D9.
class EqualAtRest final : public NamedInvariant {
 public:
  EqualAtRest()
      : NamedInvariant({"INV-D1", When::quiescent, "every replica in use holds whole what was committed last"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override { judge_equality(judgement); }
};

/// The first look after a commit: the next one may have begun by then, and is seen after its end.
class CommittedOnAll final : public NamedInvariant {
 public:
  CommittedOnAll()
      : NamedInvariant({"INV-D4", When::always, "a commit that has succeeded is on every replica in use"},
                       at_unit | at_event | at_host_death) {}
  void on_unit(const Judgement& judgement, uint32_t, const raid::Unit&, const raid::RaidUnit&) override {
    look(judgement);
  }
  void on_event(const Judgement& judgement, const md::SvmEvent&) override { look(judgement); }
  void on_host_died(const Judgement&) override { seen_ = 0; }

 private:
  void look(const Judgement& judgement) {
    if (at_work(judgement.world())) return;
    const uint64_t commits = judgement.world().machine()->manager().view().commits();
    if (commits == seen_) return;
    seen_ = commits;
    judge_equality(judgement);
  }
  uint64_t seen_ = 0;
};

class CountsGrow final : public NamedInvariant {
 public:
  CountsGrow()
      : NamedInvariant({"INV-D6", When::always, "the locator block's commit count never decreases while it is loaded"},
                       at_issue | at_host_death, kinds(scenarios::RequestKind::replica_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer&) override {
    const SetState* set = set_of(judgement.world());
    if (set == nullptr) return;
    if (set->lb.lb_commitcnt < last_) {
      judgement.broken("replicas", fmt::format("commit count {} comes after {}", set->lb.lb_commitcnt, last_));
    }
    last_ = set->lb.lb_commitcnt;
  }
  void on_host_died(const Judgement&) override { last_ = 0; }

 private:
  uint32_t last_ = 0;
};

/// A crash then finds at most one replica between two states.
class OneAfterTheOther final : public NamedInvariant {
 public:
  OneAfterTheOther()
      : NamedInvariant({"INV-D15", When::always, "a replica is written only when the writes of all others are over"},
                       at_issue | at_complete | at_host_death, kinds(scenarios::RequestKind::replica_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& transfer) override {
    World& world = judgement.world();
    if (world.replica_command()) return;  // the administrator's tool writes a master block by itself
    std::erase_if(under_way_, [&](const auto& each) { return may_be_over(world, each.second); });
    for (const auto& [number, write] : under_way_) {
      if (write.disk == transfer.view.disk) continue;
      judgement.broken("replicas", fmt::format("disk {} is written while a write of disk {} is under way",
                                               transfer.view.disk, write.disk));
    }
    under_way_.insert_or_assign(transfer.view.number, Write{transfer.view.disk, world.simulation().now()});
  }
  void on_complete(const Judgement&, const ClassifiedTransfer& transfer, int) override {
    under_way_.erase(transfer.view.number);
  }
  void on_host_died(const Judgement&) override { under_way_.clear(); }

 private:
  struct Write {
    uint32_t disk;
    SimTime issued;
  };
  /// The driver gave it up: no disk says so.
  static bool may_be_over(World& world, const Write& write) {
    const ProtocolPoints& points = world.points();
    return std::max(points.last_trouble(write.disk), points.last_path_change(write.disk)) >= write.issued ||
           !world.bay().paths(write.disk).any_up();
  }
  std::map<uint64_t, Write> under_way_;  ///< by number of the request
};

/// INV-D10, D31.
class StaleIsReadOnly final : public NamedInvariant {
 public:
  StaleIsReadOnly()
      : NamedInvariant({"INV-D10", When::always, "while the set is STALE no replica is written"}, at_issue,
                       kinds(scenarios::RequestKind::replica_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& transfer) override {
    const SetState* set = set_of(judgement.world());
    if (set == nullptr || !set->stale || judgement.world().replica_command()) return;
    judgement.broken("replicas",
                     fmt::format("block {} of disk {} is written", transfer.view.block, transfer.view.disk));
  }
};

/// INV-D11, and D-03: a panic is legitimate only while fewer than half of the replicas accept writes.
class StopsOnlyWithoutQuorum final : public NamedInvariant {
 public:
  StopsOnlyWithoutQuorum()
      : NamedInvariant(
            {"INV-D11", When::always, "the host stops only while fewer than half of the replicas accept writes"},
            at_complete | at_host_death, kinds(scenarios::RequestKind::replica_write)) {}
  void on_complete(const Judgement&, const ClassifiedTransfer& transfer, int error) override {
    accepts_[transfer.view.disk] = error == 0;
  }
  void on_host_died(const Judgement& judgement) override {
    World& world = judgement.world();
    if (world.panicked()) judge(world);
    accepts_.clear();
  }

 private:
  bool accepts_writes(World& world, const Locator& locator) const {
    const uint32_t disk = open_disk_of(world, locator);
    if (!reachable(world, disk, locator.did)) return false;
    // Writes that found no path end in the driver, and no disk tells of them: one may have been the last try.
    const bool lost_path_lately = world.points().last_path_change(disk) + tried_again >= world.simulation().now();
    const auto last = accepts_.find(disk);
    return !lost_path_lately && (last == accepts_.end() || last->second);
  }
  void judge(World& world) {
    const SetState* set = set_of(world);
    // Of the list in force, and of the one that is announced: without half of either nobody may go on (decision 0035).
    std::array<uint32_t, 2> there{}, all{};
    for (size_t i = 0; set != nullptr && i < set->members.size(); ++i) {
      const Locator& locator = set->lb.lb_locators[i];
      const bool accepts = set->members[i].replica != nullptr && !locator.deleted() && accepts_writes(world, locator);
      const std::array<bool, 2> listed{locator.in_force(), locator.announced()};
      for (size_t list = 0; list < 2; ++list) {
        all[list] += listed[list] ? 1U : 0U;
        there[list] += listed[list] && accepts ? 1U : 0U;
      }
    }
    // Counted here, not by the database's own rule: one that is wrong must not excuse itself.
    const size_t fewer = 2 * there[0] < all[0] ? 0 : 1;
    const std::string text =
        fmt::format("the host stopped itself: {} of {} replicas accept writes", there[fewer], all[fewer]);
    if (2 * there[fewer] < all[fewer]) return world.verdicts().finding(Outcome::refused, text);
    world.verdicts().reached(Outcome::hang);
    world.verdicts().violation("V11", "panic", text);
  }
  static constexpr Duration tried_again = 2s;  ///< DB-Q9: one second, and I/O
  std::map<uint32_t, bool> accepts_;           ///< by disk: how its last write of a replica ended
};

}  // namespace

void add_replica_invariants(InvariantList& all) {
  all.push_back(std::make_unique<EqualAtRest>());
  all.push_back(std::make_unique<CommittedOnAll>());
  all.push_back(std::make_unique<CountsGrow>());
  all.push_back(std::make_unique<OneAfterTheOther>());
  all.push_back(std::make_unique<StaleIsReadOnly>());
  all.push_back(std::make_unique<StopsOnlyWithoutQuorum>());
}

}  // namespace raidsim::harness
