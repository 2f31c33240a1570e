// F16, F47-F49: crashes, power cuts, and what they leave of transfers in flight; snapshots.
#include <set>

#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

/// Contents of four blocks after a write of 'a' over them was cut short, over many seeds.
std::set<std::string> outcomes(CrashKind kind, RigOptions options, OutstandingFate fate = OutstandingFate::drawn,
                               std::optional<TornWrite> fault = {}) {
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    options.seed = seed;
    Rig rig(options);
    if (fault) rig.arm(*fault);
    rig.start_write(8, 'a', 4);
    rig.run_for(50us);
    rig.crash(kind, fate);
    seen.insert(rig.seen(8, 4));
    EXPECT_EQ(rig.disk().outstanding(), 0U);
  }
  return seen;
}

using Outcomes = std::set<std::string>;

TEST(Crash, OutstandingWriteIsDoneNotDoneOrTorn_F47) {
  EXPECT_EQ(outcomes(CrashKind::host_only, {.disk = plain_disk()}), (Outcomes{"....", "aaaa", "a...", "aa..", "aaa."}));
}

TEST(Crash, FateCanBeFixed_F47) {
  EXPECT_EQ(outcomes(CrashKind::host_only, {.disk = plain_disk()}, OutstandingFate::done), (Outcomes{"aaaa"}));
  EXPECT_EQ(outcomes(CrashKind::host_only, {.disk = plain_disk()}, OutstandingFate::undone), (Outcomes{"...."}));
}

TEST(Crash, NobodyHearsOfWhatWasOutstanding_F47) {
  Rig rig;
  rig.start_write(1, 'a');
  rig.start_write(2, 'a');
  rig.driver->crash(CrashKind::host_only);
  rig.run();
  EXPECT_EQ(rig.ios[0].completions + rig.ios[1].completions, 0);
  rig.start_read(1);
  rig.run();
  EXPECT_EQ(rig.ios[2].completions, 0) << "a dying fiber's request goes nowhere";
}

TEST(PowerCut, WriteInServiceIsDoneNotDoneOrAPrefix_F48) {
  EXPECT_EQ(outcomes(CrashKind::power_cut, {.disk = plain_disk()}), (Outcomes{"....", "aaaa", "a...", "aa..", "aaa."}));
}

TEST(PowerCut, FateCanBeFixed_F48) {
  RigOptions options{.disk = plain_disk()};
  options.disk.torn.fate = OutstandingFate::done;
  EXPECT_EQ(outcomes(CrashKind::power_cut, options), (Outcomes{"aaaa"}));
  options.disk.torn.fate = OutstandingFate::undone;
  EXPECT_EQ(outcomes(CrashKind::power_cut, options), (Outcomes{"...."}));
}

TEST(PowerCut, WaitingWriteIsNotDone_F48) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Rig rig({.disk = plain_disk(), .seed = seed});
    rig.start_write(1, 'a');
    rig.start_write(2, 'a');
    rig.run_for(50us);
    rig.crash(CrashKind::power_cut);
    EXPECT_EQ(rig.seen(2), ".");
  }
}

TEST(PowerCut, TornWriteFollowsItsRule_F16) {
  EXPECT_EQ(outcomes(CrashKind::power_cut, {.disk = plain_disk()}, {}, TornWrite{.torn = TornRule::prefix}),
            (Outcomes{"a...", "aa..", "aaa."}));
  EXPECT_EQ(outcomes(CrashKind::power_cut, {.disk = plain_disk()}, {}, TornWrite{.torn = TornRule::suffix}),
            (Outcomes{"...a", "..aa", ".aaa"}));
  const Outcomes subsets =
      outcomes(CrashKind::power_cut, {.disk = plain_disk()}, {}, TornWrite{.torn = TornRule::subset});
  EXPECT_EQ(subsets.size(), 14U) << "all but none and all";
  EXPECT_EQ(subsets.count("a.a."), 1U);
}

TEST(PowerCut, AtomsOf4096BytesAreAllOrNothing_F16) {
  RigOptions options{.disk = plain_disk()};
  options.disk.atom_bytes = 4096;
  EXPECT_EQ(outcomes(CrashKind::power_cut, options, {}, TornWrite{.torn = TornRule::subset}),
            (Outcomes{"....", "aaaa"}));
}

TEST(PowerCut, SplitSectorIsNeitherOldNorNewAndRegistered_F16) {
  Rig rig;
  rig.arm(TornWrite{.split_sector = true});
  rig.start_write(8, 'a', 4);
  rig.run_for(50us);
  rig.crash(CrashKind::power_cut);
  const std::string left = rig.seen(8, 4);
  EXPECT_EQ(std::count(left.begin(), left.end(), '?'), 1) << left;
  ASSERT_EQ(rig.damage().all().size(), 1U);
  EXPECT_EQ(rig.damage().all()[0].block, 8 + left.find('?'));
  EXPECT_EQ(rig.damage().all()[0].damage.fault_number, 16);
}

// With atom 0 not even one sector is written all or nothing.
TEST(PowerCut, WithoutAtomsASingleSectorIsSplitToo_F16) {
  RigOptions options{.disk = plain_disk()};
  options.disk.atom_bytes = 0;
  int split = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    options.seed = seed;
    Rig rig(options);
    rig.start_write(8, 'a');
    rig.run_for(50us);
    rig.crash(CrashKind::power_cut);
    split += rig.seen(8) == "?" ? 1 : 0;
  }
  EXPECT_GT(split, 5);
}

TEST(PowerCut, NeighboursInThePhysicalSectorAreDestroyed_F16) {
  Rig rig;
  rig.write(0, 'z', 32);
  rig.arm(TornWrite{.neighbours = true});
  rig.start_write(10, 'a', 4);
  rig.run_for(50us);
  rig.crash(CrashKind::power_cut);
  EXPECT_EQ(rig.seen(0, 8), "zzzzzzzz");
  EXPECT_EQ(rig.seen(8, 2), "??");
  EXPECT_EQ(rig.seen(14, 2), "??");
  EXPECT_EQ(rig.seen(16, 8), "zzzzzzzz");
  EXPECT_EQ(rig.damage().all().size(), 4U);
}

TEST(PowerCut, DiskThatLosesPowerAloneFailsItsRequestsWithATransportError_F45) {
  Rig rig({.disks = 2, .disk = plain_disk()});
  const Io& lost = rig.start_write(1, 'a', 1, 0);
  const Io& other = rig.start_write(1, 'a', 1, 1);
  rig.run_for(50us);
  const DiskIndex shelf[] = {0};
  rig.bay->power_cut(shelf);
  EXPECT_EQ(lost.completions, 0) << "told from the event loop";
  rig.run();
  EXPECT_EQ(lost.request.error, ENXIO);
  EXPECT_EQ(rig.driver->stats().retries, 3U);
  EXPECT_FALSE(other.request.failed());
  rig.bay->power_on();
  EXPECT_EQ(rig.write(1, 'b').request.error, EIO) << "told once: its cache may have gone with the power";
  EXPECT_FALSE(rig.write(1, 'b').request.failed());
}

TEST(PowerCut, TwiceInARowLeavesTheSame_F49) {
  Rig rig;
  rig.write(1, 'a');
  rig.crash(CrashKind::power_cut);
  rig.boot();
  const uint64_t before = rig.disk().content_hash();
  rig.crash(CrashKind::power_cut);
  rig.boot();
  EXPECT_EQ(rig.disk().content_hash(), before);
}

// The observer kills the host between effect and completion: the data is there, the host was not told.
TEST(Crash, BetweenEffectAndCompletion_F47) {
  struct Killer final : DiskObserver {
    Rig* rig = nullptr;
    void on_effect(const TransferView&) override { rig->driver->crash(CrashKind::host_only); }
  } killer;
  Rig rig;
  killer.rig = &rig;
  rig.bay->set_observer(&killer);
  const Io& io = rig.start_write(1, 'a');
  rig.start_write(2, 'b');
  rig.run();
  EXPECT_EQ(io.completions, 0);
  EXPECT_EQ(rig.seen(1), "a");
  EXPECT_EQ(rig.disk().outstanding(), 0U);
}

TEST(Crash, AtIssueTheTransferIsOutstandingAlready_F47) {
  struct Killer final : DiskObserver {
    Rig* rig = nullptr;
    void on_issue(const TransferView&) override { rig->driver->crash(CrashKind::host_only, OutstandingFate::done); }
  } killer;
  Rig rig;
  killer.rig = &rig;
  rig.bay->set_observer(&killer);
  rig.start_write(1, 'a');
  rig.run();
  EXPECT_EQ(rig.ios[0].completions, 0);
  EXPECT_EQ(rig.seen(1), "a");
}

TEST(Snapshot, RestoresMediaCachesAndDamage) {
  RigOptions options{.disks = 2, .disk = plain_disk(CacheKind::volatile_write_back)};
  Rig rig(options);
  rig.write(1, 'a');
  rig.flush();
  rig.write(2, 'b');
  rig.arm(LatentSectorError{.blocks = {9, 10}});
  const Snapshot snapshot = Snapshot::take(*rig.bay);
  const uint64_t hash = snapshot.content_hash();

  rig.write(1, 'x');
  rig.write(9, 'x');
  rig.flush();
  rig.write(1, 'y', 1, 1);
  EXPECT_NE(Snapshot::take(*rig.bay).content_hash(), hash);
  snapshot.restore(*rig.bay);

  EXPECT_EQ(Snapshot::take(*rig.bay).content_hash(), hash);
  EXPECT_EQ(rig.seen(1, 2), "ab");
  EXPECT_EQ(rig.durable(1, 2), "a.");
  EXPECT_EQ(rig.seen(1, 1, 1), ".");
  EXPECT_EQ(rig.read(9).request.error, EIO);
}

TEST(Snapshot, PreparedDisksStartManyRuns) {
  Rig first;
  first.write(1, 'a');
  const PreparedDisks prepared = prepare(*first.bay);
  Rig second;
  load(*second.bay, prepared);
  EXPECT_EQ(second.read(1).letters(), "a");
  second.write(1, 'b');
  Rig third;
  load(*third.bay, prepared);
  EXPECT_EQ(third.read(1).letters(), "a");
}

TEST(WriteLog, RebuildsTheMediumOfAnyMoment) {
  Rig rig;
  WriteLog log;
  rig.bay->set_write_log(&log);
  const PageStore start = rig.disk().medium();
  rig.write(1, 'a');
  const size_t here = log.entries().size();
  const uint64_t hash = rig.disk().medium().content_hash();
  rig.write(1, 'b');
  rig.arm(CorruptionAtRest{.blocks = {1, 2}});
  PageStore rebuilt = start;
  log.apply(rebuilt, 0, 0, here);
  EXPECT_EQ(rebuilt.content_hash(), hash);
  log.apply(rebuilt, 0, here, log.entries().size());
  EXPECT_EQ(rebuilt.content_hash(), rig.disk().medium().content_hash());
}

}  // namespace
}  // namespace raidsim::disk
