// engine/choice.h: every nondeterministic decision of a run, as draws from named streams.
//
// A stream's seed is a fixed hash of run seed and name, so a new draw in one place moves no other.
// Every draw is one integer below a bound; distributions are built from such integers by tables, so
// they are the same bits on every compiler. A draw can be recorded; the recording (engine/tape.h)
// together with the scenario is the run. 0 is by convention the simplest choice (no fault, first in
// line, shortest), so that shrinking has a direction.
//
// One draw per expression: g++ and clang evaluate arguments in opposite orders.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/time.h"

namespace raidsim {

class Tape;

/// What a draw decides; recorded with it, so that a changed program notices where it reads another
/// kind of choice than was recorded.
enum class ChoiceKind : uint8_t { number, chance, index, duration, schedule, bytes };

class ChoiceSource;  ///< seeded, tape, fuzzer bytes, explorer (engine/choice_source.h)

class ChoiceStream {
 public:
  /// Uniform in [0, bound). Shape  bound >= 1; bound 1 draws nothing and returns 0.
  uint64_t below(uint64_t bound, ChoiceKind kind = ChoiceKind::number);
  /// Uniform in [low, high], both included.
  uint64_t between(uint64_t low, uint64_t high);
  /// True with probability `parts` / 1'000'000'000. 0 and below never draw; 1e9 and above never draw.
  bool chance_ppb(uint64_t parts);
  /// Same, for a probability as scenarios write it (0.0 to 1.0), rounded once to ppb.
  bool chance(double probability);
  /// Uniform in [low, high].
  Duration duration_between(Duration low, Duration high);
  /// Exponential with the given mean, from a 4096-step table; at most 8.3 means.
  Duration exponential(Duration mean);
  /// Lognormal with the given median and 99th percentile, from a table of the normal quantile.
  Duration lognormal(Duration median, Duration p99);
  /// Fills `size` bytes.
  void bytes(void* out, size_t size);

  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] uint64_t draws() const noexcept;
};

class Choices {
 public:
  /// The stream of that name, made at first use; the reference stays valid for the run.
  ChoiceStream& stream(std::string_view name);
  /// All draws of the run so far; reported beside speed figures.
  [[nodiscard]] uint64_t draws() const noexcept;
  /// What was recorded so far (SimulationOptions::record_tape).
  [[nodiscard]] Tape recorded() const;
};

/// FNV-1a 64 of a stream's name mixed with the run's seed: the stream's own seed. Stable for ever.
[[nodiscard]] uint64_t stream_seed(uint64_t run_seed, std::string_view name) noexcept;

}  // namespace raidsim
