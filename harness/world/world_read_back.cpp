// Reads all units back through their ports, as users would: the data oracle judges what comes.
#include <algorithm>

#include "harness/world/media.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

constexpr uint32_t read_back_blocks = 256;
constexpr uint64_t read_back_all = 1 << 19;  ///< 256 MiB: a bigger unit is read where something was written; chosen

}  // namespace

void World::start_read_back() {
  if (!up_) return;
  for (uint32_t i = 0; i < ports_.size(); ++i) {
    if (ports_[i]->available()) host_->spawn("read-back", [this, i] { read_back(i); });
  }
}

/// Pieces of a unit to read back: all of them, or those of a big one that users or anybody else ever wrote.
std::vector<uint64_t> World::pieces_to_read(uint32_t index) const {
  const UnitPort& port = *ports_[index];
  std::vector<uint64_t> pieces;
  if (port.blocks() <= read_back_all) {
    for (uint64_t p = 0; p * read_back_blocks < port.blocks(); ++p) pieces.push_back(p);
    return pieces;
  }
  for (const uint64_t block : port.legal().touched()) pieces.push_back(block / read_back_blocks);
  if (const raid::RaidUnit* u = unit(index)) {
    const uint64_t line_blocks = u->un.un_segsize * (u->un.un_origcolumncnt - 1), rows = u->un.rows();
    std::vector<raid::DeviceGroup> groups;
    for (const raid::Column& column : u->un.columns) groups.push_back(column.now);
    for (uint64_t row = next_written_row(bay_, roles_, groups, 0, rows); row < rows;
         row = next_written_row(bay_, roles_, groups, (row / u->un.un_segsize + 1) * u->un.un_segsize, rows)) {
      const uint64_t first = row / u->un.un_segsize * line_blocks;
      const uint64_t end = std::min(first + line_blocks, port.blocks());
      for (uint64_t p = first / read_back_blocks; p * read_back_blocks < end; ++p) pieces.push_back(p);
    }
  }
  std::sort(pieces.begin(), pieces.end());
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  return pieces;
}

void World::read_back(uint32_t index) {
  UnitPort& port = *ports_[index];
  std::vector<std::byte> data(std::min<uint64_t>(read_back_blocks, port.blocks()) * block_bytes);
  for (const uint64_t piece : pieces_to_read(index)) {
    const uint64_t block = piece * read_back_blocks;
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(read_back_blocks, port.blocks() - block));
    if (port.read(0, block, count, data.data()) == UnitPort::host_gone) return;
  }
}

}  // namespace raidsim::harness
