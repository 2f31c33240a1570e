// "disks" and "replicas".
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>

#include "scenarios/error.h"
#include "scenarios/loading.h"
#include "scenarios/names.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr size_t default_disks = 5;  // D-08
constexpr size_t default_replicas = 3;
constexpr uint64_t rate_max = uint64_t{1} << 40;

/// A key of the latency object that only some models have.
struct LatencyKey {
  std::string_view key;
  bool fixed;
  bool ssd;
  bool hdd;
};
constexpr std::array<LatencyKey, 16> latency_keys{{
    {"read", true, true, false},
    {"write", true, true, false},
    {"flush", true, true, false},
    {"per_block", true, false, false},
    {"spread", false, true, false},
    {"program_min", false, true, false},
    {"program_max", false, true, false},
    {"stall_chance", false, true, false},
    {"stall_median", false, true, false},
    {"stall_p99", false, true, false},
    {"rpm", false, false, true},
    {"seek_track", false, false, true},
    {"seek_mean", false, false, true},
    {"seek_full", false, false, true},
    {"inner_rate", false, false, true},
    {"outer_rate", false, false, true},
}};

std::vector<std::string_view> keys_of(LatencyModel model) {
  std::vector<std::string_view> keys{"model"};
  for (const LatencyKey& key : latency_keys) {
    if ((model == LatencyModel::fixed && key.fixed) || (model == LatencyModel::ssd && key.ssd) ||
        (model == LatencyModel::hdd && key.hdd)) {
      keys.push_back(key.key);
    }
  }
  return keys;
}

void take_time(const Object& from, std::string_view key, std::optional<Duration>& out) {
  if (const auto node = from.find(key)) out = node->time(Duration{}, 1h);
}

void check_order(const Object& from, std::string_view low_key, const std::optional<Duration>& low,
                 std::string_view high_key, const std::optional<Duration>& high) {
  if (low && high && *low > *high) {
    from.need(high_key, "").fail(fmt::format("this is below \"{}\"", low_key), "write a time not below it");
  }
}

Latency load_latency(const Node& node) {
  Latency out;
  if (node.is_string()) {
    out.model = node.word<LatencyModel>();
    return out;
  }
  out.model = Object::with_free_keys(node)
                  .need("model", "write \"model\": \"fixed\", \"ssd\", \"hdd\" or \"hdd-detailed\"")
                  .word<LatencyModel>();
  const auto known = keys_of(out.model);
  const Object from(node, known);
  take_time(from, "read", out.read);
  take_time(from, "write", out.write);
  take_time(from, "flush", out.flush);
  if (const auto per_block = from.find("per_block")) out.per_block = per_block->time(Duration{}, 1s);
  if (const auto spread = from.find("spread")) out.spread = spread->number(0.0, 1.0);
  take_time(from, "program_min", out.program_min);
  take_time(from, "program_max", out.program_max);
  if (const auto chance = from.find("stall_chance")) out.stall_chance = chance->number(0.0, 1.0);
  take_time(from, "stall_median", out.stall_median);
  take_time(from, "stall_p99", out.stall_p99);
  if (const auto rpm = from.find("rpm")) out.rpm = rpm->integer32(60, 100'000);
  take_time(from, "seek_track", out.seek_track);
  take_time(from, "seek_mean", out.seek_mean);
  take_time(from, "seek_full", out.seek_full);
  if (const auto rate = from.find("inner_rate")) out.inner_bytes_per_s = rate->bytes(1024, rate_max);
  if (const auto rate = from.find("outer_rate")) out.outer_bytes_per_s = rate->bytes(1024, rate_max);
  check_order(from, "program_min", out.program_min, "program_max", out.program_max);
  check_order(from, "stall_median", out.stall_median, "stall_p99", out.stall_p99);
  check_order(from, "seek_track", out.seek_track, "seek_mean", out.seek_mean);
  check_order(from, "seek_mean", out.seek_mean, "seek_full", out.seek_full);
  return out;
}

void load_cache(const Object& from, Disk& out) {
  if (const auto cache = from.find("cache")) out.cache = cache->word<CacheKind>();
  for (const auto key : {"cache_size", "destage"}) {
    if (out.cache == CacheKind::none && from.has(key)) {
      from.need(key, "").fail("the disk has no cache", "write \"cache\": \"volatile\" too, or leave this out");
    }
  }
  if (const auto size = from.find("cache_size")) out.cache_blocks = size->blocks(1, (uint64_t{1} << 30) / block_bytes);
  if (const auto destage = from.find("destage")) out.destage = destage->word<DestagePolicy>();
}

Geometry load_geometry(const Node& node) {
  const Object from(node, {"heads", "sectors"});
  Geometry out;
  if (const auto heads = from.find("heads")) out.heads = heads->integer32(1, 255);
  if (const auto sectors = from.find("sectors")) out.sectors = sectors->integer32(1, 4096);
  return out;
}

Disk load_disk(const Object& from) {
  Disk out;
  if (const auto size = from.find("size")) out.size_blocks = size->blocks(32, blocks_max);
  if (const auto latency = from.find("latency")) out.latency = load_latency(*latency);
  load_cache(from, out);
  if (const auto atom = from.find("atom")) {
    out.atom_bytes = static_cast<uint32_t>(atom->bytes(0, 4096));
    if (out.atom_bytes != 0 && out.atom_bytes != 512 && out.atom_bytes != 4096) {
      atom->fail(fmt::format("an atom of {} bytes is not modelled", out.atom_bytes), "write 512, 4096 or 0");
    }
  }
  if (const auto queue = from.find("queue")) out.queue = queue->word<QueuePolicy>();
  if (const auto depth = from.find("depth")) out.depth = depth->integer32(1, 32);
  if (const auto geometry = from.find("geometry")) out.geometry = load_geometry(*geometry);
  if (const auto label = from.find("label")) out.label = label->boolean();
  if (const auto paths = from.find("paths")) out.paths = paths->integer32(1, 4);
  load_enclosure(from, out);
  if (const auto most = from.find("max_transfer")) {
    out.max_transfer_blocks = static_cast<uint32_t>(most->blocks(2, (uint64_t{64} << 20) / block_bytes));
  }
  if (const auto id = from.find("device_id")) out.device_id = id->integer(1, UINT64_MAX);
  return out;
}

void add_disk(const Node& place, Disk disk, Scenario& out) {
  if (find_disk(out, disk.name) != nullptr) {
    place.fail(fmt::format("the disk {} is defined already", disk.name), "give each disk once");
  }
  if (out.disks.size() >= disks_max) place.fail("there are too many disks", fmt::format("the limit is {}", disks_max));
  out.disks.push_back(std::move(disk));
}

/// d0..d4, and one for each spare that the pools name besides (D-08).
void default_disk_set(const Object& top, Scenario& out) {
  const auto add = [&](const std::string& name) {
    Disk disk;
    disk.name = name;
    if (find_disk(out, name) == nullptr) add_disk(top.node(), disk, out);
  };
  for (size_t i = 0; i < default_disks; ++i) add("d" + std::to_string(i));
  const auto pools = top.find("pools");
  if (!pools) return;
  for (const Node& pool : pools->items(pools_max)) {
    const auto spares = Object::with_free_keys(pool).find("spares");
    if (!spares) continue;
    for (const Node& spare : spares->items(disks_max)) {
      if (const auto names = expand_names(spare.string(200))) {
        for (const std::string& name : *names) add(name);
      }
    }
  }
}

}  // namespace

void load_disks(const Object& top, Scenario& out) {
  const auto list = top.find("disks");
  if (!list) return default_disk_set(top, out);
  for (const Node& node : list->items(disks_max)) {
    const Object from(node, {"name", "size", "latency", "cache", "cache_size", "destage", "atom", "queue", "depth",
                             "geometry", "label", "paths", "shelf", "adapters", "max_transfer", "device_id"});
    const Node name = from.need("name", "write \"name\": \"d0\", or \"d0..d5\" for six alike");
    const std::string text = name.string(200);
    const auto names = expand_names(text);
    if (!names) {
      name.fail(fmt::format("\"{}\" is no disk name", printable(text)),
                "write a letter, then letters, digits, _ - or ., like \"d0\"; or a range like \"d0..d5\"");
    }
    Disk disk = load_disk(from);
    if (disk.device_id && names->size() > 1) {
      from.need("device_id", "").fail("several disks cannot have one id", "give the disk of this id a line of its own");
    }
    for (const std::string& each : *names) {
      disk.name = each;
      add_disk(name, disk, out);
    }
  }
  if (out.disks.empty()) list->fail("there are no disks", "list some, or leave \"disks\" out for d0..d4");
  std::set<uint64_t> ids;
  for (const Disk& disk : out.disks) {
    if (disk.device_id && !ids.insert(*disk.device_id).second) {
      list->fail(fmt::format("two disks have the device id {}", *disk.device_id),
                 "give each its own; a clone is the fault duplicate-id (F41)");
    }
  }
}

void load_replicas(const Object& top, Scenario& out) {
  if (const auto size = top.find("replica_blocks")) out.replica_blocks = size->integer(64, 8192);
  const auto list = top.find("replicas");
  if (list) {
    out.replicas = disk_names(*list, out, 50);
  } else {
    for (size_t i = 0; i < default_replicas && i < out.disks.size(); ++i) out.replicas.push_back(out.disks[i].name);
  }
  const auto room = top.find("replica_room");
  if (room) out.replica_room = disk_names(*room, out, 50);
  const auto check = [&](const std::vector<std::string>& names, const Node& place) {
    for (const std::string& name : names) {
      const Slice slice = slice_zero(out, *find_disk(out, name));
      if (slice.blocks > slice.start) continue;
      place.fail(fmt::format("the replicas of {} leave no room on it", name),
                 fmt::format("make the disk larger than {} blocks", slice.first_block + slice.start));
    }
  };
  check(out.replica_room, room ? *room : top.node());
  check(out.replicas, list ? *list : top.node());
}

}  // namespace raidsim::scenarios::loading
