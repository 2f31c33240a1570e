// model/disk/types.h: the words that the files of this room share (spec/fault-model.md section 2).
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/disk/block_device.h"

namespace raidsim::disk {

/// Place of a disk in its bay, from 0. Stays with the slot; the identity of a disk is its DeviceId.
using DiskIndex = uint32_t;

/// Blocks [first, end) of one disk.
struct BlockRange {
  uint64_t first = 0;
  uint64_t end = UINT64_MAX;  ///< the default is the whole disk
  [[nodiscard]] constexpr bool touches(uint64_t block, uint64_t blocks) const {
    return block < end && block + blocks > first;
  }
  [[nodiscard]] constexpr BlockRange within(uint64_t block, uint64_t blocks) const {
    return {std::max(first, block), std::min(end, block + blocks)};
  }
  [[nodiscard]] constexpr uint64_t size() const { return end > first ? end - first : 0; }
  bool operator==(const BlockRange&) const = default;
};

/// Where `blocks` blocks at `block` come to lie when they go `delta` blocks astray on a disk of `disk_blocks`: pushed
/// back onto the disk at its ends, and the other way when that would be the right place (F13, F14).
[[nodiscard]] constexpr uint64_t astray(uint64_t block, uint64_t blocks, int64_t delta, uint64_t disk_blocks) {
  const auto last = static_cast<int64_t>(disk_blocks - std::min(blocks, disk_blocks));
  const auto from = static_cast<int64_t>(block);
  const int64_t there = std::clamp<int64_t>(from + delta, 0, last);
  return static_cast<uint64_t>(there != from ? there : std::clamp<int64_t>(from - delta, 0, last));
}

/// In which order a full cache moves writes to the medium (F18). Per sector the last writer wins under each.
enum class DestagePolicy : uint8_t { fifo, elevator, random, adversarial };

/// Which waiting transfer a disk serves next.
enum class QueuePolicy : uint8_t { fifo, sstf, elevator, scheduler };

/// What a write in service has changed when power fails (F16); `none` is all or nothing.
enum class TornRule : uint8_t { none, prefix, suffix, subset };

/// How damaged bytes differ from the right ones (F10, F11).
enum class Mask : uint8_t { single_bit, bits, zero, random, other_block };

/// What an aborted write left on the medium (F27).
enum class MediumEffect : uint8_t { old_data, new_data, torn };

/// Which promise a lying cache breaks (F22).
enum class FlushKind : uint8_t { flush, fua, both };

/// What a new disk carries (F33).
enum class BlankContent : uint8_t { zero, random };

}  // namespace raidsim::disk
