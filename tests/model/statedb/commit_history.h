// tests/model/statedb/commit_history.h: forty operations on N replicas, recorded write by write, and the disks as any
// crash in it would leave them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/statedb/load.h"
#include "model/statedb/operations.h"
#include "model/statedb/replica_admin.h"
#include "tests/model/statedb/replica_disk.h"

namespace raidsim::testing {

using Contents = std::map<uint32_t, std::string>;   ///< committed records, by number
using Image = std::vector<std::vector<std::byte>>;  ///< the disks, one behind the other

/// One write as a disk got it, and what the database was worth then.
struct RecordedWrite {
  size_t disk = 0;
  uint64_t block = 0;
  std::vector<std::byte> bytes;
  size_t operation = 0;
};

struct History {
  Image start;                        ///< after the replicas were made
  std::vector<RecordedWrite> writes;  ///< in order
  std::vector<Contents> after;        ///< each operation; [0]: before the first
  std::vector<uint32_t> members;      ///< after each operation: disks whose replicas are in the list, a bit each
  statedb::BootList boot_list;        ///< of all disks that hold a replica at any time
};

/// Singles, groups of 2 to 8, creates, deletes, records that change their size; from three replicas on also a replica
/// that goes and comes again.
[[nodiscard]] History record_history(uint32_t replicas, size_t operations, uint64_t seed);

/// The disks when the host dies in write `n`, of which the sectors of `kept` (a bit each; those from the
/// 64th on go with it) are done.
[[nodiscard]] Image image_at(const History& history, size_t n, uint64_t kept);

/// A machine whose disks are set to an image and booted from, again and again.
class BootBench {
 public:
  explicit BootBench(const Image& like);
  struct Outcome {
    bool loaded = false, writable = false;
    uint32_t listed = 0;  ///< replicas that its locator block names
    Contents contents;
  };
  /// `there`: a bit for each disk. In a fiber of the bench's host.
  Outcome boot(const Image& image, uint32_t there, const statedb::BootList& list);
  /// From now on reads of this block fail, of this disk and no other.
  void unreadable(size_t disk, uint64_t block);
  [[nodiscard]] Image left() const;  ///< the disks after the last boot
  template <class F>
  void run(F body) {
    EXPECT_TRUE(machine_.run(body));
  }

 private:
  Machine machine_;
};

/// Committed records of a set in memory.
[[nodiscard]] Contents contents_of(const statedb::SetState& set);

}  // namespace raidsim::testing
