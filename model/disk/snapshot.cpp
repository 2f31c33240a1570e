#include "model/disk/snapshot.h"

#include <xxhash.h>

#include "engine/assert.h"
#include "model/disk/disk_bay.h"

namespace raidsim::disk {

uint64_t content_hash_of(const PageStore& medium, const WriteCache& cache) {
  const uint64_t durable = medium.content_hash();
  if (cache.empty()) return durable;
  PageStore seen = medium;
  cache.for_each([&](const CachedWrite& write) { seen.write(write.block, write.blocks, write.bytes.data()); });
  const uint64_t both[] = {durable, seen.content_hash()};
  return XXH3_64bits(both, sizeof both);
}

Snapshot Snapshot::take(const DiskBay& bay) {
  Snapshot snapshot;
  snapshot.disks_.reserve(bay.size());
  for (DiskIndex i = 0; i < bay.size(); ++i) snapshot.disks_.push_back(bay[i].save());
  return snapshot;
}

void Snapshot::restore(DiskBay& bay) const {
  RAIDSIM_ASSERT(bay.size() == disks_.size());
  for (DiskIndex i = 0; i < bay.size(); ++i) bay[i].restore(disks_[i]);
}

uint64_t Snapshot::content_hash() const {
  uint64_t hash = disks_.size();
  for (const DiskState& disk : disks_) {
    const uint64_t both[] = {hash, content_hash_of(disk.medium, disk.cache)};
    hash = XXH3_64bits(both, sizeof both);
  }
  return hash;
}

PreparedDisks prepare(const DiskBay& bay) {
  PreparedDisks prepared;
  for (DiskIndex i = 0; i < bay.size(); ++i) prepared.push_back(bay[i].freeze());
  return prepared;
}

void load(DiskBay& bay, const PreparedDisks& prepared) {
  RAIDSIM_ASSERT(bay.size() == prepared.size());
  for (DiskIndex i = 0; i < bay.size(); ++i) bay[i].load_image(prepared[i]);
}

}  // namespace raidsim::disk
