// engine/policy/policy.h: who runs next, among ready fibers and the pending events inside a window.
//
// A policy sees the candidates (candidates.h), answers with one index and draws from the stream "schedule"
// alone. Index 0 is what fifo would do, and drawing 0 everywhere makes every policy pick it: a schedule
// shrinks towards fifo. A further policy is one file beside these and one line in make_policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/policy/candidates.h"
#include "engine/time.h"

namespace raidsim {

class ChoiceStream;

enum class PolicyKind : uint8_t {
  fifo,    ///< ready fibers in order of becoming ready, then the earliest event
  random,  ///< uniform among the candidates at each scheduling point
  pct,     ///< fixed random priorities with `pct_depth` - 1 change points (Burckhardt et al., ASPLOS 2010)
  walk,    ///< uniform random walk over schedules: candidates weighted by their estimated remaining steps
};

struct PolicyOptions {
  PolicyKind kind = PolicyKind::fifo;
  /// Events up to this far behind the earliest one are candidates too; 0 leaves time in charge. The
  /// clock never runs back: an event taken early runs at its due time, an event overtaken runs late.
  Duration window{};
  uint32_t pct_depth = 3;
  uint64_t pct_steps = 10'000;  ///< estimated decisions of the run, where change points are placed
  /// Decisions each fiber won in an earlier run, by FiberId (Policy::fiber_steps); walk weighs with them.
  std::vector<uint32_t> walk_steps{};
  uint32_t walk_steps_default = 64;  ///< for fibers that `walk_steps` does not know. Source  chosen
};

class Policy {
 public:
  virtual ~Policy() = default;

  /// Shape  two candidates at least; the answer is an index of them
  [[nodiscard]] virtual size_t pick(Candidates candidates) = 0;

  /// How often each fiber was picked so far, by FiberId; empty for a policy that does not count.
  [[nodiscard]] virtual std::vector<uint32_t> fiber_steps() const { return {}; }
};

/// `schedule` must outlive the policy. Draws at once what the policy fixes at the start (PCT's change points).
[[nodiscard]] std::unique_ptr<Policy> make_policy(const PolicyOptions& options, ChoiceStream& schedule);

[[nodiscard]] std::string_view name_of(PolicyKind kind) noexcept;
[[nodiscard]] std::optional<PolicyKind> policy_named(std::string_view name) noexcept;

}  // namespace raidsim
