// INV-D: what a boot makes of the replicas that it finds (statedb.md 6.2, 6.3).
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/families.h"
#include "harness/invariants/replica_disks.h"
#include "harness/invariants/replica_media.h"
#include "harness/invariants/replica_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using statedb::Locator;
using statedb::SetState;

/// In this boot a request on the disk failed, a fault bit, or a path went or came back.
bool had_trouble(World& world, uint32_t disk) {
  const ProtocolPoints& points = world.points();
  return std::max(points.last_trouble(disk), points.last_path_change(disk)) >= world.booted_at();
}

/// A replica that a boot may find, as the medium had it when the boot began.
struct Before {
  uint32_t disk = disk::no_disk;
  statedb::ReplicaPlace place;
  bool in_boot_list = false;  ///< else the lists of others name it
  bool reachable = false;
  ReplicaOnMedia media;
};

Before look_at(World& world, const statedb::ReplicaPlace& place, bool in_boot_list) {
  const uint32_t disk = place.id != 0 ? disk_of(world, place.id) : world.roles().disk_of(place.device);
  Before out{.disk = disk, .place = place, .in_boot_list = in_boot_list, .media = {}};
  if (disk < world.bay().size()) out.media = read_replica(world.bay()[disk], place.block);
  out.reachable = reachable(world, disk, place.id);
  return out;
}

/// When the boot began, and now that it is over: a disk whose path came back in between may have been asked before.
bool there_all_along(World& world, const Before& each) {
  return each.reachable && reachable(world, each.disk, each.place.id) && !had_trouble(world, each.disk);
}

/// An invariant on a boot that needs to know what was there: in the places of the boot list, and in all that any host
/// knew of; lists on the disks may still name them.
class BootInvariant : public NamedInvariant {
 public:
  explicit BootInvariant(const InvariantInfo& info) : NamedInvariant(info, at_boot | at_host_death | at_restart) {}
  void on_boot(const Judgement& judgement) final {
    World& world = judgement.world();
    const statedb::BootList& list = world.boot_list();
    for (const statedb::ReplicaPlace& place : list) know(place);
    before_.clear();
    for (const statedb::ReplicaPlace& place : known_) {
      before_.push_back(look_at(world, place, std::find(list.begin(), list.end(), place) != list.end()));
    }
  }
  void on_host_died(const Judgement& judgement) final {
    const SetState* set = set_of(judgement.world());
    if (set == nullptr) return;
    for (const Locator& each : set->lb.lb_locators) {
      if (each.deleted()) continue;
      know({.device = statedb::expanded_device(each.l_dev), .id = each.did, .block = each.l_blkno});
    }
  }

 protected:
  [[nodiscard]] const std::vector<Before>& before() const { return before_; }

 private:
  void know(const statedb::ReplicaPlace& place) {
    if (std::find(known_.begin(), known_.end(), place) == known_.end()) known_.push_back(place);
  }
  std::vector<statedb::ReplicaPlace> known_;
  std::vector<Before> before_;
};

/// INV-D20, D21: what a load reads is what was acknowledged, or that and the whole of what was under way.
class CommitsSurvive final : public NamedInvariant {
 public:
  CommitsSurvive()
      : NamedInvariant(
            {"INV-D20", When::restart, "a boot finds every acknowledged commit, and others whole or not at all"},
            at_restart) {}
  void on_restart(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set == nullptr || set->minority || !all_trustworthy(world, *set)) return;
    const std::string wrong = world.acknowledged().lost_by(world.machine()->manager().view());
    if (!wrong.empty()) judgement.broken("database", wrong);
  }
};

class OneSource final : public BootInvariant {
 public:
  OneSource() : BootInvariant({"INV-D22", When::restart, "all records that a boot brings back are of one replica"}) {}
  void on_restart(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set == nullptr || before().empty() || !all_trustworthy(world, *set)) return;
    const RecordTexts found = texts_of(world.machine()->manager().view().loaded());
    const auto is_it = [&](const Before& each) { return each.media.good() && each.media.records == found; };
    if (std::none_of(before().begin(), before().end(), is_it)) {
      judgement.broken("database", fmt::format("no replica held these {} records before the boot", found.size()));
    }
  }
};

class NoGhosts final : public NamedInvariant {
 public:
  NoGhosts()
      : NamedInvariant({"INV-D24", When::restart, "no record that was never committed is left after a boot"},
                       at_restart) {}
  void on_restart(const Judgement& judgement) override {
    const SetState* set = set_of(judgement.world());
    if (set == nullptr || set->stale || set->toofew) return;
    for (const auto& [number, image] : set->contents.images) {
      if (image.commitcnt() == 0) judgement.broken("database", fmt::format("record {} was never committed", number));
    }
  }
};

/// Votes are counted on the media, and generously: whoever may have been reached.
class WritableOnlyWithMajority final : public BootInvariant {
 public:
  WritableOnlyWithMajority()
      : BootInvariant(
            {"INV-D27", When::restart, "a boot is writable only if it reached more than half of the replicas"}) {}
  void on_restart(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set == nullptr || set->minority || before().empty()) return;
    uint32_t listed = 0, votes = 0;
    for (const Locator& locator : set->lb.lb_locators) {
      if (locator.deleted()) continue;
      ++listed;
      if (has_vote(world, locator)) ++votes;
    }
    if (2 * votes > listed) return;
    judgement.broken("replicas", fmt::format("writable with {} of {} replicas", votes, listed));
  }

 private:
  [[nodiscard]] bool has_vote(World& world, const Locator& locator) const {
    return std::any_of(before().begin(), before().end(), [&](const Before& each) {
      const bool same = locator.did != 0 ? each.place.id == locator.did : each.disk == open_disk_of(world, locator);
      const bool there = each.reachable || reachable(world, each.disk, each.place.id);
      return same && each.place.block == locator.l_blkno && there && each.media.has_locators;
    });
  }
};

/// INV-D29, V8.
class WritableWithMajority final : public BootInvariant {
 public:
  WritableWithMajority()
      : BootInvariant(
            {"INV-D29", When::restart, "with more than half of the replicas there the set is loaded, and writable"}) {}
  void on_restart(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set != nullptr && !set->stale) return;
    std::vector<ReplicaOnMedia> there;
    for (const Before& each : before()) {
      if (each.in_boot_list && there_all_along(world, each) && !leaves(each)) there.push_back(each.media);
    }
    const auto in_list =
        std::count_if(before().begin(), before().end(), [](const Before& b) { return b.in_boot_list; });
    const std::string wrong = should_be_writable(there, static_cast<uint32_t>(in_list));
    if (!wrong.empty()) judgement.broken("replicas", wrong);
  }

 private:
  /// Any list says so: it counts for the list in force alone, and both need their majority (decision 0035).
  [[nodiscard]] bool leaves(const Before& replica) const {
    const uint32_t device = statedb::compressed_device(replica.place.device);
    return std::any_of(before().begin(), before().end(), [&](const Before& each) {
      const auto& listed = each.media.locators;
      return std::any_of(listed.begin(), listed.end(), [&](const MediaLocator& locator) {
        return locator.device == device && locator.block == replica.place.block &&
               (locator.flags & statedb::MDDB_F_LEAVING) != 0;
      });
    });
  }
};

/// Whatever happened before: nothing is wrong with any replica now.
class AllAreBack final : public BootInvariant {
 public:
  AllAreBack()
      : BootInvariant({"INV-D41", When::restart, "a boot that finds all replicas, none of them in trouble, uses all"}) {
  }
  void on_restart(const Judgement& judgement) override {
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (world.boot_list().empty() || !nothing_is_wrong(world)) return;
    if (set == nullptr || set->stale || set->toofew) {
      judgement.broken("replicas",
                       fmt::format("all {} replicas are there, and the set is not writable", before().size()));
      return;
    }
    for (const Locator& locator : set->lb.lb_locators) {
      if (locator.deleted() || locator.has(statedb::MDDB_F_ACTIVE)) continue;
      judgement.broken("replicas", name_of(world, locator) + " is not in use");
    }
  }

 private:
  /// All of the boot list are sound, and each lists just these.
  [[nodiscard]] bool nothing_is_wrong(World& world) const {
    const size_t count = world.boot_list().size();
    const auto present = [](const MediaLocator& each) { return (each.flags & statedb::MDDB_F_DELETED) == 0; };
    return std::all_of(before().begin(), before().end(), [&](const Before& each) {
      if (!each.in_boot_list) return true;
      const auto& listed = each.media.locators;
      return there_all_along(world, each) && each.media.good() && world.bay()[each.disk].damage().history().empty() &&
             std::count_if(listed.begin(), listed.end(), present) == static_cast<std::ptrdiff_t>(count);
    });
  }
};

}  // namespace

void add_replica_boot_invariants(InvariantList& all) {
  all.push_back(std::make_unique<CommitsSurvive>());
  all.push_back(std::make_unique<OneSource>());
  all.push_back(std::make_unique<NoGhosts>());
  all.push_back(std::make_unique<WritableOnlyWithMajority>());
  all.push_back(std::make_unique<WritableWithMajority>());
  all.push_back(std::make_unique<AllAreBack>());
}

}  // namespace raidsim::harness
