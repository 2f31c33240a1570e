#include "model/disk/torn.h"

#include <algorithm>

namespace raidsim::disk {

namespace {

uint64_t atom_blocks(uint32_t atom_bytes) { return std::max<uint64_t>(1, atom_bytes / block_bytes); }

/// Blocks of atom `n` that belong to the write.
BlockRange atom_at(uint64_t block, uint32_t blocks, uint64_t size, uint32_t n) {
  const uint64_t start = (block / size + n) * size;
  return BlockRange{start, start + size}.within(block, blocks);
}

}  // namespace

uint32_t torn_atoms(uint64_t block, uint32_t blocks, uint32_t atom_bytes) {
  const uint64_t size = atom_blocks(atom_bytes);
  return static_cast<uint32_t>((block + blocks + size - 1) / size - block / size);
}

TornParts draw_torn_parts(uint64_t block, uint32_t blocks, uint32_t atom_bytes, TornRule rule, ChoiceStream& choices) {
  const uint64_t size = atom_blocks(atom_bytes);
  const uint32_t atoms = torn_atoms(block, blocks, atom_bytes);
  std::vector<bool> fresh(atoms, false);
  if (atoms == 1) {
    fresh[0] = choices.below(2, ChoiceKind::index) == 1;
  } else if (rule == TornRule::subset) {
    for (uint32_t i = 0; i < atoms; ++i) fresh[i] = choices.below(2, ChoiceKind::index) == 1;
    // All or none would be no tear: turn one atom over.
    if (std::all_of(fresh.begin(), fresh.end(), [&](bool f) { return f == fresh[0]; })) fresh[0] = !fresh[0];
  } else {
    const auto cut = static_cast<uint32_t>(1 + choices.below(atoms - 1, ChoiceKind::index));
    for (uint32_t i = 0; i < atoms; ++i) fresh[i] = (i < cut) == (rule == TornRule::prefix);
  }
  TornParts parts{.runs = {}, .cut = block};
  for (uint32_t i = 0; i < atoms; ++i) {
    const BlockRange atom = atom_at(block, blocks, size, i);
    if (fresh[i]) {
      if (!parts.runs.empty() && parts.runs.back().end == atom.first) {
        parts.runs.back().end = atom.end;
      } else {
        parts.runs.push_back(atom);
      }
    }
    if (i > 0 && fresh[i] != fresh[i - 1]) parts.cut = fresh[i] ? atom.first - 1 : atom.first;
  }
  return parts;
}

}  // namespace raidsim::disk
