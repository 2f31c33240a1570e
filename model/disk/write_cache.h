// model/disk/write_cache.h: the volatile layer of a disk (spec/fault-model.md 4.3).
//
//   writes, oldest first   [12: blocks 0-7] [13: block 4] [15: blocks 2-3] ...
//   newest of each block    0:12  1:12  2:15  3:15  4:13  ...                  a read looks here first
//
// A cached write stays whole until it reaches the medium. When a newer write of a sector gets there first,
// the older one has lost that sector for good: per sector the last writer wins in any destage order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/disk/types.h"

namespace raidsim {
class ChoiceStream;
}

namespace raidsim::disk {

inline constexpr uint64_t not_completed = UINT64_MAX;

/// One write that is in the cache and not on the medium.
struct CachedWrite {
  uint64_t number = 0;                 ///< of the transfer: order of effect is the order in the list
  uint64_t sequence = 0;               ///< order of effect on this disk
  uint64_t completed = not_completed;  ///< moment of its completion; a later flush covers it
  uint64_t block = 0;
  uint32_t blocks = 0;
  uint32_t live = 0;   ///< blocks that no newer write has overtaken on the way to the medium
  bool gone = false;   ///< of no further use
  bool limbo = false;  ///< a failed flush took it for written (F21): no later flush stores it
  std::vector<std::byte> bytes;
  std::vector<bool> overtaken;  ///< by block
  [[nodiscard]] const std::byte* data_of(uint64_t b) const { return bytes.data() + (b - block) * block_bytes; }
};

/// Where destaged bytes go: runs of blocks of one write.
class CacheSink {
 public:
  virtual void destaged(const CachedWrite& write, uint64_t block, uint32_t blocks) = 0;

 protected:
  ~CacheSink() = default;
};

class WriteCache {
 public:
  using Slot = uint32_t;
  static constexpr Slot no_slot = UINT32_MAX;

  [[nodiscard]] bool empty() const noexcept { return order_.size() - first_ == gone_; }
  [[nodiscard]] uint64_t blocks() const noexcept { return live_blocks_; }  ///< still to be written; limbo left out
  [[nodiscard]] const CachedWrite* newest(uint64_t block) const;           ///< null: not cached
  [[nodiscard]] bool holds(uint64_t block) const { return !empty() && index_.find(block) != Index::none; }

  /// Where the write lies, for completed().
  Slot add(uint64_t number, uint64_t sequence, uint64_t block, uint32_t blocks, const std::byte* data);
  /// The host was told of transfer `number` at `moment`. No effect when the write has left the cache.
  void completed(Slot slot, uint64_t number, uint64_t moment);
  /// Lays cached bytes over `out`, which holds the medium's.
  void read_over(uint64_t block, uint32_t blocks, std::byte* out) const;
  /// Changes the newest cached bytes of `block`, if there are any.
  bool overwrite(uint64_t block, const std::byte* data);
  /// A write went to the medium past the cache (FUA): cached older bytes of its blocks are void.
  void overtake(uint64_t block, uint32_t blocks);

  /// Moves writes to the medium until at most `limit_blocks` are left, in the policy's order.
  void shrink_to(uint64_t limit_blocks, DestagePolicy policy, uint64_t head, ChoiceStream& choices, CacheSink& sink);
  /// Moves every write that completed before `moment`: what a flush issued then promises.
  void flush(uint64_t moment, CacheSink& sink);
  /// A failed flush (F21): each covered write reaches the medium with chance `keep`, or is forgotten.
  void fail_flush(uint64_t moment, double keep, ChoiceStream& choices, CacheSink& sink, CacheSink& forgotten);

  /// What `flush` would move.
  struct Dirty {
    uint32_t writes = 0;
    uint64_t blocks = 0;
  };
  [[nodiscard]] Dirty dirty(uint64_t moment) const;

  /// Calls `visit(write)` for each write, oldest first, limbo included.
  template <class Visit>
  void for_each(Visit visit) const {
    for (size_t i = first_; i < order_.size(); ++i) {
      if (!slots_[order_[i]].gone) visit(slots_[order_[i]]);
    }
  }
  void clear();

 private:
  /// Newest cached write of each block: open addressing, for look-up only.
  class Index {
   public:
    static constexpr Slot none = no_slot;
    [[nodiscard]] Slot find(uint64_t block) const;
    void set(uint64_t block, Slot slot);
    void erase(uint64_t block, Slot slot);  ///< no effect when the block's newest is another one
    void clear();

   private:
    struct Cell {
      uint64_t block = 0;
      Slot slot = none;
    };
    [[nodiscard]] size_t home(uint64_t block) const { return (block * 0x9e3779b97f4a7c15U) >> shift_; }
    [[nodiscard]] size_t next(size_t cell) const { return (cell + 1) & (cells_.size() - 1); }
    void grow();
    std::vector<Cell> cells_;
    size_t used_ = 0;
    uint32_t shift_ = 64;
  };

  void destage(size_t position, CacheSink& sink);
  void pass_runs(const CachedWrite& write, CacheSink& sink) const;
  void overtake_older(size_t position, const CachedWrite& by);
  void overtake_block(size_t position, uint64_t block);
  void take_out(size_t position);
  void drop_front();
  void compact();
  [[nodiscard]] size_t pick(DestagePolicy policy, uint64_t head, ChoiceStream& choices) const;

  std::deque<CachedWrite> slots_;  ///< recycled: buffers keep their capacity
  std::vector<Slot> free_;
  std::vector<Slot> order_;  ///< oldest first, from first_; taken-out ones are `gone` until compact()
  size_t first_ = 0;
  size_t gone_ = 0;
  Index index_;
  uint64_t live_blocks_ = 0;
};

}  // namespace raidsim::disk
