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
#include <memory>
#include <span>
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
  WriteCache();
  ~WriteCache();
  WriteCache(const WriteCache& other);
  WriteCache& operator=(const WriteCache& other);

  [[nodiscard]] bool empty() const noexcept { return live_writes_ == 0; }
  [[nodiscard]] uint64_t blocks() const noexcept { return live_blocks_; }  ///< limbo left out
  [[nodiscard]] uint32_t writes() const noexcept { return live_writes_; }
  [[nodiscard]] bool holds(uint64_t block) const;

  void add(uint64_t number, uint64_t sequence, uint64_t block, uint32_t blocks, const std::byte* data);
  /// The host was told of transfer `number` at `moment`.
  void completed(uint64_t number, uint64_t moment);
  /// Lays cached bytes over `out`, which holds the medium's.
  void read_over(uint64_t block, uint32_t blocks, std::byte* out) const;
  /// A write went to the medium past the cache (FUA): cached older bytes of its blocks are void.
  void overtake(uint64_t block, uint32_t blocks);

  /// Moves writes to the medium until at most `limit_blocks` are left, in the policy's order.
  void shrink_to(uint64_t limit_blocks, DestagePolicy policy, uint64_t head, ChoiceStream& choices, CacheSink& sink);
  /// Moves every write that completed before `moment`: what a flush issued then promises.
  void flush(uint64_t moment, CacheSink& sink);
  /// What `flush` would move.
  [[nodiscard]] uint32_t dirty_writes(uint64_t moment) const;
  /// A failed flush (F21): each covered write reaches the medium, or is forgotten with chance `forget_ppb`.
  void fail_flush(uint64_t moment, uint64_t forget_ppb, ChoiceStream& choices, CacheSink& sink, CacheSink& forgotten);

  /// The writes, oldest first, limbo included: for power loss and for tests.
  [[nodiscard]] std::vector<const CachedWrite*> list() const;
  void clear();

 private:
  class Index;
  using Slot = uint32_t;
  void destage(Slot slot, CacheSink& sink);
  void drop(Slot slot);
  [[nodiscard]] Slot pick(DestagePolicy policy, uint64_t head, ChoiceStream& choices) const;

  std::deque<CachedWrite> slots_;  ///< recycled: buffers keep their capacity
  std::vector<Slot> free_;
  std::vector<Slot> order_;  ///< oldest first
  std::unique_ptr<Index> index_;
  uint64_t live_blocks_ = 0;
  uint32_t live_writes_ = 0;
};

}  // namespace raidsim::disk
