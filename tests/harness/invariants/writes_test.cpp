// RL-11, RL-12, V9: stories of one write, told transfer by transfer.
#include <gtest/gtest.h>

#include "harness/invariants/log_tracker.h"
#include "harness/invariants/write_tracker.h"

namespace raidsim::harness {
namespace {

const int request = 0;

PreWriteIssue pre_write(uint32_t column, uint64_t number, uint32_t colcount = 2, uint64_t pwid = 5) {
  return {.unit = 0,
          .pwid = pwid,
          .buffer = &request,
          .colcount = colcount,
          .column = column,
          .alternate = false,
          .disk = column,
          .number = number,
          .blocks = 3,
          .user_blocks = 2};
}

TEST(WriteTracker, HomeWaitsForBothPreWrites_RL11) {
  WriteTracker tracker;
  tracker.pre_write_issued(pre_write(0, 1));
  tracker.pre_write_issued(pre_write(3, 1));
  tracker.completed(0, 1, false, true);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");  // K20: the parity entry is not there yet
  tracker.completed(3, 1, false, true);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
  EXPECT_EQ(tracker.home_issued(0, 5, 3), "");
  EXPECT_NE(tracker.home_issued(0, 5, 1), "");  // never logged there
  EXPECT_NE(tracker.home_issued(0, 6, 0), "");  // a write that logged nothing
}

// RH-12: on a disk with a volatile cache a completion without FUA says nothing; the medium's word counts.
TEST(WriteTracker, VolatileCompletionIsNotEnough_RL11) {
  WriteTracker tracker;
  tracker.pre_write_issued(pre_write(0, 1, 1));
  tracker.completed(0, 1, false, false);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  tracker.durable(0, 1, 2);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  tracker.durable(0, 1, 1);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
}

// One of two pre-writes fails, the retry logs data alone.
TEST(WriteTracker, RetryLogsAnew_RL11) {
  WriteTracker tracker;
  tracker.pre_write_issued(pre_write(0, 1));
  tracker.pre_write_issued(pre_write(3, 1));
  tracker.completed(0, 1, false, true);
  tracker.completed(3, 1, true, true);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");  // K03: the failure is ignored
  tracker.pre_write_issued(pre_write(0, 2, 1));
  tracker.completed(0, 2, false, true);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
  EXPECT_EQ(tracker.answered(&request, 2), "");
}

// A path goes when the write is on the disk and its answer is not back, so the host driver sends it once more (F46).
// The write as a whole is not logged anew: the other column's pre-write counts as before.
TEST(WriteTracker, WhatTheDriverSendsAgainIsNoRetryOfTheWrite_RL12_F46) {
  WriteTracker tracker;
  tracker.pre_write_issued(pre_write(0, 1));
  tracker.pre_write_issued(pre_write(3, 1));
  tracker.completed(0, 1, false, true);
  tracker.durable(3, 1, 100);
  PreWriteIssue again = pre_write(3, 2);
  again.again = true;
  tracker.pre_write_issued(again);
  EXPECT_NE(tracker.answered(&request, 2), "") << "it is not back yet";
  tracker.completed(3, 2, false, true);
  EXPECT_EQ(tracker.answered(&request, 2), "");
  EXPECT_EQ(tracker.home_issued(0, 5, 3), "");
}

TEST(WriteTracker, AlternatesDoNotCount_RL11) {
  WriteTracker tracker;
  PreWriteIssue alternate = pre_write(0, 9, 1);
  alternate.alternate = true;
  tracker.pre_write_issued(alternate);
  tracker.pre_write_issued(pre_write(0, 1, 1));
  tracker.completed(0, 9, false, true);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  tracker.completed(0, 1, false, true);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
}

// A full line over five columns with one gone logs on four and says five.
TEST(WriteTracker, FullLineMayLackOneColumn_RL11) {
  WriteTracker tracker;
  for (uint32_t c = 0; c < 4; ++c) tracker.pre_write_issued(pre_write(c, 1, 5));
  for (uint32_t c = 0; c < 3; ++c) tracker.completed(c, 1, false, true);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  tracker.completed(3, 1, false, true);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
}

// F27: the host gives a pre-write up, nobody says so; the line is logged again without its column.
TEST(WriteTracker, AbortedPreWriteIsNotWaitedFor_RL11) {
  WriteTracker tracker;
  for (uint32_t c = 0; c < 4; ++c) tracker.pre_write_issued(pre_write(c, 1, 4));
  for (uint32_t c = 0; c < 3; ++c) tracker.completed(c, 1, false, true);
  for (uint32_t c = 0; c < 3; ++c) tracker.pre_write_issued(pre_write(c, 2, 4));
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  for (uint32_t c = 0; c < 3; ++c) tracker.completed(c, 2, false, true);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
}

TEST(WriteTracker, AnswerWaitsForAllPieces_RL12) {
  WriteTracker tracker;
  tracker.pre_write_issued(pre_write(0, 1, 1, 5));
  tracker.completed(0, 1, false, true);
  EXPECT_NE(tracker.answered(&request, 4), "");  // the other piece was never logged
  tracker.pre_write_issued(pre_write(1, 1, 1, 6));
  EXPECT_NE(tracker.answered(&request, 4), "");  // ... is not durable
  tracker.completed(1, 1, false, true);
  EXPECT_EQ(tracker.answered(&request, 4), "");
  tracker.forget(&request);
  EXPECT_NE(tracker.answered(&request, 4), "");  // another request in the same place starts from nothing
  EXPECT_EQ(tracker.home_issued(0, 6, 1), "");   // the write itself goes on
}

// The host dies with a pre-write under way and boots again. Numbers of pre-writes start anew, and what the disk still
// says of the old transfer is no news of the new write.
TEST(WriteTracker, ACrashForgetsWhatWasOpen_RL11) {
  WriteTracker tracker;
  tracker.pre_write_issued(pre_write(0, 1, 1));
  tracker.host_died();
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  EXPECT_NE(tracker.answered(&request, 2), "");
  tracker.pre_write_issued(pre_write(0, 2, 1));
  tracker.durable(0, 1, 3);
  EXPECT_NE(tracker.home_issued(0, 5, 0), "");
  tracker.durable(0, 2, 3);
  EXPECT_EQ(tracker.home_issued(0, 5, 0), "");
  EXPECT_EQ(tracker.answered(&request, 2), "");
}

HomeWrite home(uint64_t number) {
  return {.unit = 0, .column = 1, .disk = 1, .block = 100, .row = 8, .blocks = 2, .number = number};
}

TEST(LogTracker, SlotIsKeptUntilHomeIsDurable_V9) {
  LogTracker log;
  EXPECT_EQ(log.entry_issued(0, 1, 1, 9, 8, 2), "");
  log.home_issued(home(4));
  EXPECT_NE(log.entry_issued(0, 1, 1, 9, 8, 2), "");   // K21
  EXPECT_EQ(log.entry_issued(0, 1, 1, 18, 0, 2), "");  // another slot
  log.durable(1, 4, 101, 1);
  log.durable(1, 4, 101, 1);  // the same half once more
  EXPECT_NE(log.entry_issued(0, 1, 1, 9, 8, 2), "");
  log.durable(1, 4, 100, 1);
  EXPECT_EQ(log.erase_issued(0, 1, 1, 9), "");
}

TEST(LogTracker, FailedHomeWriteNeedsNoEntry_V9) {
  LogTracker log;
  EXPECT_EQ(log.entry_issued(0, 1, 1, 9, 8, 2), "");
  log.home_issued(home(4));
  log.failed(1, 4);
  EXPECT_EQ(log.entry_issued(0, 1, 1, 9, 8, 2), "");
}

// K29: a log is cleared, of whatever column, while a write of the unit is not home.
TEST(LogTracker, NoLogIsClearedUnderALiveWrite_V9) {
  LogTracker log;
  log.home_issued(home(4));
  EXPECT_NE(log.clear_issued(0, 2, 0), "");
  EXPECT_EQ(log.clear_issued(1, 2, 0), "");  // another unit's
  ASSERT_EQ(log.last_culprit(), nullptr);
  log.durable(1, 4, 100, 2);
  EXPECT_EQ(log.clear_issued(0, 2, 0), "");
}

// Replay writes an older entry's rows home, then a newer one's over half of them, and the disk takes the newer write to
// its medium first: the half that it overtook never gets there and is not waited for. The other half is.
TEST(LogTracker, RowsThatANewerWriteOvertookAreNotWaitedFor_V9) {
  LogTracker log;
  log.home_issued(home(4));
  log.home_issued({.unit = 0, .column = 1, .disk = 1, .block = 101, .row = 9, .blocks = 3, .number = 5});
  log.durable(1, 5, 101, 3);
  EXPECT_NE(log.clear_issued(0, 2, 0), "");
  log.durable(1, 4, 100, 1);
  EXPECT_EQ(log.clear_issued(0, 2, 0), "");
}

TEST(LogTracker, AWriteWhoseMiddleWasOvertakenIsWaitedForOnBothSides_V9) {
  LogTracker log;
  log.home_issued({.unit = 0, .column = 1, .disk = 1, .block = 100, .row = 8, .blocks = 5, .number = 4});
  log.durable(1, 5, 102, 1);
  log.durable(1, 4, 100, 2);
  EXPECT_NE(log.clear_issued(0, 2, 0), "");
  log.durable(1, 4, 103, 2);
  EXPECT_EQ(log.clear_issued(0, 2, 0), "");
}

TEST(LogTracker, AnOlderWriteOnTheMediumSaysNothingOfANewerOne_V9) {
  LogTracker log;
  log.home_issued(home(4));
  log.home_issued({.unit = 0, .column = 1, .disk = 1, .block = 101, .row = 9, .blocks = 1, .number = 5});
  log.durable(1, 4, 100, 2);
  EXPECT_NE(log.clear_issued(0, 2, 0), "");
}

}  // namespace
}  // namespace raidsim::harness
