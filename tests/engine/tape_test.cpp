// A tape travels between machines as a file: what comes back is what was written, or one line that says why not.
#include "engine/tape.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck/gtest.h>

#include "engine/random.h"

namespace raidsim {
namespace {

using namespace std::string_literals;

rc::Gen<TapedChoice> any_choice() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange<int>(0, choice_kinds), rc::gen::arbitrary<uint64_t>(),
                                     rc::gen::arbitrary<uint64_t>()),
                      [](const std::tuple<int, uint64_t, uint64_t>& t) {
                        const auto [kind, bound, value] = t;
                        return TapedChoice{static_cast<ChoiceKind>(kind), bound, bound == 0 ? value : value % bound};
                      });
}

rc::Gen<Tape> any_tape() {
  const auto streams = rc::gen::container<std::map<std::string, std::vector<TapedChoice>>>(
      rc::gen::string<std::string>(), rc::gen::nonEmpty(rc::gen::container<std::vector<TapedChoice>>(any_choice())));
  return rc::gen::map(streams, [](std::map<std::string, std::vector<TapedChoice>> all) {
    Tape tape;
    tape.streams = std::move(all);
    return tape;
  });
}

std::string error_of(const std::string& bytes) {
  std::string error;
  EXPECT_FALSE(Tape::parse(bytes, error).has_value());
  EXPECT_EQ(error.find('\n'), std::string::npos);
  return error;
}

RC_GTEST_PROP(Tape, ComesBackAsItWas, ()) {
  const Tape tape = *any_tape();
  std::string error;
  const auto back = Tape::parse(tape.serialise(), error);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == tape);
}

// A fuzzer's view: any damage gives an error or a sound tape, and a sound tape has no second serial form.
RC_GTEST_PROP(Tape, DamageIsAnErrorOrAnotherSoundTape, (uint64_t seed)) {
  std::string bytes = (*any_tape()).serialise();
  Random random(seed);
  for (uint64_t hit = 0; hit <= random.below(3); ++hit) {
    bytes[random.below(bytes.size())] ^= static_cast<char>(1u << random.below(8));
  }
  bytes.resize(random.below(2) == 0 ? bytes.size() : random.below(bytes.size() + 1));
  std::string error;
  const auto back = Tape::parse(bytes, error);
  RC_ASSERT(back.has_value() != !error.empty());
  if (back) RC_ASSERT(back->serialise() == bytes);
}

TEST(Tape, EveryTruncationIsAnError) {
  Tape tape;
  tape.streams["a"] = {{ChoiceKind::number, 300, 299}, {ChoiceKind::chance, 1'000'000'000, 5}};
  tape.streams["b"] = {{ChoiceKind::bytes, 0, UINT64_MAX}};
  const std::string bytes = tape.serialise();
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(error_of(bytes.substr(0, size)), "") << size;
  EXPECT_EQ(error_of(bytes + "x"), "tape: bytes follow its end");
}

TEST(Tape, EachKindOfWrongInputHasItsLine) {
  EXPECT_EQ(error_of(""), "tape: not a raidsim tape");
  EXPECT_EQ(error_of("RSTAPE\x02"), "tape: version 2, this program reads version 1");
  EXPECT_EQ(error_of("RSTAPE\x01\x01\x01s\x01\x00\x05\x05"s),
            "tape: choice 0 has an unknown kind or a value outside of its bound");
  EXPECT_EQ(error_of("RSTAPE\x01\x01\x01s\x01\x63\x05\x04"s),
            "tape: choice 0 has an unknown kind or a value outside of its bound");
  EXPECT_EQ(error_of("RSTAPE\x01\x01\x01s\x00"s), "tape: a stream's number of choices is wrong");
  EXPECT_EQ(error_of("RSTAPE\x01\x02\x01t\x01\x00\x05\x04\x01s\x01\x00\x05\x04"s),
            "tape: streams are not in order of name");
  EXPECT_NE(error_of("RSTAPE\x81\x00\x00"s), "");  // a varint longer than it needs to be
}

// Ten bytes that promise 2^60 choices must not cost memory for them.
TEST(Tape, AHugeCountIsRefusedBeforeMemoryIsTaken) {
  const auto with_huge = [](std::string head) {
    head += "\x80\x80\x80\x80\x80\x80\x80\x80\x10"s;
    return head;
  };
  EXPECT_EQ(error_of(with_huge("RSTAPE\x01\x01\x01s"s)), "tape: a stream's number of choices is wrong");
  EXPECT_NE(error_of(with_huge("RSTAPE\x01"s)), "");
  EXPECT_NE(error_of(with_huge("RSTAPE\x01\x01"s)), "");
}

}  // namespace
}  // namespace raidsim
