// engine/tape.h: the typed recording of a run's choices, per stream, and its serial form.
//
//   "RSTAPE" version | streams n | n x ( name | choices m | m x ( kind | bound | value ) )
//
// Numbers are varints of seven bits a byte, lowest first, in their shortest form; streams stand in order of
// name and none is empty. So one tape has exactly one serial form, and equal runs give equal bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/choice_kind.h"

namespace raidsim {

struct TapedChoice {
  ChoiceKind kind{};
  uint64_t bound = 1;  ///< the value lies below it; 0 stands for 2^64
  uint64_t value = 0;
  bool operator==(const TapedChoice&) const = default;
};

class Tape {
 public:
  std::map<std::string, std::vector<TapedChoice>> streams;  ///< ordered by name: serial form is canonical
  bool operator==(const Tape&) const = default;

  /// All choices of all streams.
  [[nodiscard]] size_t choices() const noexcept;

  /// Streams without choices are left out.
  [[nodiscard]] std::string serialise() const;

  /// Shape   hostile input is allowed: counts are checked against the bytes left before memory is taken
  /// Errors  nullopt, and `error` says what is wrong, in one line
  [[nodiscard]] static std::optional<Tape> parse(std::string_view bytes, std::string& error);

  static constexpr size_t name_bytes_max = 1024;
};

/// Where a played tape and the program parted, if they did: first draw of another kind or bound.
struct TapeDivergence {
  std::string stream;
  uint64_t draw = 0;  ///< number of the draw in its stream, from 0
  TapedChoice recorded;
  ChoiceKind asked_kind{};
  uint64_t asked_bound = 0;
  [[nodiscard]] std::string text() const;  ///< one line for people
};

}  // namespace raidsim
