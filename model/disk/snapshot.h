// model/disk/snapshot.h: the state of all disks at one moment, cheap to take and to go back to.
//
// Pages are shared copy-on-write; cached writes, damage and the arm are copied. Transfers are not part of
// it: take one when none is outstanding (after a crash, or at rest). A snapshot belongs to its thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/disk/damage.h"
#include "model/disk/latency/latency.h"
#include "model/disk/page_store.h"
#include "model/disk/virtual_disk.h"
#include "model/disk/write_cache.h"

namespace raidsim::disk {

class DiskBay;

/// One disk's part.
struct DiskState {
  DeviceId id = 0;
  PageStore medium;
  WriteCache cache;
  DamageMap damage;
  std::shared_ptr<const LatencyModel> latency;
  uint64_t head = 0;
  uint64_t numbers = 0;
  uint64_t moments = 0;
  uint64_t sequences = 0;
  uint64_t size_blocks = 0;
  bool dead = false;
  bool powered = true;
  bool pulled = false;
  bool supplied = true;
};

/// Hash of what the medium holds and of what a read sees.
[[nodiscard]] uint64_t content_hash_of(const PageStore& medium, const WriteCache& cache);

class Snapshot {
 public:
  /// Shape  no transfer outstanding in `bay`
  [[nodiscard]] static Snapshot take(const DiskBay& bay);
  /// Puts the disks back. Shape  a bay of as many disks, of the same or a later simulation of this thread
  void restore(DiskBay& bay) const;

  [[nodiscard]] size_t disks() const noexcept { return disks_.size(); }
  [[nodiscard]] const DiskState& disk(DiskIndex index) const { return disks_.at(index); }
  /// Hash of all contents, media and caches, disk by disk.
  [[nodiscard]] uint64_t content_hash() const;

 private:
  std::vector<DiskState> disks_;
};

/// Contents that threads can share: the media of a prepared bay, frozen.
using PreparedDisks = std::vector<std::shared_ptr<const DiskImage>>;
[[nodiscard]] PreparedDisks prepare(const DiskBay& bay);
void load(DiskBay& bay, const PreparedDisks& prepared);

}  // namespace raidsim::disk
