#include "model/statedb/format/record_block.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"

namespace raidsim::statedb {
namespace {

// The CRC leaves out what changes without a commit: itself, the fiddle, the private word, the link (DB-F8).
constexpr size_t magic = 0, revision_at = 4, sum_at = 8, fiddle_at = 12, private_at = 16, userdata_at = 20,
                 not_summed_end = 24, commitcnt_at = 24, sequence_at = 28, timestamp_at = 32;
constexpr LeftOut not_summed{sum_at, not_summed_end};

bool known_revision(uint32_t revision) {
  return revision == MDDB_REV_RB || revision == MDDB_REV_RB64 || revision == MDDB_REV_RBFN ||
         revision == MDDB_REV_RB64FN;
}

}  // namespace

RecordImage::RecordImage(uint32_t revision, size_t user_bytes, Timeval32 now, uint32_t sequence)
    : bytes_(record_bytes(user_bytes)) {
  RAIDSIM_ASSERT(known_revision(revision));
  RAIDSIM_ASSERT(user_bytes <= record_user_bytes_most);
  put32(bytes_, magic, MDDB_MAGIC_RB);
  put32(bytes_, revision_at, revision);
  put32(bytes_, sequence_at, sequence);
  put_time(bytes_, timestamp_at, now);
  put32(bytes_, sum_at, computed_sum());
}

std::span<const std::byte> RecordImage::user_data(size_t size) const {
  RAIDSIM_ASSERT(record_header_bytes + size <= bytes_.size());
  return std::span(bytes_).subspan(record_header_bytes, size);
}

uint32_t RecordImage::revision() const { return get32(bytes_, revision_at); }
uint32_t RecordImage::sum() const { return get32(bytes_, sum_at); }
uint32_t RecordImage::fiddle() const { return get32(bytes_, fiddle_at); }
uint32_t RecordImage::commitcnt() const { return get32(bytes_, commitcnt_at); }
Timeval32 RecordImage::timestamp() const { return get_time(bytes_, timestamp_at); }
uint32_t RecordImage::sequence() const { return get32(bytes_, sequence_at); }
uint32_t RecordImage::computed_sum() const { return checksum(bytes_, {not_summed}); }

BlockFault RecordImage::check() const {
  if (get32(bytes_, magic) != MDDB_MAGIC_RB) return BlockFault::magic;
  if (!known_revision(revision())) return BlockFault::revision;
  return sum() == computed_sum() ? BlockFault::none : BlockFault::checksum;
}

void RecordImage::commit(std::span<const std::byte> user_data, Timeval32 now, uint32_t sequence) {
  RAIDSIM_ASSERT(record_header_bytes + user_data.size() <= bytes_.size());
  const auto rest = std::copy(user_data.begin(), user_data.end(), bytes_.begin() + record_header_bytes);
  std::fill(rest, bytes_.end(), std::byte{0});
  put32(bytes_, commitcnt_at, commitcnt() + 1);
  put32(bytes_, sequence_at, sequence);
  put_time(bytes_, timestamp_at, now);
  put32(bytes_, sum_at, computed_sum());
  set_fiddle(0);
}

void RecordImage::set_fiddle(uint32_t fiddle) { put32(bytes_, fiddle_at, fiddle); }

void RecordImage::clear_memory_words() {
  put32(bytes_, private_at, 0);
  put32(bytes_, userdata_at, 0);
}

void balance(std::span<RecordImage* const> committed, uint32_t before) {
  if (committed.empty()) return;
  committed.back()->set_fiddle(0);
  uint32_t x = before;
  for (size_t i = 0; i < committed.size(); ++i) {
    // A record that stands in the list twice counts once: its share is what it is in the end.
    const bool again = std::find(committed.begin() + static_cast<std::ptrdiff_t>(i) + 1, committed.end(),
                                 committed[i]) != committed.end();
    if (!again) x ^= committed[i]->sum();
  }
  committed.back()->set_fiddle(x);
}

}  // namespace raidsim::statedb
