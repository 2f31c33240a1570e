// The life of the host in a random history: it dies, boots from any disks, and what it finds is judged.
#include <algorithm>
#include <bit>

#include "tests/model/statedb/random_history.h"

namespace raidsim::testing {

RandomHistory::RandomHistory(uint32_t replicas) {
  for (uint32_t i = 0; i < disks; ++i) {
    TestDisk& disk = machine_.add_disk(replica_at + replica_blocks);
    disk.service = 1us;
    disk.on_cut = [this] {
      ++cuts_;
      machine_.crash();
    };
  }
  machine_.free_epoch = [this] { set_.reset(); };
  services_ = std::make_unique<statedb::Services>(machine_.environment());
  members_ = {(1U << replicas) - 1, (1U << replicas) - 1};
  machine_.run([&] {
    set_ = std::make_unique<statedb::SetState>();
    make_new_set(*set_, *services_, {}, replica_blocks - 1);
    for (uint32_t i = 0; i < replicas; ++i) {
      const statedb::NewReplica replica = replica_on(*machine_.disks[i]);
      boot_list_.push_back(replica.place);
      if (add_replica(*set_, *services_, replica) != Status::ok) broke("a replica could not be made");
    }
  });
}

void RandomHistory::arm(const HistoryStep& step) {
  if (step.cut == 0) return;
  TestDisk& disk = *machine_.disks[step.cut_disk % disks];
  disk.writes_until_cut = step.cut - 1;
  disk.cut_keeps.assign(8, false);
  for (uint32_t sector = 0; sector < 8; ++sector) disk.cut_keeps[sector] = (step.kept >> sector & 1) != 0;
}

void RandomHistory::disarm() {
  for (const auto& disk : machine_.disks) disk->writes_until_cut.reset();
}

void RandomHistory::crash() {
  if (machine_.host.up()) machine_.crash();
  machine_.simulation.run();
}

Image RandomHistory::image() const {
  Image out;
  for (const auto& disk : machine_.disks) out.push_back(disk->bytes());
  return out;
}

uint32_t RandomHistory::listed() const {
  uint32_t mask = 0;
  for (const statedb::Locator& each : set_->lb.lb_locators) {
    for (uint32_t i = 0; i < disks && !each.deleted(); ++i) {
      if (machine_.disks[i]->id == each.did) mask |= 1U << i;
    }
  }
  return mask;
}

/// By both lists, where a change is open; and all that are there can be written.
bool RandomHistory::majority_is_there() const {
  uint32_t there = 0;
  for (uint32_t i = 0; i < disks; ++i) {
    if (!machine_.disks[i]->present) continue;
    if (machine_.disks[i]->fail_writes != 0) return false;
    there |= 1U << i;
  }
  return std::all_of(members_.begin(), members_.end(),
                     [there](uint32_t list) { return 2 * std::popcount(there & list) > std::popcount(list); });
}

void RandomHistory::boot(const HistoryStep& step) {
  crash();
  for (uint32_t i = 0; i < disks; ++i) machine_.disks[i]->present = (step.disks >> i & 1) == 0;
  const Image before = image();
  machine_.boot();
  arm(step);
  bool loaded = false;
  const bool ended = machine_.run([&] {
    set_ = std::make_unique<statedb::SetState>();
    loaded = load_set(*set_, *services_, boot_list_, {}) == statedb::LoadStatus::ok;
  });
  disarm();
  if (!ended) return;
  if (loaded && !set_->stale && !set_->toofew) return judge_writable();
  ++refused_boots_;
  const bool untouched = !loaded || set_->stale;
  crash();
  if (untouched) judge_refused(before);
  if (majority_is_there()) broke("a majority is there, and the set is not writable (INV-D29)");
}

void RandomHistory::judge_refused(const Image& before) {
  if (image() != before) broke("a boot without a majority changed a disk (INV-D31)");
}

void RandomHistory::judge_writable() {
  ++writable_boots_;
  const Contents found = contents_of(*set_);
  if (found != legal_[0] && found != legal_[1])
    return broke("a boot found what was never committed last (INV-D20, D21)");
  legal_ = {found, found};
  const uint32_t list = listed();
  if (list != members_[0] && list != members_[1])
    return broke("a boot found a list that is neither the last nor the one under way");
  members_ = {list, list};
  if (set_->contents.imbalance() != 0) broke("the global XOR does not hold (INV-D3)");
  std::vector<uint32_t> never_committed;  // snarf deletes them (DB-S3)
  for (const auto& [number, record] : set_->contents.images) {
    if (record.commitcnt() == 0) never_committed.push_back(number);
  }
  if (never_committed.empty()) return;
  end_of_contents(run([&] { return delete_records(*set_, *services_, never_committed); }), found);
}

void RandomHistory::end() {
  if (!broken_.empty()) return;
  for (const auto& disk : machine_.disks) disk->fail_writes = 0;
  boot({});
  if (!broken_.empty()) return;
  if (!up()) return broke("all disks are there and well, and the set is not writable (INV-D41)");
  if (set_->active() != set_->replicas())
    broke("all disks are there and well, and not every replica is in use (INV-D41)");
  boot({});
}

}  // namespace raidsim::testing
