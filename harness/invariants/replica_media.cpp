#include "harness/invariants/replica_media.h"

#include <array>
#include <set>
#include <span>

#include "harness/invariants/crc32_msb.h"

namespace raidsim::harness {
namespace {

using Block = std::array<std::byte, block_bytes>;

uint32_t word(std::span<const std::byte> bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value |= std::to_integer<uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

class Reader {
 public:
  Reader(const disk::VirtualDisk& disk, uint32_t at) : disk_(disk), at_(at) {}

  ReplicaOnMedia read() {
    if (!master() || !locators() || !contents()) return std::move(out_);
    return std::move(out_);
  }

 private:
  bool wrong(const char* what) {
    if (out_.fault.empty()) out_.fault = what;
    return false;
  }

  /// Logical blocks as a load would see them: what the journal holds covers what lies in place.
  bool blocks(std::span<const uint32_t> logical, std::vector<std::byte>& bytes) {
    bytes.resize(logical.size() * block_bytes);
    for (size_t i = 0; i < logical.size(); ++i) {
      std::byte* out = bytes.data() + i * block_bytes;
      if (logical[i] >= mapped_) return false;
      const uint64_t at = uint64_t{first_} + logical[i];
      disk_.peek(at, 1, out);
      const auto newer = journal_.find(logical[i]);
      if (newer != journal_.end()) std::copy(newer->second.begin(), newer->second.end(), out);
      if (newer == journal_.end() && disk_.damage().first_unreadable(at, 1) == at) return false;
    }
    return true;
  }
  bool run(uint32_t first, uint32_t count, std::vector<std::byte>& bytes) {
    std::vector<uint32_t> logical;
    for (uint32_t i = 0; i < count; ++i) logical.push_back(first + i);
    return blocks(logical, bytes);
  }

  bool master() {
    Block block{};
    if (uint64_t{at_} + 1 >= disk_.blocks()) return wrong("no master block");
    disk_.peek(at_, 1, block.data());
    const bool unread = disk_.damage().first_unreadable(at_, 1) == at_;
    if (unread || word(block, 0) != 0x6d646d62 || word(block, 8) != crc32_msb(block, 8, 12)) {
      return wrong("bad master block");
    }
    mapped_ = word(block, 76);
    first_ = word(block, 80);
    if (word(block, 32) != at_ || uint64_t{first_} + mapped_ > disk_.blocks()) return wrong("misplaced master block");
    journal();
    return true;
  }

  // Header: magic, revision, sum, set, sequence, count of targets, ...; then the targets' new content.
  void journal() {
    constexpr uint32_t journal_at = 18;
    std::vector<std::byte> head;
    if (!run(journal_at, 1, head) || word(head, 0) != 0x6d646a6c) return;
    const uint32_t targets = word(head, journal_count_at);
    const uint64_t header = (journal_header + 4 * uint64_t{targets} + block_bytes - 1) / block_bytes;
    const uint64_t all = header + targets;
    if (targets == 0 || journal_at + all > mapped_) return;
    std::vector<std::byte> bytes;
    if (!run(journal_at, static_cast<uint32_t>(all), bytes) || word(bytes, 8) != crc32_msb(bytes, 8, 12)) return;
    for (uint32_t i = 0; i < targets; ++i) {
      Block block;
      const auto from = bytes.begin() + static_cast<std::ptrdiff_t>((header + i) * block_bytes);
      std::copy(from, from + block_bytes, block.begin());
      journal_[word(bytes, journal_header + 4 * i)] = block;
    }
  }

  bool locators() {
    std::vector<std::byte> lb;
    if (!run(0, 3, lb)) return wrong("locator block cannot be read");
    if (word(lb, 0) != 0x6d646c62 || word(lb, 8) != crc32_msb(lb, 8, 12)) return wrong("bad locator block");
    out_.commit_count = word(lb, 12);
    if (out_.commit_count == 0) return wrong("deleted");
    for (uint32_t i = 0; i < word(lb, 24) && i < 50; ++i) {
      const size_t at = 292 + 12 * size_t{i};
      out_.locators.push_back({word(lb, at), word(lb, at + 4), word(lb, at + 8)});
    }
    if (!device_ids(lb)) return wrong("bad device-id block");
    out_.has_locators = true;
    directory_ = word(lb, 116);
    for (uint32_t b = 0; b < word(lb, 44) + word(lb, 48); ++b) {
      if (b != directory_) owned_.insert(b);
    }
    return true;
  }

  /// Of a list in device-id style: without the ids nobody knows whom it names.
  bool device_ids(const std::vector<std::byte>& lb) {
    constexpr uint32_t devid_style = 1;
    if ((word(lb, 40) & devid_style) == 0) return true;
    std::vector<std::byte> ids;
    const uint32_t count = word(lb, 80);
    return count > 0 && count <= 64 && run(word(lb, 76), count, ids) && word(ids, 0) == 0x6d646469 &&
           word(ids, 8) == crc32_msb(ids, 8, 12) && word(ids, 12) == out_.commit_count;
  }

  bool contents() {
    uint32_t sum = 1234567890;
    for (uint32_t next = directory_; next != 0;) {
      std::vector<std::byte> db;
      if (!owned_.insert(next).second) return wrong("a block has two owners");
      if (!run(next, 1, db)) return wrong("directory cannot be read");
      const bool sound = word(db, 0) == 0x6d646462 && word(db, 8) == crc32_msb(db, 8, 12) && word(db, 12) == next;
      if (!sound) return wrong("bad directory block");
      sum ^= word(db, 32);
      if (!entries(db, sum)) return false;
      next = word(db, 20);
    }
    return sum == 0 || wrong("the global XOR does not hold");
  }

  bool entries(const std::vector<std::byte>& db, uint32_t& sum) {
    bool more = word(db, 36) != 0;
    for (size_t at = 40; more;) {
      if (at + 52 > block_bytes) return wrong("a directory entry cannot be");
      const uint32_t count = word(db, at + 28);
      if (count == 0 || at + 52 + 4 * size_t{count} > block_bytes) return wrong("a directory entry cannot be");
      if (!record(db, at, count, sum)) return false;
      more = word(db, at) != 0;
      at += 52 + 4 * size_t{count};
    }
    return true;
  }

  bool record(const std::vector<std::byte>& db, size_t at, uint32_t count, uint32_t& sum) {
    std::vector<uint32_t> logical;
    for (uint32_t i = 0; i < count; ++i) {
      logical.push_back(word(db, at + 52 + 4 * size_t{i}));
      if (!owned_.insert(logical.back()).second) return wrong("a block has two owners");
    }
    std::vector<std::byte> bytes;
    if (!blocks(logical, bytes)) return wrong("record cannot be read");
    if (word(bytes, 0) != 0x6d647262 || word(bytes, 8) != crc32_msb(bytes, 8, 24)) return wrong("bad record");
    sum ^= word(bytes, 8) ^ word(bytes, 12);
    const uint32_t size = word(db, at + 20), number = word(db, at + 8);
    if (!numbers_.insert(number).second) return wrong("two records have one number (INV-D9)");
    if (40 + size_t{size} > bytes.size()) return wrong("a record is shorter than it says");
    if (word(bytes, 24) != 0) {
      out_.records[number] = {bytes.begin() + 40, bytes.begin() + 40 + static_cast<std::ptrdiff_t>(size)};
    }
    return true;
  }

  static constexpr size_t journal_count_at = 16, journal_header = 32;
  const disk::VirtualDisk& disk_;
  const uint32_t at_;
  uint32_t mapped_ = 0, first_ = 0, directory_ = 0;
  std::map<uint32_t, Block> journal_;
  std::set<uint32_t> owned_, numbers_;
  ReplicaOnMedia out_;
};

}  // namespace

ReplicaOnMedia read_replica(const disk::VirtualDisk& disk, uint32_t block) { return Reader(disk, block).read(); }

}  // namespace raidsim::harness
