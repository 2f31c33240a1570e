// harness/verdicts.h: where judges report what they found, in the order in which it happened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/simulation.h"
#include "harness/result.h"

namespace raidsim::harness {

class Verdicts {
 public:
  explicit Verdicts(Simulation& simulation) : simulation_(simulation) {}

  enum class Keep : uint8_t { while_few, always };

  /// A broken invariant. Equal (id, place) is reported once and counted; after `most` distinct ones the
  /// rest are counted only.
  void violation(std::string id, std::string place, std::string text);
  /// Something that the fault model allows: a reported error, a detected loss, an exposure. `Keep::always`: said once
  /// or twice in a run, and not to be drowned by hundreds of failed requests.
  void finding(Outcome outcome, std::string text, Keep keep = Keep::while_few);
  /// From now on nothing that is said of units, spares and records is a violation: they go on from a past that an
  /// administrator chose (docs/decisions/0034).
  void give_up_units() noexcept { units_given_up_ = true; }
  [[nodiscard]] bool units_given_up() const noexcept { return units_given_up_; }
  /// Raises the outcome without a line of its own.
  void reached(Outcome outcome) noexcept;

  [[nodiscard]] const std::vector<Violation>& violations() const noexcept { return violations_; }
  [[nodiscard]] const std::vector<std::string>& findings() const noexcept { return findings_; }
  [[nodiscard]] uint64_t suppressed() const noexcept { return suppressed_; }
  [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
  static constexpr size_t most = 200;

 private:
  Simulation& simulation_;
  std::vector<Violation> violations_;
  std::vector<std::string> findings_;
  uint64_t suppressed_ = 0;
  Outcome outcome_ = Outcome::masked;
  bool units_given_up_ = false;
};

}  // namespace raidsim::harness
