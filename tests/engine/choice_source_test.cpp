// A run repeats from its tape, shrinks along it, and is driven by a fuzzer's bytes, all through the same draws.
#include "engine/choice_source.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include <rapidcheck/gtest.h>

#include "engine/choice.h"

namespace raidsim {
namespace {

/// A small program whose later draws depend on earlier ones, as a simulation's do.
std::vector<uint64_t> run(Choices& choices, size_t steps) {
  std::vector<uint64_t> seen;
  ChoiceStream& schedule = choices.stream("schedule");
  ChoiceStream& latency = choices.stream("disk/0/latency");
  for (size_t i = 0; i < steps; ++i) {
    const uint64_t branch = schedule.below(3, ChoiceKind::schedule);
    seen.push_back(branch);
    if (branch == 0) seen.push_back(static_cast<uint64_t>(latency.exponential(1ms).count()));
    if (branch == 1) seen.push_back(latency.chance(0.3) ? 1 : 0);
    if (branch == 2) {
      std::array<unsigned char, 11> bytes{};
      latency.bytes(bytes.data(), bytes.size());
      seen.insert(seen.end(), bytes.begin(), bytes.end());
    }
  }
  return seen;
}

RC_GTEST_PROP(TapeSource, ARecordingRepeatsTheRunAtAnySeed, (uint64_t seed, uint64_t other_seed)) {
  Choices recording(seed, nullptr, true);
  const auto first = run(recording, 40);
  const Tape tape = recording.recorded();

  Choices playing(other_seed, &tape, true);
  RC_ASSERT(run(playing, 40) == first);
  RC_ASSERT(!playing.divergence().has_value());
  RC_ASSERT(playing.recorded() == tape);
}

// A tape cut anywhere goes on by its own seed as if it had never been cut: the generator moved along with it.
RC_GTEST_PROP(TapeSource, AnyPrefixWithItsSeedIsTheWholeRun, (uint64_t seed)) {
  Choices recording(seed, nullptr, true);
  const auto first = run(recording, 40);
  Tape tape = recording.recorded();
  for (auto& [name, stream] : tape.streams) {
    stream.resize(*rc::gen::inRange<size_t>(0, stream.size() + 1));
  }

  Choices playing(seed, &tape, false);
  RC_ASSERT(run(playing, 40) == first);
  RC_ASSERT(!playing.divergence().has_value());
}

TEST(TapeSource, AnotherBoundIsAnsweredModuloAndRemembered) {
  Tape tape;
  tape.streams["s"] = {{ChoiceKind::number, 100, 7}, {ChoiceKind::number, 100, 58}, {ChoiceKind::number, 9, 8}};

  Choices playing(1, &tape, false);
  ChoiceStream& stream = playing.stream("s");
  EXPECT_EQ(stream.below(100), 7u);
  EXPECT_FALSE(playing.divergence().has_value());
  EXPECT_EQ(stream.below(10), 8u);
  EXPECT_EQ(stream.below(9, ChoiceKind::index), 8u);  // a second divergence does not hide the first

  const auto divergence = playing.divergence();
  ASSERT_TRUE(divergence.has_value());
  EXPECT_EQ(divergence->stream, "s");
  EXPECT_EQ(divergence->draw, 1u);
  EXPECT_EQ(divergence->recorded, (TapedChoice{ChoiceKind::number, 100, 58}));
  EXPECT_EQ(divergence->asked_bound, 10u);
  EXPECT_EQ(divergence->text(), "draw 1 of stream s asks for number below 10, the tape holds number below 100");
}

TEST(TapeSource, AnotherKindOfTheSameBoundIsADivergence) {
  Tape tape;
  tape.streams["s"] = {{ChoiceKind::duration, 50, 49}};
  Choices playing(1, &tape, false);
  EXPECT_EQ(playing.stream("s").below(50, ChoiceKind::index), 49u);
  ASSERT_TRUE(playing.divergence().has_value());
  EXPECT_EQ(playing.divergence()->asked_kind, ChoiceKind::index);
}

TEST(TapeSource, ATapeOfZerosIsTheSimplestRun) {
  Tape tape;
  for (const char* name : {"schedule", "disk/0/latency"}) tape.streams[name].resize(50, {ChoiceKind::number, 1, 0});
  Choices playing(77, &tape, false);
  EXPECT_EQ(run(playing, 10), std::vector<uint64_t>(20, 0));
}

TEST(BytesSource, AnswersFromTheInputAndThenWithZeros) {
  const std::array<std::byte, 4> input{std::byte{5}, std::byte{0x34}, std::byte{0x12}, std::byte{200}};
  Choices choices(1, bytes_origin(input), true);
  EXPECT_EQ(choices.stream("a").below(256), 5u);
  EXPECT_EQ(choices.stream("b").below(65'536), 0x1234u);  // one input for all streams, in order of their draws
  EXPECT_EQ(choices.stream("a").below(150), 50u);
  EXPECT_EQ(choices.stream("a").below(150), 0u);
  EXPECT_FALSE(choices.stream("b").chance(0.999));
  EXPECT_EQ(choices.recorded().choices(), 5u);
}

RC_GTEST_PROP(BytesSource, AnyInputIsARunAndItsTapeRepeatsIt, (std::vector<uint8_t> input)) {
  Choices fuzzed(1, bytes_origin(std::as_bytes(std::span(input))), true);
  const auto first = run(fuzzed, 30);
  const Tape tape = fuzzed.recorded();
  Choices playing(2, &tape, false);
  RC_ASSERT(run(playing, 30) == first);
}

/// A source that answers as a search would: every value in turn.
class Counting final : public ChoiceOrigin {
 public:
  std::unique_ptr<ChoiceSource> open(std::string_view stream) override {
    if (stream != "explored") return nullptr;
    struct Source final : ChoiceSource {
      uint64_t next = 0;
      std::optional<uint64_t> draw(ChoiceKind, uint64_t bound) override { return next++ % bound; }
    };
    return std::make_unique<Source>();
  }
};

TEST(ChoiceOrigin, AnExplorerTakesOverTheStreamsItWants) {
  Choices explored(5, std::make_unique<Counting>(), false);
  Choices plain(5, nullptr, false);
  EXPECT_EQ(explored.stream("explored").below(10), 0u);
  EXPECT_EQ(explored.stream("explored").below(10), 1u);
  EXPECT_EQ(explored.stream("other").below(1000), plain.stream("other").below(1000));
}

}  // namespace
}  // namespace raidsim
