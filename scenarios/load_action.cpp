// "do" and "ioctl" of a script line.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/loading_script.h"
#include "scenarios/names.h"

namespace raidsim::scenarios::loading {
namespace {

/// Ioctls of D-10 that this version's administrator cannot issue.
constexpr std::array<std::string_view, 8> later_ioctls{"create", "reset",  "grow",         "change-pool",
                                                       "probe",  "verify", "pool-replace", "pool-enable"};

IoctlVerb load_verb(const Node& node) {
  const std::string text = node.string(200);
  if (std::ranges::find(later_ioctls, text) != later_ioctls.end()) {
    node.fail(fmt::format("the ioctl \"{}\" cannot be issued by a scenario yet", text),
              "write replace, enable, set-sync, regen, pool-add, pool-delete, replica-add or replica-delete");
  }
  return node.word<IoctlVerb>();
}

bool is_error_name(std::string_view text) {
  const std::string_view tail = text.starts_with("MDE_") ? text.substr(4) : text.starts_with("E") ? text.substr(1) : "";
  return !tail.empty() &&
         std::ranges::all_of(tail, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

void load_replace(const Object& line, const Scenario& scenario, const Unit& unit, Ioctl& out) {
  const Node with = line.need("with", "write \"with\": \"d6\", the new disk");
  const Disk& disk = disk_at(with, scenario);
  out.with = disk.name;
  if (out.error) return;  // whatever is wrong with the disk may be what the scenario is about
  for (const Unit& other : scenario.units) {
    const auto it = std::find(other.columns.begin(), other.columns.end(), disk.name);
    if (it == other.columns.end()) continue;
    if (other.name == unit.name && static_cast<uint32_t>(it - other.columns.begin()) == *out.column) continue;
    with.fail(fmt::format("{} is another column of {}", disk.name, other.name),
              "name a free disk, or add the \"error\" that must come back");
  }
  for (const Pool& pool : scenario.pools) {
    if (std::find(pool.spares.begin(), pool.spares.end(), disk.name) == pool.spares.end()) continue;
    with.fail(fmt::format("{} is a spare of {}", disk.name, pool.name),
              "name a free disk, or add the \"error\" that must come back");
  }
  const UnitLayout layout = *layout_of(scenario, unit);
  const Slice slice = slice_zero(scenario, disk);
  if (slice.blocks < slice.start + layout.log_blocks + layout.column_blocks) {
    with.fail(fmt::format("{} is too small for a column of {}", disk.name, unit.name),
              "make it larger, or add the \"error\" that must come back");
  }
}

void load_pool_change(const Object& line, const Scenario& scenario, Ioctl& out) {
  const Node pool = line.need("pool", "write \"pool\": \"hsp001\"");
  out.pool = pool.string(200);
  if (find_pool(scenario, out.pool) == nullptr && !out.error) {
    pool.fail(fmt::format("there is no pool \"{}\"", printable(out.pool)), "define it in \"pools\"");
  }
  out.spare = disk_at(line.need("spare", "write \"spare\": \"d5\""), scenario).name;
}

/// Also where an error is expected: a replica at a place that is not laid out would overwrite a column.
void load_replica_change(const Object& line, const Scenario& scenario, Ioctl& out) {
  const Node disk = line.need("disk", "write \"disk\": \"d3\"");
  out.disk = disk_at(disk, scenario).name;
  const uint64_t places = replica_places(scenario, out.disk);
  if (places == 0) {
    disk.fail(fmt::format("{} has no room for a replica", out.disk),
              "name it in \"replicas\", or in \"replica_room\" to have none there at the start");
  }
  const auto index = line.find("index");
  if (index) out.index = index->integer32(0, UINT32_MAX);
  if (out.index < places) return;
  index->fail(fmt::format("{} is not below the {} places for a replica on {}", out.index, places, out.disk),
              "name the disk once more in \"replicas\" or \"replica_room\"");
}

bool is_of_replicas(IoctlVerb verb) { return verb == IoctlVerb::replica_add || verb == IoctlVerb::replica_delete; }

}  // namespace

std::vector<std::string_view> host_keys(std::string_view verb) {
  if (verb == "crash") return {"do", "outstanding"};
  if (verb == "power-cut") return {"do", "outstanding", "keep", "adversarial", "torn", "disks"};
  return {"do"};
}

HostAction load_host_action(const Object& line, const Scenario& scenario) {
  HostAction out;
  out.verb = line.need("do", "").word<HostVerb>();
  if (const auto fate = line.find("outstanding")) out.outstanding = fate->word<OutstandingFate>();
  if (const auto keep = line.find("keep")) out.keep = keep->number(0.0, 1.0);
  if (const auto adversarial = line.find("adversarial")) out.adversarial = adversarial->boolean();
  if (out.keep && out.adversarial)
    line.find("keep")->fail("an adversarial cut chooses by itself", "leave one of them out");
  if (const auto torn = line.find("torn")) out.torn = torn->word<TornRule>();
  if (const auto disks = line.find("disks")) out.disks = disk_names(*disks, scenario, disks_max);
  return out;
}

std::vector<std::string_view> ioctl_keys(std::string_view verb) {
  if (verb == "replace") return {"ioctl", "unit", "column", "with", "force", "error"};
  if (verb == "enable") return {"ioctl", "unit", "column", "force", "error"};
  if (verb == "pool-add") return {"ioctl", "pool", "spare", "error"};
  if (verb == "pool-delete") return {"ioctl", "pool", "spare", "force", "error"};
  if (verb == "replica-add" || verb == "replica-delete") return {"ioctl", "disk", "index", "force", "error"};
  return {"ioctl", "unit", "error"};
}

Ioctl load_ioctl(const Object& line, const Scenario& scenario) {
  Ioctl out;
  out.verb = load_verb(line.need("ioctl", ""));
  if (const auto error = line.find("error")) {
    out.error = error->string(64);
    if (*out.error != "any" && !is_error_name(*out.error)) {
      error->fail(fmt::format("\"{}\" is no error name", printable(*out.error)),
                  "write MDE_RESYNC_ACTIVE or EBUSY, say");
    }
  }
  if (const auto force = line.find("force")) out.force = force->boolean();
  if (out.verb == IoctlVerb::pool_add || out.verb == IoctlVerb::pool_delete) {
    load_pool_change(line, scenario, out);
    return out;
  }
  if (is_of_replicas(out.verb)) {
    load_replica_change(line, scenario, out);
    return out;
  }
  const Unit& unit = unit_or_only(line, scenario);
  out.unit = unit.name;
  if (out.verb == IoctlVerb::replace || out.verb == IoctlVerb::enable) {
    out.column = column_at(line.need("column", "write the column's number"), unit);
  }
  if (out.verb == IoctlVerb::replace) load_replace(line, scenario, unit, out);
  return out;
}

}  // namespace raidsim::scenarios::loading
