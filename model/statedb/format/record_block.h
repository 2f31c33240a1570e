// model/statedb/format/record_block.h: a record's image as it lies in the blocks of a replica (1.7), and the balance
// that ties the records of one commit together (1.8).
//
//   0                       40               40 + de_reqsize      de_recsize
//   | header: sum, fiddle.. | user data      | zeroes up to a whole block
//
// For a replica: G xor all db_recsum xor, over its records, checksum and fiddle = 0. A commit keeps it with the fiddle
// of its last record, so that a replica with a part of the commit is refused as a whole (DB-F9, DB-F10, B.2).
#pragma once

#include <span>
#include <vector>

#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

inline constexpr size_t record_header_bytes = 40;
inline constexpr uint32_t record_blocks_most = 105;  ///< what a directory block has room for (1.11)
inline constexpr size_t record_user_bytes_most = record_blocks_most * MDDB_BSIZE - record_header_bytes;

/// Bytes on disk for so many user bytes.
[[nodiscard]] constexpr size_t record_bytes(size_t user_bytes) noexcept {
  return (record_header_bytes + user_bytes + MDDB_BSIZE - 1) / MDDB_BSIZE * MDDB_BSIZE;
}

/// A record as last committed: what is written when it is written.
class RecordImage {
 public:
  RecordImage() = default;
  /// A created record: user data zero, commit count 0, fiddle 0, checksum in place (DB-C8 step 5).
  RecordImage(uint32_t revision, size_t user_bytes, Timeval32 now, uint32_t sequence = 0);
  /// What was read; ask check() what it is worth. Shape  whole blocks, at least one
  explicit RecordImage(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::span<const std::byte> user_data(size_t size) const;
  [[nodiscard]] uint32_t revision() const;
  [[nodiscard]] uint32_t sum() const;
  [[nodiscard]] uint32_t fiddle() const;
  [[nodiscard]] uint32_t commitcnt() const;  ///< 0: created, never committed
  [[nodiscard]] Timeval32 timestamp() const;
  /// Of the operation that last changed it, set-wide; in the spare word of the format. Tells who is fresher.
  [[nodiscard]] uint32_t sequence() const;
  /// Its part of the global XOR.
  [[nodiscard]] uint32_t share() const { return sum() ^ fiddle(); }
  [[nodiscard]] BlockFault check() const;
  bool operator==(const RecordImage&) const = default;

  /// DB-C4 step 5 for one record: new user data, commit count, time, checksum; fiddle 0.
  void commit(std::span<const std::byte> user_data, Timeval32 now, uint32_t sequence = 0);
  void set_fiddle(uint32_t fiddle);
  /// What a memory left in the header, under no checksum, means nothing in the next one (DB-B13).
  void clear_memory_words();
  /// Room for so many user bytes from the next commit on, which must follow: until then the image has no good sum.
  void resize(size_t user_bytes) { bytes_.resize(record_bytes(user_bytes)); }

 private:
  [[nodiscard]] uint32_t computed_sum() const;
  std::vector<std::byte> bytes_;
};

/// Balances a commit: `before` is the XOR of the shares that the records had. The last one takes the fiddle.
void balance(std::span<RecordImage* const> committed, uint32_t before);

}  // namespace raidsim::statedb
