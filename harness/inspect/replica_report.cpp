#include "harness/inspect/replica_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/inspect/words.h"
#include "model/statedb/format/fields.h"
#include "model/statedb/format/layout.h"

namespace raidsim::harness {
namespace {

using statedb::BlockFault;
using statedb::MDDB_BSIZE;

constexpr size_t setno_of_master = 36;

/// Decodes what hangs on a good master block.
class ReplicaReader {
 public:
  ReplicaReader(const ImageDisk& disk, ReplicaReport& out)
      : out_(out), set_(out.master.mb_setno), blocks_(disk, out.master) {}

  void read() {
    read_journal();
    read_locators();
    if (out_.device_id_style()) read_device_ids();
    read_names();
    read_directory();
    for (size_t i = 0; i < out_.directory.size() && read_records(i); ++i) continue;
    balance();
  }
  [[nodiscard]] LogicalBlocks& blocks() noexcept { return blocks_; }

  void read_journal() {
    JournalReport& journal = out_.journal;
    bool readable = false;
    auto bytes = blocks_.read_run(statedb::journal_first, 1, readable);
    if (!readable) return spoilt_journal(JournalState::unreadable);
    const size_t claimed = statedb::claimed_journal_blocks(bytes, set_);
    if (claimed == 0) {
      if (statedb::get32(bytes, 0) == statedb::MDDB_MAGIC_JL) spoilt_journal(JournalState::torn);
      return;
    }
    if (statedb::journal_first + claimed > blocks_.size()) return spoilt_journal(JournalState::torn);
    bytes = blocks_.read_run(statedb::journal_first, static_cast<uint32_t>(claimed), readable);
    if (!readable) return spoilt_journal(JournalState::unreadable);
    const auto entry = statedb::decode_journal(bytes, set_);
    if (!entry || !fits(*entry, claimed)) return spoilt_journal(JournalState::torn);
    journal.state = JournalState::whole;
    journal.sequence = entry->sequence;
    journal.targets = entry->targets;
    journal.in_place = in_place(*entry);
    blocks_.lay_over(*entry);
  }

 private:
  void damaged(std::string what) { out_.damage.push_back(std::move(what)); }
  void damaged(const char* what, BlockFault fault) {
    if (fault != BlockFault::none) damaged(fmt::format("{}: {}", what, words_of(fault)));
  }

  void spoilt_journal(JournalState state) {
    out_.journal.state = state;
    damaged(state == JournalState::torn ? "journal: torn or damaged, counts as empty" : "journal: cannot be read");
  }

  /// As a replica demands it of its own: targets within the replica and outside of the journal.
  [[nodiscard]] bool fits(const statedb::JournalEntry& entry, size_t claimed) const {
    const size_t end = statedb::journal_first + claimed;
    return std::none_of(entry.targets.begin(), entry.targets.end(), [&](uint32_t target) {
      return (target >= statedb::journal_first && target < end) || target >= out_.master.m_consecutive;
    });
  }

  [[nodiscard]] size_t in_place(const statedb::JournalEntry& entry) const {
    size_t count = 0;
    std::array<std::byte, MDDB_BSIZE> block;
    for (size_t i = 0; i < entry.targets.size(); ++i) {
      const bool readable = blocks_.read_in_place({&entry.targets[i], 1}, block);
      const auto begin = entry.bytes.begin() + static_cast<std::ptrdiff_t>(i * MDDB_BSIZE);
      if (readable && std::equal(block.begin(), block.end(), begin)) ++count;
    }
    return count;
  }

  void read_locators() {
    bool readable = false;
    const auto bytes = blocks_.read_run(statedb::locator_block_first, statedb::locator_block_blocks, readable);
    auto read = statedb::decode_locator_block(bytes, set_);
    out_.locators_fault = readable ? read.fault : BlockFault::unread;
    out_.locators = std::move(read.block);
    damaged("locator block", out_.locators_fault);
  }

  void read_device_ids() {
    bool readable = false;
    const auto bytes = blocks_.read_run(out_.locators.lb_didfirstblk, statedb::device_ids_blocks, readable);
    statedb::LocatorBlock with_ids = out_.locators;
    out_.device_ids_fault = readable ? decode_device_ids(bytes, with_ids) : BlockFault::unread;
    if (out_.device_ids_fault == BlockFault::none) out_.locators = std::move(with_ids);
    damaged("device ids", out_.device_ids_fault);
  }

  void read_names() {
    bool readable = false;
    const auto bytes = blocks_.read_run(statedb::locator_names_first, statedb::locator_names_blocks, readable);
    auto read = statedb::decode_locator_names(bytes);
    out_.names_fault = readable ? read.fault : BlockFault::unread;
    out_.names = std::move(read.names);
    damaged("locator names", out_.names_fault);
  }

  /// The locator block says where the chain begins; without a good one it begins where it always does (DB-F6).
  void read_directory() {
    const bool said = out_.locators_fault == BlockFault::none && out_.locators.lb_dbfirstblk != 0;
    std::set<uint32_t> seen;
    for (uint32_t next = said ? out_.locators.lb_dbfirstblk : statedb::directory_first; next != 0;) {
      if (!seen.insert(next).second || seen.size() > blocks_.size()) {
        return damaged(fmt::format("directory block {}: the chain does not end", next));
      }
      bool readable = false;
      const auto bytes = blocks_.read_run(next, 1, readable);
      auto read = statedb::decode_directory_block(bytes, next);
      const BlockFault fault = readable ? read.fault : BlockFault::unread;
      damaged(fmt::format("directory block {}", next).c_str(), fault);
      out_.directory.push_back({next, fault, std::move(read.block)});
      if (fault != BlockFault::none) return;
      next = out_.directory.back().block.db_nextblk;
    }
  }

  /// False: there is no sense in going on.
  bool read_records(size_t index) {
    const DirectoryReport& directory = out_.directory[index];
    if (directory.fault != BlockFault::none) return false;
    for (const statedb::DirectoryEntry& entry : directory.block.entries) {
      if (!take(entry)) return false;
      out_.records.push_back(read_record(entry));
    }
    return true;
  }

  /// Blocks have one owner each (INV-D8). False: the directory claims more than there can be.
  bool take(const statedb::DirectoryEntry& entry) {
    if (!numbers_.insert(entry.de_recid).second) damaged(fmt::format("record {}: is there twice", entry.de_recid));
    bool shared = false;
    for (const uint32_t logical : entry.de_blks) shared = !taken_.insert(logical).second || shared;
    if (shared) damaged(fmt::format("record {}: a block has two owners", entry.de_recid));
    claimed_ += entry.de_blks.size();
    if (claimed_ <= blocks_.size()) return true;
    damaged("directory: more blocks than the replica has");
    return false;
  }

  RecordReport read_record(const statedb::DirectoryEntry& entry) {
    RecordReport record;
    record.entry = entry;
    std::vector<std::byte> bytes(entry.de_blks.size() * MDDB_BSIZE);
    const bool readable = blocks_.read(entry.de_blks, bytes);
    record.image = statedb::RecordImage(std::move(bytes));
    record.fault = readable ? record.image.check() : BlockFault::unread;
    const uint32_t type = entry.de_type1 >= record_type_base ? entry.de_type1 - record_type_base : 0;
    record.content.type = type;
    damaged(fmt::format("record {}", entry.de_recid).c_str(), record.fault);
    if (record.fault != BlockFault::none || record.image.commitcnt() == 0) return record;
    record.content = decode_content(type, record.image.user_data(entry.de_reqsize));
    const std::string& wrong = record.content.wrong;
    if (!wrong.empty()) damaged(fmt::format("record {}: {}", entry.de_recid, wrong));
    return record;
  }

  /// DB-F9
  void balance() {
    const auto bad = [](const auto& part) { return part.fault != BlockFault::none; };
    const auto gone = [](const RecordReport& r) { return r.fault == BlockFault::unread && !r.entry.outside_xor(); };
    out_.xor_known = std::none_of(out_.directory.begin(), out_.directory.end(), bad) &&
                     std::none_of(out_.records.begin(), out_.records.end(), gone);
    if (!out_.xor_known) return;
    out_.imbalance = statedb::MDDB_GLOBAL_XOR;
    for (const DirectoryReport& d : out_.directory) out_.imbalance ^= d.block.db_recsum;
    for (const RecordReport& r : out_.records) out_.imbalance ^= r.entry.outside_xor() ? 0 : r.image.share();
    if (out_.imbalance != 0) damaged(fmt::format("global XOR: off by {:#010x}", out_.imbalance));
  }

  ReplicaReport& out_;
  uint32_t set_;
  LogicalBlocks blocks_;
  std::set<uint32_t> numbers_, taken_;
  size_t claimed_ = 0;
};

}  // namespace

uint32_t ReplicaReport::sequence() const noexcept {
  uint32_t last = 0;
  for (const DirectoryReport& d : directory) last = std::max(last, d.block.sequence);
  for (const RecordReport& r : records) {
    if (r.fault == BlockFault::none) last = std::max(last, r.image.sequence());
  }
  return last;
}

ReplicaReport read_replica(const DiskImage& image, uint32_t disk, uint64_t block) {
  ReplicaReport out;
  out.disk = disk;
  out.block = block;
  std::array<std::byte, MDDB_BSIZE> bytes;
  const bool readable = image.disks[disk].read(block, bytes) && block <= UINT32_MAX;
  auto read = statedb::decode_master_block(bytes, static_cast<uint32_t>(block), statedb::get32(bytes, setno_of_master));
  out.master_fault = readable ? read.fault : BlockFault::unread;
  out.master = std::move(read.block);
  if (out.master_fault == BlockFault::none) {
    ReplicaReader(image.disks[disk], out).read();
  } else {
    out.damage.push_back(fmt::format("master block: {}", words_of(out.master_fault)));
  }
  return out;
}

LogicalBlocks logical_blocks(const DiskImage& image, const ReplicaReport& replica) {
  ReplicaReport again;
  again.master = replica.master;
  ReplicaReader reader(image.disks[replica.disk], again);
  reader.read_journal();
  return reader.blocks();
}

ReplicasFound find_replicas(const DiskImage& image) {
  ReplicasFound out;
  for (uint32_t d = 0; d < image.disks.size(); ++d) {
    const ImageDisk& disk = image.disks[d];
    for (size_t p = 0; p < disk.pages.size(); ++p) {
      for (uint64_t i = 0; i < disk::page_blocks; ++i) {
        const uint64_t block = disk.pages[p] * disk::page_blocks + i;
        const auto bytes = std::span(disk.content).subspan(p * disk::page_bytes + i * block_bytes, block_bytes);
        if (!disk.holds(block, 1) || statedb::get32(bytes, 0) != statedb::MDDB_MAGIC_MB) continue;
        if (out.replicas.size() == replicas_most) {
          ++out.left_out;
        } else {
          out.replicas.push_back(read_replica(image, d, block));
        }
      }
    }
  }
  return out;
}

}  // namespace raidsim::harness
