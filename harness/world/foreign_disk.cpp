#include "harness/world/foreign_disk.h"

#include <algorithm>

#include "harness/world/inject.h"
#include "model/disk/fault/identity.h"
#include "model/raid/prewrite_header.h"
#include "model/statedb/format/device_ids.h"
#include "model/statedb/format/master_block.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

using Bytes = std::vector<std::byte>;

constexpr statedb::SetIdentifier other_host{'r', 'a', 'i', 'd', 's', 'i', 'm', '-', '9', '9', '9', '9'};
constexpr uint32_t a_day = 86'400;
constexpr uint32_t commits_apart = 1000;
constexpr std::byte foreign_byte{0xF0};
constexpr uint64_t foreign_pwid = uint64_t{1} << 40;  // behind all of this host's

class ForeignReplica {
 public:
  ForeignReplica(Bytes& slice, uint32_t block) : slice_(slice), block_(block) {}

  /// Nothing to do where no replica lies.
  void rename(DeviceId old_id, DeviceId new_id, scenarios::ForeignCommits commits) {
    const auto master = statedb::decode_master_block(at(block_, 1), block_, 0);
    if (master.fault != statedb::BlockFault::none) return;
    const auto locators = physical(master.block, 0, statedb::locator_block_blocks);
    if (locators.empty()) return;
    auto read = statedb::decode_locator_block(locators, 0);
    if (read.fault != statedb::BlockFault::none) return;
    statedb::LocatorBlock& lb = read.block;
    const auto ids = physical(master.block, lb.lb_didfirstblk, statedb::device_ids_blocks);
    if (ids.empty() || statedb::decode_device_ids(ids, lb) != statedb::BlockFault::none) return;
    lb.lb_ident = other_host;
    lb.lb_inittime.seconds += a_day;
    const bool newer = commits == scenarios::ForeignCommits::newer;
    lb.lb_commitcnt = newer ? lb.lb_commitcnt + commits_apart : 1;
    for (statedb::Locator& locator : lb.lb_locators) {
      if (locator.did == old_id) locator.did = new_id;
    }
    statedb::encode(lb, locators);
    statedb::encode_device_ids(lb, ids);
  }

 private:
  std::span<std::byte> at(uint64_t block, uint64_t blocks) {
    const uint64_t end = (block + blocks) * block_bytes;
    return end > slice_.size() ? std::span<std::byte>()
                               : std::span(slice_).subspan(block * block_bytes, blocks * block_bytes);
  }
  std::span<std::byte> physical(const statedb::MasterBlock& master, uint32_t logical, uint32_t blocks) {
    const auto first = master.physical(logical);
    return first ? at(*first, blocks) : std::span<std::byte>();
  }

  Bytes& slice_;
  uint32_t block_;
};

/// An entry that replay would apply if it took the disk for its own: alone, so that it needs no partner.
Bytes foreign_slot(const raid::Unit& unit, uint32_t column, uint32_t slot) {
  Bytes bytes(2 * block_bytes, foreign_byte);
  const std::span<std::byte> payload = std::span(bytes).subspan(block_bytes);
  const raid::PreWriteEntry entry{
      .column = raid::ColumnIndex{column}, .row = raid::RowIndex{slot}, .blocks = 1, .pwid = foreign_pwid + slot};
  raid::encode(raid::live_header(unit, entry, payload), std::span(bytes).first<block_bytes>());
  return bytes;
}

}  // namespace

disk::ReplacedForeign foreign_disk(const disk::DiskBay& bay, const DiskRoles& roles, const StateWatch& watch,
                                   const scenarios::Scenario& scenario, uint32_t index,
                                   scenarios::ForeignCommits commits) {
  const disk::VirtualDisk& old = bay[index];
  disk::ReplacedForeign out{.commits = std::string(scenarios::word(commits))};
  out.id = disk::id_of_replacement(old.id(), static_cast<disk::FaultHandle>(bay.faults().size() + 1));
  const uint64_t front = std::min(roles.slices()[index].slice0, old.blocks());
  if (front != 0) {
    Bytes slice(front * block_bytes);
    old.peek(0, static_cast<uint32_t>(front), slice.data());
    for (uint64_t block = scenarios::replica_slice_head_blocks; block < front; block += scenario.replica_blocks) {
      ForeignReplica(slice, static_cast<uint32_t>(block)).rename(old.id(), out.id, commits);
    }
    out.content.emplace_back(0, std::move(slice));
  }
  for (uint32_t u = 0; u < scenario.units.size(); ++u) {
    const raid::Unit& unit = watch.last_seen(u);
    for (uint32_t c = 0; c < unit.columns.size(); ++c) {
      const raid::DeviceGroup& group = unit.columns[c].now;
      if (roles.disk_of(group.dev) != index) continue;
      for (uint32_t slot = 0; slot < unit.un_pwcnt; ++slot) {
        const uint64_t block = roles.disk_block(group.dev, group.pwstart + slot * unit.un_iosize);
        if (block + 2 <= old.options().blocks) out.content.emplace_back(block, foreign_slot(unit, c, slot));
      }
    }
  }
  return out;
}

}  // namespace raidsim::harness
