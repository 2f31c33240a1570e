// A trace file travels alone: it comes back whole, or it is refused in one line and costs bounded memory.
#include "engine/trace/file.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include <rapidcheck/gtest.h>

#include "engine/byte_codec.h"
#include "engine/trace/record_codec.h"
#include "engine/trace/section.h"
#include "tests/engine/trace_rig.h"

namespace raidsim {
namespace {

std::string error_of(const std::string& bytes, const TraceLimits& limits = {}) {
  std::string error;
  EXPECT_FALSE(parse_trace(bytes, error, limits).has_value());
  EXPECT_EQ(error.find('\n'), std::string::npos);
  return error;
}

std::string head() { return serialise(TraceFile{}).substr(0, 12); }

TEST(TraceFile, ComesBackWholeInEveryMode) {
  for (const TraceMode mode : {TraceMode::off, TraceMode::ring, TraceMode::full}) {
    const TraceFile file = small_file(30, mode);
    std::string error;
    const auto back = parse_trace(serialise(file), error);
    ASSERT_TRUE(back.has_value()) << error;
    EXPECT_EQ(*back, file);
    EXPECT_EQ(serialise(*back), serialise(file));
  }
}

TEST(TraceFile, ALongTraceIsCutIntoBatchesAndShrinks) {
  const TraceFile file = small_file(200'000, TraceMode::full, 1000);
  const std::string bytes = serialise(file);
  std::string error;
  const auto back = parse_trace(bytes, error);
  ASSERT_TRUE(back.has_value()) << error;
  EXPECT_TRUE(*back == file);
  EXPECT_LT(bytes.size(), 200'000u * 24);  // half of each made-up record is pure chance
}

TEST(TraceFile, LookUpsHaveAnAnswerForWhatIsMissing) {
  const TraceFile file = small_file(1);
  ASSERT_NE(file.kind(64), nullptr);
  EXPECT_EQ(file.kind(64)->name, "disk-complete");
  EXPECT_EQ(file.kind(65), nullptr);
  EXPECT_EQ(file.name_of("disk", 3), "d3");
  EXPECT_EQ(file.name_of("disk", 4), "disk 4");
  EXPECT_EQ(file.meta_value("seed"), "88213");
  EXPECT_EQ(file.meta_value("nothing"), "");
}

TEST(TraceFile, GoesThroughTheFileSystem) {
  const std::string path = testing::TempDir() + "raidsim_trace_file_test.trace";
  std::string error;
  ASSERT_TRUE(write_trace(path, small_file(30), error)) << error;
  const auto back = read_trace(path, error);
  ASSERT_TRUE(back.has_value()) << error;
  EXPECT_EQ(*back, small_file(30));

  EXPECT_FALSE(read_trace(path, error, {.file_bytes = 100}).has_value());
  EXPECT_EQ(error, path + ": larger than 100 bytes");
  std::remove(path.c_str());
  EXPECT_FALSE(read_trace(path, error).has_value());
  EXPECT_EQ(error, path + ": No such file or directory");
  EXPECT_FALSE(read_trace(testing::TempDir(), error).has_value());
  EXPECT_FALSE(write_trace(testing::TempDir(), small_file(1), error));
}

RC_GTEST_PROP(TraceFile, AnyContentComesBack, ()) {
  TraceFile file;
  file.meta = *rc::gen::arbitrary<std::map<std::string, std::string>>();
  file.names = *rc::gen::container<std::map<std::string, std::map<uint32_t, std::string>>>(
      rc::gen::arbitrary<std::string>(), rc::gen::nonEmpty(rc::gen::arbitrary<std::map<uint32_t, std::string>>()));
  file.tape = *rc::gen::arbitrary<std::string>();
  Recorder recorder(TraceMode::full);
  for (const auto& [time, kind, actor, a, b] :
       *rc::gen::arbitrary<std::vector<std::tuple<int64_t, uint16_t, uint32_t, uint64_t, uint64_t>>>()) {
    recorder.add(SimTime{Duration{time}}, kind, actor, a, b, static_cast<uint16_t>(~kind));
  }
  file.log = log_of(recorder);
  std::string error;
  const auto back = parse_trace(serialise(file), error);
  RC_ASSERT(error == "");
  RC_ASSERT(*back == file);
}

TEST(TraceFile, EveryTruncationIsAnError) {
  const std::string bytes = serialise(small_file(20));
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(error_of(bytes.substr(0, size)), "") << size;
  EXPECT_EQ(error_of(bytes + "x"), "trace: bytes follow its END section");
}

// Every bit of the file is under a checksum but the minor version's, which no reader of today looks at.
TEST(TraceFile, EveryFlippedBitIsAnErrorOrChangesNothing) {
  const TraceFile file = small_file(20);
  const std::string bytes = serialise(file);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    std::string error;
    const auto back = parse_trace(damaged, error);
    if (back) {
      EXPECT_TRUE(bit / 8 == 10 || bit / 8 == 11) << bit;
      EXPECT_EQ(*back, file);
    } else {
      EXPECT_NE(error, "");
    }
  }
}

TEST(TraceFile, ALaterMinorVersionMayAddSectionsAMajorOneIsRefused) {
  std::string bytes = serialise(small_file(5));
  std::string extra;
  put_section(extra, static_cast<SectionTag>(0x58585858), "from the future");
  bytes.insert(12, extra);
  bytes[10] = 7;
  std::string error;
  const auto back = parse_trace(bytes, error);
  ASSERT_TRUE(back.has_value()) << error;
  EXPECT_EQ(*back, small_file(5));
  bytes[8] = 2;
  EXPECT_EQ(error_of(bytes), "trace: format version 2, this program reads version 1");
}

TEST(TraceFile, EachKindOfWrongInputHasItsLine) {
  EXPECT_EQ(error_of("{\"name\": 1}"), "trace: not a raidsim trace");
  EXPECT_EQ(error_of(head()), "trace: cut off: no END section");
  std::string twice = head();
  put_section(twice, SectionTag::tape, "x");
  put_section(twice, SectionTag::tape, "x");
  EXPECT_EQ(error_of(twice), "trace: section TAPE stands twice");
  std::string nonsense = head();
  put_section(nonsense, SectionTag::meta, "\x05");
  EXPECT_EQ(error_of(nonsense), "trace: section META does not make sense");
}

// The frames and checksums are right, the sections contradict each other: what a hostile author would write.
TEST(TraceFile, SoundSectionsOfDifferentRunsAreRefused) {
  TraceFile file = small_file(20);
  file.log.hash ^= 1;
  EXPECT_EQ(error_of(serialise(file)), "trace: its records do not have the hash of its END section");
  file = small_file(20);
  file.log.count = 19;
  EXPECT_EQ(error_of(serialise(file)), "trace: its records are not those that its END section counts");
  file = small_file(20);
  file.log.first_event = UINT64_MAX;
  EXPECT_EQ(error_of(serialise(file)), "trace: its records are not those that its END section counts");
  file = small_file(20);
  file.log.checkpoints.resize(9);
  EXPECT_EQ(error_of(serialise(file)), "trace: more checkpoints than events");
}

TEST(TraceFile, LimitsBoundWhatAHostileFileCosts) {
  const std::string bytes = serialise(small_file(100));
  EXPECT_EQ(error_of(bytes, {.records = 99}), "trace: more than 99 records");
  EXPECT_EQ(error_of(bytes, {.entries = 1}), "trace: more than 1 entries in a table");
  EXPECT_EQ(error_of(bytes, {.sections = 3}), "trace: more than 3 sections");
  EXPECT_EQ(error_of(bytes, {.file_bytes = 50}), "trace: larger than 50 bytes");

  std::string bomb = head();  // a megabyte of zeros packs into a few dozen bytes
  put_section(bomb, SectionTag::tape, std::string(1 << 20, '\0'));
  EXPECT_EQ(error_of(bomb, {.section_bytes = 1 << 16}), "trace: section TAPE is too large or badly compressed");
}

// Damage below the checksums, as a fuzzer that repairs them would do: raw section bodies of any bytes.
RC_GTEST_PROP(TraceFile, AnySectionBodyIsReadWithoutHarm, (std::string body, uint8_t which)) {
  const SectionTag tags[] = {SectionTag::meta,    SectionTag::kinds,       SectionTag::names, SectionTag::tape,
                             SectionTag::records, SectionTag::checkpoints, SectionTag::end};
  std::string bytes = head();
  put_section(bytes, tags[which % 7], body);
  put_section(bytes, SectionTag::end, std::string(32, '\0'));
  std::string error;
  const auto back = parse_trace(bytes, error);
  RC_ASSERT(back.has_value() != !error.empty());
}

RC_GTEST_PROP(RecordCodec, FlippedBytesDecodeOrAreRefused, (uint64_t seed)) {
  const TraceFile file = small_file(40);
  std::string bytes = encode_records(file.log.records);
  Random random(seed);
  for (int i = 0; i < 3; ++i) bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
  ByteReader in(bytes);
  std::vector<TraceRecord> records;
  const bool whole = decode_records(in, 40, records);
  RC_ASSERT(whole == (records.size() == 40));
}

}  // namespace
}  // namespace raidsim
