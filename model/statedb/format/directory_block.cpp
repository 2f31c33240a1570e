#include "model/statedb/format/directory_block.h"

#include <algorithm>
#include <numeric>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"
#include "model/statedb/format/record_block.h"

namespace raidsim::statedb {
namespace {

constexpr size_t magic = 0, revision = 4, sum = 8, blknum = 12, sequence_at = 16, nextblk = 20, timestamp = 24,
                 recsum = 32, firstentry = 36;
constexpr size_t entry_bytes = 52;
constexpr LeftOut own_sum{sum, sum + 4};

void put_entry(std::span<std::byte> out, const DirectoryEntry& entry, bool last) {
  const auto blocks = static_cast<uint32_t>(entry.de_blks.size());
  put32(out, 0, last ? 0 : 1);
  put32(out, 8, entry.de_recid);
  put32(out, 12, entry.de_type1);
  put32(out, 16, entry.de_type2);
  put32(out, 20, entry.de_reqsize);
  put32(out, 24, static_cast<uint32_t>(blocks * MDDB_BSIZE));
  put32(out, 28, blocks);
  put32(out, 32, entry.de_flags);
  for (size_t i = 0; i < entry.de_optinfo.size(); ++i) {
    put32(out, 36 + 8 * i, entry.de_optinfo[i].o_li);
    put32(out, 40 + 8 * i, entry.de_optinfo[i].o_flags);
  }
  for (size_t i = 0; i < blocks; ++i) put32(out, entry_bytes + 4 * i, entry.de_blks[i]);
}

/// False: an entry that cannot be.
bool get_entry(std::span<const std::byte> bytes, DirectoryEntry& entry) {
  if (bytes.size() < entry_bytes) return false;
  const uint32_t size = get32(bytes, 24), blocks = get32(bytes, 28);
  entry.de_recid = get32(bytes, 8);
  entry.de_type1 = get32(bytes, 12);
  entry.de_type2 = get32(bytes, 16);
  entry.de_reqsize = get32(bytes, 20);
  entry.de_flags = get32(bytes, 32);
  if (entry.de_recid == 0 || entry.de_recid > record_number_most) return false;
  if (blocks == 0 || blocks > record_blocks_most || entry_bytes + 4 * size_t{blocks} > bytes.size()) return false;
  if (size != blocks * MDDB_BSIZE || record_bytes(entry.de_reqsize) != size) return false;
  for (size_t i = 0; i < entry.de_optinfo.size(); ++i) {
    entry.de_optinfo[i] = {.o_li = get32(bytes, 36 + 8 * i), .o_flags = get32(bytes, 40 + 8 * i)};
  }
  for (size_t i = 0; i < blocks; ++i) {
    entry.de_blks.push_back(get32(bytes, entry_bytes + 4 * i));
    if (entry.de_blks.back() == 0) return false;  // block 0 is the locator block's
  }
  return true;
}

}  // namespace

size_t DirectoryBlock::bytes() const noexcept {
  return std::accumulate(entries.begin(), entries.end(), directory_header_bytes,
                         [](size_t so_far, const DirectoryEntry& entry) { return so_far + entry.bytes(); });
}

void encode(const DirectoryBlock& directory, std::span<std::byte> out) {
  RAIDSIM_ASSERT(out.size() == MDDB_BSIZE);
  RAIDSIM_ASSERT(directory.bytes() <= MDDB_BSIZE);
  std::fill(out.begin(), out.end(), std::byte{0});
  put32(out, magic, MDDB_MAGIC_DB);
  put32(out, revision, MDDB_REV_DB);
  put32(out, blknum, directory.db_blknum);
  put32(out, sequence_at, directory.sequence);
  put32(out, nextblk, directory.db_nextblk);
  put_time(out, timestamp, directory.db_timestamp);
  put32(out, recsum, directory.db_recsum);
  put32(out, firstentry, directory.entries.empty() ? 0 : 1);
  size_t at = directory_header_bytes;
  for (const DirectoryEntry& entry : directory.entries) {
    put_entry(out.subspan(at, entry.bytes()), entry, &entry == &directory.entries.back());
    at += entry.bytes();
  }
  put32(out, sum, checksum(out, {own_sum}));
}

ReadDirectoryBlock decode_directory_block(std::span<const std::byte> bytes, uint32_t from) {
  RAIDSIM_ASSERT(bytes.size() == MDDB_BSIZE);
  if (get32(bytes, magic) != MDDB_MAGIC_DB) return {.fault = BlockFault::magic, .block = {}};
  if (!acceptable_revision(get32(bytes, revision), MDDB_REV_DB)) return {.fault = BlockFault::revision, .block = {}};
  if (get32(bytes, sum) != checksum(bytes, {own_sum})) return {.fault = BlockFault::checksum, .block = {}};
  if (get32(bytes, blknum) != from) return {.fault = BlockFault::place, .block = {}};
  ReadDirectoryBlock read;
  DirectoryBlock& block = read.block;
  block.db_blknum = from;
  block.sequence = get32(bytes, sequence_at);
  block.db_nextblk = get32(bytes, nextblk);
  block.db_timestamp = get_time(bytes, timestamp);
  block.db_recsum = get32(bytes, recsum);
  bool more = get32(bytes, firstentry) != 0;
  for (size_t at = directory_header_bytes; more;) {
    DirectoryEntry entry;
    if (!get_entry(bytes.subspan(at), entry)) return {.fault = BlockFault::content, .block = {}};
    more = get32(bytes, at) != 0;
    at += entry.bytes();
    block.entries.push_back(std::move(entry));
  }
  return read;
}

}  // namespace raidsim::statedb
