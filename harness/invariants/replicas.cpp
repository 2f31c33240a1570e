// INV-D: the replicas of the state database, as the disks have them and as a boot finds them (statedb.md 6).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "harness/invariants/families.h"
#include "harness/invariants/replica_media.h"
#include "harness/invariants/replica_rules.h"
#include "harness/world.h"

namespace raidsim::harness {
namespace {

using statedb::Locator;
using statedb::SetState;

/// Nothing: the host is down, or has no database (yet).
const SetState* set_of(const World& world) {
  if (world.machine() == nullptr) return nullptr;
  const View view = world.machine()->manager().view();
  return view.loaded_database() ? &view.replicas() : nullptr;
}

std::string name_of(World& world, const Locator& locator) {
  const uint32_t disk = DiskRoles::disk_of(statedb::expanded_device(locator.l_dev));
  const auto& disks = world.scenario().disks;
  return fmt::format("replica at block {} of {}", locator.l_blkno, disk < disks.size() ? disks[disk].name : "no disk");
}

/// A liar's disk, or one that is not the disk it was: what lies there says nothing of who wrote it.
bool trustworthy(World& world, const Locator& locator) {
  const uint32_t index = DiskRoles::disk_of(statedb::expanded_device(locator.l_dev));
  if (index >= world.bay().size()) return false;
  const disk::VirtualDisk& disk = world.bay()[index];
  if (locator.did != 0 && disk.id() != locator.did) return false;
  const uint64_t front = world.roles().slices()[index].slice0;
  const auto& damaged = disk.damage().history();
  return std::none_of(damaged.begin(), damaged.end(), [&](const auto& mark) { return mark.block < front; });
}

/// INV-D1, D3, D8.
class EqualAtRest final : public NamedInvariant {
 public:
  EqualAtRest()
      : NamedInvariant({"INV-D1", When::quiescent, "every replica in use holds whole what was committed last"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set == nullptr || set->stale || set->toofew) return;
    const auto& committed = world.machine()->manager().view().committed();
    for (size_t i = 0; i < set->members.size(); ++i) {
      const Locator& locator = set->lb.lb_locators[i];
      if (!set->writable(i) || !trustworthy(world, locator)) continue;
      const uint32_t disk = DiskRoles::disk_of(statedb::expanded_device(locator.l_dev));
      const std::string wrong = not_equal(read_replica(world.bay()[disk], locator.l_blkno), committed, *set);
      if (!wrong.empty()) judgement.broken("replicas", name_of(world, locator) + ": " + wrong);
    }
  }
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
    const uint32_t index = DiskRoles::disk_of(statedb::expanded_device(locator.l_dev));
    if (index >= world.bay().size()) return false;
    const disk::VirtualDisk& disk = world.bay()[index];
    const bool reachable = !disk.dead() && disk.powered() && world.bay().paths(index).any_up();
    const auto last = accepts_.find(index);
    return reachable && disk.id() == locator.did && (last == accepts_.end() || last->second);
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
  std::map<uint32_t, bool> accepts_;  ///< by disk: how its last write of a replica ended
};

/// INV-D20, D21: what a load reads is what was acknowledged, or that and the whole of what was under way.
class CommitsSurvive final : public NamedInvariant {
 public:
  CommitsSurvive()
      : NamedInvariant(
            {"INV-D20", When::restart, "a boot finds every acknowledged commit, and others whole or not at all"},
            at_event | at_host_death | at_restart) {}
  void on_event(const Judgement& judgement, const md::SvmEvent&) override { look(judgement.world()); }
  // An epoch without a writable database commits nothing: what was acknowledged before stays so.
  void on_host_died(const Judgement& judgement) override {
    const Machine* machine = judgement.world().machine();
    const SetState* set = set_of(judgement.world());
    const bool halted = writable_ && machine != nullptr && machine->manager().view().system().halted;
    writable_ = false;
    if (!halted && (set == nullptr || set->stale)) return;
    acknowledged_ = texts_of(machine->manager().view().committed());
    under_way_ = halted ? acknowledged_ : texts_of(*set);
  }
  void on_restart(const Judgement& judgement) override {
    const SetState* set = set_of(judgement.world());
    look(judgement.world());
    if (!writable_ || !acknowledged_) return;
    const RecordTexts found = texts_of(judgement.world().machine()->manager().view().loaded());
    if (found == *acknowledged_ || found == *under_way_ || lied_to(judgement.world(), *set)) return;
    judgement.broken("records", lost(found, *acknowledged_));
  }

 private:
  /// Also at events: a first replica begins a database.
  void look(World& world) {
    const SetState* set = set_of(world);
    writable_ = set != nullptr && !set->stale;
  }
  static bool lied_to(World& world, const SetState& set) {
    const auto& all = set.lb.lb_locators;
    return std::any_of(all.begin(), all.end(),
                       [&](const Locator& l) { return !l.deleted() && !trustworthy(world, l); });
  }
  std::optional<RecordTexts> acknowledged_, under_way_;
  bool writable_ = false;  ///< this epoch can commit
};

/// INV-D29, V8.
class WritableWithMajority final : public NamedInvariant {
 public:
  WritableWithMajority()
      : NamedInvariant(
            {"INV-D29", When::restart, "with more than half of the replicas there the set is loaded, and writable"},
            at_restart) {}
  void on_restart(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set != nullptr && !set->stale) return;
    std::vector<ReplicaOnMedia> there;
    for (const statedb::ReplicaPlace& place : world.boot_list()) {
      const uint32_t index = DiskRoles::disk_of(place.device);
      if (index >= world.bay().size() || world.points().last_trouble(index) >= world.booted_at()) continue;
      const disk::VirtualDisk& disk = world.bay()[index];
      if (disk.dead() || !disk.powered() || !world.bay().paths(index).any_up() || disk.id() != place.id) continue;
      there.push_back(read_replica(disk, place.block));
    }
    const std::string wrong = should_be_writable(there, static_cast<uint32_t>(world.boot_list().size()));
    if (!wrong.empty()) judgement.broken("replicas", wrong);
  }
};

}  // namespace

void add_replica_invariants(InvariantList& all) {
  all.push_back(std::make_unique<EqualAtRest>());
  all.push_back(std::make_unique<StaleIsReadOnly>());
  all.push_back(std::make_unique<StopsOnlyWithoutQuorum>());
  all.push_back(std::make_unique<CommitsSurvive>());
  all.push_back(std::make_unique<WritableWithMajority>());
}

}  // namespace raidsim::harness
