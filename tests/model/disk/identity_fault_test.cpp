// Which disk is there, what it is called, how big it is (fault-model.md 4.5).
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

constexpr DeviceId id_of_d(DiskIndex disk) { return 100 + disk; }

RigOptions three_disks(CacheKind cache = CacheKind::none) { return {.disks = 3, .disk = plain_disk(cache)}; }

// Disks are called by the numbers of the other two after the boot, and found by their ids all the same.
TEST(DeviceNumberChange, NumbersGoRoundAtTheNextBoot_F38) {
  Rig rig(three_disks());
  ASSERT_EQ(rig.write(7, 'b', 1, 1).request.error, 0);

  rig.bay->faults().arm(0, DeviceNumberChange{.disks = {0, 1, 2}});
  EXPECT_EQ(rig.driver->find(id_of_d(1), 0), disk_slice(1, 0)) << "the host has not booted yet";
  rig.crash(CrashKind::host_only);
  ASSERT_TRUE(rig.bay->renumber());
  rig.boot();

  EXPECT_EQ(rig.driver->find(id_of_d(0), 0), disk_slice(1, 0));
  EXPECT_EQ(rig.driver->find(id_of_d(1), 0), disk_slice(2, 0));
  EXPECT_EQ(rig.driver->find(id_of_d(2), 0), disk_slice(0, 0));
  EXPECT_EQ(rig.driver->id_of(disk_slice(2, 0)), id_of_d(1));
  EXPECT_EQ(rig.driver->open(disk_slice(1, 0), id_of_d(1), 0).error, ENXIO) << "that number is d0's now";
  EXPECT_EQ(rig.read(7, 1, 2).letter(), 'b') << "devices are those of numbers 0, 1, 2";
}

TEST(DeviceNumberChange, TwoBeforeOneBootAddUp_F38) {
  Rig rig(three_disks());
  rig.bay->faults().arm(0, DeviceNumberChange{.disks = {0, 1}});
  rig.bay->faults().arm(1, DeviceNumberChange{.disks = {1, 2}});
  rig.crash(CrashKind::host_only);
  rig.bay->renumber();
  const DeviceTree& tree = rig.bay->tree();
  EXPECT_EQ(tree.number_of(0, 0), disk_slice(1, 0));
  EXPECT_EQ(tree.number_of(1, 0), disk_slice(2, 0));
  EXPECT_EQ(tree.number_of(2, 0), disk_slice(0, 0));
  for (DiskIndex disk = 0; disk < 3; ++disk) EXPECT_EQ(tree.disk_of(tree.number_of(disk, 7)), disk);
  EXPECT_EQ(tree.by_index(disk_slice(1, 7)), disk_slice(0, 7));
  EXPECT_EQ(tree.disk_of(disk_slice(3, 0)), no_disk);
  EXPECT_EQ(tree.disk_of(no_device), no_disk);
  EXPECT_FALSE(rig.bay->renumber()) << "a boot without a change leaves the numbers";
}

// d1 has gone; who opens its number without saying whom he means gets d2.
TEST(NameReuse, TheNumberOfADepartedDiskIsAnothers_F39) {
  Rig rig(three_disks());
  rig.bay->faults().arm(1, NameReuse{.by = 2});
  EXPECT_NE(rig.read(0, 1, 1).request.error, 0);
  rig.crash(CrashKind::host_only);
  rig.bay->renumber();
  rig.boot();

  EXPECT_EQ(rig.driver->find(id_of_d(1), 0), no_device);
  EXPECT_EQ(rig.driver->id_of(disk_slice(1, 0)), id_of_d(2));
  EXPECT_EQ(rig.driver->open(disk_slice(1, 0), id_of_d(1), 0).error, ENXIO);
  EXPECT_EQ(rig.driver->open(disk_slice(1, 0), 0, 0).error, 0) << "by number alone it would be opened";
  EXPECT_EQ(rig.driver->open(disk_slice(2, 0), 0, 0).error, ENXIO);
}

// Pulled with a write in its cache: back with what was on the medium then, deaf to the power coming on meanwhile.
TEST(ReturnedStale, BackAfterAWhileWithTheContentOfThen_F32) {
  Rig rig(three_disks(CacheKind::volatile_write_back));
  ASSERT_EQ(rig.write(3, 'a').request.error, 0);
  ASSERT_EQ(rig.flush().request.error, 0);
  rig.bay.value()[0].set_cache_loss({.keep = 0.0});
  ASSERT_EQ(rig.write(3, 'b').request.error, 0);

  rig.bay->faults().arm(0, ReturnedStale{.match = {.count = {}, .lasts = std::chrono::seconds{5}}});
  EXPECT_EQ(rig.driver->find(id_of_d(0), 0), no_device);
  rig.bay->power_on();
  EXPECT_NE(rig.read(3).request.error, 0);
  rig.simulation.run();

  EXPECT_EQ(rig.driver->find(id_of_d(0), 0), disk_slice(0, 0));
  EXPECT_EQ(rig.read(3).request.error, EIO) << "who has it open is told that its cache may be gone";
  EXPECT_EQ(rig.read(3).letter(), 'a');
}

TEST(ReturnedStale, BackAtTheNextBootWhereNoTimeIsGiven_F32) {
  Rig rig(three_disks());
  const FaultHandle pulled = rig.bay->faults().arm(0, ReturnedStale{});
  rig.crash(CrashKind::power_cut);
  rig.bay->power_on();
  EXPECT_FALSE(rig.bay.value()[0].powered());
  rig.bay->faults().host_boots();
  EXPECT_TRUE(rig.bay.value()[0].powered());
  EXPECT_TRUE(rig.bay->faults().at(pulled).spent);
}

TEST(ReplacedForeign, AnotherDiskWithContentOfItsOwn_F34) {
  Rig rig(three_disks());
  rig.bay->faults().arm(1, ReplacedForeign{.content = {{4, letters('f', 2)}}, .id = 77});
  EXPECT_EQ(rig.driver->find(id_of_d(1), 0), no_device);
  EXPECT_EQ(rig.driver->find(77, 0), disk_slice(1, 0));
  EXPECT_NE(rig.read(4, 1, 1).request.error, 0) << "what was open is gone";
  rig.crash(CrashKind::host_only);
  rig.boot();
  EXPECT_EQ(rig.read(4, 2, 1).letters(), "ff");
}

// One sector short: enough for who needs less, not for who needs all. The last sector is still there afterwards.
TEST(WrongSize, SmallerIsOutOfReachAndLargerIsFine_F35) {
  Rig rig(three_disks());
  ASSERT_EQ(rig.write(1023, 'z').request.error, 0);
  const FaultHandle smaller = rig.bay->faults().arm(0, WrongSize{.size_blocks = 1023});
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 1024).error, ENXIO);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 1023).error, 0);
  EXPECT_NE(rig.read(1023).request.error, 0);
  EXPECT_EQ(rig.read(1022).request.error, 0);

  rig.bay->faults().lift(smaller);
  EXPECT_EQ(rig.read(1023).letter(), 'z');

  rig.bay->faults().arm(0, WrongSize{.size_blocks = 2048});
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 2048).error, 0);
  EXPECT_EQ(rig.read(1023).letter(), 'z');
  EXPECT_EQ(rig.read(2047).letter(), '.');
}

TEST(WrongSize, ADiskOfNoSizeIsNotOpened_F35) {
  Rig rig(three_disks());
  rig.bay->faults().arm(0, WrongSize{.size_blocks = 0});
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 1).error, ENXIO);
  EXPECT_NE(rig.write(0, 'a').request.error, 0);
}

TEST(FirstIoError, TheRequestAfterAnOpenFailsAndNoOther_F37) {
  Rig rig(three_disks());
  rig.bay->faults().arm(0, FirstIoError{.match = {.count = 2}});
  EXPECT_EQ(rig.read(0).request.error, 0) << "opened before";
  for (int opens = 0; opens < 2; ++opens) {
    EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 0).error, 0);
    EXPECT_EQ(rig.read(0).request.error, EIO);
    EXPECT_EQ(rig.read(0).request.error, 0);
  }
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 0).error, 0);
  EXPECT_EQ(rig.read(0).request.error, 0) << "its count is used up";
}

TEST(IdChange, TheOldIdIsNobodys_F40) {
  Rig rig(three_disks());
  ASSERT_EQ(rig.write(2, 'k').request.error, 0);
  rig.bay->faults().arm(0, IdChange{});
  EXPECT_EQ(rig.driver->find(id_of_d(0), 0), no_device);
  const DeviceId other = rig.driver->id_of(disk_slice(0, 0));
  EXPECT_NE(other, 0U);
  EXPECT_EQ(rig.driver->find(other, 0), disk_slice(0, 0));
  EXPECT_EQ(rig.read(2).letter(), 'k') << "the same disk, and what is open stays open";

  rig.bay->faults().arm(0, IdChange{.none = true});
  EXPECT_EQ(rig.driver->id_of(disk_slice(0, 0)), 0U);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), id_of_d(0), 0).error, ENXIO);
}

// Eight writes served one after the other: their answers come in another order, and each once.
TEST(CompletionReordering, AnswersOvertakeOneAnother_F31) {
  Rig rig(three_disks());
  rig.bay->faults().arm(0, CompletionReordering{.window = std::chrono::milliseconds{10}});
  std::vector<Io*> ios;
  for (uint32_t i = 0; i < 8; ++i) ios.push_back(&rig.start_write(i, static_cast<char>('a' + i)));
  rig.simulation.run();
  const auto later = [](const Io* a, const Io* b) { return a->done < b->done; };
  EXPECT_FALSE(std::is_sorted(ios.begin(), ios.end(), later));
  for (const Io* io : ios) EXPECT_EQ(io->completions, 1);
  EXPECT_EQ(rig.read(0, 8).letters(), "abcdefgh");
}

TEST(IdentityFaults, PrintAsTheLinesThatRepeatThem) {
  Rig rig(three_disks());
  FaultPlan& plan = rig.bay->faults();
  const auto with = [&](FaultHandle fault) { return plan.line(fault).with; };
  using P = FaultParameter;
  EXPECT_EQ(with(plan.arm(0, DeviceNumberChange{.disks = {2, 0}})),
            (std::vector<P>{{"of", int64_t{2}}, {"of", int64_t{0}}}));
  EXPECT_EQ(with(plan.arm(0, NameReuse{.by = 1})), (std::vector<P>{{"by", int64_t{1}}}));
  EXPECT_EQ(with(plan.arm(1, IdChange{.none = true})), (std::vector<P>{{"none", true}}));
  EXPECT_EQ(with(plan.arm(1, WrongSize{.size_blocks = 9})).front(), (P{"size_blocks", int64_t{9}}));
  EXPECT_EQ(with(plan.arm(1, CompletionReordering{})).front(), (P{"window", Duration{1ms}}));
}

}  // namespace
}  // namespace raidsim::disk
