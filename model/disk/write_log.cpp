#include "model/disk/write_log.h"

#include "engine/assert.h"

namespace raidsim::disk {

void WriteLog::add(DiskIndex disk, LogLayer layer, uint64_t number, uint64_t block, uint32_t blocks,
                   const std::byte* data) {
  entries_.push_back({disk, layer, blocks, block, number, bytes_.size()});
  bytes_.insert(bytes_.end(), data, data + size_t{blocks} * block_bytes);
}

void WriteLog::apply(PageStore& store, DiskIndex disk, size_t from, size_t to) const {
  RAIDSIM_ASSERT(from <= to && to <= entries_.size());
  for (size_t i = from; i < to; ++i) {
    const LoggedWrite& entry = entries_[i];
    if (entry.disk == disk && entry.layer == LogLayer::medium) store.write(entry.block, entry.blocks, data(entry));
  }
}

void WriteLog::clear() {
  entries_.clear();
  bytes_.clear();
}

}  // namespace raidsim::disk
