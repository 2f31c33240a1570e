// tests/model/raid/resync_unit_test.cpp: the outcome table raid-resync.md 5.5 with a whole unit: who fails while a
// column is rebuilt or copied, and what becomes of column, other column, unit and spare. Column 1 is R, column 2 is X.
#include <gtest/gtest.h>

#include "model/raid/admin/get_sync.h"
#include "model/raid/admin/replace.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using hotspare::SpareState;
using md::EventSubclass;
using testing::Volume;
using testing::VolumeOptions;
using Hook = std::function<int(const IoRequest&)>;

constexpr uint64_t block_of_r = 8, block_of_x = 16;  // in line 0, whose parity column 3 is
constexpr uint64_t spare_disk = 4;

VolumeOptions three_regions(uint32_t spares) { return {.maxio = 16, .spares = spares, .strays = 1}; }

ReplaceRequest enable_r(Volume& v, bool force = false) {
  return {.minor = Volume::minor, .force = force, .old_device = v.column(1).orig.dev, .component = {}};
}
ReplaceRequest replace_r(Volume& v, uint64_t disk) {
  return {.minor = Volume::minor,
          .old_device = v.column(1).orig.dev,
          .component = {.device = v.disk(disk).number(), .key = static_cast<md::NameKey>(disk + 1)}};
}

/// Column 1 is errored and its disk well again; the pool gives nothing yet.
void lose_r(Volume& v) {
  for (auto& spare : v.spares) spare.state = SpareState::HSS_BROKEN;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(block_of_r, 1, 900), 0);
  }));
  v.heal(1);
  ASSERT_EQ(v.state(1), RCS_ERRED);
  for (auto& spare : v.spares) spare.state = SpareState::HSS_AVAILABLE;
}
/// Column 1 lives on the spare.
void move_r_to_spare(Volume& v) {
  lose_r(v);
  ASSERT_TRUE(v.run([&] { v.daemon->poke(); }));
  ASSERT_TRUE(v.column(1).hot_spared());
  ASSERT_EQ(v.un().un_state, RUS_OKAY);
}

bool data_write(Volume& v, const IoRequest& r) { return r.op == IoOp::write && r.block >= v.un().un_pwsize; }
bool of_normal_io(const IoRequest& r) { return r.blocks == 1; }

/// `action` runs as a fiber of the host when region `nth` of the resync is written to disk `target`; after that `then`
/// answers for the disk.
void at_region(Volume& v, uint64_t target, int nth, std::function<void()> action, Hook then = nullptr) {
  v.disk(target).on_request = [&v, nth, action, then, seen = 0](const IoRequest& r) mutable {
    const bool region = data_write(v, r) && !of_normal_io(r);
    if (region && ++seen == nth) v.host.spawn("normal I/O", action);
    return then != nullptr ? then(r) : 0;
  };
}

void expect_settled(Volume& v) {
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));  // RT-17
  EXPECT_EQ(v.un().un_resync_copysize, 0U);
  EXPECT_EQ(v.system->resync.md_raid_resync, 0U);
  for (const Column& column : v.un().columns) {
    EXPECT_NE(column.un_devstate, RCS_RESYNC);
    EXPECT_EQ(column.alt.dev, no_device);  // RS-05
    EXPECT_FALSE(column.has(MD_RAID_WRITE_ALT) || column.has(MD_RAID_ALT_ISOPEN));
    EXPECT_FALSE(column.has(MD_RAID_COPY_RESYNC) || column.has(MD_RAID_REGEN_RESYNC));  // RT-12
    EXPECT_TRUE(column.hot_spared() || column.now == column.orig);                      // RS-04
  }
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_START),
            v.heard(EventSubclass::ESC_SVM_RESYNC_DONE) + v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED));  // RE-01
  const Unit recorded = v.recorded();                                                                      // RT-18
  EXPECT_EQ(recorded.un_state, v.un().un_state);
  for (size_t c = 0; c < recorded.columns.size(); ++c) {
    EXPECT_EQ(recorded.columns[c].un_devstate, v.un().columns[c].un_devstate) << c;
    EXPECT_EQ(recorded.columns[c].un_hs_id, v.un().columns[c].un_hs_id) << c;
  }
}

void enable(Volume& v) {
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_r(v)).is_ok()); }));
}
void poke(Volume& v) {
  ASSERT_TRUE(v.run([&] { v.daemon->poke(); }));
}
void expect_data_right(Volume& v) {
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

// ---- WRERROR ----

TEST(ResyncRow, TargetWriteFailsRegenNoSpare) {
  Volume v(three_regions(0));
  lose_r(v);
  v.disk(4).on_request = [&](const IoRequest& r) { return data_write(v, r) ? EIO : 0; };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, replace_r(v, 4)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_TRUE(v.column(1).has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.said(md::MessageId::RESYNC_WRITE_ERROR), 1U);
  expect_settled(v);
  expect_data_right(v);
}

TEST(ResyncRow, AlternateWriteFailsWhileRebuilding_RH16) {
  Volume v(three_regions(1));
  move_r_to_spare(v);
  const uint64_t half = v.un().un_pwsize + 2 * v.options.interlace;
  v.disk(spare_disk).on_request = [half](const IoRequest& r) {
    return r.op == IoOp::read && r.block >= half ? EIO : 0;
  };
  v.disk(1).on_request = [&v, half](const IoRequest& r) { return data_write(v, r) && r.block >= half ? EIO : 0; };
  enable(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.said(md::MessageId::RESYNC_WRITE_ERROR), 1U);
  expect_settled(v);
  expect_data_right(v);
}

TEST(ResyncRow, LogOfTheSpareCannotBeWritten_RH19) {
  Volume v(three_regions(1));
  lose_r(v);
  v.disk(spare_disk).on_request = [&v](const IoRequest& r) {
    return r.op == IoOp::write && r.block < v.un().un_pwsize ? EIO : 0;
  };
  poke(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.said(md::MessageId::RESYNC_WRITE_ERROR), 1U);
  expect_settled(v);
}

TEST(ResyncRow, LogOfTheAlternateCannotBeWritten) {
  Volume v(three_regions(1));
  move_r_to_spare(v);
  v.disk(1).on_request = [&v](const IoRequest& r) {
    return r.op == IoOp::write && r.block < v.un().un_pwsize ? EIO : 0;
  };
  const size_t errored = v.heard(EventSubclass::ESC_SVM_ERRED);
  enable(v);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_ERRED), errored) << "no column is errored (RH-34)";
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.column(1).hot_spared());
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.said(md::MessageId::COPY_WRITE_ERROR), 1U);
  EXPECT_EQ(v.opens[1], 0);
  expect_settled(v);
  EXPECT_TRUE(v.parity_holds());
}

// A write of a client fails on the copy's target alone: the client does not hear of it, the copy ends, the spare
// serves.
TEST(ResyncRow, AlternateFailsInNormalIoWhileCopying) {
  Volume v(three_regions(1));
  move_r_to_spare(v);
  int answer = -1;
  at_region(
      v, 1, 2, [&] { answer = v.write(block_of_r, 1, 77); },
      [&v](const IoRequest& r) { return data_write(v, r) && of_normal_io(r) ? EIO : 0; });
  enable(v);
  EXPECT_EQ(answer, 0);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.said(md::MessageId::COPY_WRITE_ERROR), 1U);
  expect_settled(v);
  expect_data_right(v);
  EXPECT_TRUE(v.parity_holds());
}

// The flush that makes the rebuilt column durable fails: the column is not okay (RH-12.4, RC-02).
TEST(ResyncRow, LastFlushFails_RH12_RC02) {
  VolumeOptions options = three_regions(0);
  options.cache = CacheKind::volatile_write_back;
  Volume v(options);
  lose_r(v);
  v.disk(4).on_request = [flushes = 0](const IoRequest& r) mutable {
    return r.op == IoOp::flush && ++flushes == 2 ? EIO : 0;  // the first one ends the clearing of the log
  };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, replace_r(v, 4)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.said(md::MessageId::RESYNC_WRITE_ERROR), 1U);
  expect_settled(v);
}

// Without it power could take the rebuilt column away again (RH-12.4).
TEST(ResyncRow, RebuiltColumnOutlivesThePower_RH12) {
  VolumeOptions options = three_regions(0);
  options.cache = CacheKind::volatile_write_back;
  Volume v(options);
  lose_r(v);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, replace_r(v, 4)).is_ok()); }));
  ASSERT_EQ(v.state(1), RCS_OKAY);
  v.reboot();
  EXPECT_TRUE(v.parity_holds());
}

// ---- STATE ----

TEST(ResyncRow, XFailsInNormalIoRegenToSpare_RH18) {
  VolumeOptions options = three_regions(1);
  options.lines = 12;  // six regions
  Volume v(options);
  lose_r(v);
  at_region(v, spare_disk, 1, [&] {
    v.disk(2).on_request = [](const IoRequest& r) { return of_normal_io(r) ? EIO : 0; };
    testing::Bytes data(block_bytes);
    EXPECT_EQ(raid_transfer(v.unit(), md::BufferOp::read, block_of_x, 1, data.data()), 0) << "R is rebuilt there";
  });
  poke(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.state(2), RCS_LAST_ERRED);
  EXPECT_FALSE(v.column(2).has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(v.un().un_state, RUS_LAST_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED), 1U);
  EXPECT_GE(v.heard(EventSubclass::ESC_SVM_LASTERRED), 2U) << "of the error, and of the resync";
  const auto& log = v.disk(spare_disk).log;
  EXPECT_LT(std::count_if(log.begin(), log.end(),
                          [&](const auto& each) { return each.op == IoOp::write && each.block >= v.un().un_pwsize; }),
            6)
      << "seen between regions, not at the end";
  expect_settled(v);
}

TEST(ResyncRow, XFailsInNormalIoStillCopying_RH18) {
  Volume v(three_regions(1));
  move_r_to_spare(v);
  at_region(v, 1, 2, [&] {
    v.kill(2);
    testing::Bytes data(block_bytes);
    EXPECT_EQ(raid_transfer(v.unit(), md::BufferOp::read, block_of_x, 1, data.data()), 0);
  });
  enable(v);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.column(1).hot_spared());
  EXPECT_EQ(v.state(2), RCS_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.said(md::MessageId::COPY_STATE_CHANGED), 1U);
  expect_settled(v);
  expect_data_right(v);
}

TEST(ResyncRow, RFailsInNormalIoRegenToSpare_RH19) {
  Volume v(three_regions(1));
  lose_r(v);
  int answer = -1;
  at_region(
      v, spare_disk, 2, [&] { answer = v.write(block_of_r, 1, 77); },
      [&v](const IoRequest& r) { return data_write(v, r) && of_normal_io(r) ? EIO : 0; });
  poke(v);
  EXPECT_EQ(answer, 0);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  expect_settled(v);
  expect_data_right(v);
}

// The spare that is copied from fails in normal I/O: R keeps what was recorded, and the daemon gives the spare back
// broken.
TEST(ResyncRow, SpareFailsInNormalIoStillCopying_RH15) {
  Volume v(three_regions(1));
  move_r_to_spare(v);
  at_region(v, 1, 2, [&] {
    v.disk(spare_disk).on_request = [&v](const IoRequest& r) { return data_write(v, r) ? EIO : 0; };
    EXPECT_EQ(v.write(block_of_r, 1, 77), 0);
  });
  enable(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_TRUE(v.column(1).has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.said(md::MessageId::HS_ERRED_RELEASED), 1U);
  EXPECT_EQ(v.opens[1], 0);
  expect_settled(v);
  expect_data_right(v);
}

// X fails after the last region, while the thread waits for the last request to end: only the check under the final
// locks can see it.
TEST(ResyncRow, LastCheckSeesAnErrorOfTheLastRequest_RH14) {
  Volume v(three_regions(1));
  lose_r(v);
  at_region(v, spare_disk, 3, [&] {
    v.disk(2).service = 5ms;
    v.disk(2).on_request = [](const IoRequest& r) { return of_normal_io(r) ? EIO : 0; };
    testing::Bytes data(block_bytes);
    (void)raid_transfer(v.unit(), md::BufferOp::read, block_of_x, 1, data.data());
  });
  poke(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.state(2), RCS_LAST_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_LAST_ERRED);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_DONE), 0U);
  expect_settled(v);
}

// ---- copies from a spare that failed, alternates that do not open ----

/// Column 1 is errored on its spare, and no daemon can release it.
void err_the_spare(Volume& v) {
  move_r_to_spare(v);
  v.un().un_hsp_id = md::MD_HSP_NONE;
  v.kill(spare_disk);
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.write(block_of_r, 1, 901), 0); }));
  ASSERT_EQ(v.state(1), RCS_ERRED);
  ASSERT_TRUE(v.column(1).hot_spared());
}

TEST(ResyncRow, CopyWithAnErroredSourceIsARebuild_RH16_RH17) {
  Volume v(three_regions(1));
  err_the_spare(v);
  v.disk(spare_disk).log.clear();
  enable(v);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_FALSE(v.column(1).has(MD_RAID_MISSED_WRITE) || v.column(1).has(MD_RAID_DEV_ERRED));
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_TRUE(v.disk(spare_disk).log.empty());
  expect_settled(v);
  EXPECT_TRUE(v.parity_holds());
  expect_data_right(v);
}

// Clients write to lines that such a copy has rebuilt already: they reach the new device, since it was handed over
// first.
TEST(ResyncRow, WritesDuringACopyFromAnErroredSpareAreKept_RH16_RD04) {
  for (int nth = 1; nth <= 3; ++nth) {
    Volume v(three_regions(1));
    err_the_spare(v);
    at_region(v, 1, nth, [&] { v.fill(300); });
    enable(v);
    ASSERT_EQ(v.state(1), RCS_OKAY);
    EXPECT_TRUE(v.parity_holds());
    expect_data_right(v);
  }
}

TEST(ResyncRow, AlternateDoesNotOpenSpareStays) {
  Volume v(three_regions(1));
  move_r_to_spare(v);
  v.missing = {1};
  enable(v);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.column(1).hot_spared());
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.said(md::MessageId::ALT_OPEN_FAILED), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED), 1U);
  expect_settled(v);
}

TEST(ResyncRow, AlternateDoesNotOpenAndTheSpareWasErrored) {
  Volume v(three_regions(1));
  err_the_spare(v);
  v.missing = {1};
  enable(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_TRUE(v.column(1).has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  expect_settled(v);
  expect_data_right(v);
}

// X misses a logged write between the request and the set-up. Its log is kept for a first open (D-17); the resync that
// nobody forced neither replays it nor builds on X.
TEST(ResyncRow, KeptLogIsNotForAnyResync_D17_RH01) {
  Volume v(three_regions(1));
  lose_r(v);
  bool first = true;
  v.store.on_commit = [&] {
    if (!std::exchange(first, false)) return;
    v.column(2).un_devstate = RCS_LAST_ERRED;
    v.column(2).un_devflags |= MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE;
    v.un().un_state = RUS_LAST_ERRED;
  };
  poke(v);
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.state(2), RCS_LAST_ERRED);
  EXPECT_TRUE(v.column(2).has(MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE));
  EXPECT_EQ(v.un().un_state, RUS_LAST_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  expect_settled(v);
}

// ---- from LAST_ERRED ----

// R is errored, X last errored. R is enabled by force and rebuilt from what X holds; then X is an errored column like
// any.
TEST(ResyncRow, UnitWasLastErred_Rule10) {
  Volume v(three_regions(0));
  lose_r(v);
  ASSERT_TRUE(v.run([&] {
    v.disk(2).on_request = [](const IoRequest& r) { return of_normal_io(r) ? EIO : 0; };
    testing::Bytes data(block_bytes);
    EXPECT_EQ(raid_transfer(v.unit(), md::BufferOp::read, block_of_x, 1, data.data()), EIO);
    EXPECT_TRUE(raid_enable(*v.system, enable_r(v)).is(md::MDE_RAID_NEED_FORCE));
  }));
  ASSERT_EQ(v.state(2), RCS_LAST_ERRED);
  ASSERT_EQ(v.un().un_state, RUS_LAST_ERRED);
  v.heal(2);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_r(v, true)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.state(2), RCS_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_TRUE(v.column(2).has(MD_RAID_MISSED_WRITE));
  expect_settled(v);
  expect_data_right(v);
}

// ---- what runs shows, and does not block ----

TEST(ResyncRow, ProgressGrowsRegionByRegion_RT13) {
  Volume v(three_regions(1));
  lose_r(v);
  std::vector<uint64_t> lines;
  v.disk(spare_disk).on_request = [&](const IoRequest& r) {
    if (data_write(v, r)) lines.push_back(v.un().un_resync_line_index);
    return 0;
  };
  poke(v);
  EXPECT_EQ(lines, (std::vector<uint64_t>{2, 4, 6}));
  EXPECT_EQ(v.un().un_resync_line_index, 0U);
  expect_settled(v);
}

// Clients write to every line while the column is rebuilt, then while it is copied back: nothing is lost on the way.
TEST(ResyncRow, WritesDuringRebuildAndCopyAreKept_RD04_RD05) {
  for (int nth = 1; nth <= 3; ++nth) {
    Volume v(three_regions(1));
    lose_r(v);
    at_region(v, spare_disk, nth, [&] { v.fill(300); });
    poke(v);
    ASSERT_EQ(v.state(1), RCS_OKAY);
    EXPECT_TRUE(v.parity_holds());
    expect_data_right(v);
    at_region(v, 1, nth, [&] { v.fill(600); });
    enable(v);
    ASSERT_EQ(v.state(1), RCS_OKAY);
    EXPECT_FALSE(v.column(1).hot_spared());
    EXPECT_TRUE(v.parity_holds());
    expect_data_right(v);
    expect_settled(v);
  }
}

// There is no memory for the chunk buffers until a user has been served: the thread waits for it with no lock held, or
// both would wait for ever (decision 0045).
TEST(ResyncRow, MemoryIsWaitedForWithNoLockHeld_F53_RH25) {
  Volume v(three_regions(1));
  lose_r(v);
  Semaphore memory("memory");
  int asked = 0;
  v.before_allocate = [&](const char* site) {
    if (std::string_view(site) != "raid-resync-buffer" || asked++ != 0) return;
    v.host.spawn("user", [&] {
      EXPECT_EQ(v.write(block_of_x, 1, 901), 0);
      memory.release();
    });
    memory.acquire();
  };
  poke(v);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.parity_holds());
  expect_data_right(v);
  expect_settled(v);
}

}  // namespace
}  // namespace raidsim::raid
