#include "engine/policy/policy.h"

#include <array>
#include <utility>

#include "engine/assert.h"
#include "engine/policy/policies.h"

namespace raidsim {
namespace {

constexpr std::array<std::pair<PolicyKind, std::string_view>, 4> names = {{
    {PolicyKind::fifo, "fifo"},
    {PolicyKind::random, "random"},
    {PolicyKind::pct, "pct"},
    {PolicyKind::walk, "walk"},
}};

}  // namespace

std::unique_ptr<Policy> make_policy(const PolicyOptions& options, ChoiceStream& schedule) {
  switch (options.kind) {
    case PolicyKind::fifo:
      return policies::make_fifo();
    case PolicyKind::random:
      return policies::make_random(schedule);
    case PolicyKind::pct:
      return policies::make_pct(options, schedule);
    case PolicyKind::walk:
      return policies::make_walk(options, schedule);
  }
  assertion_failed("PolicyOptions::kind is one of PolicyKind");
}

std::string_view name_of(PolicyKind kind) noexcept {
  for (const auto& [each, name] : names) {
    if (each == kind) return name;
  }
  return "unknown";
}

std::optional<PolicyKind> policy_named(std::string_view name) noexcept {
  for (const auto& [kind, each] : names) {
    if (each == name) return kind;
  }
  return std::nullopt;
}

}  // namespace raidsim
