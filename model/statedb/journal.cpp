#include "model/statedb/journal.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"

namespace raidsim::statedb {
namespace {

constexpr size_t magic = 0, revision = 4, sum = 8, sequence = 12, count = 16, setno = 20, targets_at = 32;
constexpr LeftOut own_sum{sum, sum + 4};

size_t header_bytes(size_t targets) { return (journal_entry_blocks(targets) - targets) * MDDB_BSIZE; }

}  // namespace

void encode(const JournalEntry& entry, uint32_t set, std::vector<std::byte>& out) {
  const size_t targets = entry.targets.size();
  RAIDSIM_ASSERT(entry.bytes.size() == targets * MDDB_BSIZE);
  out.assign(journal_entry_blocks(targets) * MDDB_BSIZE, std::byte{0});
  put32(out, magic, MDDB_MAGIC_JL);
  put32(out, revision, MDDB_REV_JL);
  put32(out, sequence, entry.sequence);
  put32(out, count, static_cast<uint32_t>(targets));
  put32(out, setno, set);
  for (size_t i = 0; i < targets; ++i) put32(out, targets_at + 4 * i, entry.targets[i]);
  std::copy(entry.bytes.begin(), entry.bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(header_bytes(targets)));
  put32(out, sum, checksum(out, {own_sum}));
}

size_t claimed_journal_blocks(std::span<const std::byte> block, uint32_t set) {
  const bool one = get32(block, magic) == MDDB_MAGIC_JL && acceptable_revision(get32(block, revision), MDDB_REV_JL) &&
                   get32(block, setno) == set && get32(block, count) <= MDDB_MAXBLKS;
  return one ? journal_entry_blocks(get32(block, count)) : 0;
}

std::optional<JournalEntry> decode_journal(std::span<const std::byte> bytes, uint32_t set) {
  const size_t blocks = bytes.size() < MDDB_BSIZE ? 0 : claimed_journal_blocks(bytes, set);
  if (blocks == 0 || bytes.size() != blocks * MDDB_BSIZE) return std::nullopt;
  if (get32(bytes, sum) != checksum(bytes, {own_sum})) return std::nullopt;
  JournalEntry entry{.sequence = get32(bytes, sequence), .targets = {}, .bytes = {}};
  const size_t targets = get32(bytes, count);
  for (size_t i = 0; i < targets; ++i) entry.targets.push_back(get32(bytes, targets_at + 4 * i));
  const auto payload = bytes.subspan(header_bytes(targets));
  entry.bytes.assign(payload.begin(), payload.end());
  return entry;
}

}  // namespace raidsim::statedb
