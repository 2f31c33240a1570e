#include "model/disk/fault/lying.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

namespace {

void flip_bit(std::byte* block, uint64_t bit) { block[bit / 8] ^= static_cast<std::byte>(1U << bit % 8); }

/// `count` different bits: a few by a partial shuffle over what is left, many by one walk over all.
void flip_bits(std::byte* block, uint32_t count, ChoiceStream& choices) {
  constexpr uint64_t all = uint64_t{block_bytes} * 8;
  if (count > all / 64) {
    for (uint64_t bit = 0, wanted = count; bit < all; ++bit) {
      if (choices.below(all - bit) >= wanted) continue;
      flip_bit(block, bit);
      --wanted;
    }
    return;
  }
  std::vector<uint64_t> chosen;
  for (uint32_t i = 0; i < count && i < all; ++i) {
    uint64_t bit = choices.below(all - i);
    for (const uint64_t earlier : chosen) bit += bit >= earlier ? 1 : 0;
    chosen.insert(std::lower_bound(chosen.begin(), chosen.end(), bit), bit);
    flip_bit(block, bit);
  }
}

}  // namespace

void Corruption::apply(FaultContext& at, std::byte* block) const {
  switch (mask) {
    case Mask::single_bit:
      flip_bits(block, 1, at.choices);
      return;
    case Mask::bits:
      flip_bits(block, bits, at.choices);
      return;
    case Mask::zero:
      std::memset(block, 0, block_bytes);
      return;
    case Mask::other_block:
      at.disk.peek(std::min(other_block, at.disk.blocks() - 1), 1, block);
      return;
    case Mask::random:
      break;
  }
  std::array<std::byte, block_bytes> before;
  std::memcpy(before.data(), block, block_bytes);
  at.choices.bytes(block, block_bytes);
  if (std::memcmp(before.data(), block, block_bytes) == 0) flip_bit(block, 0);
}

void Corruption::describe(FaultLine& line) const {
  constexpr const char* words[] = {"single-bit", "bits", "zero", "random", "other-block"};
  line.add("mask", std::string(words[static_cast<size_t>(mask)]));
  if (mask == Mask::bits) line.add("bits", static_cast<int64_t>(bits));
  if (mask == Mask::other_block) line.add("other_block", static_cast<int64_t>(other_block));
}

void CorruptionAtRest::armed(FaultContext& at) {
  std::array<std::byte, block_bytes> bytes;
  const BlockRange range = blocks.within(0, at.disk.blocks());
  for (uint64_t b = range.first; b < range.end; ++b) {
    at.disk.medium().read(b, 1, bytes.data());
    corruption.apply(at, bytes.data());
    at.disk.spoil_medium(b, bytes.data());
    at.damage(b, 1, DamageKind::corrupted);
  }
}
void CorruptionAtRest::describe(FaultLine& line) const {
  line.add("first_block", static_cast<int64_t>(blocks.first));
  line.add("end_block", static_cast<int64_t>(blocks.end));
  corruption.describe(line);
}

void CorruptionInFlight::after_effect(FaultContext& at, Transfer& t) {
  if (t.op == IoOp::flush) return;
  const BlockRange hit = match.range.within(t.block, t.blocks);
  const uint64_t block = hit.first + at.choices.below(hit.size(), ChoiceKind::index);
  if (t.op == IoOp::read) {
    corruption.apply(at, t.data + (block - t.block) * block_bytes);
    return;
  }
  std::array<std::byte, block_bytes> bytes;
  at.disk.peek(block, 1, bytes.data());
  corruption.apply(at, bytes.data());
  at.disk.overwrite_stored(block, bytes.data(), DamageKind::corrupted, at.handle, at.number);
}

void LostWrite::start(FaultContext& at, Transfer& t) { at.blame(t).lost = true; }

void MisdirectedWrite::start(FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  if (to_disk) {
    v.other_disk = *to_disk;
  } else {
    v.delta_blocks = delta_blocks;
  }
}
void MisdirectedWrite::describe(FaultLine& line) const {
  if (to_disk) {
    line.add("to_disk", static_cast<int64_t>(*to_disk));
  } else {
    line.add("delta", delta_blocks);
  }
}

void MisdirectedRead::after_effect(FaultContext& at, Transfer& t) {
  at.disk.peek(astray(t.block, t.blocks, delta_blocks, at.disk.blocks()), t.blocks, t.data);
}
void MisdirectedRead::describe(FaultLine& line) const { line.add("delta", delta_blocks); }

void StaleRead::before_write(FaultContext& at, uint64_t block, uint32_t blocks) {
  const BlockRange range = match.range.within(block, blocks);
  for (uint64_t b = range.first; b < range.end; ++b) {
    std::vector<std::byte> now(block_bytes);
    at.disk.peek(b, 1, now.data());
    auto& kept = older[b];
    kept.insert(kept.begin(), std::move(now));
    if (kept.size() > versions) kept.pop_back();
  }
}

bool StaleRead::applies(const Transfer& t) const {
  const auto known = older.lower_bound(t.block);
  return known != older.end() && known->first < t.block + t.blocks;
}

void StaleRead::after_effect(FaultContext&, Transfer& t) {
  for (auto it = older.lower_bound(t.block); it != older.end() && it->first < t.block + t.blocks; ++it) {
    std::memcpy(t.data + (it->first - t.block) * block_bytes, it->second.back().data(), block_bytes);
  }
}
void StaleRead::describe(FaultLine& line) const { line.add("versions", static_cast<int64_t>(versions)); }

}  // namespace raidsim::disk
