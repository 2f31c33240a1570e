// INV-D2, D7, D12: how commits, creations and deletions pass over the replicas (statedb.md 6.1).
#include <fmt/core.h>

#include "harness/invariants/commit_rules.h"
#include "harness/invariants/families.h"
#include "harness/invariants/replica_disks.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using statedb::Locator;
using statedb::SetState;

/// What a death in the middle of an operation leaves on the replicas, looked at when their media are settled.
class OneDamagedAtATime final : public NamedInvariant {
 public:
  OneDamagedAtATime()
      : NamedInvariant({"INV-D2", When::always, "an operation passes over the replicas one after the other"},
                       at_host_death | at_boot | at_restart) {}
  void on_restart(const Judgement&) override { equal_ = true; }
  void on_host_died(const Judgement& judgement) override {
    replicas_.clear();
    World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set == nullptr || !equal_ || set->stale || set->toofew || set->list_in_doubt) return;
    if (world.machine()->manager().view().system().halted || world.panicked() || world.replica_command()) return;
    before_ = texts_of(world.machine()->manager().view().committed());
    after_ = texts_of(*set);
    for (size_t i = 0; i < set->members.size(); ++i) {
      const Locator& locator = set->lb.lb_locators[i];
      if (set->writable(i)) replicas_.push_back({open_disk_of(world, locator), locator});
    }
    std::erase_if(replicas_, [&](const Where& each) { return !undisturbed(world, each); });
  }
  void on_boot(const Judgement& judgement) override {
    World& world = judgement.world();
    std::vector<ReplicaOnMedia> found;
    for (const Where& each : replicas_) {
      if (!trustworthy(world, each.disk, each.locator.did)) continue;
      found.push_back(read_replica(world.bay()[each.disk], each.locator.l_blkno));
    }
    replicas_.clear();
    equal_ = false;
    const std::string wrong = not_one_after_the_other(found, before_, after_);
    if (!wrong.empty()) judgement.broken("replicas", wrong);
  }

 private:
  struct Where {
    uint32_t disk;
    Locator locator;
  };
  /// In this epoch no request on the disk failed: what an error leaves behind is the business of INV-D5.
  static bool undisturbed(World& world, const Where& each) {
    const ProtocolPoints& points = world.points();
    return trustworthy(world, each.disk, each.locator.did) &&
           std::max(points.last_trouble(each.disk), points.last_path_change(each.disk)) < world.booted_at();
  }
  bool equal_ = false;  ///< the boot of this epoch has brought all replicas to one state
  std::vector<Where> replicas_;
  RecordTexts before_, after_;
};

/// The first look after an operation, as INV-D4.
class RecordsCount final : public NamedInvariant {
 public:
  RecordsCount()
      : NamedInvariant({"INV-D7", When::always, "a record counts the commits that named it, and no others"},
                       at_unit | at_event | at_host_death) {}
  void on_unit(const Judgement& judgement, uint32_t, const raid::Unit&, const raid::RaidUnit&) override {
    look(judgement);
  }
  void on_event(const Judgement& judgement, const md::SvmEvent&) override { look(judgement); }
  void on_host_died(const Judgement&) override {
    known_ = false;
    counts_.clear();
  }

 private:
  void look(const Judgement& judgement) {
    const World& world = judgement.world();
    const SetState* set = set_of(world);
    if (set == nullptr) return;
    const View view = world.machine()->manager().view();
    if (view.database_busy() || (known_ && view.commits() == seen_)) return;
    RecordCounts now = counts_of(*set);
    const std::string wrong = known_ ? miscounted(counts_, now, view.commits() - seen_) : std::string{};
    if (!wrong.empty()) judgement.broken("database", wrong);
    counts_ = std::move(now);
    seen_ = view.commits();
    known_ = true;
  }
  static RecordCounts counts_of(const SetState& set) {
    RecordCounts out;
    for (auto& [number, text] : texts_of(set)) {
      out[number] = {set.contents.images.at(number).commitcnt(), text};
    }
    return out;
  }
  RecordCounts counts_;
  uint64_t seen_ = 0;
  bool known_ = false;
};

/// The administrator's tool writes master blocks by itself, and a load repairs before there is a set.
class OneWriter final : public NamedInvariant {
 public:
  OneWriter()
      : NamedInvariant({"INV-D12", When::always, "who writes a replica has the set's token"}, at_issue,
                       kinds(scenarios::RequestKind::replica_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& transfer) override {
    const World& world = judgement.world();
    if (set_of(world) == nullptr || world.replica_command()) return;
    if (world.machine()->manager().view().database_busy()) return;
    judgement.broken("replicas", fmt::format("block {} of disk {} is written by nobody's operation",
                                             transfer.view.block, transfer.view.disk));
  }
};

}  // namespace

void add_replica_commit_invariants(InvariantList& all) {
  all.push_back(std::make_unique<OneDamagedAtATime>());
  all.push_back(std::make_unique<RecordsCount>());
  all.push_back(std::make_unique<OneWriter>());
}

}  // namespace raidsim::harness
