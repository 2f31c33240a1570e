#include "model/statedb/read_contents.h"

namespace raidsim::statedb {
namespace {

BlockFault read_directory(Replica& replica, uint32_t first, std::vector<DirectoryBlock>& out) {
  const uint32_t most = replica.master().m_consecutive;
  for (uint32_t next = first; next != 0;) {
    if (out.size() >= most) return BlockFault::content;  // a ring
    std::vector<std::byte> bytes(MDDB_BSIZE);
    if (!replica.read({&next, 1}, bytes)) return BlockFault::unread;
    ReadDirectoryBlock read = decode_directory_block(bytes, next);
    if (read.fault != BlockFault::none) return read.fault;
    next = read.block.db_nextblk;
    out.push_back(std::move(read.block));
  }
  return BlockFault::none;
}

BlockFault read_record(Replica& replica, const DirectoryEntry& entry, Contents& contents) {
  std::vector<std::byte> bytes(entry.de_blks.size() * MDDB_BSIZE);
  if (!replica.read(entry.de_blks, bytes)) return BlockFault::unread;
  RecordImage image(std::move(bytes));
  if (const BlockFault fault = image.check(); fault != BlockFault::none) return fault;
  image.clear_memory_words();
  const bool first_of_number = contents.images.emplace(entry.de_recid, std::move(image)).second;
  return first_of_number ? BlockFault::none : BlockFault::content;
}

}  // namespace

ContentsRead read_contents(Replica& replica, uint32_t first) {
  ContentsRead read;
  read.fault = read_directory(replica, first, read.contents.directory);
  for (const DirectoryBlock& block : read.contents.directory) {
    for (const DirectoryEntry& entry : block.entries) {
      if (read.fault != BlockFault::none) return read;
      read.fault = read_record(replica, entry, read.contents);
    }
  }
  if (read.fault != BlockFault::none) return read;
  FreeSpace space(replica.master().m_consecutive);
  const bool sound = read.contents.take_blocks(space) && read.contents.imbalance() == 0;
  if (!sound) read.fault = BlockFault::content;
  return read;
}

}  // namespace raidsim::statedb
