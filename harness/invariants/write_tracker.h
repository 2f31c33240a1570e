// harness/invariants/write_tracker.h: what has happened to each write: its pre-writes, its home writes, its failures.
//
//   pre-writes issued ──> secured: completed so that no power cut undoes it ──> home writes ──> slot free
//                                  └──> all of a request's secured: it may be answered
//
// A pre-write is secured when it completed without error and was FUA or went to a disk without volatile cache, or
// when its blocks were seen to reach the medium. So what an honest disk would have promised counts, and a disk that
// lies about it does not make the code under test look guilty.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/invariants/unit_rules.h"

namespace raidsim::harness {

struct PreWriteIssue {
  uint32_t unit = 0;
  uint64_t pwid = 0;
  const void* buffer = nullptr;  ///< the caller's request
  uint32_t colcount = 0;         ///< entries of the write (rpw_colcount)
  uint32_t column = 0;
  bool alternate = false;  ///< the copy on the alternate does not count
  bool again = false;      ///< the host driver sends it once more
  uint32_t disk = 0;
  uint64_t number = 0;
  uint32_t blocks = 0;       ///< of the transfer
  uint32_t user_blocks = 0;  ///< that the whole write makes durable for its caller
};

class WriteTracker {
 public:
  void pre_write_issued(const PreWriteIssue& issue);
  void completed(uint32_t disk, uint64_t number, bool failed, bool durable_now);
  void durable(uint32_t disk, uint64_t number, uint32_t blocks);

  /// RL-11: a home write of this write to this column is about to go out.
  [[nodiscard]] Broken home_issued(uint32_t unit, uint64_t pwid, uint32_t column) const;
  /// RL-12: success for `blocks` of a caller's request.
  [[nodiscard]] Broken answered(const void* buffer, uint64_t blocks) const;
  /// The request is over; its writes may go on.
  void forget(const void* buffer);
  void host_died();

 private:
  struct Entry {
    uint32_t column = 0;
    uint32_t disk = 0;
    uint64_t number = 0;
    uint32_t blocks = 0;
    uint32_t durable_blocks = 0;
    bool alternate = false;
    bool secured = false;
  };
  struct Write {
    uint32_t unit = 0;
    uint64_t pwid = 0;  ///< 0: free
    const void* buffer = nullptr;
    uint32_t colcount = 0;
    uint32_t user_blocks = 0;
    std::vector<Entry> entries;
  };
  [[nodiscard]] Write& write_for(const PreWriteIssue& issue);
  [[nodiscard]] const Write* find(uint32_t unit, uint64_t pwid) const;
  /// A pre-write that was not seen to be secured: the few that a completion can be about.
  struct Open {
    uint32_t disk = 0;
    uint32_t write = 0;  ///< index in writes_
    uint64_t number = 0;
  };
  /// The entry behind an open pre-write; null when its write has done without it since.
  [[nodiscard]] Entry* entry_of(const Open& open);
  [[nodiscard]] std::vector<Open>::iterator find(uint32_t disk, uint64_t number);
  [[nodiscard]] static uint32_t secured_columns(const Write& write);

  std::vector<Write> writes_;
  std::vector<Open> open_;
  size_t latest_ = 0;             ///< where the last pre-write went: its partner follows
  uint64_t forgotten_below_ = 0;  ///< pwids that an entry was recycled for
};

}  // namespace raidsim::harness
