// fio's iologs: real ones are read whole, broken ones are refused by line.
#include "scenarios/iolog.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <fstream>

namespace raidsim::scenarios {
namespace {

std::string error_of(const std::string& text) {
  try {
    (void)parse_iolog(text, "log");
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

// Counts from the recordings' own list (scenarios/traces/README.md).
TEST(Iolog, ARecordedSequentialWriterIsReadWhole) {
  const Iolog log = read_iolog("scenarios/traces/sequential.iolog.zst");
  EXPECT_EQ(log.version, 3U);
  EXPECT_EQ(log.count(IologAction::write), 1024U);
  EXPECT_EQ(log.count(IologAction::sync), 1U);
  EXPECT_EQ(log.files.size(), 1U);
  uint64_t bytes = 0;
  for (const IologEntry& entry : log.entries) bytes += entry.action == IologAction::write ? entry.length_bytes : 0;
  EXPECT_EQ(bytes, uint64_t{64} << 20);
}

TEST(Iolog, ARecordedReaderKeepsItsTimes) {
  const Iolog log = read_iolog("scenarios/traces/seqread-after.iolog");
  EXPECT_EQ(log.count(IologAction::read), 256U);
  Duration last{};
  for (const IologEntry& entry : log.entries) {
    EXPECT_GE(entry.at, last);
    last = entry.at;
  }
  EXPECT_GT(last, 1ms);
}

TEST(Iolog, ACutRecordingOfHotBlocksIsReadWhole) {
  const Iolog log = read_iolog("scenarios/traces/zipf-hot-cut.iolog");
  EXPECT_EQ(log.entries.size(), 1199U);
}

TEST(Iolog, Version2TakesItsTimesFromWait) {
  const Iolog log = parse_iolog(
      "fio version 2 iolog\n/d add\n/d open\n/d write 0 512\n/d wait 250 0\n/d datasync 0 0\n/d trim 512 4096\n/d "
      "close\n",
      "log");
  EXPECT_EQ(log.version, 2U);
  ASSERT_EQ(log.entries.size(), 6U);
  EXPECT_EQ(log.entries[2].at, 0us);
  EXPECT_EQ(log.entries[3].action, IologAction::datasync);
  EXPECT_EQ(log.entries[3].at, 250us);
  EXPECT_EQ(log.entries[4].length_bytes, 4096U);
}

// "refuse" refuses before anything runs; "skip" and "wrap" are for those who know.
TEST(Iolog, RequestBeyondTheUnitIsRefusedUnlessItsFitSaysOtherwise) {
  const Iolog log =
      parse_iolog("fio version 3 iolog\n0 f add\n0 f open\n1 f write 0 512\n2 f write 4096 1024\n", "log");
  TraceSource trace;
  trace.resolved = "log";
  const auto refusal = [&](uint64_t blocks) -> std::string {
    try {
      check_fit(log, trace, blocks, "d10");
    } catch (const ScenarioError& error) {
      return error.what();
    }
    return "fits";
  };
  EXPECT_EQ(refusal(10), "fits");
  EXPECT_EQ(refusal(9),
            "log: request 2: it ends at block 10, and d10 has 9; make the unit larger, or write \"fit\": \"wrap\" or "
            "\"skip\" beside the trace");
  trace.limit = 1;
  EXPECT_EQ(refusal(9), "fits");
  trace.limit.reset();
  trace.fit = TraceFit::skip;
  EXPECT_EQ(refusal(9), "fits");
  const Iolog huge = parse_iolog("fio version 3 iolog\n0 f add\n0 f open\n1 f write 0 4611686018427387904\n", "log");
  EXPECT_THROW(check_fit(huge, trace, 9, "d10"), ScenarioError) << "no buffer of 4 EiB";
}

TEST(Iolog, EachWrongLineIsNamed) {
  const std::string head = "fio version 3 iolog\n0 f add\n1 f open\n";
  EXPECT_EQ(error_of(""), "log: line 1: the file is empty; an iolog starts with \"fio version 3 iolog\"");
  EXPECT_EQ(error_of("fio version 1 iolog\n"),
            "log: line 1: \"fio version 1 iolog\" is no iolog's first line; write \"fio version 2 iolog\" or \"fio "
            "version 3 iolog\"");
  EXPECT_EQ(error_of(head + "2 f write 0 512"),
            "log: line 4: the last line is cut off; every line of an iolog ends with a line feed");
  EXPECT_EQ(error_of(head + "2 f erase 0 512\n"),
            "log: line 4: \"erase\" is no action; known: add, open, close, read, write, sync, datasync, trim, wait");
  EXPECT_EQ(error_of(head + "2 f write 512\n"),
            "log: line 4: offset and length are missing; write ACTION OFFSET LENGTH");
  EXPECT_EQ(error_of(head + "2 f write 0 0\n"),
            "log: line 4: the length is 0; a read, write or trim has at least one byte");
  EXPECT_EQ(error_of(head + "2 f write -1 512\n"),
            "log: line 4: \"-1\" is no offset; write a whole number up to 9223372036854775807");
  EXPECT_EQ(error_of(head + "2 f write 9223372036854775807 1\n"),
            "log: line 4: \"1\" is no length; write a whole number up to 0");
  EXPECT_EQ(error_of(head + "0 f write 0 512\n"),
            "log: line 4: the time runs back; entries stand in the order in which they were sent");
  EXPECT_EQ(error_of(head + "2 g write 0 512\n"),
            "log: line 4: the file \"g\" was not added; an \"add\" and an \"open\" come first");
  EXPECT_EQ(error_of(head + "2 f close\n3 f read 0 512\n"),
            "log: line 5: the file \"f\" is not open; an \"open\" comes first");
  EXPECT_EQ(error_of(head + "2 f read 0 512 7\n"),
            "log: line 4: the line has too many fields; an action has at most an offset and a length");
  EXPECT_EQ(error_of(head + "2 f wait 7\n"),
            "log: line 4: version 3 has no \"wait\"; its lines carry their time in front");
  EXPECT_EQ(error_of(head + "99999999999999999999 f read 0 512\n"),
            "log: line 4: \"99999999999999999999\" is no time; write a whole number up to 9223372036854775");
}

class PackedIolog : public testing::Test {
 protected:
  void write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string refused() {
    try {
      (void)read_iolog(path_, uint64_t{1} << 20);
    } catch (const ScenarioError& error) {
      return error.text();
    }
    return "accepted";
  }
  static std::string packed(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
    return out;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::filesystem::path path_ = std::filesystem::temp_directory_path() /
                                ("raidsim_iolog_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                                 ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(PackedIolog, AFrameCutAnywhereIsRefused) {
  const std::string whole = packed("fio version 3 iolog\n0 f add\n1 f open\n2 f write 0 512\n");
  write(whole);
  EXPECT_EQ(read_iolog(path_).entries.size(), 3U);
  for (size_t size = 0; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    EXPECT_NE(refused(), "accepted") << size;
  }
}

TEST_F(PackedIolog, AFrameWithAnyByteChangedNeverCrashes) {
  const std::string whole = packed("fio version 3 iolog\n0 f add\n1 f open\n2 f write 0 512\n");
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int flip : {1, 0x80, 0xff}) {
      std::string mutant = whole;
      mutant[i] = static_cast<char>(mutant[i] ^ flip);
      write(mutant);
      (void)refused();
    }
  }
}

// Zeroes pack into almost nothing; the reader stops at its limit instead of filling the memory.
TEST_F(PackedIolog, AFrameThatUnpacksBeyondTheLimitIsRefused) {
  write(packed(std::string(size_t{8} << 20, '\0')));
  EXPECT_EQ(refused(), "the iolog has more than 1048576 bytes; cut it");
}

}  // namespace
}  // namespace raidsim::scenarios
