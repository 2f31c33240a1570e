// model/statedb/store_disk.h: the store's disk, one transfer at a time, each waited for.
//
// Writes are durable when they return: with FUA on a disk whose cache may lose them (RH-12).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/sync/semaphore.h"
#include "model/disk/block_device.h"

namespace raidsim::statedb {

class StoreDisk {
 public:
  StoreDisk() = default;
  StoreDisk(const StoreDisk&) = delete;
  StoreDisk& operator=(const StoreDisk&) = delete;

  void attach(BlockDevice* device) noexcept { device_ = device; }
  [[nodiscard]] BlockDevice* device() const noexcept { return device_; }

  /// Transfers whole blocks, in pieces of at most the device's longest transfer.
  /// Suspends. Errors  false: a piece failed; nothing is known of the rest
  [[nodiscard]] bool read(uint64_t block, std::span<std::byte> out);
  [[nodiscard]] bool write(uint64_t block, std::span<std::byte> bytes);
  /// Makes everything read so far durable, should it still be in the cache alone. Suspends.
  [[nodiscard]] bool flush();

 private:
  [[nodiscard]] bool run(IoOp op, uint64_t block, std::span<std::byte> bytes);
  [[nodiscard]] bool run_one();

  BlockDevice* device_ = nullptr;
  IoRequest request_;  // outlives a fiber that a crash ends in the middle of a transfer
  Semaphore arrived_{"store transfer"};
};

}  // namespace raidsim::statedb
