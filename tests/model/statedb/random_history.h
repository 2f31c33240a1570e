// tests/model/statedb/random_history.h: a set of replicas over a random history, beside a model of a database: records
// by number, groups that are there as a whole or not at all.
//
//   step ──> the set's own operation ──> acknowledged: the model has it too
//                                   ──> cut by a crash, or "not now": the model has both, before and after
//   boot ──> from any disks ──> writable: one of these, and from then on that one (INV-D20, D21, D40)
//                           ──> not: no block of any disk has changed, and no majority was there (INV-D29, D31)
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "model/statedb/load.h"
#include "model/statedb/operations.h"
#include "model/statedb/replica_admin.h"
#include "tests/model/statedb/commit_history.h"

namespace raidsim::testing {

enum class Deed : uint8_t { create, commit, group, remove, grow, add, drop, fail, heal, crash, boot };

/// One step. Numbers that are too great are taken modulo what there is.
struct HistoryStep {
  Deed deed = Deed::boot;
  uint32_t which = 0;  ///< record, in the order of numbers, or disk
  uint32_t count = 0;  ///< records of a group beyond two
  uint32_t bytes = 0;
  uint32_t disks = 0;     ///< boot: which are away, a bit each
  uint32_t cut = 0;       ///< the host dies in this write of disk `cut_disk` in this step; 0: it does not
  uint32_t cut_disk = 0;  ///< the disk
  uint32_t kept = 0;      ///< which sectors of that write are done, a bit each of eight
};
std::ostream& operator<<(std::ostream& out, const HistoryStep& step);

class RandomHistory {
 public:
  static constexpr uint32_t disks = 5;

  /// The first `replicas` disks have replicas.
  explicit RandomHistory(uint32_t replicas);

  void take(const HistoryStep& step);
  /// All disks are there again and well: the set is writable, every replica in use (INV-D41).
  void end();

  /// What broke first; empty: nothing.
  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] size_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] size_t cuts() const { return cuts_; }
  [[nodiscard]] size_t writable_boots() const { return writable_boots_; }
  [[nodiscard]] size_t refused_boots() const { return refused_boots_; }

 private:
  static constexpr uint32_t replica_blocks = 120, records_most = 10;
  using Status = statedb::DbStatus;

  [[nodiscard]] bool up() const { return set_ != nullptr; }
  void broke(std::string what) {
    if (broken_.empty()) broken_ = std::move(what);
  }
  // ---- operations (random_history.cpp) ----
  void operate(const HistoryStep& step);
  void create(const HistoryStep& step);
  void commit(const HistoryStep& step, size_t count, size_t more_bytes);
  void commit_numbers(const std::vector<uint32_t>& numbers, const std::vector<std::string>& texts);
  void remove(const HistoryStep& step);
  void add(const HistoryStep& step);
  void drop(const HistoryStep& step);
  /// Runs `act` in the host; its end, or nothing: the host died in it, or could not go on.
  template <class Act>
  std::optional<Status> run(Act act) {
    Status status{};
    if (!machine_.run([&] { status = act(); })) return std::nullopt;
    return status;
  }
  void end_of_contents(std::optional<Status> status, Contents after);
  void end_of_list(std::optional<Status> status, uint32_t after);
  std::string text(uint32_t bytes);
  // ---- life of the host (random_boots.cpp) ----
  void arm(const HistoryStep& step);
  void disarm();
  void crash();
  void boot(const HistoryStep& step);
  void judge_writable();
  void judge_refused(const Image& before);
  [[nodiscard]] uint32_t listed() const;
  [[nodiscard]] bool majority_is_there() const;
  [[nodiscard]] Image image() const;

  std::array<Contents, 2> legal_;      ///< before and after what is open; equal: nothing is
  std::array<uint32_t, 2> members_{};  ///< disks of the list, the same way
  statedb::BootList boot_list_;        ///< never shortened: deleted replicas are found too
  std::unique_ptr<statedb::Services> services_;
  std::unique_ptr<statedb::SetState> set_;
  std::string broken_;
  uint32_t serial_ = 0;
  size_t acknowledged_ = 0, cuts_ = 0, writable_boots_ = 0, refused_boots_ = 0;
  Machine machine_;  // last: it goes first, and ends the epoch that the others belong to
};

}  // namespace raidsim::testing
