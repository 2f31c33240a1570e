#include "harness/replica_tool.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include "harness/disk_roles.h"
#include "harness/inject.h"
#include "model/statedb/master_block.h"
#include "model/statedb/open_device.h"
#include "model/statedb/store_disk.h"

namespace raidsim::harness {
namespace {

constexpr uint32_t replica_slice = 7;
constexpr uint32_t errors_of_a_replica = statedb::MDDB_F_EMASTER | statedb::MDDB_F_EREAD | statedb::MDDB_F_EFMT |
                                         statedb::MDDB_F_EDATA | statedb::MDDB_F_EWRITE | statedb::MDDB_F_TOOSMALL;

statedb::Timeval32 time_of(int64_t ns) {
  return {.seconds = static_cast<uint32_t>(ns / 1'000'000'000),
          .microseconds = static_cast<uint32_t>(ns / 1000 % 1'000'000)};
}

bool healthy(const statedb::ReplicaStatus& replica) { return !in_error(replica); }

/// DB-A6.
md::Error may_be_deleted(const std::vector<statedb::ReplicaStatus>& all, size_t index) {
  if (all.size() == 1) return md::mderror(md::MDE_DELDB_NOTALLOWED);
  const auto good = static_cast<size_t>(std::count_if(all.begin(), all.end(), healthy));
  const bool touches_healthy = healthy(all[index]);
  const size_t good_left = good - (touches_healthy ? 1 : 0), bad_left = all.size() - 1 - good_left;
  return touches_healthy && bad_left > good_left ? md::mderror(md::MDE_DEL_VALIDDB_NOTALLOWED) : md::no_error;
}

}  // namespace

bool in_error(const statedb::ReplicaStatus& replica) { return (replica.l_flags & errors_of_a_replica) != 0; }

ReplicaSite replica_site(const scenarios::Scenario& scenario, const std::string& disk, uint32_t index) {
  const auto blocks = static_cast<uint32_t>(scenario.replica_blocks);
  return {.disk = disk_index(scenario, disk),
          .name = disk,
          .block = static_cast<uint32_t>(scenarios::replica_slice_head_blocks) + index * blocks,
          .blocks = blocks};
}

ReplicaSite replica_of(const scenarios::Scenario& scenario, size_t index) {
  const std::string& name = scenario.replicas[index];
  const auto before =
      std::count(scenario.replicas.begin(), scenario.replicas.begin() + static_cast<std::ptrdiff_t>(index), name);
  return replica_site(scenario, name, static_cast<uint32_t>(before));
}

md::Error ReplicaTool::write_master_block(const ReplicaSite& site, DeviceNumber slice) {
  const auto opened = devices_.open(slice, 0, uint64_t{site.block} + site.blocks);
  if (opened.device == nullptr) return md::mdsyserror(opened.error);
  const statedb::OpenDevice open(devices_, *opened.device);
  std::vector<std::byte> bytes(statedb::MDDB_BSIZE);
  statedb::encode(statedb::new_master_block(site.block, site.blocks, 0, time_of(clock_.wall_ns())), bytes);
  statedb::StoreDisk disk;
  disk.attach(opened.device);
  return disk.write(site.block, bytes) ? md::no_error : md::mdsyserror(EIO);
}

md::Error ReplicaTool::add(const ReplicaSite& site) {
  const DeviceNumber slice = disk_slice(site.disk, replica_slice);
  if (const md::Error written = write_master_block(site, slice); !written.is_ok()) return written;
  const std::string path = fmt::format("/dev/dsk/{}s7", site.name);
  const statedb::ReplicaPlace place{.device = slice, .id = devices_.id_of(slice), .block = site.block};
  const md::Error error = manager_.replica_add({.place = place, .path = path, .driver = "sd"});
  if (error.is_ok() && boot_list_.size() < statedb::boot_list_most) boot_list_.push_back(place);
  return error;
}

md::Error ReplicaTool::remove(const ReplicaSite& site, bool force) {
  const auto all = manager_.replicas();
  const DeviceNumber slice = disk_slice(site.disk, replica_slice);
  const auto found = std::find_if(all.begin(), all.end(), [&](const statedb::ReplicaStatus& each) {
    return each.place.device == slice && each.place.block == site.block;
  });
  const auto index = static_cast<size_t>(found - all.begin());
  if (found != all.end() && !force) {
    if (const md::Error refused = may_be_deleted(all, index); !refused.is_ok()) return refused;
  }
  std::erase_if(boot_list_,
                [&](const statedb::ReplicaPlace& each) { return each.device == slice && each.block == site.block; });
  return manager_.replica_delete(index);
}

}  // namespace raidsim::harness
