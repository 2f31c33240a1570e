// harness/invariants/commit_rules.h: how a commit passes over replicas and records; pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/invariants/replica_media.h"
#include "harness/oracle/acknowledged_records.h"

namespace raidsim::harness {

/// Replicas in index order, of which an operation was under way that leads from `before` to `after`: all whole but one,
/// each in one of the two states, those after it first (INV-D2). Empty: so it is.
[[nodiscard]] std::string not_one_after_the_other(const std::vector<ReplicaOnMedia>& replicas,
                                                  const RecordTexts& before, const RecordTexts& after);

/// What a host has in memory of one record.
struct RecordCount {
  uint32_t commits = 0;  ///< rb_commitcnt
  std::vector<std::byte> text;
};
using RecordCounts = std::map<uint32_t, RecordCount>;  ///< by number

/// Two moments at which no operation was under way, and how many commits and deletions succeeded in between: a record
/// counts those that named it (INV-D7). One that counts fewer than before is another one, under the number of one that
/// was deleted. Empty: all count right.
[[nodiscard]] std::string miscounted(const RecordCounts& before, const RecordCounts& now, uint64_t between);

}  // namespace raidsim::harness
