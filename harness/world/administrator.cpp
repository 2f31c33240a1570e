#include "harness/world/administrator.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "harness/world/inject.h"
#include "model/raid/create_geometry.h"
#include "model/raid/prewrite_header.h"
#include "model/stripe/layout.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

uint32_t number_in(const std::string& name) {
  const size_t digits = name.find_first_of("0123456789");
  uint32_t number = 0;
  std::from_chars(name.data() + digits, name.data() + name.size(), number);
  return number;
}

template <class To, class From>
To same_word(From value) {
  return static_cast<To>(static_cast<uint8_t>(value));
}

void apply_ssd(const scenarios::Latency& from, disk::LatencyOptions::Ssd& to) {
  if (from.read) to.read = *from.read;
  if (from.write) to.write = *from.write;
  if (from.flush) to.flush = *from.flush;
  if (from.spread) to.spread_ppm = static_cast<uint32_t>(*from.spread * 1e6 + 0.5);
  if (from.program_min) to.program_min = *from.program_min;
  if (from.program_max) to.program_max = *from.program_max;
  if (from.stall_chance) to.stall_ppb = static_cast<uint64_t>(*from.stall_chance * 1e9 + 0.5);
  if (from.stall_median) to.stall_median = *from.stall_median;
  if (from.stall_p99) to.stall_p99 = *from.stall_p99;
}

void apply_hdd(const scenarios::Latency& from, disk::LatencyOptions::Hdd& to) {
  if (from.rpm) to.rpm = *from.rpm;
  if (from.seek_track) to.seek_track = *from.seek_track;
  if (from.seek_mean) to.seek_mean = *from.seek_mean;
  if (from.seek_full) to.seek_full = *from.seek_full;
  if (from.inner_bytes_per_s) to.inner_bytes_per_s = *from.inner_bytes_per_s;
  if (from.outer_bytes_per_s) to.outer_bytes_per_s = *from.outer_bytes_per_s;
}

disk::LatencyOptions latency_options(const scenarios::Latency& from) {
  disk::LatencyOptions to;
  to.kind = same_word<disk::LatencyKind>(from.model);
  if (from.model == scenarios::LatencyModel::fixed) {
    if (from.read) to.fixed.read = *from.read;
    if (from.write) to.fixed.write = *from.write;
    if (from.flush) to.fixed.flush = *from.flush;
    if (from.per_block) to.fixed.per_block = *from.per_block;
  }
  apply_ssd(from, to.ssd);
  apply_hdd(from, to.hdd);
  return to;
}
static_assert(static_cast<int>(disk::LatencyKind::hdd_detailed) ==
              static_cast<int>(scenarios::LatencyModel::hdd_detailed));
static_assert(static_cast<int>(disk::QueuePolicy::scheduler) == static_cast<int>(scenarios::QueuePolicy::scheduler));

disk::DiskOptions options_of(const scenarios::Disk& from) {
  const DeviceId own_id = stream_seed(0, from.name) | 1;  // 0 would mean that it has none
  disk::DiskOptions to;
  to.name = from.name;
  to.id = from.device_id.value_or(own_id);
  to.blocks = from.size_blocks;
  to.latency = latency_options(from.latency);
  to.cache = from.cache == scenarios::CacheKind::none ? CacheKind::none : CacheKind::volatile_write_back;
  to.cache_blocks = from.cache_blocks;
  to.destage = same_word<disk::DestagePolicy>(from.destage);
  to.atom_bytes = from.atom_bytes;
  to.queue = same_word<disk::QueuePolicy>(from.queue);
  to.depth = from.depth;
  to.longest_transfer = from.max_transfer_blocks;
  to.paths = from.paths;
  return to;
}

}  // namespace

md::Minor minor_of_name(const std::string& unit) { return md::make_minor(0, number_in(unit)); }
md::PoolId pool_of_name(const std::string& pool) { return md::make_pool_id(0, number_in(pool)); }

std::vector<SliceLayout> slice_layout(const scenarios::Scenario& scenario) {
  std::vector<SliceLayout> out;
  for (const scenarios::Disk& d : scenario.disks) {
    out.push_back({.slice0 = scenarios::replica_slice_blocks(scenario, d.name), .blocks = d.size_blocks});
  }
  return out;
}

std::vector<disk::DiskOptions> disk_options(const scenarios::Scenario& scenario) {
  const auto slices = slice_layout(scenario);
  std::vector<disk::DiskOptions> out;
  out.reserve(scenario.disks.size());
  for (size_t i = 0; i < scenario.disks.size(); ++i) {
    out.push_back(options_of(scenario.disks[i]));
    out.back().front_slice_blocks = slices[i].slice0;
  }
  return out;
}

Administrator::Administrator(Manager& manager, const scenarios::Scenario& scenario, const disk::DeviceTree& tree)
    : manager_(manager), scenario_(scenario), tree_(tree), slices_(slice_layout(scenario)) {}

uint32_t Administrator::disk(const std::string& name) const { return disk_index(scenario_, name); }

uint64_t Administrator::cylinder(uint32_t disk) const {
  const scenarios::Geometry& geometry = scenario_.disks[disk].geometry;
  return uint64_t{geometry.heads} * geometry.sectors;
}

uint64_t Administrator::start_block(uint32_t disk) const { return scenario_.disks[disk].label ? cylinder(disk) : 0; }

md::Error Administrator::name_of_slice(uint32_t disk, md::NameKey& key) {
  return manager_.set_name(tree_.number_of(disk, 0), fmt::format("/dev/rdsk/{}s0", scenario_.disks[disk].name), key);
}

md::Error Administrator::keep_name_if_used(md::Error error, md::NameKey key) {
  const bool committed = error.is(md::MDE_RAID_OPEN_FAILURE) || error.is(md::MDE_RAID_THREAD_FAILURE);
  if (error.is_ok() || committed) return error;
  const md::Error removed = manager_.remove_name(key);
  return removed.is_ok() ? error : removed;
}

md::Error Administrator::create_pool(const scenarios::Pool& pool) {
  hotspare::SetHs request;
  request.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE;
  request.shs_hot_spare_pool = pool_of_name(pool.name);
  request.shs_options = hotspare::HS_OPT_POOL;
  md::Error error = manager_.set_hs(request);
  for (size_t i = 0; i < pool.spares.size() && error.is_ok(); ++i) error = add_spare(pool.name, pool.spares[i]);
  return error;
}

md::Error Administrator::add_spare(const std::string& pool, const std::string& name) {
  const uint32_t d = disk(name);
  hotspare::SetHs request;
  request.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE;
  request.shs_hot_spare_pool = pool_of_name(pool);
  request.shs_component_old = tree_.number_of(d, 0);
  request.shs_start_blk = start_block(d);
  request.shs_has_label = scenario_.disks[d].label;
  request.shs_number_blks = slices_[d].blocks - slices_[d].slice0;
  const md::Error named = name_of_slice(d, request.shs_key_old);
  return named.is_ok() ? keep_name_if_used(manager_.set_hs(request), request.shs_key_old) : named;
}

md::Error Administrator::make_image(const scenarios::Unit& unit, raid::UnitState state, raid::Unit& image) {
  std::vector<raid::DeviceExtent> extents;
  for (const std::string& name : unit.columns) {
    const uint32_t d = disk(name);
    uint64_t longest = scenario_.disks[d].max_transfer_blocks;
    if (unit.maxio_blocks) longest = std::min<uint64_t>(longest, *unit.maxio_blocks);
    extents.push_back(
        {.start = start_block(d), .size = slices_[d].blocks - slices_[d].slice0, .longest_transfer = longest});
  }
  const auto made = raid::create_geometry(extents, unit.interlace_blocks, unit.slots, cylinder(disk(unit.columns[0])));
  if (!made) return md::mdsyserror(ENOSPC);

  image = {};
  image.un_self_id = minor_of_name(unit.name);
  image.un_state = state;
  image.un_origcolumncnt = image.un_totalcolumncnt = static_cast<uint32_t>(unit.columns.size());
  image.un_segsize = unit.interlace_blocks;
  image.un_segsincolumn = made->lines;
  image.un_maxio = made->maxio;
  image.un_iosize = made->iosize;
  image.un_pwcnt = made->pwcnt;
  image.un_pwsize = made->pwsize;
  image.un_actual_tb = made->actual_tb;
  image.un_total_blocks = made->total_blocks;
  if (made->total_blocks > raid::MD_MAX_BLKS_FOR_SMALL_DEVS) image.un_flag |= raid::MD_EFILABEL;
  image.un_hsp_id = unit.pool ? pool_of_name(*unit.pool) : md::MD_HSP_NONE;
  for (const std::string& name : unit.columns) {
    const uint32_t d = disk(name);
    raid::Column column;
    column.un_devstate = state == raid::RUS_INIT ? raid::RCS_INIT : raid::RCS_OKAY;
    column.orig = {.dev = tree_.number_of(d, 0), .pwstart = start_block(d), .devstart = start_block(d) + made->pwsize};
    column.now = column.orig;
    if (scenario_.disks[d].label) column.un_devflags |= raid::MD_RAID_HAS_LABEL;
    const md::Error named = name_of_slice(d, column.un_orig_key);
    if (!named.is_ok()) return named;
    image.columns.push_back(column);
  }
  return {};
}

md::Error Administrator::make_image(const scenarios::Unit& unit, stripe::Unit& image) {
  image = {};
  image.un_self_id = minor_of_name(unit.name);
  image.un_hsp_id = unit.pool ? pool_of_name(*unit.pool) : md::MD_HSP_NONE;
  for (const scenarios::StripeRow& row : unit.rows) {
    std::vector<stripe::Extent> extents;
    for (const std::string& name : row.components) {
      const uint32_t d = disk(name);
      extents.push_back({.start = start_block(d), .size = slices_[d].blocks - slices_[d].slice0});
    }
    if (!stripe::add_row(image, extents, row.interlace_blocks)) return md::mdsyserror(ENOSPC);
    for (const std::string& name : row.components) {
      const uint32_t d = disk(name);
      stripe::Component component;
      component.un_dev = tree_.number_of(d, 0);
      component.un_start_block = start_block(d);
      const md::Error named = name_of_slice(d, component.un_key);
      if (!named.is_ok()) return named;
      image.components.push_back(component);
    }
  }
  stripe::set_totals(image, cylinder(disk(unit.rows.front().components.front())));
  return {};
}

md::Error Administrator::perform(const scenarios::Ioctl& request) {
  switch (request.verb) {
    case scenarios::IoctlVerb::replace:
      return replace(request);
    case scenarios::IoctlVerb::enable:
      return enable(request);
    case scenarios::IoctlVerb::set_sync:
      return manager_.set_sync(minor_of_name(request.unit));
    case scenarios::IoctlVerb::regen:
      return manager_.regen(minor_of_name(request.unit));
    case scenarios::IoctlVerb::pool_add:
      return add_spare(request.pool, request.spare);
    case scenarios::IoctlVerb::pool_delete:
      return pool_delete(request);
    case scenarios::IoctlVerb::replica_add:
    case scenarios::IoctlVerb::replica_delete:
      break;  // of the ReplicaTool
  }
  return md::mdsyserror(ENOTTY);
}

// As the tool shows it: the present number, or of a disk that is away the one that it had last. Where that one is
// another column's today there is no way to name it.
DeviceNumber Administrator::number_shown(const raid::Unit& unit, const raid::Column& column) const {
  if (column.orig.dev != no_device) return column.orig.dev;
  const auto& names = manager_.view().system().names.entries();
  const auto entry = names.find(column.un_orig_key);
  if (entry == names.end()) return no_device;
  const DeviceNumber last = entry->second.number;
  const bool taken = std::any_of(unit.columns.begin(), unit.columns.end(),
                                 [&](const raid::Column& other) { return other.orig.dev == last; });
  return taken ? no_device : last;
}

md::Error Administrator::replace(const scenarios::Ioctl& request) {
  const md::Minor minor = minor_of_name(request.unit);
  const raid::RaidUnit* unit = manager_.view().unit(minor);
  if (unit == nullptr) return md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor);
  const uint32_t d = disk(request.with);
  raid::ReplaceRequest parameters;
  parameters.minor = minor;
  parameters.force = request.force;
  parameters.old_device = number_shown(unit->un, unit->un.columns[*request.column]);
  parameters.component = {
      .device = tree_.number_of(d, 0), .key = 0, .start_blk = start_block(d), .has_label = scenario_.disks[d].label};
  const md::Error named = name_of_slice(d, parameters.component.key);
  return named.is_ok() ? keep_name_if_used(manager_.replace(parameters), parameters.component.key) : named;
}

md::Error Administrator::enable(const scenarios::Ioctl& request) {
  const md::Minor minor = minor_of_name(request.unit);
  const raid::RaidUnit* unit = manager_.view().unit(minor);
  if (unit == nullptr) return md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor);
  const raid::Column& column = unit->un.columns[*request.column];
  raid::ReplaceRequest parameters;
  parameters.minor = minor;
  parameters.force = request.force;
  parameters.old_device = number_shown(unit->un, column);
  parameters.has_label = column.has(raid::MD_RAID_HAS_LABEL);
  return manager_.enable(parameters);
}

md::Error Administrator::pool_delete(const scenarios::Ioctl& request) {
  hotspare::SetHs parameters;
  parameters.shs_cmd = hotspare::SetHsCommand::DELETE_HOT_SPARE;
  parameters.shs_hot_spare_pool = pool_of_name(request.pool);
  parameters.shs_component_old = tree_.number_of(disk(request.spare), 0);
  if (request.force) parameters.shs_options = hotspare::HS_OPT_FORCE;
  return manager_.set_hs(parameters);
}

void write_empty_logs(disk::DiskBay& bay, const DiskRoles& roles, const raid::Unit& image) {
  alignas(64) std::byte block[block_bytes];
  for (uint32_t c = 0; c < image.columns.size(); ++c) {
    raid::encode(raid::empty_header(image, raid::ColumnIndex{c}), block);
    const raid::DeviceGroup& group = image.columns[c].orig;
    for (uint64_t slot = 0; slot < image.un_pwcnt; ++slot) {
      const uint64_t at = roles.disk_block(group.dev, group.pwstart + slot * image.un_iosize);
      bay[roles.disk_of(group.dev)].poke(at, 1, block);
    }
  }
}

}  // namespace raidsim::harness
