// engine/choice.h: every nondeterministic decision of a run, as draws from named streams.
//
// A stream's seed is a fixed hash of run seed and name, so a new draw in one place moves no other.
// Every draw is one integer below a bound; distributions are built from such integers by tables, so
// they are the same bits on every compiler. A draw can be recorded; the recording (engine/tape.h)
// together with the scenario is the run. 0 is by convention the simplest choice (no fault, first in
// line, shortest), so that shrinking has a direction.
//
// One draw per expression: g++ and clang evaluate arguments in opposite orders. Looking a stream up by
// name costs tens of nanoseconds: whoever draws often keeps the reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/assert.h"
#include "engine/choice_kind.h"
#include "engine/distributions.h"
#include "engine/random.h"
#include "engine/time.h"

namespace raidsim {

class Tape;
class ChoiceOrigin;  ///< tape, fuzzer bytes, explorer (engine/choice_source.h)
class ChoiceSource;
struct TapeDivergence;
struct TapedChoice;

class ChoiceStream {
 public:
  /// Made by Choices; `source` null leaves every draw to the seed.
  ChoiceStream(std::string name, uint64_t seed, std::unique_ptr<ChoiceSource> source, bool record);
  ~ChoiceStream();
  ChoiceStream(const ChoiceStream&) = delete;
  ChoiceStream& operator=(const ChoiceStream&) = delete;

  /// Uniform in [0, bound). Shape  bound >= 1; bound 1 draws nothing and returns 0.
  uint64_t below(uint64_t bound, ChoiceKind kind = ChoiceKind::number);
  /// Uniform in [low, high], both included.
  uint64_t between(uint64_t low, uint64_t high);
  /// True with probability `parts` / 1'000'000'000. 0 never draws; 1e9 and above never draw.
  bool chance_ppb(uint64_t parts);
  /// Same, for a probability as scenarios write it (0.0 to 1.0), rounded once to ppb.
  bool chance(double probability) { return chance_ppb(distributions::to_ppb(probability)); }
  /// Uniform in [low, high].
  Duration duration_between(Duration low, Duration high);
  /// Exponential with the given mean; at most 22.2 means (engine/distributions.h).
  Duration exponential(Duration mean) { return distributions::exponential(mean, draw_shape(ChoiceKind::duration)); }
  /// Lognormal with the given median and 99th percentile, from a table of the normal quantile.
  Duration lognormal(Duration median, Duration p99) {
    return distributions::lognormal(median, p99, draw_shape(ChoiceKind::duration));
  }
  /// Failures before the first success of trials that succeed with `parts` / 1e9. Shape  parts >= 1
  uint64_t geometric(uint64_t parts) { return distributions::geometric(parts, draw_shape(ChoiceKind::number)); }
  /// 1 to `most`, heavy tailed; see distributions::pareto.
  uint64_t pareto(uint32_t shape_milli, uint64_t most) {
    return distributions::pareto(shape_milli, most, draw_shape(ChoiceKind::number));
  }
  /// Ranks in [0, items), low ones most often; see distributions::zipf and distributions::hot_spot.
  uint64_t zipf(uint64_t items, uint32_t exponent_milli) {
    return distributions::zipf(items, exponent_milli, draw_shape(ChoiceKind::index));
  }
  uint64_t hot_spot(uint64_t items, uint32_t hot_percent) {
    return distributions::hot_spot(items, hot_percent, draw_shape(ChoiceKind::index));
  }
  /// Fills `size` bytes, eight to a draw.
  void bytes(void* out, size_t size);

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] uint64_t draws() const noexcept { return draws_; }
  [[nodiscard]] const std::vector<TapedChoice>& recorded() const noexcept { return recorded_; }

 private:
  uint64_t draw(uint64_t bound, ChoiceKind kind) {  // bound 0: 2^64
    ++draws_;
    if (plain_) [[likely]]
      return random_.below(bound);
    return draw_watched(bound, kind);
  }
  uint64_t draw_shape(ChoiceKind kind) { return draw(distributions::draw_bound, kind); }
  uint64_t draw_watched(uint64_t bound, ChoiceKind kind);

  Random random_;
  uint64_t draws_ = 0;
  bool plain_;  ///< neither a source nor a recording: the inline path
  bool record_;
  std::unique_ptr<ChoiceSource> source_;
  std::vector<TapedChoice> recorded_;
  std::string name_;
};

class Choices {
 public:
  /// `tape`, when given, is played and must outlive this object.
  Choices(uint64_t seed, const Tape* tape, bool record);
  /// The general form: an explorer or fuzzer brings its own origin; null is the seed alone.
  Choices(uint64_t seed, std::unique_ptr<ChoiceOrigin> origin, bool record);
  ~Choices();
  Choices(const Choices&) = delete;
  Choices& operator=(const Choices&) = delete;

  /// The stream of that name, made at first use; the reference stays valid for the run.
  ChoiceStream& stream(std::string_view name);
  [[nodiscard]] uint64_t seed() const noexcept { return seed_; }
  /// All draws of the run so far; reported beside speed figures.
  [[nodiscard]] uint64_t draws() const noexcept;
  /// What was recorded so far (SimulationOptions::record_tape); streams that drew nothing are left out.
  [[nodiscard]] Tape recorded() const;
  /// First draw of the run that asked for something else than the tape holds.
  [[nodiscard]] std::optional<TapeDivergence> divergence() const;

 private:
  void index_stream(uint64_t hash, uint32_t position);

  uint64_t seed_;
  bool record_;
  std::unique_ptr<ChoiceOrigin> origin_;
  std::deque<ChoiceStream> streams_;  ///< in order of first use; a deque never moves them
  std::vector<uint32_t> slots_;       ///< open addressing by name hash: position in streams_ + 1, 0 is free
};

/// FNV-1a 64 of a stream's name mixed with the run's seed: the stream's own seed. Stable for ever.
[[nodiscard]] uint64_t stream_seed(uint64_t run_seed, std::string_view name) noexcept;

inline uint64_t ChoiceStream::below(uint64_t bound, ChoiceKind kind) {
  RAIDSIM_ASSERT(bound >= 1);
  return bound == 1 ? 0 : draw(bound, kind);
}

inline uint64_t ChoiceStream::between(uint64_t low, uint64_t high) {
  RAIDSIM_ASSERT(low <= high);
  return low == high ? low : low + draw(high - low + 1, ChoiceKind::number);
}

inline bool ChoiceStream::chance_ppb(uint64_t parts) {
  if (parts == 0) return false;
  if (parts >= distributions::ppb) return true;
  return draw(distributions::ppb, ChoiceKind::chance) >= distributions::ppb - parts;  // 0 is "no"
}

inline Duration ChoiceStream::duration_between(Duration low, Duration high) {
  RAIDSIM_ASSERT(low <= high);
  if (low == high) return low;
  const uint64_t span = static_cast<uint64_t>(high.count()) - static_cast<uint64_t>(low.count());
  const uint64_t offset = draw(span + 1, ChoiceKind::duration);
  return Duration{static_cast<int64_t>(static_cast<uint64_t>(low.count()) + offset)};
}

}  // namespace raidsim
