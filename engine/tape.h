// engine/tape.h: the typed recording of a run's choices, per stream, and its serial form.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/choice.h"

namespace raidsim {

struct TapedChoice {
  ChoiceKind kind{};
  uint64_t bound = 1;
  uint64_t value = 0;
  bool operator==(const TapedChoice&) const = default;
};

class Tape {
 public:
  std::map<std::string, std::vector<TapedChoice>> streams;  ///< ordered by name: serial form is canonical
  bool operator==(const Tape&) const = default;
  [[nodiscard]] std::string serialise() const;
  /// Shape  hostile input is allowed. Errors  nullopt, and `error` says what is wrong, in one line.
  [[nodiscard]] static std::optional<Tape> parse(std::string_view bytes, std::string& error);
};

/// Where a played tape and the program parted, if they did: first draw of another kind or bound.
struct TapeDivergence {
  std::string stream;
  uint64_t draw = 0;
  TapedChoice recorded;
  ChoiceKind asked_kind{};
  uint64_t asked_bound = 0;
};

}  // namespace raidsim
