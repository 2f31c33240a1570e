// model/disk/damage.h: which sectors a fault has made wrong, so that a judge can tell a fault from a bug.
//
// A fault that leaves a sector other than its last acknowledged write says so here, when it happens. The
// entry goes when a later write of that sector becomes durable; a newer write that sits in a volatile
// cache hides it (VirtualDisk::damage_seen) but may yet be lost.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include "engine/time.h"
#include "model/disk/types.h"

namespace raidsim::disk {

/// Handle of an armed fault, from 1 in order of arming; 0: no armed fault (the disk's own nature).
using FaultHandle = uint32_t;

enum class DamageKind : uint8_t {
  old_content,  ///< an acknowledged write is missing, what was there before is readable
  foreign,      ///< bytes that belong to another place (victim of a misdirected write)
  corrupted,    ///< bytes that nobody wrote
  unreadable,   ///< reads of the sector fail until it is written
  lost,         ///< the sector is gone with its disk, or with the power
};
[[nodiscard]] const char* name_of(DamageKind kind) noexcept;

struct Damage {
  DamageKind kind{};
  uint8_t fault_number = 0;  ///< catalogue: F12 is 12
  FaultHandle fault = 0;
  uint64_t write = 0;  ///< sequence of the write that it came with; later ones heal it
  SimTime at{};
  bool operator==(const Damage&) const = default;
};

struct DamagedBlock {
  uint64_t block = 0;
  Damage damage;
  bool operator==(const DamagedBlock&) const = default;
};

/// The damaged sectors of one disk, in order of block.
class DamageMap {
 public:
  void mark(uint64_t block, uint64_t blocks, const Damage& damage);
  /// A write of these blocks with sequence `write` became durable.
  void heal(uint64_t block, uint64_t blocks, uint64_t write);
  /// The write `write` was lost before it became durable, and what it had damaged with it.
  void forget(uint64_t block, uint64_t blocks, uint64_t write);
  void clear() { blocks_.clear(); }

  [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
  [[nodiscard]] size_t size() const noexcept { return blocks_.size(); }
  [[nodiscard]] const Damage* at(uint64_t block) const;
  [[nodiscard]] bool any(uint64_t block, uint64_t blocks) const;
  /// First unreadable block of the range, or its end.
  [[nodiscard]] uint64_t first_unreadable(uint64_t block, uint64_t blocks) const;
  [[nodiscard]] std::vector<DamagedBlock> in(uint64_t block, uint64_t blocks) const;  ///< ascending
  [[nodiscard]] std::vector<DamagedBlock> all() const;                                ///< ascending
  bool operator==(const DamageMap&) const = default;

  /// Every mark ever made, in order: what a read or a parity update met may be healed here by now.
  struct Mark {
    uint64_t block = 0;
    uint64_t blocks = 0;
    uint8_t fault_number = 0;
    bool operator==(const Mark&) const = default;
  };
  [[nodiscard]] const std::vector<Mark>& history() const noexcept { return history_; }

 private:
  std::map<uint64_t, Damage> blocks_;
  std::vector<Mark> history_;
};

/// The maps of all disks of a bay.
class DamageRegistry {
 public:
  [[nodiscard]] DamageMap& of(DiskIndex disk) { return disks_.at(disk); }
  [[nodiscard]] const DamageMap& of(DiskIndex disk) const { return disks_.at(disk); }
  [[nodiscard]] size_t disks() const noexcept { return disks_.size(); }
  [[nodiscard]] bool damaged(DiskIndex disk, uint64_t block, uint64_t blocks) const {
    return of(disk).any(block, blocks);
  }
  void resize(size_t disks) { disks_.resize(disks); }

 private:
  std::deque<DamageMap> disks_;  ///< addresses stay
};

}  // namespace raidsim::disk
