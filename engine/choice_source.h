// engine/choice_source.h: where the draws of a run come from, when not from its seed alone.
//
//   Choices ──open(name)──> ChoiceSource of that stream ──draw──> value, or nothing: the seed decides
//
// A source answers typed questions ("an index below 5"), never raw bits, so a tape, a fuzzer's bytes and a
// systematic search all speak to the same program. The stream's own generator moves on with each draw whoever
// answers it; where a source falls silent, the run goes on as the seeded run would have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "engine/choice_kind.h"
#include "engine/tape.h"

namespace raidsim {

/// The draws of one stream.
class ChoiceSource {
 public:
  virtual ~ChoiceSource() = default;
  /// A value in [0, bound); `bound` 0 stands for 2^64. Nothing: this source has no more to say.
  virtual std::optional<uint64_t> draw(ChoiceKind kind, uint64_t bound) = 0;
};

/// The draws of a whole run: opens one source per stream, and may share state between them.
class ChoiceOrigin {
 public:
  virtual ~ChoiceOrigin() = default;
  /// Null leaves the stream to its seed. `stream` is valid during the call only.
  virtual std::unique_ptr<ChoiceSource> open(std::string_view stream) = 0;
  /// Where the run left what it should have repeated, if it did.
  [[nodiscard]] virtual std::optional<TapeDivergence> divergence() const { return std::nullopt; }
};

/// Plays `tape`, which must outlive the run. A draw of another kind or bound than recorded is answered with
/// the recorded value modulo the bound asked for, and the first such draw of the run is kept.
[[nodiscard]] std::unique_ptr<ChoiceOrigin> tape_origin(const Tape& tape);

/// Answers from a fuzzer's bytes, in order of the draws of all streams: as few bytes as the bound needs, lowest
/// byte first, modulo the bound. When they are used up every answer is 0, the simplest choice, so a short input
/// is a short run. `input` must outlive the run.
[[nodiscard]] std::unique_ptr<ChoiceOrigin> bytes_origin(std::span<const std::byte> input);

}  // namespace raidsim
