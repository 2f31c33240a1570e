// A replica is added or deleted, the host dies in any write of it, and boots from any disks, one of which may then
// refuse writes; what it acknowledges after that is there at the next boot, from whatever disks (INV-D40): the list
// before the change and the one after it never have a quorum each that does not know of the other.
#include "model/statedb/list_change.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <set>

#include "model/statedb/format/layout.h"
#include "tests/model/statedb/commit_history.h"

namespace raidsim::testing {
namespace {

using statedb::DbStatus;

constexpr uint32_t replica_blocks = 60;
constexpr uint32_t nobody = 99;

struct Change {
  uint32_t replicas;       ///< before
  uint32_t out = nobody;   ///< was dropped before, and is a voter still
  uint32_t gone = nobody;  ///< is deleted; nobody: the disk after the last is added
};
void PrintTo(const Change& c, std::ostream* out) {
  *out << c.replicas << " replicas, " << (c.gone == nobody ? "one more" : "without " + std::to_string(c.gone));
  if (c.out != nobody) *out << ", " << c.out << " was out";
}

/// The writes of a change, on a set with one record that says "old".
class ChangeRecorder {
 public:
  explicit ChangeRecorder(const Change& change) : change_(change) {
    const uint32_t disks = change.replicas + (change.gone == nobody ? 1 : 0);
    for (uint32_t i = 0; i < disks; ++i) machine_.add_disk(replica_at + replica_blocks);
  }
  History record() {
    EXPECT_TRUE(machine_.run([&] {
      begin();
      for (const auto& disk : machine_.disks) {
        out_.start.push_back(disk->bytes());
        disk->log.clear();
      }
      perform();
    }));
    take_writes();
    return std::move(out_);
  }

 private:
  void begin() {
    statedb::make_new_set(set_, services_, {}, replica_blocks - 1);
    for (const auto& disk : machine_.disks) {
      const statedb::NewReplica replica = replica_on(*disk);
      out_.boot_list.push_back(replica.place);
      if (out_.boot_list.size() > change_.replicas) continue;
      EXPECT_EQ(statedb::add_replica(set_, services_, replica), DbStatus::ok);
    }
    EXPECT_EQ(statedb::create_record(set_, services_, {.user_bytes = 3}).number, 1U);
    commit("new");
    if (change_.out != nobody) machine_.disks[change_.out]->fail_writes = EIO;
    commit("old");
    if (change_.out != nobody) machine_.disks[change_.out]->fail_writes = 0;
  }
  void commit(std::string_view text) {
    const statedb::NewData data{1, std::as_bytes(std::span(text))};
    EXPECT_EQ(statedb::commit_records(set_, services_, {&data, 1}), DbStatus::ok);
  }
  void perform() {
    if (change_.gone != nobody) {
      EXPECT_EQ(statedb::delete_replica(set_, services_, change_.gone), DbStatus::ok);
    } else {
      const statedb::NewReplica replica{.place = out_.boot_list.back(), .path = "/dev/dsk/s7", .driver = "sd"};
      EXPECT_EQ(statedb::add_replica(set_, services_, replica), DbStatus::ok);
    }
  }
  void take_writes() {
    std::vector<std::pair<SimTime, RecordedWrite>> taken;
    for (size_t d = 0; d < machine_.disks.size(); ++d) {
      for (LoggedWrite& w : machine_.disks[d]->log) {
        taken.push_back({w.at, {.disk = d, .block = w.block, .bytes = std::move(w.bytes), .operation = 1}});
      }
    }
    std::stable_sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [at, write] : taken) out_.writes.push_back(std::move(write));
  }

  const Change change_;
  Machine machine_;
  statedb::Services services_{machine_.environment()};
  statedb::SetState set_;
  History out_;
};

/// Boots, commits, boots.
class ChangeStory {
 public:
  explicit ChangeStory(const History& history) : history_(history) {
    for (const auto& bytes : history.start) {
      machine_.add_disk(bytes.size() / block_bytes).service = 1us;
    }
  }

  void tell() {
    machine_.run([&] {
      for (size_t n = 0; n <= history_.writes.size() && !::testing::Test::HasFatalFailure(); ++n) crash_before(n);
    });
  }
  size_t boots() const { return boots_; }

 private:
  void crash_before(size_t n) {
    where_ = n;
    const Image image = image_at(history_, n, 0);
    const auto disks = static_cast<uint32_t>(image.size());
    for (uint32_t there = 1; there < 1U << disks; ++there) {
      for (uint32_t failing = 0; failing <= disks; ++failing) {
        if (failing < disks && (there >> failing & 1) == 0) continue;
        first_boot(image, there, failing);
      }
    }
  }

  void place(const Image& image, uint32_t there, uint32_t failing) {
    for (size_t i = 0; i < image.size(); ++i) {
      TestDisk& disk = *machine_.disks[i];
      disk.set_bytes(image[i]);
      disk.log.clear();
      disk.present = (there >> i & 1) != 0;
      disk.fail_writes = failing == i ? EIO : 0;
    }
  }
  bool boot(statedb::SetState& set, statedb::Services& services) {
    ++boots_;
    const bool loaded = statedb::load_set(set, services, history_.boot_list, {}) == statedb::LoadStatus::ok;
    return loaded && !set.stale && !set.toofew;
  }

  void first_boot(const Image& image, uint32_t there, uint32_t failing) {
    place(image, there, failing);
    statedb::Services services{machine_.environment()};
    std::string text = "old";
    {
      statedb::SetState set;
      if (!boot(set, services)) return;
      EXPECT_EQ(contents_of(set).at(1), "old") << "write " << where_;
      const std::string_view next = "new";
      const statedb::NewData data{1, std::as_bytes(std::span(next))};
      if (statedb::commit_records(set, services, {&data, 1}) != DbStatus::ok) return;
    }
    Image left;
    for (const auto& disk : machine_.disks) left.push_back(disk->bytes());
    for (uint32_t later = 1; later < 1U << left.size(); ++later) {
      place(left, later, nobody);
      statedb::SetState set;
      if (!boot(set, services)) continue;
      ASSERT_EQ(contents_of(set).at(1), "new") << "write " << where_ << ", disks " << there << " of which " << failing
                                               << " refuses writes, then disks " << later;
    }
  }

  const History& history_;
  Machine machine_;
  size_t where_ = 0, boots_ = 0;
};

class ListChange : public ::testing::TestWithParam<Change> {};

TEST_P(ListChange, WhatIsAcknowledgedAfterACutChangeStays_INVD40) {
  const History history = ChangeRecorder(GetParam()).record();
  ASSERT_FALSE(history.writes.empty());
  ChangeStory story(history);
  story.tell();
  EXPECT_GT(story.boots(), history.writes.size());
}

std::vector<Change> changes() {
  std::vector<Change> all;
  for (uint32_t replicas = 1; replicas <= 3; ++replicas) {
    all.push_back({.replicas = replicas});
    for (uint32_t gone = 0; replicas > 1 && gone < replicas; ++gone)
      all.push_back({.replicas = replicas, .gone = gone});
  }
  all.push_back({.replicas = 2, .out = 1});
  all.push_back({.replicas = 2, .out = 1, .gone = 1});
  all.push_back({.replicas = 3, .out = 2});
  all.push_back({.replicas = 3, .out = 0});
  all.push_back({.replicas = 3, .out = 2, .gone = 1});
  all.push_back({.replicas = 3, .out = 2, .gone = 0});
  all.push_back({.replicas = 3, .out = 0, .gone = 0});
  const char* asked = std::getenv("RAIDSIM_CRASH_POINTS");
  if (asked != nullptr && std::string_view(asked) == "all") {
    all.push_back({.replicas = 4, .out = 3, .gone = 0});
    all.push_back({.replicas = 4, .out = 0});
    all.push_back({.replicas = 5, .gone = 0});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Changes, ListChange, ::testing::ValuesIn(changes()));

// Which replica has the new list is chance, and its disk fails while the boot reads it: those that it has in use and
// that lack it still know all that was acknowledged.
TEST(ListChange, TheOnlyOneWithTheNewListCannotBeRead_INVD29) {
  for (const Change& change :
       {Change{.replicas = 5, .gone = 0}, Change{.replicas = 3}, Change{.replicas = 4, .gone = 3}}) {
    const History history = ChangeRecorder(change).record();
    BootBench bench(history.start);
    bench.run([&] {
      for (size_t n = 0; n < history.writes.size(); ++n) {
        for (size_t unread = 0; unread < change.replicas; ++unread) {
          bench.unreadable(unread, replica_at + 1 + uint64_t{statedb::locator_names_first});
          const auto outcome = bench.boot(image_at(history, n, 0), ~0U, history.boot_list);
          ASSERT_TRUE(outcome.writable) << change.replicas << " replicas, write " << n << ", unread " << unread;
          ASSERT_EQ(outcome.contents.at(1), "old");
        }
      }
    });
  }
}

// Of four replicas two are out; without one of the others fewer than half of three would be in use, and two that know
// of nothing could boot.
TEST(ListChange, ADeletionThatLeavesFewerThanHalfInUseIsRefused_D16) {
  Machine machine;
  for (int i = 0; i < 4; ++i) machine.add_disk(replica_at + replica_blocks);
  machine.run([&] {
    statedb::Services services{machine.environment()};
    statedb::SetState set;
    statedb::make_new_set(set, services, {}, replica_blocks - 1);
    for (const auto& disk : machine.disks) {
      ASSERT_EQ(statedb::add_replica(set, services, replica_on(*disk)), DbStatus::ok);
    }
    machine.disks[2]->fail_writes = machine.disks[3]->fail_writes = EIO;
    ASSERT_EQ(statedb::create_record(set, services, {.user_bytes = 3}).status, DbStatus::ok);
    EXPECT_EQ(statedb::delete_replica(set, services, 1), DbStatus::toofew);
    EXPECT_EQ(set.replicas(), 4U);
    EXPECT_EQ(statedb::delete_replica(set, services, 3), DbStatus::ok);
    EXPECT_EQ(statedb::delete_replica(set, services, 1), DbStatus::ok);
  });
}

}  // namespace
}  // namespace raidsim::testing
