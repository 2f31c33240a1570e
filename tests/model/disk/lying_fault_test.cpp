// F10-F15, F21, F22: drives that lie, and what they leave alone.
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

RigOptions cached(double keep = 0.0) {
  RigOptions options{.disk = plain_disk(CacheKind::volatile_write_back)};
  options.disk.cache_loss.keep = keep;
  return options;
}

int bits_apart(const Bytes& a, const Bytes& b) {
  int bits = 0;
  for (size_t i = 0; i < a.size(); ++i) bits += __builtin_popcount(static_cast<unsigned>(a[i] ^ b[i]));
  return bits;
}

TEST(LyingFault, CorruptionAtRestFlipsOneBitOfOneBlock_F10) {
  Rig rig;
  rig.write(5, 'a', 3);
  rig.arm(CorruptionAtRest{.blocks = {6, 7}});
  const Io& io = rig.read(5, 3);
  EXPECT_EQ(io.request.error, 0);
  EXPECT_EQ(bits_apart(io.data, letters('a', 3)), 1);
  EXPECT_EQ(io.letters(), "a?a");
  EXPECT_EQ(rig.damage().all().size(), 1U);
  EXPECT_EQ(rig.damage().at(6)->kind, DamageKind::corrupted);
  rig.write(6, 'b');
  EXPECT_TRUE(rig.damage().empty()) << "overwritten";
}

TEST(LyingFault, CorruptionMasksDoWhatTheySay_F10) {
  Rig rig;
  rig.write(5, 'a', 8);
  rig.write(12, 'a');
  rig.write(20, 'z');
  rig.arm(CorruptionAtRest{.blocks = {5, 6}, .corruption = {.mask = Mask::bits, .bits = 9}});
  rig.arm(CorruptionAtRest{.blocks = {6, 7}, .corruption = {.mask = Mask::zero}});
  rig.arm(CorruptionAtRest{.blocks = {7, 8}, .corruption = {.mask = Mask::other_block, .other_block = 20}});
  rig.arm(CorruptionAtRest{.blocks = {8, 9}, .corruption = {.mask = Mask::random}});
  EXPECT_EQ(bits_apart(rig.read(5).data, letters('a')), 9);
  rig.arm(CorruptionAtRest{.blocks = {12, 13}, .corruption = {.mask = Mask::bits, .bits = 4000}});
  EXPECT_EQ(bits_apart(rig.read(12).data, letters('a')), 4000);
  rig.write(12, 'a');
  EXPECT_EQ(rig.read(5, 8).letters(), "?.z?aaaa");
}

TEST(LyingFault, CorruptionInFlightOfAReadIsGoneOnReRead_F11) {
  Rig rig;
  rig.write(5, 'a', 4);
  rig.arm(CorruptionInFlight{.match = {.range = {7, 8}, .op = OpFilter::read}});
  EXPECT_EQ(rig.read(5, 4).letters(), "aa?a");
  EXPECT_EQ(rig.read(5, 4).letters(), "aaaa");
  EXPECT_TRUE(rig.damage().empty());
}

TEST(LyingFault, CorruptionInFlightOfAWriteIsStored_F11) {
  Rig rig;
  rig.arm(CorruptionInFlight{.match = {.range = {7, 8}, .op = OpFilter::write}});
  EXPECT_EQ(rig.write(5, 'a', 4).request.error, 0);
  EXPECT_EQ(rig.read(5, 4).letters(), "aa?a");
  EXPECT_EQ(rig.damage().all().size(), 1U);
  EXPECT_TRUE(rig.damage().any(7, 1));
}

// The damaged write is in the cache and never reaches the medium: the damage goes with it.
TEST(LyingFault, CorruptionOfACachedWriteIsLostWithTheWrite_F11) {
  Rig rig(cached());
  rig.arm(CorruptionInFlight{.match = {.op = OpFilter::write}});
  rig.write(5, 'a');
  EXPECT_TRUE(rig.damage().any(5, 1));
  rig.crash(CrashKind::power_cut);
  EXPECT_TRUE(rig.damage().empty());
}

TEST(LyingFault, CorruptionOfACachedWriteIsNotHealedByItsOwnArrivalOnTheMedium_F11) {
  Rig rig(cached());
  rig.arm(CorruptionInFlight{.match = {.op = OpFilter::write}});
  rig.write(5, 'a');
  rig.flush();
  EXPECT_EQ(rig.durable(5), "?");
  EXPECT_TRUE(rig.damage().any(5, 1));
}

TEST(LyingFault, LostWriteIsReportedDoneAndNeverHappens_F12) {
  Rig rig(cached());
  rig.write(5, 'a', 2);
  rig.arm(LostWrite{});
  EXPECT_FALSE(rig.write(5, 'b').request.failed());
  rig.flush();
  EXPECT_EQ(rig.read(5, 2).letters(), "aa");
  ASSERT_NE(rig.damage().at(5), nullptr) << "the older write's arrival on the medium does not heal it";
  EXPECT_EQ(rig.damage().at(5)->kind, DamageKind::old_content);
  EXPECT_FALSE(rig.damage().any(6, 1));
  rig.write(5, 'c');
  rig.flush();
  EXPECT_TRUE(rig.damage().empty());
}

TEST(LyingFault, LostWriteWindowIsLiftedInTime_F12) {
  Rig rig;
  rig.arm(LostWrite{.match = {.count = {}, .lasts = 150us}});
  rig.start_write(1, 'a');
  rig.run_for(120us);
  rig.start_write(2, 'a');
  rig.run_for(200us);
  rig.write(3, 'a');
  EXPECT_EQ(rig.seen(1, 3), "..a");
}

TEST(LyingFault, MisdirectedWriteDamagesTwoPlacesAndNoThird_F13) {
  Rig rig;
  for (uint64_t b = 0; b < 32; ++b) rig.write(b, 'a');
  rig.arm(MisdirectedWrite{.delta_blocks = 8});
  EXPECT_FALSE(rig.write(4, 'b', 2).request.failed());
  EXPECT_EQ(rig.seen(0, 32), "aaaaaaaaaaaabbaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(rig.damage().all().size(), 4U);
  EXPECT_EQ(rig.damage().at(4)->kind, DamageKind::old_content);
  EXPECT_EQ(rig.damage().at(13)->kind, DamageKind::foreign);
}

TEST(LyingFault, MisdirectedWriteStaysOnTheDisk_F13) {
  Rig rig;
  rig.arm(MisdirectedWrite{.delta_blocks = 5000});
  rig.write(4, 'b', 2);
  EXPECT_EQ(rig.seen(1022, 2), "bb");
}

// At the front of the disk there is no place further to the front: the write goes the other way, never home.
TEST(LyingFault, MisdirectedWriteNeverLandsWhereItBelongs_F13) {
  Rig rig;
  rig.arm(MisdirectedWrite{.delta_blocks = -8});
  rig.write(0, 'b', 2);
  EXPECT_EQ(rig.seen(0, 12), "........bb..");
}

TEST(LyingFault, MisdirectedWriteToADeadDiskIsLost_F13_F01) {
  Rig rig({.disks = 2, .disk = plain_disk()});
  rig.arm(FailStop{}, 1);
  rig.arm(MisdirectedWrite{.to_disk = 1});
  EXPECT_FALSE(rig.write(4, 'b').request.failed());
  EXPECT_EQ(rig.seen(4, 1, 0), ".");
  EXPECT_EQ(rig.seen(4, 1, 1), ".") << "frozen";
}

// Power fails while the write that would have been lost is in service: nothing of it appears.
TEST(LyingFault, LostWriteLeavesNothingInAPowerCut_F12_F48) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Rig rig({.disk = plain_disk(), .seed = seed});
    rig.arm(LostWrite{});
    rig.start_write(5, 'a', 4);
    rig.run_for(50us);
    rig.crash(CrashKind::power_cut);
    EXPECT_EQ(rig.seen(5, 4), "....");
  }
}

TEST(LyingFault, MisdirectedWriteMayLandOnAnotherDisk_F13) {
  Rig rig({.disks = 2, .disk = plain_disk()});
  rig.arm(MisdirectedWrite{.to_disk = 1});
  rig.write(4, 'b');
  EXPECT_EQ(rig.seen(4, 1, 0), ".");
  EXPECT_EQ(rig.seen(4, 1, 1), "b");
  EXPECT_EQ(rig.damage(0).at(4)->kind, DamageKind::old_content);
  EXPECT_EQ(rig.damage(1).at(4)->kind, DamageKind::foreign);
  EXPECT_EQ(rig.damage(1).at(4)->fault_number, 13);
}

TEST(LyingFault, MisdirectedReadReturnsAnotherPlaceOnce_F14) {
  Rig rig;
  rig.write(4, 'a');
  rig.write(12, 'b');
  rig.arm(MisdirectedRead{.delta_blocks = 8});
  EXPECT_EQ(rig.read(4).letters(), "b");
  EXPECT_EQ(rig.read(4).letters(), "a");
}

TEST(LyingFault, StaleReadReturnsAnOlderVersion_F15) {
  Rig rig;
  rig.write(4, 'a');
  const FaultHandle fault = rig.arm(StaleRead{.versions = 2});
  EXPECT_EQ(rig.read(4).letters(), "a") << "no older version is known";
  EXPECT_EQ(rig.bay->faults().at(fault).hits, 0U);
  rig.write(4, 'b');
  rig.write(4, 'c');
  rig.write(4, 'd');
  EXPECT_EQ(rig.read(4).letters(), "b");
  EXPECT_EQ(rig.read(4).letters(), "d");
}

TEST(LyingFault, FlushErrorLeavesWritesInDoubtAndTheNextFlushSaysYes_F21) {
  Rig rig(cached(1.0));
  rig.write(4, 'a');
  rig.arm(FlushError{.keep = 0.0});
  EXPECT_EQ(rig.flush().request.error, EIO);
  EXPECT_EQ(rig.read(4).letters(), "a") << "readable while power lasts";
  EXPECT_EQ(rig.damage().at(4)->kind, DamageKind::lost);
  EXPECT_EQ(rig.flush().request.error, 0);
  rig.crash(CrashKind::power_cut);
  rig.boot();
  EXPECT_EQ(rig.read(4).letters(), ".");
}

TEST(LyingFault, WriteAfterAFailedFlushIsStoredByTheNextOne_F21) {
  Rig rig(cached());
  rig.write(4, 'a');
  rig.arm(FlushError{});
  rig.flush();
  rig.write(4, 'b');
  rig.flush();
  EXPECT_EQ(rig.durable(4), "b");
  EXPECT_TRUE(rig.damage().empty());
}

TEST(LyingFault, LyingFlushStoresNothing_F22) {
  Rig rig(cached());
  rig.arm(LyingFlush{.covers = FlushKind::flush});
  rig.write(4, 'a');
  EXPECT_EQ(rig.flush().request.error, 0);
  EXPECT_EQ(rig.durable(4), ".");
  rig.write_fua(5, 'b');
  EXPECT_EQ(rig.durable(5), "b") << "FUA keeps its word";
}

// The liar answers at once, before the cached write could have been stored.
TEST(LyingFault, LyingFlushTakesNoTimeForWhatItLeavesUndone_F22) {
  RigOptions options = cached();
  options.disk.latency.fixed.per_block = 1ms;
  Rig rig(options);
  rig.write(4, 'a', 8);
  rig.arm(LyingFlush{});
  const SimTime start = rig.simulation.now();
  EXPECT_EQ(rig.flush().done - start, 100us);
}

TEST(LyingFault, LyingFuaStaysInTheCache_F22) {
  Rig rig(cached());
  rig.arm(LyingFlush{.covers = FlushKind::fua});
  rig.write_fua(5, 'b');
  EXPECT_EQ(rig.durable(5), ".");
  rig.flush();
  EXPECT_EQ(rig.durable(5), "b") << "FLUSH keeps its word";
}

TEST(LyingFault, ReorderingChangesTheDestageAndIsLifted_F18) {
  Rig rig(cached());
  const FaultHandle fault = rig.arm(Reordering{.destage = DestagePolicy::adversarial, .cache_blocks = 1});
  rig.write(1, 'a');
  rig.write(2, 'b');
  EXPECT_EQ(rig.durable(1, 2), ".b");
  rig.bay->faults().lift(fault);
  EXPECT_EQ(rig.disk().options().cache_blocks, 2048U);
  EXPECT_EQ(rig.disk().options().destage, DestagePolicy::fifo);
}

TEST(LyingFault, CacheLostSetsWhatAPowerCutKeeps_F19) {
  Rig rig(cached(0.0));
  rig.arm(CacheLost{.keep = 1.0});
  rig.write(1, 'a');
  rig.crash(CrashKind::power_cut);
  EXPECT_EQ(rig.durable(1), "a");
}

TEST(FaultLine, AFaultPrintsAsTheLineThatRepeatsIt) {
  Rig rig;
  const FaultHandle fault = rig.arm(MisdirectedWrite{.delta_blocks = -3, .match = {.range = {8, 16}, .skip = 6}});
  const FaultLine line = rig.bay->faults().line(fault);
  EXPECT_EQ(line.word, "misdirected-write");
  const std::vector<FaultParameter> expected{
      {"delta", int64_t{-3}}, {"first_block", int64_t{8}}, {"end_block", int64_t{16}}, {"nth", int64_t{7}}};
  EXPECT_EQ(line.with, expected);
}

}  // namespace
}  // namespace raidsim::disk
