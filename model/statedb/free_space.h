// model/statedb/free_space.h: which logical blocks of a database are free. Nothing on a disk says it: it is
// computed from what is in use (DB-F11), and computed anew at each full rescan (DB-F15).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace raidsim::statedb {

class FreeSpace {
 public:
  /// Blocks 1 to `blocks` - 1 are free; block 0 never is, so that 0 can mean failure (DB-F14).
  explicit FreeSpace(uint32_t blocks);

  /// False: already in use, or not within the database (INV-D8).
  [[nodiscard]] bool take(uint32_t block);
  void give_back(uint32_t block);  ///< Shape  it is in use
  /// The lowest run of `count` free blocks; when there is none, `count` single ones, each the lowest (DB-F14).
  /// Empty, and nothing taken: not so many are free.
  [[nodiscard]] std::vector<uint32_t> allocate(uint32_t count);

  [[nodiscard]] uint32_t blocks() const noexcept { return static_cast<uint32_t>(used_.size()); }
  [[nodiscard]] uint32_t free() const noexcept { return free_; }
  [[nodiscard]] bool used(uint32_t block) const noexcept { return block >= used_.size() || used_[block]; }

 private:
  [[nodiscard]] uint32_t first_run(uint32_t count) const;
  std::vector<bool> used_;
  uint32_t free_ = 0;
};

}  // namespace raidsim::statedb
