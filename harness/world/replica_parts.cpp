#include "harness/world/replica_parts.h"

#include <algorithm>
#include <set>

#include "harness/invariants/crc32_msb.h"
#include "model/statedb/contents.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/journal.h"

namespace raidsim::harness {
namespace {

using scenarios::ReplicaFlaw;
using scenarios::ReplicaPart;
using statedb::BlockFault;

// Words of the formats (statedb.md 1).
constexpr size_t sum_at = 8, sum_end = 12, record_not_summed_end = 24;
constexpr size_t master_place = 32, master_set = 36, locator_set = 100, directory_place = 12;
constexpr uint32_t chain_most = 8192;

void flip(std::span<std::byte> bytes, size_t at) { bytes[at] ^= std::byte{0x01}; }

void put_word(std::span<std::byte> bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

std::vector<uint32_t> run_of(uint32_t first, uint32_t count) {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < count; ++i) out.push_back(first + i);
  return out;
}

}  // namespace

ReplicaParts::ReplicaParts(const disk::VirtualDisk& disk, uint64_t at) : disk_(disk), at_(at) { read(); }

ReplicaParts::Bytes ReplicaParts::bytes_of(const std::vector<uint64_t>& blocks) const {
  Bytes out(blocks.size() * block_bytes);
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i] < disk_.blocks()) disk_.peek(blocks[i], 1, out.data() + i * block_bytes);
  }
  return out;
}

ReplicaParts::Bytes ReplicaParts::logical(uint32_t first, uint32_t count) const {
  std::vector<uint64_t> blocks;
  for (const uint32_t each : run_of(first, count)) blocks.push_back(master_.physical(each).value_or(UINT64_MAX));
  return bytes_of(blocks);
}

void ReplicaParts::add(ReplicaPart part, const std::vector<uint32_t>& logical, size_t not_summed_end,
                       std::optional<size_t> place, std::optional<size_t> set) {
  Structure out{.part = part, .blocks = {}, .not_summed_end = not_summed_end, .place = place, .set = set};
  for (const uint32_t each : logical) {
    const auto physical = master_.physical(each);
    if (!physical || *physical >= disk_.blocks()) return;
    used_ = std::max(used_, each + 1);
    out.blocks.push_back(*physical);
  }
  if (!out.blocks.empty()) structures_.push_back(std::move(out));
}

void ReplicaParts::read() {
  const auto master = statedb::decode_master_block(bytes_of({at_}), static_cast<uint32_t>(at_), 0);
  if (master.fault != BlockFault::none) return;
  master_ = master.block;
  structures_.push_back({ReplicaPart::master, {at_}, sum_end, master_place, master_set});
  const auto read = statedb::decode_locator_block(logical(0, statedb::locator_block_blocks), 0);
  if (read.fault != BlockFault::none) return;
  const statedb::LocatorBlock& lb = read.block;
  add(ReplicaPart::locator, run_of(0, statedb::locator_block_blocks), sum_end, std::nullopt, locator_set);
  add(ReplicaPart::names, run_of(lb.lb_lnfirstblk, std::min(lb.lb_lnblkcnt, chain_most)), sum_end, std::nullopt,
      std::nullopt);
  used_ = std::max({used_, lb.lb_didfirstblk + lb.lb_didblkcnt, lb.lb_jlfirstblk + lb.lb_jlblkcnt});
  if (lb.lb_jlblkcnt != 0) read_journal(lb.lb_jlfirstblk, std::min(lb.lb_jlblkcnt, chain_most));
  read_contents(lb.lb_dbfirstblk);
}

void ReplicaParts::read_journal(uint32_t first, uint32_t blocks) {
  journal_ = first;
  const Bytes head = logical(first, 1);
  const size_t claimed = statedb::claimed_journal_blocks(head, 0);
  if (claimed == 0 || claimed > blocks) return;
  const auto entry = statedb::decode_journal(logical(first, static_cast<uint32_t>(claimed)), 0);
  if (!entry) return;
  for (const uint32_t target : entry->targets) {
    if (const auto physical = master_.physical(target)) covered_.insert(*physical);
  }
}

bool ReplicaParts::in_journal(ReplicaPart part) const {
  return std::any_of(structures_.begin(), structures_.end(), [&](const Structure& each) {
    if (part != ReplicaPart::all && each.part != part) return false;
    return std::any_of(each.blocks.begin(), each.blocks.end(), [&](uint64_t b) { return covered_.contains(b); });
  });
}

void ReplicaParts::read_contents(uint32_t directory) {
  std::set<uint32_t> seen;
  for (uint32_t next = directory; next != 0 && seen.insert(next).second && seen.size() < chain_most;) {
    const auto db = statedb::decode_directory_block(logical(next, 1), next);
    if (db.fault != BlockFault::none) return;
    add(ReplicaPart::directory, {next}, sum_end, directory_place, std::nullopt);
    for (const statedb::DirectoryEntry& entry : db.block.entries) {
      add(ReplicaPart::record, entry.de_blks, record_not_summed_end, std::nullopt, std::nullopt);
    }
    next = db.block.db_nextblk;
  }
}

std::vector<disk::BlockRange> ReplicaParts::blocks(ReplicaPart part) const {
  std::vector<disk::BlockRange> out;
  for (const Structure& each : structures_) {
    if (part != ReplicaPart::all && each.part != part) continue;
    for (const uint64_t block : each.blocks) {
      if (!out.empty() && out.back().end == block) {
        ++out.back().end;
      } else {
        out.push_back({block, block + 1});
      }
    }
  }
  if (in_journal(part)) out.push_back({*journal(), *journal() + 1});
  return out;
}

std::optional<uint64_t> ReplicaParts::journal() const { return journal_ ? master_.physical(*journal_) : std::nullopt; }

std::vector<ReplicaParts::Piece> ReplicaParts::with_flaw(ReplicaPart part, ReplicaFlaw flaw) const {
  std::vector<Piece> out;
  for (const Structure& each : structures_) {
    if (part != ReplicaPart::all && each.part != part) continue;
    Bytes bytes = bytes_of(each.blocks);
    if (flaw == ReplicaFlaw::checksum) flip(bytes, sum_at);
    if (flaw == ReplicaFlaw::magic) flip(bytes, 0);
    if (flaw == ReplicaFlaw::place && each.place) flip(bytes, *each.place);
    if (flaw == ReplicaFlaw::set && each.set) flip(bytes, *each.set);
    if (flaw != ReplicaFlaw::checksum) put_word(bytes, sum_at, crc32_msb(bytes, sum_at, each.not_summed_end));
    for (size_t i = 0; i < each.blocks.size(); ++i) {
      const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(i * block_bytes);
      out.emplace_back(each.blocks[i], Bytes(first, first + block_bytes));
    }
  }
  if (in_journal(part)) {
    Bytes head = bytes_of({*journal()});
    flip(head, sum_at);
    out.emplace_back(*journal(), std::move(head));
  }
  return out;
}

std::optional<ReplicaParts::Bytes> ReplicaParts::master_with_room_for(uint64_t free_blocks) const {
  if (!journal_ || used_ + free_blocks >= master_.mb_blkcnt) return std::nullopt;
  statedb::MasterBlock smaller = master_;
  smaller.mb_blkcnt = smaller.m_consecutive = static_cast<uint32_t>(used_ + free_blocks);
  Bytes out(block_bytes);
  statedb::encode(smaller, out);
  return out;
}

}  // namespace raidsim::harness
