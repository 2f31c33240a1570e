// model/hotspare/spare.h: hot spares and pools as their records store them (spec/hotspare-pool.md 1).
//
// A spare's record id is what pools list and what a unit's column keeps (un_hs_id). Both kinds of record
// are little-endian and packed in the order of the tables (D-06).
//   INV-H02  hs_refcount = number of pools that list the spare, and >= 1
//   INV-H04  RESERVED <=> exactly one owner
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/hotspare/service.h"
#include "model/md/numbering.h"
#include "model/statedb/record_store.h"

namespace raidsim::hotspare {

/// hot_spare_t
struct HotSpare final : statedb::RecordOwner {
  md::RecordId hs_record_id = 0;
  DeviceNumber hs_devnum = no_device;  ///< recomputed at snarf
  md::NameKey hs_key = 0;
  uint64_t hs_start_blk = 0;
  bool hs_has_label = false;
  uint64_t hs_number_blks = 0;  ///< of the slice, from block 0
  SpareState hs_state = SpareState::HSS_UNUSED;
  uint32_t hs_refcount = 0;
  int64_t hs_timestamp_ns = 0;

  // In core only.
  md::PoolId owner_pool = md::MD_HSP_NONE;  ///< pool that a RESERVED spare was taken from
  std::optional<ReleaseAs> releasing;       ///< given back, the commit not yet returned (HL-06)

  /// Commands treat a spare that is being given back as RESERVED (HL-06).
  [[nodiscard]] bool reserved() const noexcept { return hs_state == SpareState::HSS_RESERVED || releasing; }
  void encode(std::vector<std::byte>& out) const override;
  /// Fills the stored fields. False: bytes are not a hot spare's record
  [[nodiscard]] bool decode(std::span<const std::byte> bytes);
};

/// hot_spare_pool_t
struct Pool final : statedb::RecordOwner {
  md::PoolId hsp_self_id = md::MD_HSP_NONE;  ///< MD_HSP_NONE: superseded, to be deleted at snarf
  md::RecordId hsp_record_id = 0;
  uint32_t hsp_refcount = 0;                ///< units associated with the pool
  std::vector<md::RecordId> hsp_hotspares;  ///< in order of preference

  [[nodiscard]] bool lists(md::RecordId spare) const noexcept;
  void encode(std::vector<std::byte>& out) const override;
  [[nodiscard]] bool decode(std::span<const std::byte> bytes);
};

/// Where a spare would be used from, for a request of `size` blocks.
///
///   labelled request, spare has a label, hs_number_blks >= size              0
///   hs_start_blk <= hs_number_blks and hs_number_blks - hs_start_blk >= size  hs_start_blk
///   anything else                                                             not usable
///
/// Source  spec/hotspare-pool.md 3.1 step 2
[[nodiscard]] std::optional<uint64_t> usable_from(const HotSpare& spare, uint64_t size, bool labelled) noexcept;

/// "available", "reserved", "broken": the scenario's words (D-10).
[[nodiscard]] const char* word_of(SpareState state) noexcept;

}  // namespace raidsim::hotspare
