// model/statedb/store_format.h: what a single-copy store looks like on its disk. Bytes only, no I/O.
//
//   block 0   1   | 2 ............ 2+H-1      | 2+H ........... 2+2H-1
//   header  header| area 0                    | area 1
//     0       1   | image, entry 1, entry 2.. | (the one not in use: older, or half written)
//
// A header names the image at the start of its area by length and hash and carries a generation; the
// header with the higher generation is in force. An entry holds the records that one commit changed;
// entries stand one after the other, each from a block boundary, numbered from 1 within a generation.
//
// Why any crash leaves the state before or after one commit:
//   - an entry is whole by its hash or it is not there; the one before it was durable when it was written
//   - a new image goes to the area not in force, and its header, one block, follows when it is durable
// So a header whose image does not fit it, or an entry that is broken while a later one stands, is no
// crash but damage, and is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "model/disk/block_device.h"
#include "model/statedb/record_store.h"

namespace raidsim::statedb {

/// Where a store lies on its device, in blocks.
struct StoreGeometry {
  uint64_t first_block = 0;
  uint64_t blocks = 0;

  static constexpr uint64_t headers = 2;
  static constexpr uint64_t smallest = 16;  ///< MDDB_MINBLKS
  [[nodiscard]] constexpr uint64_t header_block(uint32_t area) const { return first_block + area; }
  [[nodiscard]] constexpr uint64_t area_blocks() const { return (blocks - headers) / 2; }
  [[nodiscard]] constexpr uint64_t area_block(uint32_t area) const {
    return first_block + headers + area * area_blocks();
  }
  bool operator==(const StoreGeometry&) const = default;
};

struct StoreHeader {
  uint32_t area = 0;
  uint64_t generation = 0;
  uint64_t image_bytes = 0;
  uint64_t image_hash = 0;
  StoreGeometry geometry;
  bool operator==(const StoreHeader&) const = default;
};

using RecordMap = std::map<md::RecordId, StoredRecord>;

/// All committed records. `next_number` is above every record number ever committed.
struct StoreImage {
  uint32_t next_number = 1;
  RecordMap records;
};

/// What one commit changed.
struct StoreChanges {
  uint32_t next_number = 1;
  std::vector<StoredRecord> written;
  std::vector<md::RecordId> removed;
};

inline constexpr uint32_t record_longest = 1u << 20;  ///< bytes; longer ones are refused
inline constexpr size_t entry_header_bytes = 40;

[[nodiscard]] uint64_t store_hash(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] constexpr uint64_t blocks_for(uint64_t bytes) { return (bytes + block_bytes - 1) / block_bytes; }

/// One block. Shape  `out` is one block
void encode_header(const StoreHeader& header, std::span<std::byte> out);
/// Errors  nullopt: not a header of this place. Shape  hostile bytes allowed
[[nodiscard]] std::optional<StoreHeader> decode_header(std::span<const std::byte> block, uint32_t area,
                                                       const StoreGeometry& geometry);

void encode_image(const StoreImage& image, std::vector<std::byte>& out);
[[nodiscard]] std::optional<StoreImage> decode_image(std::span<const std::byte> bytes);
/// Bytes that a record takes in an image.
[[nodiscard]] constexpr size_t image_bytes_of(size_t record_bytes) { return 12 + record_bytes; }

/// Whole blocks, padded with zeros.
void encode_entry(const StoreChanges& changes, uint64_t generation, uint64_t sequence, std::vector<std::byte>& out);
/// Length in blocks that the entry at the start of `bytes` claims to have; 0 when none of this generation
/// and number starts there.
[[nodiscard]] uint64_t entry_blocks(std::span<const std::byte> bytes, uint64_t generation, uint64_t sequence);
/// Number that the entry at the start of `bytes` claims to have; 0 when none of this generation starts there.
[[nodiscard]] uint64_t entry_number(std::span<const std::byte> bytes, uint64_t generation);
/// Errors  nullopt: torn or damaged
[[nodiscard]] std::optional<StoreChanges> decode_entry(std::span<const std::byte> bytes, uint64_t generation,
                                                       uint64_t sequence);
void apply(const StoreChanges& changes, StoreImage& image);

/// A store without records: the blocks to be written from `first_block` on.
[[nodiscard]] std::vector<std::byte> fresh_store(const StoreGeometry& geometry);

}  // namespace raidsim::statedb
