// tests/model/raid/crash_sweep_test.cpp: the power fails before each device write of each kind of write, and in replays
// (raid-replay.md 7, RD-08 to RD-11).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/raid/crash_rig.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;
using testing::heal_all;
using testing::Volume;
using testing::VolumeOptions;

/// The power fails when device write number `nth` from now on is to be served; -1: it does not fail. Killed disks stay
/// killed.
void crash_before_write(Volume& v, int nth, const std::set<uint64_t>& killed = {}) {
  auto left = std::make_shared<int>(nth);
  for (uint64_t i = 0; i < v.disks.size(); ++i) {
    v.disk(i).on_request = [&v, left, dead = killed.contains(i)](const IoRequest& r) {
      if (dead) return EIO;
      if (r.op != IoOp::write || (*left)-- != 0) return 0;
      v.host.crash();
      return EIO;
    };
  }
}

enum class Kind { read_modify_write, full_line, data_only, parity_only };

struct SweepCase {
  const char* name;
  Kind kind;
  CacheKind cache;
  friend std::ostream& operator<<(std::ostream& out, const SweepCase& each) { return out << each.name; }
};

class CrashSweep : public ::testing::TestWithParam<SweepCase> {
 protected:
  /// One write, cut before its `nth` device write; then a boot with the disks of `missing` away. True: it was cut.
  bool cut_at(int nth, const std::set<uint64_t>& missing) {
    const bool line = GetParam().kind == Kind::full_line;
    const uint64_t block = line ? 0 : 8;
    const uint32_t blocks = line ? 24 : 8;
    Volume v({.cache = GetParam().cache});
    std::set<uint64_t> killed;
    if (GetParam().kind == Kind::data_only) killed = {3};
    if (GetParam().kind == Kind::parity_only) killed = {1};
    EXPECT_TRUE(v.run([&] {
      EXPECT_EQ(v.open(), 0);
      v.fill();
      for (const uint64_t each : killed) v.kill(each);
      EXPECT_TRUE(killed.empty() || v.write(0, 24, 700) == 0);
    }));
    const Bytes before = v.expected;
    crash_before_write(v, nth, killed);
    bool acknowledged = false;
    const bool finished = v.run([&] { acknowledged = v.write(block, blocks, 900) == 0; });
    heal_all(v);
    for (const uint64_t each : killed) v.kill(each);
    v.reboot();
    v.missing = missing;
    const Bytes fresh = Bench::pattern(blocks, 900);
    EXPECT_TRUE(v.run([&] {
      EXPECT_EQ(v.open(), 0);
      Bytes data(before.size());
      const auto all = static_cast<uint32_t>(data.size() / block_bytes);
      EXPECT_EQ(raid_transfer(v.unit(), md::BufferOp::read, 0, all, data.data()), 0);
      const auto at = data.begin() + static_cast<std::ptrdiff_t>(block * block_bytes);
      const bool is_new = std::equal(fresh.begin(), fresh.end(), at);
      const bool is_old = data == before;
      EXPECT_TRUE(is_new || is_old) << "write " << nth << " (RD-09)";
      EXPECT_TRUE(is_new || !acknowledged) << "write " << nth << " (RD-08)";
      std::copy(before.begin() + (at - data.begin()),
                before.begin() + (at - data.begin()) + static_cast<std::ptrdiff_t>(fresh.size()), at);
      EXPECT_TRUE(data == before) << "write " << nth << ": other blocks changed (RD-09)";
    }));
    EXPECT_TRUE(v.un().un_state != RUS_OKAY || v.parity_holds()) << "write " << nth << " (RD-10)";
    return !finished || nth < 10;  // home writes come after the answer
  }
};

TEST_P(CrashSweep, OldOrNewAndNeverLess_RD08_RD09_RD10) {
  int nth = 0;
  while (nth < 40 && cut_at(nth, {})) ++nth;
  EXPECT_LT(nth, 40);
}

// The same, and one column's disk does not come back with the power.
TEST_P(CrashSweep, WithAColumnAwayAtTheBoot_RD08) {
  if (GetParam().kind == Kind::data_only || GetParam().kind == Kind::parity_only) return;
  for (uint64_t away = 0; away < 4; ++away) {
    int nth = 0;
    while (nth < 40 && cut_at(nth, {away})) ++nth;
  }
}
constexpr auto through = CacheKind::none;
constexpr auto back = CacheKind::volatile_write_back;
INSTANTIATE_TEST_SUITE_P(Replay, CrashSweep,
                         ::testing::Values(SweepCase{"Rmw", Kind::read_modify_write, through},
                                           SweepCase{"RmwVolatile", Kind::read_modify_write, back},
                                           SweepCase{"FullLine", Kind::full_line, through},
                                           SweepCase{"FullLineVolatile", Kind::full_line, back},
                                           SweepCase{"DataOnly", Kind::data_only, through},
                                           SweepCase{"DataOnlyVolatile", Kind::data_only, back},
                                           SweepCase{"ParityOnly", Kind::parity_only, through},
                                           SweepCase{"ParityOnlyVolatile", Kind::parity_only, back}),
                         [](const auto& each) { return each.param.name; });

/// Data areas of all disks.
std::vector<Bytes> homes(Volume& v) {
  std::vector<Bytes> all;
  for (auto& disk : v.disks) {
    const auto from = static_cast<std::ptrdiff_t>(v.un().un_pwsize * block_bytes);
    all.emplace_back(disk->content().begin() + from, disk->content().end());
  }
  return all;
}

struct CutWrites {
  VolumeOptions options;
  std::vector<testing::PlannedWrite> writes;
  int cut = 0;
  std::set<uint64_t> missing;
};

/// Writes cut by a power failure, then a boot whose replay is cut once before each write number in `replay_cuts`.
std::vector<Bytes> after_replay(const CutWrites& plan, const std::vector<int>& replay_cuts, bool& replayed) {
  Volume v(plan.options);
  (void)v.run([&] {
    RAIDSIM_ASSERT(v.open() == 0);
    v.fill();
  });
  crash_before_write(v, plan.cut);
  (void)v.run([&] {
    for (const testing::PlannedWrite& w : plan.writes) {
      v.host.spawn("writer", [&v, w] { (void)v.write(w.block, w.blocks, w.tag); });
    }
  });
  for (const int cut : replay_cuts) {
    heal_all(v);
    v.reboot();
    v.missing = plan.missing;
    crash_before_write(v, cut);
    (void)v.run([&] { (void)v.open(); });
  }
  heal_all(v);
  v.reboot();
  v.missing = plan.missing;
  replayed = v.run([&] { RAIDSIM_ASSERT(v.open() == 0); }) && v.un().has(MD_UN_REPLAYED);
  return homes(v);
}

// A replay that was cut anywhere, any number of times, and is run again ends where an uncut one ends.
RC_GTEST_PROP(Replay, CutReplaysEndWhereOneWholeReplayEnds_RH07_RD11, ()) {
  CutWrites plan;
  plan.options.slots = *rc::gen::inRange<uint32_t>(3, 6);
  plan.options.lines = 4;
  plan.options.cache = *rc::gen::element(CacheKind::none, CacheKind::volatile_write_back);
  const uint64_t blocks = 4 * 8 * 3;
  const auto count = *rc::gen::inRange<size_t>(1, 5);
  for (size_t i = 0; i < count; ++i) {
    const auto block = *rc::gen::inRange<uint64_t>(0, blocks);
    const auto length = *rc::gen::inRange<uint64_t>(1, std::min<uint64_t>(blocks - block, 30) + 1);
    plan.writes.push_back({.block = block, .blocks = static_cast<uint32_t>(length), .tag = 500 + i});
  }
  plan.cut = *rc::gen::inRange(0, 24);
  const auto away = *rc::gen::inRange<uint64_t>(0, 8);
  if (away < 4) plan.missing = {away};
  const auto cuts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));

  bool whole = false, again = false;
  const auto expected = after_replay(plan, {}, whole);
  const auto found = after_replay(plan, cuts, again);
  RC_ASSERT(whole && again);
  for (size_t disk = 0; disk < expected.size(); ++disk) {
    RC_ASSERT(plan.missing.contains(disk) || found[disk] == expected[disk]);
  }
  RC_CLASSIFY(!cuts.empty(), "a replay was cut");
}

}  // namespace
}  // namespace raidsim::raid
