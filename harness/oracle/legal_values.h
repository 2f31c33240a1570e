// harness/oracle/legal_values.h: which writes a block may hold (RD-07, RD-09, V1, V2).
//
// A register per block with overlapping writers. Write v is superseded for a read r when some write w of
// the block
//     began after v was settled, was acknowledged, and was acknowledged before r began.
// Everything that began before r ended and is not superseded is legal. A failed write, or one that a crash
// interrupted, settles when that happened: it may be there or not, block by block, until superseded.
//
//   v |-----|                w |----|            r |--|     only w
//   v |-----|      w |------------------|  r |--|           v or w
//   v |--X (crash)                          r |--|          v or what was before
//
// A block that an administrator's force gave up (accepted_losses.h) may hold what the media held of it then, as if a
// write of that content had been interrupted. Once it is read, that write counts as acknowledged: a loss stays what it
// is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "harness/oracle/pattern.h"

namespace raidsim::harness {

enum class WriteEnd : uint8_t { in_flight, acknowledged, failed, interrupted };

class LegalValues {
 public:
  explicit LegalValues(uint64_t blocks);

  /// A write of [block, block + count) is about to be handed to the volume; its id is its pattern.
  WriteId begin_write(uint64_t block, uint32_t count);
  void end_write(WriteId id, WriteEnd end);
  /// The host died: every write in flight is interrupted, every read forgotten.
  void host_died();

  /// From now on the block may hold `content` too. False: it may already, nothing is lost.
  bool lose(uint64_t block, std::span<const std::byte> content);
  /// A read found what lose() allowed: from now on the block holds that alone, until a write supersedes it.
  void loss_was_read(uint64_t block);
  /// What was lost may come back, read or not, in the blocks for which `of` says so.
  void losses_may_come_back(const std::function<bool(uint64_t block)>& of);
  /// Which write `content` of the block is from, losses included; nullopt for foreign bytes.
  [[nodiscard]] std::optional<WriteId> identify(uint64_t block, std::span<const std::byte> content) const;
  [[nodiscard]] bool is_loss(uint64_t block, WriteId id) const;

  /// Moment at which a read began; hand it back with end_read.
  struct Read {
    uint32_t began = 0;
  };
  [[nodiscard]] Read begin_read();
  void end_read(Read read);

  /// Whether a read that ends now may have found `found` in `block`.
  [[nodiscard]] bool legal(Read read, uint64_t block, WriteId found) const;
  /// All legal values for a read that begins now, newest first.
  [[nodiscard]] std::vector<WriteId> legal_now(uint64_t block) const;

  struct Write {
    uint32_t began = 0;
    uint32_t settled = UINT32_MAX;
    WriteEnd end = WriteEnd::in_flight;
    uint32_t count = 0;
    uint64_t block = 0;
  };
  [[nodiscard]] const Write& write(WriteId id) const { return writes_[id]; }
  [[nodiscard]] uint64_t blocks() const noexcept { return blocks_; }
  /// Blocks that some write targeted, ascending (a bystander is every other block, V2).
  [[nodiscard]] std::vector<uint64_t> touched() const;

 private:
  static constexpr uint32_t none = UINT32_MAX;
  static constexpr uint64_t page_blocks = 64;
  struct Slot {
    WriteId newest = initial_zeroes;
    uint32_t older = none;  ///< index in nodes_, list of further candidates, newest first
    bool touched = false;
  };
  struct Node {
    WriteId id;
    uint32_t next;
  };
  struct Page {
    Slot slots[page_blocks];
  };

  /// What a lost block may hold: the id stands in the block's list of writes.
  struct Loss {
    WriteId id;
    uint32_t settled;  ///< of the write, unless it was read
    std::array<std::byte, 512> content;
  };

  [[nodiscard]] const Slot* find(uint64_t block) const;
  Slot& slot(uint64_t block);
  void push(Slot& slot, WriteId id);
  void prune(Slot& slot);
  [[nodiscard]] bool superseded(const Slot& slot, WriteId id, uint32_t read_began) const;
  [[nodiscard]] uint32_t oldest_read() const noexcept;

  uint64_t blocks_;
  uint32_t clock_ = 1;
  std::vector<Write> writes_;
  std::vector<WriteId> in_flight_;
  std::vector<uint32_t> reads_;                                ///< `began` of the active reads, ascending
  std::unordered_map<uint64_t, std::unique_ptr<Page>> pages_;  ///< look-up only
  std::vector<Node> nodes_;
  uint32_t free_node_ = none;
  std::unordered_map<uint64_t, Loss> losses_;  ///< by block, the last one of each; look-up only
};

}  // namespace raidsim::harness
