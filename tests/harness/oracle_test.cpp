// The oracle of reads against a model that keeps every write for ever (RD-07, RD-09, V1), and the pattern by which a
// block names its write.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "harness/oracle/legal_values.h"
#include "harness/oracle/pattern.h"

namespace raidsim::harness {
namespace {

using BlockData = std::array<std::byte, 512>;

// The definition at the top of legal_values.h, word by word: no lists, nothing is ever dropped.
class EveryWrite {
 public:
  void begin(uint64_t block, uint32_t count) { writes_.push_back({++clock_, std::nullopt, false, block, count}); }
  void end(WriteId id, bool acknowledged) {
    writes_[id].settled = ++clock_;
    writes_[id].acknowledged = acknowledged;
  }
  void crash() {
    for (WriteId id = 1; id < writes_.size(); ++id) {
      if (!writes_[id].settled) end(id, false);
    }
  }
  uint64_t begin_read() { return ++clock_; }
  [[nodiscard]] uint64_t now() const { return clock_ + 1; }
  [[nodiscard]] std::vector<WriteId> in_flight() const {
    std::vector<WriteId> out;
    for (WriteId id = 1; id < writes_.size(); ++id) {
      if (!writes_[id].settled) out.push_back(id);
    }
    return out;
  }
  [[nodiscard]] WriteId newest() const { return static_cast<WriteId>(writes_.size() - 1); }

  [[nodiscard]] bool legal(uint64_t read_began, uint64_t block, WriteId v) const {
    if (!covers(v, block)) return false;
    for (WriteId w = 1; w < writes_.size(); ++w) {
      if (!covers(w, block) || !writes_[v].settled || !writes_[w].acknowledged) continue;
      if (writes_[w].began > *writes_[v].settled && *writes_[w].settled < read_began) return false;
    }
    return true;
  }

 private:
  struct Write {
    uint64_t began;
    std::optional<uint64_t> settled;
    bool acknowledged;
    uint64_t block;
    uint32_t count;
  };
  [[nodiscard]] bool covers(WriteId id, uint64_t block) const {
    return id == initial_zeroes || (block >= writes_[id].block && block < writes_[id].block + writes_[id].count);
  }
  std::vector<Write> writes_{{0, 0, true, 0, 0}};
  uint64_t clock_ = 0;
};

constexpr uint64_t blocks = 6;

// Writes of one to three blocks begin, end well or ill, the host dies, reads are open meanwhile, in any order. At every
// step each open read, and one that begins now, may see exactly what the definition allows.
RC_GTEST_PROP(LegalValuesAgainstEveryWrite, OpenAndNewReadsSeeTheSame_RD07_RD09_V1, ()) {
  LegalValues oracle(blocks);
  EveryWrite model;
  std::vector<std::pair<LegalValues::Read, uint64_t>> reads;
  const auto moves = *rc::gen::container<std::vector<std::pair<int, uint32_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 20), rc::gen::inRange<uint32_t>(0, 1'000)));
  for (const auto& [move, pick] : moves) {
    const auto open = model.in_flight();
    if (move < 8) {
      const uint64_t block = pick % blocks;
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(1 + pick / blocks % 3, blocks - block));
      model.begin(block, count);
      RC_ASSERT(oracle.begin_write(block, count) == model.newest());
    } else if (move < 14 && !open.empty()) {
      const WriteId id = open[pick % open.size()];
      const bool acknowledged = move < 12;
      model.end(id, acknowledged);
      oracle.end_write(id, acknowledged ? WriteEnd::acknowledged : WriteEnd::failed);
    } else if (move < 17) {
      reads.emplace_back(oracle.begin_read(), model.begin_read());
    } else if (move < 19 && !reads.empty()) {
      const auto which = reads.begin() + static_cast<std::ptrdiff_t>(pick % reads.size());
      oracle.end_read(which->first);
      reads.erase(which);
    } else if (move == 19) {
      model.crash();
      oracle.host_died();
      reads.clear();
    }
    for (uint64_t block = 0; block < blocks; ++block) {
      const auto now = oracle.legal_now(block);
      for (WriteId id = 0; id <= model.newest(); ++id) {
        const bool listed = std::find(now.begin(), now.end(), id) != now.end();
        RC_ASSERT(listed == model.legal(model.now(), block, id));
        for (const auto& [read, began] : reads)
          RC_ASSERT(oracle.legal(read, block, id) == model.legal(began, block, id));
      }
    }
  }
}

// A write was acknowledged and another one, begun afterwards, died with the host. The block may hold the acknowledged
// one or the interrupted one, and never again the zeroes before both (RD-07).
TEST(LegalValues, InterruptedWriteMayBeThereAndTheAcknowledgedOneBeforeIt_RD07) {
  LegalValues oracle(blocks);
  const WriteId kept = oracle.begin_write(2, 1);
  oracle.end_write(kept, WriteEnd::acknowledged);

  const WriteId torn = oracle.begin_write(2, 1);
  oracle.host_died();

  EXPECT_EQ(oracle.legal_now(2), (std::vector<WriteId>{torn, kept}));
  EXPECT_EQ(oracle.write(torn).end, WriteEnd::interrupted);
}

// The interrupted write is superseded by the next acknowledged one: it must not come back from a log (RD-09).
TEST(LegalValues, NothingOlderReturnsAfterAnAcknowledgedRewrite_RD09) {
  LegalValues oracle(blocks);
  (void)oracle.begin_write(2, 2);
  oracle.host_died();

  const WriteId rewrite = oracle.begin_write(2, 1);
  oracle.end_write(rewrite, WriteEnd::acknowledged);

  EXPECT_EQ(oracle.legal_now(2), (std::vector<WriteId>{rewrite}));
  EXPECT_EQ(oracle.legal_now(3).size(), 2U);  // the other block of the torn write is as open as before
}

// One write touched two blocks; all others are bystanders and hold zeroes (V2).
TEST(LegalValues, UntouchedBlocksAreBystanders_V2) {
  LegalValues oracle(1'000);
  const WriteId id = oracle.begin_write(63, 2);  // across the border of two pages
  oracle.end_write(id, WriteEnd::failed);

  EXPECT_EQ(oracle.touched(), (std::vector<uint64_t>{63, 64}));
  EXPECT_EQ(oracle.legal_now(62), (std::vector<WriteId>{initial_zeroes}));
  EXPECT_EQ(oracle.legal_now(500), (std::vector<WriteId>{initial_zeroes}));
}

// A whole block names its write; moved to another block, or with one bit turned, it is nobody's (V1).
RC_GTEST_PROP(Pattern, NamesItsWriteAndOneBitMakesItForeign_V1, ()) {
  const auto id = *rc::gen::inRange<WriteId>(1, UINT32_MAX);
  const auto block = *rc::gen::inRange<uint64_t>(0, uint64_t{1} << 40);
  BlockData data{};
  fill_pattern(data, id, block);
  RC_ASSERT(identify_pattern(data, block) == std::optional<WriteId>{id});
  RC_ASSERT(!identify_pattern(data, block + 1));

  const auto bit = *rc::gen::inRange<size_t>(0, data.size() * 8);
  data[bit / 8] ^= std::byte{1} << (bit % 8);
  RC_ASSERT(!identify_pattern(data, block));
}

// A torn sector: the front of one write, the rest of another. No write left that.
RC_GTEST_PROP(Pattern, HalvesOfTwoWritesAreForeign_V1, ()) {
  const auto cut = *rc::gen::inRange<size_t>(8, 505);
  BlockData front{}, back{};
  fill_pattern(front, 7, 3);
  fill_pattern(back, 8, 3);
  std::memcpy(back.data(), front.data(), cut);
  RC_ASSERT(!identify_pattern(back, 3));
}

TEST(Pattern, ZeroesAreTheStartAndOneByteAmongThemIsForeign_V1) {
  BlockData data{};
  EXPECT_EQ(identify_pattern(data, 9), std::optional<WriteId>{initial_zeroes});
  data[511] = std::byte{1};
  EXPECT_EQ(identify_pattern(data, 9), std::nullopt);
}

}  // namespace
}  // namespace raidsim::harness
