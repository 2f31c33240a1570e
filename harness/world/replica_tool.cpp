#include "harness/world/replica_tool.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include "harness/world/disk_roles.h"
#include "harness/world/inject.h"
#include "model/statedb/format/master_block.h"
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

ReplicaSite replica_site(const scenarios::Scenario& scenario, const disk::DiskBay& bay, const std::string& disk,
                         uint32_t index) {
  const auto blocks = static_cast<uint32_t>(scenario.replica_blocks);
  const uint32_t number = disk_index(scenario, disk);
  return {.name = disk,
          .slice = bay.tree().number_of(number, replica_slice),
          .id = bay[number].id(),
          .block = static_cast<uint32_t>(scenarios::replica_slice_head_blocks) + index * blocks,
          .blocks = blocks};
}

ReplicaSite replica_of(const scenarios::Scenario& scenario, const disk::DiskBay& bay, size_t index) {
  const std::string& name = scenario.replicas[index];
  const auto before =
      std::count(scenario.replicas.begin(), scenario.replicas.begin() + static_cast<std::ptrdiff_t>(index), name);
  return replica_site(scenario, bay, name, static_cast<uint32_t>(before));
}

md::Error ReplicaTool::write_master_block(const ReplicaSite& site) {
  const auto opened = devices_.open(site.slice, 0, uint64_t{site.block} + site.blocks);
  if (opened.device == nullptr) return md::mdsyserror(opened.error);
  const statedb::OpenDevice open(devices_, *opened.device);
  std::vector<std::byte> bytes(statedb::MDDB_BSIZE);
  statedb::encode(statedb::new_master_block(site.block, site.blocks, 0, time_of(clock_.wall_ns())), bytes);
  statedb::StoreDisk disk;
  disk.attach(opened.device);
  return disk.write(site.block, bytes) ? md::no_error : md::mdsyserror(EIO);
}

// Before the master block is written: it would be that of the replica that is there.
md::Error ReplicaTool::may_be_added(const ReplicaSite& site, bool force) const {
  const auto all = manager_.replicas();
  const bool is_there = std::any_of(all.begin(), all.end(), [&](const auto& each) { return is_on(site, each.place); });
  if (is_there) return md::mdmddberror(md::MDE_DB_EXISTS, md::NODEV32, 0);
  return begins_anew() && !force ? md::mdmddberror(md::MDE_DB_NODB, md::NODEV32, 0) : md::no_error;
}

bool ReplicaTool::begins_anew() const { return manager_.replicas().empty() && !boot_list_.empty(); }

md::Error ReplicaTool::add(const ReplicaSite& site, bool force) {
  if (const md::Error refused = may_be_added(site, force); !refused.is_ok()) return refused;
  if (const md::Error written = write_master_block(site); !written.is_ok()) return written;
  const std::string path = fmt::format("/dev/dsk/{}s7", site.name);
  const statedb::ReplicaPlace place{.device = site.slice, .id = devices_.id_of(site.slice), .block = site.block};
  if (begins_anew()) boot_list_.clear();  // the old replicas would be taken for this database's if they came back
  const md::Error error = manager_.replica_add({.place = place, .path = path, .driver = "sd"});
  if (error.is_ok() && boot_list_.size() < statedb::boot_list_most) boot_list_.push_back(place);
  return error;
}

// By the disk's id; a disk that is away is known by the number that it had too, unless it has come back with another.
bool ReplicaTool::is_on(const ReplicaSite& site, const statedb::ReplicaPlace& place) const {
  if (place.block != site.block) return false;
  if (place.id != 0 && place.id == site.id) return true;
  if (place.device != site.slice) return false;
  const DeviceNumber present = devices_.find(place.id, replica_slice);
  return present == no_device || present == site.slice;
}

md::Error ReplicaTool::remove(const ReplicaSite& site, bool force) {
  const auto all = manager_.replicas();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const statedb::ReplicaStatus& each) { return is_on(site, each.place); });
  const auto index = static_cast<size_t>(found - all.begin());
  if (found != all.end() && !force) {
    if (const md::Error refused = may_be_deleted(all, index); !refused.is_ok()) return refused;
  }
  const auto kept = std::stable_partition(boot_list_.begin(), boot_list_.end(),
                                          [&](const statedb::ReplicaPlace& each) { return !is_on(site, each); });
  const statedb::BootList taken_out(kept, boot_list_.end());
  boot_list_.erase(kept, boot_list_.end());
  const md::Error error = manager_.replica_delete(index);
  if (!error.is_ok()) boot_list_.insert(boot_list_.end(), taken_out.begin(), taken_out.end());
  return error;
}

}  // namespace raidsim::harness
