#include "harness/invariants/commit_rules.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {

std::string not_one_after_the_other(const std::vector<ReplicaOnMedia>& replicas, const RecordTexts& before,
                                    const RecordTexts& after) {
  size_t damaged = 0;
  bool seen_before = false;
  for (size_t i = 0; i < replicas.size(); ++i) {
    const ReplicaOnMedia& each = replicas[i];
    if (!each.good()) {
      if (++damaged > 1) return fmt::format("replica {} is the second that is not whole: {}", i, each.fault);
      continue;
    }
    const bool is_before = each.records == before, is_after = each.records == after;
    if (!is_before && !is_after) return fmt::format("replica {} is neither before nor after the operation", i);
    if (seen_before && !is_before) return fmt::format("replica {} is after the operation, a lower one before it", i);
    seen_before = seen_before || !is_after;
  }
  return {};
}

std::string miscounted(const RecordCounts& before, const RecordCounts& now, uint64_t between) {
  for (const auto& [number, is] : now) {
    const auto found = before.find(number);
    const bool known = found != before.end();
    const bool same = known && is.commits >= found->second.commits;
    const uint32_t was = same ? found->second.commits : 0;
    const uint64_t operations = is.commits - was + (known && !same ? 1U : 0U);
    if (operations > between) {
      return fmt::format("record {} counts {} commits after {}; {} operations came in between", number, is.commits,
                         known ? found->second.commits : 0, between);
    }
    if (same && is.commits == was && is.text != found->second.text) {
      return fmt::format("record {} has changed, and its count of commits is still {}", number, was);
    }
  }
  return {};
}

}  // namespace raidsim::harness
