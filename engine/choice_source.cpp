#include "engine/choice_source.h"

#include <bit>
#include <string>
#include <vector>

namespace raidsim {
namespace {

class TapeSource final : public ChoiceSource {
 public:
  TapeSource(std::string_view stream, const std::vector<TapedChoice>& choices,
             std::optional<TapeDivergence>& first_divergence)
      : stream_(stream), choices_(choices), first_divergence_(first_divergence) {}

  std::optional<uint64_t> draw(ChoiceKind kind, uint64_t bound) override {
    if (next_ == choices_.size()) return std::nullopt;
    const TapedChoice& choice = choices_[next_];
    if ((choice.kind != kind || choice.bound != bound) && !first_divergence_) {
      first_divergence_ = TapeDivergence{std::string(stream_), next_, choice, kind, bound};
    }
    ++next_;
    return bound == 0 ? choice.value : choice.value % bound;
  }

 private:
  std::string_view stream_;
  const std::vector<TapedChoice>& choices_;
  std::optional<TapeDivergence>& first_divergence_;
  size_t next_ = 0;
};

class TapeOrigin final : public ChoiceOrigin {
 public:
  explicit TapeOrigin(const Tape& tape) : tape_(tape) {}

  std::unique_ptr<ChoiceSource> open(std::string_view stream) override {
    const auto found = tape_.streams.find(std::string(stream));
    if (found == tape_.streams.end()) return nullptr;
    return std::make_unique<TapeSource>(found->first, found->second, divergence_);
  }

  [[nodiscard]] std::optional<TapeDivergence> divergence() const override { return divergence_; }

 private:
  const Tape& tape_;
  std::optional<TapeDivergence> divergence_;
};

class BytesSource final : public ChoiceSource {
 public:
  explicit BytesSource(std::span<const std::byte>& rest) : rest_(rest) {}

  std::optional<uint64_t> draw(ChoiceKind, uint64_t bound) override {
    const int bits = bound == 0 ? 64 : static_cast<int>(std::bit_width(bound - 1));
    uint64_t value = 0;
    for (int shift = 0; shift < bits && !rest_.empty(); shift += 8) {
      value |= std::to_integer<uint64_t>(rest_.front()) << shift;
      rest_ = rest_.subspan(1);
    }
    return bound == 0 ? value : value % bound;
  }

 private:
  std::span<const std::byte>& rest_;
};

class BytesOrigin final : public ChoiceOrigin {
 public:
  explicit BytesOrigin(std::span<const std::byte> input) : rest_(input) {}
  std::unique_ptr<ChoiceSource> open(std::string_view) override { return std::make_unique<BytesSource>(rest_); }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace

std::unique_ptr<ChoiceOrigin> tape_origin(const Tape& tape) { return std::make_unique<TapeOrigin>(tape); }

std::unique_ptr<ChoiceOrigin> bytes_origin(std::span<const std::byte> input) {
  return std::make_unique<BytesOrigin>(input);
}

}  // namespace raidsim
