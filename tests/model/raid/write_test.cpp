#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/sync/lock_order.h"
#include "model/raid/prewrite_header.h"
#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::BenchDisk;
using testing::BenchOptions;
using testing::Bytes;

int fails(const IoRequest&) { return EIO; }

bool is_log(const Bench& bench, uint64_t block) { return block < bench.unit->un.un_pwsize; }

/// Headers of live entries now on a column's medium.
std::vector<PreWriteHeader> entries(Bench& bench, uint64_t column) {
  std::vector<PreWriteHeader> found;
  const Unit& un = bench.unit->un;
  for (uint64_t slot = 0; slot < un.un_pwcnt; ++slot) {
    std::byte* block = bench.disk(column).at(un.columns[column].now.pwstart + slot * un.un_iosize);
    const PreWriteHeader header = decode_header(ConstHeaderBlock(block, block_bytes));
    if (!plausible(header, un, ColumnIndex{column})) continue;
    if (checksums_match(header, {block + block_bytes, header.rpw_blkcnt * size_t{block_bytes}}))
      found.push_back(header);
  }
  return found;
}

// One block, all well: two reads, two pre-writes, two home writes, in that order, and nothing else.
TEST(PartialWrite, ReadsLogsThenWritesHome_RL11) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(0, 1, 7), 0); }));
  for (const uint64_t column : {uint64_t{0}, uint64_t{4}}) {  // data, parity of line 0
    const auto& log = bench.disk(column).log;
    ASSERT_EQ(log.size(), 3U) << "column " << column;
    EXPECT_EQ(log[0].op, IoOp::read);
    EXPECT_TRUE(is_log(bench, log[1].block));
    EXPECT_TRUE(log[1].fua) << "RH-12: a pre-write is durable by its completion";
    EXPECT_EQ(log[1].blocks, 2U);
    EXPECT_FALSE(is_log(bench, log[2].block));
    EXPECT_LT(log[1].at, log[2].at);
  }
  for (const uint64_t column : {1U, 2U, 3U}) EXPECT_TRUE(bench.disk(column).log.empty());
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_EQ(bench.leftovers(), "");
}

// The two entries name each other and carry what goes home (raid-data-model.md 6.2).
TEST(PartialWrite, EntriesNameEachOther) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(2, 3, 7), 0); }));
  const auto data = entries(bench, 0), parity = entries(bench, 4);
  ASSERT_EQ(data.size(), 1U);
  ASSERT_EQ(parity.size(), 1U);
  EXPECT_EQ(data[0].rpw_colcount, 2U);
  EXPECT_EQ(data[0].rpw_columnnum, 4);
  EXPECT_EQ(parity[0].rpw_columnnum, 0);
  EXPECT_EQ(data[0].rpw_id, parity[0].rpw_id);
  EXPECT_EQ(data[0].rpw_blkno, 2U);
  EXPECT_EQ(data[0].rpw_blkcnt, 3U);
}

// The caller hears of success when both entries are durable, while home writes are still to come (RL-12).
TEST(PartialWrite, CallerIsToldAfterThePreWrites_RL12) {
  Bench bench;
  bench.run([&] {
    SimTime told{};
    EXPECT_EQ(bench.write(0, 1, 7), 0);
    told = now();
    EXPECT_EQ(bench.disk(0).log.size(), 2U) << "read and pre-write are over, the home write is not";
    EXPECT_EQ(entries(bench, 0).size(), 1U);
    EXPECT_EQ(entries(bench, 4).size(), 1U);
    EXPECT_EQ(bench.unit->parents(), 1U);
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// A volatile cache: slots come free only after a flush that follows the home write (RH-12.2), and one flush
// serves several writes.
TEST(PartialWrite, SlotIsKeptUntilTheHomeWriteIsDurable_RH12_V9) {
  Bench bench({.cache = CacheKind::volatile_write_back});
  bench.run([&] {
    for (uint64_t i = 0; i < 6; ++i) {
      bench.simulation.spawn("writer", [&, i] { EXPECT_EQ(bench.write(i, 1, i), 0); });
    }
  });
  const auto& log = bench.disk(0).log;
  EXPECT_EQ(log.back().op, IoOp::flush);
  const auto flushes = std::count_if(log.begin(), log.end(), [](const auto& s) { return s.op == IoOp::flush; });
  EXPECT_LT(flushes, 6) << "one flush serves many writes (D-12)";
  EXPECT_EQ(bench.leftovers(), "");
  for (auto& disk : bench.disks) disk->power_cut();
  EXPECT_TRUE(bench.parity_holds()) << "everything that is not in use any more is durable";
}

TEST(PartialWrite, NoFlushWithoutAVolatileCache) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(0, 1, 7), 0); }));
  for (auto& disk : bench.disks) {
    for (const auto& served : disk->log) EXPECT_NE(served.op, IoOp::flush);
  }
}

// The flush after a home write fails: the column may have missed the write, and says so durably.
TEST(PartialWrite, FailedFlushIsAFailedHomeWrite_RH12) {
  Bench bench({.cache = CacheKind::volatile_write_back});
  bench.disk(0).on_request = [](const IoRequest& r) { return r.op == IoOp::flush ? EIO : 0; };
  bench.run([&] { EXPECT_EQ(bench.write(0, 1, 7), 0); });
  EXPECT_EQ(bench.state(0), RCS_ERRED);
  EXPECT_TRUE(bench.unit->un.columns[0].has(MD_RAID_MISSED_WRITE));
  EXPECT_TRUE(bench.run([&] { EXPECT_TRUE(bench.all_reads_right()); }));
  EXPECT_EQ(bench.leftovers(), "");
}

struct FailureCase {
  const char* name;
  uint64_t column;  ///< 0: data, 4: parity of the row written
  int request;      ///< the column's how manieth request fails: read, pre-write, home
  ColumnState state;
  bool missed;
};

class OneFailure : public ::testing::TestWithParam<FailureCase> {};

// One request of a read-modify-write fails, each in turn: the write succeeds all the same, the column is
// errored and committed before the caller hears of it, and the data are there (fault-model: one failure).
TEST_P(OneFailure, WriteSucceedsAndTheColumnIsErred_RL13) {
  const FailureCase& failure = GetParam();
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 20, 1), 0);
    sleep_for(10ms);
    int count = 0;
    bench.disk(failure.column).on_request = [&, count](const IoRequest&) mutable {
      return count++ == failure.request ? EIO : 0;
    };
    const uint64_t before = bench.store.commits;
    EXPECT_EQ(bench.write(0, 1, 2), 0);
    if (failure.request < 2) {
      EXPECT_GT(bench.store.commits, before);
    }
    sleep_for(10ms);
    EXPECT_EQ(bench.state(failure.column), failure.state);
    EXPECT_TRUE(bench.all_reads_right());
    bench.disk(failure.column).on_request = fails;
    EXPECT_TRUE(bench.all_reads_right());
  });
  EXPECT_EQ(bench.unit->un.un_state, RUS_ERRED);
  EXPECT_EQ(bench.said(md::MessageId::WRITE_ERROR), 1U);
  EXPECT_GE(bench.pokes, 1U);
  EXPECT_EQ(bench.leftovers(), "") << bench.why();
}
INSTANTIATE_TEST_SUITE_P(PartialWrite, OneFailure,
                         ::testing::Values(FailureCase{"DataRead", 0, 0, RCS_ERRED, false},
                                           FailureCase{"DataPreWrite", 0, 1, RCS_ERRED, false},
                                           FailureCase{"DataHome", 0, 2, RCS_ERRED, true},
                                           FailureCase{"ParityRead", 4, 0, RCS_ERRED, false},
                                           FailureCase{"ParityPreWrite", 4, 1, RCS_ERRED, false},
                                           FailureCase{"ParityHome", 4, 2, RCS_ERRED, true}),
                         [](const auto& each) { return each.param.name; });

// Both columns of a write fail at once: nothing was acknowledged, the caller gets EIO, and writes stop.
TEST(PartialWrite, BothColumnsFailingIsEio_RH04) {
  Bench bench;
  bench.run([&] {
    bench.disk(0).on_request = bench.disk(4).on_request = fails;
    EXPECT_EQ(bench.write(0, 1, 2), EIO);
    EXPECT_EQ(bench.unit->un.un_state, RUS_LAST_ERRED);
    EXPECT_EQ(bench.write(9, 1, 3), EIO) << "LAST_ERRED refuses writes to columns that work, too";
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// A write waits in the queue while the unit becomes LAST_ERRED. It has not been logged, so it fails (RH-04).
TEST(PartialWrite, QueuedWriteFailsOnceTheUnitIsLastErrored_RH04) {
  Bench bench;
  int queued = -1;
  bench.run([&] {
    RaidUnit& unit = *bench.unit;
    ReadHold io = unit.io_lock.read();
    auto held = std::make_unique<RowReaderLock>(unit, RowIndex{0}, 1);
    bench.simulation.spawn("writer", [&] { queued = bench.write(0, 1, 1); });
    sleep_for(1ms);
    EXPECT_EQ(unit.lines.queue_length(), 1U);
    bench.disk(1).on_request = bench.disk(2).on_request = fails;
    Bytes data;
    EXPECT_EQ(bench.read(9, 1, data), EIO);
    held.reset();
    io.release();
  });
  EXPECT_EQ(queued, EIO);
  EXPECT_EQ(bench.leftovers(), "");
}

// Parity only: the data column is errored, its new content lives in the parity alone.
TEST(DegradedWrite, ParityCarriesTheLostColumn) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 32, 1), 0);
    bench.disk(0).on_request = fails;
    EXPECT_TRUE(bench.reads_right(0, 1));
    EXPECT_EQ(bench.write(1, 2, 5), 0);
    EXPECT_TRUE(bench.all_reads_right());
  });
  const auto parity = entries(bench, 4);
  ASSERT_FALSE(parity.empty());
  const auto newest =
      *std::max_element(parity.begin(), parity.end(), [](const auto& a, const auto& b) { return a.rpw_id < b.rpw_id; });
  EXPECT_EQ(newest.rpw_colcount, 1U);
  EXPECT_EQ(newest.rpw_columnnum, -1);
  EXPECT_EQ(bench.leftovers(), "");
}

// Data only: parity is errored and is not touched.
TEST(DegradedWrite, DataOnlyWhenParityIsErred) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 32, 1), 0);
    bench.disk(4).on_request = fails;
    EXPECT_EQ(bench.write(0, 1, 2), 0);
    const size_t before = bench.disk(4).log.size();
    EXPECT_EQ(bench.write(0, 1, 3), 0);
    sleep_for(10ms);
    EXPECT_EQ(bench.disk(4).log.size(), before);
    EXPECT_TRUE(bench.all_reads_right());
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// Parity-only needs every other column to be valid; one that missed a write is no source (RH-01).
TEST(DegradedWrite, StaleSourceFailsTheWrite_RH01) {
  Bench bench;
  bench.run([&] {
    Unit& un = bench.unit->un;
    un.columns[0].un_devstate = RCS_ERRED;
    un.columns[0].un_devflags |= MD_RAID_MISSED_WRITE;
    un.columns[1].un_devstate = RCS_RESYNC;
    un.columns[1].un_devflags |= MD_RAID_REGEN_RESYNC;
    un.un_state = RUS_ERRED;  // not a state the rules lead to: the source check stands on its own feet
    EXPECT_EQ(bench.write(0, 1, 2), EIO);
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// A column under rebuild: below the resync line it is written, above it is left for the resync.
TEST(DegradedWrite, ResyncLineDividesTheColumn) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 200, 1), 0);
    sleep_for(10ms);
    Unit& un = bench.unit->un;
    un.columns[0].un_devstate = RCS_RESYNC;
    un.columns[0].un_devflags |= MD_RAID_REGEN_RESYNC;
    un.un_resync_line_index = 1;
    un.un_state = RUS_ERRED;
    bench.disk(0).log.clear();
    EXPECT_EQ(bench.write(0, 1, 2), 0);  // line 0, column 0
    sleep_for(10ms);
    EXPECT_EQ(bench.disk(0).log.size(), 3U);
    bench.disk(0).log.clear();
    EXPECT_EQ(bench.write(88, 1, 3), 0);  // line 2, segment 11: column (3 + 2) % 5 = 0
    sleep_for(10ms);
    EXPECT_TRUE(bench.disk(0).log.empty());
    EXPECT_TRUE(bench.reads_right(88, 1));
  });
  EXPECT_EQ(bench.leftovers(), "");
}

/// A bench whose column 0 is being copied from disk 0 to disk 5.
void start_copy(Bench& bench) {
  Column& column = bench.unit->un.columns[0];
  column.un_devstate = RCS_RESYNC;
  column.un_hs_id = 77;
  column.alt = {.dev = disk_slice(5, 0), .pwstart = 4, .devstart = 4 + bench.unit->un.un_pwsize};
  column.un_devflags |= MD_RAID_COPY_RESYNC | MD_RAID_WRITE_ALT | MD_RAID_ALT_ISOPEN;
  bench.unit->set_device(ColumnIndex{0}, Target::alt, bench.disks[5].get());
}

// A copy back runs: every write to the column goes to its alternate as well, log entry included, whether the
// column is the data or the parity column of the write (K15).
TEST(WriteToAlternate, EveryWriteReachesBothDevices_K15) {
  Bench bench({.spare_disks = 1});
  bench.run([&] {
    start_copy(bench);
    EXPECT_EQ(bench.write(0, 1, 1), 0);   // column 0 is data of line 0
    EXPECT_EQ(bench.write(32, 1, 2), 0);  // and parity of line 1
    sleep_for(10ms);
  });
  EXPECT_EQ(std::memcmp(bench.row(0, 0), bench.disk(5).at(4 + bench.unit->un.un_pwsize), block_bytes), 0);
  EXPECT_EQ(std::memcmp(bench.row(0, 8), bench.disk(5).at(4 + bench.unit->un.un_pwsize + 8), block_bytes), 0);
  EXPECT_EQ(bench.disk(5).log.size(), 4U) << "two pre-writes, two home writes";
  EXPECT_TRUE(bench.run([&] { EXPECT_TRUE(bench.all_reads_right()); }));
  EXPECT_EQ(bench.leftovers(), "");
}

// Older entries under a write are erased on the alternate too: its log is the column's when the copy has ended (RH-06).
TEST(WriteToAlternate, OlderEntriesAreErasedThereToo_RH06_RL08) {
  Bench bench({.spare_disks = 1});
  bench.run([&] {
    start_copy(bench);
    EXPECT_EQ(bench.write(0, 2, 1), 0);
    bench.simulation.spawn("other", [&] { EXPECT_EQ(bench.write(2, 2, 2), 0); });
    EXPECT_EQ(bench.write(4, 1, 3), 0);
    sleep_for(10ms);
    EXPECT_EQ(bench.write(0, 8, 4), 0);
  });
  const Unit& un = bench.unit->un;
  uint32_t live = 0;
  for (uint64_t slot = 0; slot < un.un_pwcnt; ++slot) {
    const auto* block = bench.disk(5).at(4 + slot * un.un_iosize);
    live += plausible(decode_header(ConstHeaderBlock(block, block_bytes)), un, ColumnIndex{0}) ? 1U : 0U;
  }
  EXPECT_EQ(live, 1U);
}

// The alternate fails: the write succeeds, no column changes state, the copy is told.
TEST(WriteToAlternate, FailedAlternateSpoilsTheCopyAlone) {
  for (const int nth : {0, 1}) {
    Bench bench({.spare_disks = 1});
    bench.run([&] {
      start_copy(bench);
      int count = 0;
      bench.disk(5).on_request = [count, nth](const IoRequest&) mutable { return count++ == nth ? EIO : 0; };
      EXPECT_EQ(bench.write(0, 1, 1), 0);
      sleep_for(10ms);
      EXPECT_TRUE(bench.reads_right(0, 1));
    });
    EXPECT_EQ(bench.state(0), RCS_RESYNC);
    EXPECT_TRUE(bench.unit->un.columns[0].has(MD_RAID_RESYNC_ERRED));
    EXPECT_EQ(bench.unit->un.un_state, RUS_OKAY);
    EXPECT_EQ(bench.said(md::MessageId::WRITE_ERROR), 0U);
    EXPECT_EQ(bench.leftovers(), "");
  }
}

// RH-17: the spare that is copied from had failed before; its content is not to be trusted, nor added to.
TEST(WriteToAlternate, CopyWithAnErroredSourceIsNotWritten_RH17) {
  Bench bench({.spare_disks = 1});
  bench.run([&] {
    start_copy(bench);
    bench.unit->un.columns[0].un_devflags |= MD_RAID_DEV_ERRED;
    EXPECT_EQ(bench.write(0, 1, 1), 0);
    sleep_for(10ms);
    EXPECT_TRUE(bench.disk(0).log.empty());
    EXPECT_TRUE(bench.disk(5).log.empty());
    EXPECT_TRUE(bench.reads_right(0, 1));
  });
}

// All slots of a column are in use: a further write waits its turn and is not forgotten (K18).
TEST(PreWriteSlots, WritersWaitForASlotAndAllEnd_K18) {
  Bench bench({.slots = 2});
  int ended = 0;
  bench.run([&] {
    for (uint64_t i = 0; i < 8; ++i) {
      bench.simulation.spawn("writer", [&, i] {
        EXPECT_EQ(bench.write(i, 1, i), 0);
        ++ended;
      });
    }
  });
  EXPECT_EQ(ended, 8);
  EXPECT_LT(bench.simulation.now(), sim_start + 100ms) << "woken by the release, not by the half-second timeout";
  EXPECT_EQ(bench.leftovers(), "");
}

// Two old entries lie under one new write: one slot is written over, the other's header is erased as part of
// the pre-write stage, so that no older entry for these rows outlives the write (RH-06).
TEST(PreWriteSlots, OlderEntriesUnderAWriteAreErased_RH06_RL08) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 2, 1), 0);
    bench.simulation.spawn("other", [&] { EXPECT_EQ(bench.write(2, 2, 2), 0); });
    EXPECT_EQ(bench.write(4, 1, 3), 0);
    sleep_for(10ms);
    EXPECT_EQ(entries(bench, 0).size(), 3U);
    EXPECT_EQ(bench.write(0, 8, 4), 0);
    EXPECT_EQ(entries(bench, 0).size(), 1U) << "by the time the caller is told";
    EXPECT_EQ(entries(bench, 4).size(), 1U);
  });
  EXPECT_EQ(bench.unit->statistics.erased_slots, 4U);
  EXPECT_EQ(bench.leftovers(), "");
}

// A write is queued because its rows lie under the old entry of a slot that another write is logging over. It starts
// when that entry is gone, not only when the other write has ended (RH-06.2).
TEST(PreWriteSlots, QueueRunsWhenAPreWriteStageEnds_RH06_RG04) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 4, 1), 0);
    sleep_for(10ms);
    bench.disk(0).log.clear();
    bench.simulation.spawn("other", [&] { EXPECT_EQ(bench.write(0, 2, 3), 0); });
    EXPECT_EQ(bench.write(2, 6, 2), 0);
    sleep_for(10ms);
  });
  EXPECT_EQ(bench.unit->statistics.writer_waits, 1U);
  const uint64_t home = bench.unit->un.un_pwsize;
  SimTime home_written{}, other_read{};
  for (const auto& served : bench.disk(0).log) {
    if (served.op == IoOp::write && served.block == home + 2) home_written = served.at;
    if (served.op == IoOp::read && served.block == home) other_read = served.at;
  }
  EXPECT_LE(other_read, home_written);
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_EQ(bench.leftovers(), "");
}

// The erasure fails: that is a write error of the column, and the retry does without the column.
TEST(PreWriteSlots, FailedErasureIsAWriteError_RH06) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 2, 1), 0);
    bench.simulation.spawn("other", [&] { EXPECT_EQ(bench.write(2, 2, 2), 0); });
    EXPECT_EQ(bench.write(4, 1, 3), 0);
    sleep_for(10ms);
    bench.disk(4).on_request = [](const IoRequest& r) {
      return r.op == IoOp::write && r.blocks == 1 && r.fua ? EIO : 0;
    };
    EXPECT_EQ(bench.write(0, 8, 4), 0);
    sleep_for(10ms);
    EXPECT_EQ(bench.state(4), RCS_ERRED);
    EXPECT_TRUE(bench.all_reads_right());
  });
  EXPECT_EQ(bench.leftovers(), "");
}

TEST(Entry, StaleSetRefusesWrites_RC06) {
  Bench bench;
  bench.run([&] {
    bench.store.is_stale = true;
    EXPECT_EQ(bench.write(0, 1, 1), EROFS);
    EXPECT_TRUE(bench.reads_right(0, 1));
  });
}

TEST(Entry, LabelIsNotWritten) {
  Bench bench;
  bench.run([&] {
    bench.unit->un.un_flag |= MD_LABELED;
    EXPECT_EQ(bench.write(0, 1, 1), EINVAL);
    EXPECT_EQ(bench.write(1, 1, 1), 0);
  });
  EXPECT_EQ(bench.said(md::MessageId::WRITE_TO_LABEL), 1U);
}

// While the unit is REGEN every request first makes the parity of its rows right (raid-io.md 9).
TEST(RegenInIo, ParityIsRightAfterAnyAccess_RH24) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 64, 1), 0);
    sleep_for(10ms);
    std::memset(bench.row(4, 0), 0x11, 8 * block_bytes);  // parity of line 0 is wrong
    bench.unit->un.un_state = RUS_REGEN;
    EXPECT_TRUE(bench.reads_right(0, 4));
    EXPECT_EQ(bench.write(4, 4, 2), 0);
    sleep_for(10ms);
    bench.unit->un.un_state = RUS_OKAY;
  });
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_EQ(bench.leftovers(), "");
}

// An error inside the regeneration errs the failing column alone (RH-24.1), and the read goes on.
TEST(RegenInIo, ErrorErrsTheFailingColumnAlone_RH24) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 64, 1), 0);
    sleep_for(10ms);
    bench.unit->un.un_state = RUS_REGEN;
    bench.disk(2).on_request = fails;
    EXPECT_TRUE(bench.reads_right(0, 1));
    EXPECT_EQ(bench.state(2), RCS_ERRED);
    EXPECT_EQ(bench.unit->un.un_state, RUS_ERRED);
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// Random writers, one column that starts failing at some request: all acknowledged data are read back, parity
// holds while all columns are well, valid log entries never overlap (RL-08), nothing is left behind.
RC_GTEST_PROP(DataPath, AcknowledgedDataSurviveOneFailure_RD01_RL08_RL17, ()) {
  BenchOptions options{.columns = *rc::gen::inRange<uint32_t>(3, 7),
                       .interlace = *rc::gen::inRange<uint64_t>(2, 9),
                       .lines = 6,
                       .slots = *rc::gen::inRange<uint32_t>(2, 6)};
  options.maxio = *rc::gen::element<uint64_t>(2048, 4);
  options.cache = *rc::gen::element(CacheKind::none, CacheKind::volatile_write_back);
  options.simulation.seed = *rc::gen::arbitrary<uint32_t>();
  options.simulation.policy.kind = *rc::gen::element(PolicyKind::fifo, PolicyKind::random);
  options.simulation.policy.window = *rc::gen::element<Duration>(0ns, 300us);
  Bench bench(options);
  const bool failure = *rc::gen::inRange(0, 2) == 1;
  const auto failing = *rc::gen::inRange<uint64_t>(0, options.columns);
  const auto after = *rc::gen::inRange(0, 40);
  if (failure) {
    bench.disk(failing).on_request = [after, count = 0](const IoRequest&) mutable {
      return count++ >= after ? EIO : 0;
    };
  }
  const uint64_t total = bench.unit->un.un_total_blocks;
  const auto clients = *rc::gen::inRange<uint64_t>(1, 4);
  for (uint64_t client = 0; client < clients; ++client) {  // each on blocks of its own
    const uint64_t low = total * client / clients, high = total * (client + 1) / clients;
    struct Write {
      uint64_t block;
      uint32_t blocks;
    };
    std::vector<Write> writes(*rc::gen::inRange<size_t>(1, 12));
    for (auto& w : writes) {
      w.block = *rc::gen::inRange<uint64_t>(low, high);
      w.blocks = static_cast<uint32_t>(*rc::gen::inRange<uint64_t>(1, high - w.block + 1));
    }
    bench.simulation.spawn("client", [&bench, writes = std::make_shared<std::vector<Write>>(writes)] {
      uint64_t tag = 0;
      for (const Write& w : *writes) RAIDSIM_ASSERT(bench.write(w.block, w.blocks, ++tag * 77 + w.block) == 0);
    });
  }
  bench.run([] {});
  RC_ASSERT(bench.why() == "");
  RC_ASSERT(bench.simulation.lock_order().report() == "");  // RL-16
  RC_ASSERT(bench.leftovers() == "");
  for (uint64_t column = 0; column < options.columns; ++column) {
    const auto live = entries(bench, column);
    for (size_t i = 0; i < live.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        const RowRange a{live[i].rpw_blkno, live[i].rpw_blkno + live[i].rpw_blkcnt - 1};
        const RowRange b{live[j].rpw_blkno, live[j].rpw_blkno + live[j].rpw_blkcnt - 1};
        RC_ASSERT(bench.state(column) != RCS_OKAY || !a.overlaps(b));  // RL-08
      }
    }
  }
  if (bench.unit->un.un_state == RUS_OKAY) RC_ASSERT(bench.parity_holds());
  bool right = false;
  RC_ASSERT(bench.run([&] { right = bench.all_reads_right(); }));
  RC_ASSERT(right);
}

}  // namespace
}  // namespace raidsim::raid
