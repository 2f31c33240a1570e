#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/raid/io_error.h"
#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;

void record(Bench& bench, DeviceNumber device, Purpose purpose) {
  WriteHold held = bench.unit->unit_lock.write();
  raid_error_state(*bench.unit, held, device, purpose);
  held.release();
}

TEST(RecordingAnError, OfADeviceThatBelongsToNobodyChangesNothing) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    const Unit before = bench.unit->un;
    record(bench, disk_slice(30, 0), Purpose::home);
    EXPECT_EQ(bench.unit->un, before);
    EXPECT_EQ(bench.store.commits, 5U) << "names of the columns, and nothing more";
  }));
}

// A read that failed has taken nothing away; a home write that failed has.
TEST(RecordingAnError, LastErroredKeepsItsDataUnlessAHomeWriteFailed) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    record(bench, disk_slice(0, 0), Purpose::read);
    record(bench, disk_slice(1, 0), Purpose::pre_write);
    EXPECT_EQ(bench.state(1), RCS_LAST_ERRED);
    EXPECT_FALSE(bench.unit->un.columns[1].has(MD_RAID_MISSED_WRITE));
    record(bench, disk_slice(1, 0), Purpose::home);
    EXPECT_TRUE(bench.unit->un.columns[1].has(MD_RAID_MISSED_WRITE));
  }));
}

// Parity that a regeneration or a repair could not write stands in no log: nothing can give it back (D-17).
TEST(RecordingAnError, UnloggedHomeWriteLeavesNoCompleteLog_D17) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    record(bench, disk_slice(0, 0), Purpose::read);
    record(bench, disk_slice(1, 0), Purpose::home);
    EXPECT_TRUE(bench.unit->un.columns[1].has(MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE));
    record(bench, disk_slice(1, 0), Purpose::unlogged_home);
    record(bench, disk_slice(2, 0), Purpose::unlogged_home);
    for (const uint64_t column : {1U, 2U}) {
      EXPECT_EQ(bench.state(column), RCS_LAST_ERRED);
      EXPECT_TRUE(bench.unit->un.columns[column].has(MD_RAID_MISSED_WRITE));
      EXPECT_FALSE(bench.unit->un.columns[column].has(MD_RAID_LOG_COMPLETE));
    }
  }));
}

// Each recorded failure is committed and announced, also when nothing changed.
TEST(RecordingAnError, CommitsAndAnnouncesEachTime_RC01) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    const uint64_t before = bench.store.commits;
    record(bench, disk_slice(0, 0), Purpose::read);
    record(bench, disk_slice(0, 0), Purpose::read);
    EXPECT_EQ(bench.store.commits, before + 2);
  }));
  EXPECT_EQ(bench.heard(md::EventSubclass::ESC_SVM_ERRED), 2U);
}

// The state is durable before the caller of the failed request hears anything: a power cut after the answer
// must not forget the errored column (K23, V14).
TEST(RecordingAnError, IsDurableBeforeTheAnswer_K23_RC01) {
  Bench bench;
  bench.store.commit_time = 5ms;
  bench.disk(0).on_request = [](const IoRequest& r) { return r.op == IoOp::write ? EIO : 0; };
  bench.run([&] {
    const uint64_t before = bench.store.commits;
    EXPECT_EQ(bench.write(0, 1, 1), 0);
    EXPECT_GT(bench.store.commits, before);
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// A short transfer without an errno is an error (F08).
TEST(RecordingAnError, ShortTransferIsAnError_F08) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 1, 1), 0);
    sleep_for(10ms);
    bench.disk(0).on_request = [](const IoRequest&) { return testing::BenchDisk::short_transfer; };
    EXPECT_TRUE(bench.reads_right(0, 1));
  });
  EXPECT_EQ(bench.state(0), RCS_ERRED);
}

// A device was closed under a column that is still to be read: the transfer fails instead of being sent (RL-14).
TEST(RecordingAnError, NothingIsSentToAClosedDevice_RL14) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 1, 1), 0);
    sleep_for(10ms);
    bench.unit->set_device(ColumnIndex{0}, Target::now, nullptr);
    bench.unit->un.columns[0].un_devflags &= ~uint32_t{MD_RAID_DEV_ISOPEN};
    bench.disk(0).log.clear();
    EXPECT_TRUE(bench.reads_right(0, 1));
    EXPECT_TRUE(bench.disk(0).log.empty());
  });
  EXPECT_EQ(bench.state(0), RCS_ERRED);
  EXPECT_EQ(bench.leftovers(), "");
}

// A column has no device number any more (NODEV64): its failure is its own, not that of the first column, which
// has no alternate.
TEST(RecordingAnError, NoDeviceIsNobodysAlternate) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(8, 1, 1), 0);
    sleep_for(10ms);
    bench.unit->set_device(ColumnIndex{1}, Target::now, nullptr);
    bench.unit->un.columns[1].un_devflags &= ~uint32_t{MD_RAID_DEV_ISOPEN};
    bench.unit->un.columns[1].now.dev = no_device;
    EXPECT_TRUE(bench.reads_right(8, 1));
  });
  EXPECT_EQ(bench.state(1), RCS_ERRED);
  EXPECT_FALSE(bench.unit->un.columns[0].has(MD_RAID_RESYNC_ERRED));
  EXPECT_EQ(bench.leftovers(), "") << bench.why();
}

// Several pieces of one request, one of them beyond tolerance: the request fails once, with its error (RH-05).
TEST(RecordingAnError, OneFailedPieceFailsTheRequestOnce_RH05_RL10) {
  Bench bench;
  int answers = 0, error = 0;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 64, 1), 0);
    sleep_for(10ms);
    bench.disk(1).on_request = bench.disk(2).on_request = [](const IoRequest&) { return EIO; };
    Bytes room(64 * block_bytes);
    struct Answer {
      int* answers;
      int* error;
    } answer{&answers, &error};
    md::Buffer buffer;
    buffer.bytes = 64 * block_bytes;
    buffer.data = room.data();
    buffer.owner = &answer;
    buffer.done = [](md::Buffer& b) {
      auto& told = *static_cast<Answer*>(b.owner);
      ++*told.answers;
      *told.error = b.error;
    };
    md_raid_strategy(*bench.unit, buffer, md::MD_STR_TOP);
    sleep_for(1s);
  });
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(error, EIO);
  EXPECT_EQ(bench.leftovers(), "");
}

}  // namespace
}  // namespace raidsim::raid
