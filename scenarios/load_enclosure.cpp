// What disks share, shelves and adapters (spec/fault-model.md 4.6): where a disk names them, and faults that do.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/fault_table.h"
#include "scenarios/loading.h"
#include "scenarios/names.h"

namespace raidsim::scenarios::loading {
namespace {

std::string shared_name(const Node& node, std::string_view what) {
  const std::string name = node.string(200);
  if (!is_disk_name(name)) {
    node.fail(fmt::format("\"{}\" is no name of {}", printable(name), what),
              "write a letter, then letters, digits, _ - or .");
  }
  return name;
}

/// The name in `node`, which some disk has to have said before.
std::string known_name(const Node& node, const std::vector<std::string_view>& known, std::string_view what,
                       std::string_view how) {
  std::string name = node.string(200);
  if (std::ranges::find(known, name) != known.end()) return name;
  const auto meant = nearest(name, known);
  node.fail(fmt::format("there is no {} \"{}\"", what, printable(name)),
            meant           ? fmt::format("did you mean \"{}\"?", *meant)
            : known.empty() ? fmt::format("{} in \"disks\"", how)
                            : fmt::format("known: {}", fmt::join(known, ", ")));
}

bool behind(const Disk& disk, const FaultTarget& target) {
  return (!target.shelf.empty() && disk.shelf == target.shelf) ||
         (!target.adapter.empty() && std::ranges::find(disk.adapters, target.adapter) != disk.adapters.end());
}

void only_with(const Object& line, std::string_view key, bool has_form, const char* form) {
  if (has_form || !line.has(key)) return;
  line.find(key)->fail(fmt::format("\"{}\" belongs to the form \"{}\"", key, form), "leave it out");
}

void check_nvram(const Object& line, const Scenario& scenario, const Fault& fault) {
  if (!fault.with.form) {
    line.node().fail("F24 \"controller-nvram\" needs its form",
                     "write \"form\": \"battery-dead\" (F24a) or \"stale-contents\" (F24b)");
  }
  const bool dead = fault.with.form == NvramForm::battery_dead;
  for (const auto key : {"keep", "adversarial"}) only_with(line, key, dead, "battery-dead");
  for (const auto key : {"count", "age"}) only_with(line, key, !dead, "stale-contents");
  for (const Disk* disk : disks_meant(scenario, fault.target)) {
    if (!dead || disk->cache != CacheKind::none) continue;
    line.node().fail(fmt::format("{} has no cache for F24 \"controller-nvram\" to lose", disk->name),
                     "give the disk \"cache\": \"volatile\"");
  }
}

}  // namespace

void load_enclosure(const Object& from, Disk& out) {
  if (const auto shelf = from.find("shelf")) out.shelf = shared_name(*shelf, "a shelf");
  const auto adapters = from.find("adapters");
  if (!adapters) return;
  for (const Node& each : adapters->items(disks_max)) out.adapters.push_back(shared_name(each, "an adapter"));
  if (out.adapters.size() != out.paths) {
    adapters->fail(fmt::format("there are {} adapters for {} paths", out.adapters.size(), out.paths),
                   "name one for each path, in their order");
  }
}

std::vector<std::string_view> shared_keys(const FaultRow& row) {
  if (row.shared == Shared::nothing) return {};
  if (row.shared == Shared::shelf) return {"shelf"};
  return {"shelf", "adapter"};
}

void load_shared(const Object& line, const Scenario& scenario, FaultTarget& out) {
  std::vector<std::string_view> shelves;
  std::vector<std::string_view> adapters;
  for (const Disk& disk : scenario.disks) {
    if (!disk.shelf.empty()) shelves.push_back(disk.shelf);
    adapters.insert(adapters.end(), disk.adapters.begin(), disk.adapters.end());
  }
  for (auto* names : {&shelves, &adapters}) {
    std::ranges::sort(*names);
    names->erase(std::ranges::unique(*names).begin(), names->end());
  }
  if (const auto shelf = line.find("shelf"))
    out.shelf = known_name(*shelf, shelves, "shelf", "write \"shelf\": \"s0\" for some");
  if (const auto adapter = line.find("adapter"))
    out.adapter = known_name(*adapter, adapters, "adapter", "write \"adapters\": [\"c0\"] for some");
}

std::vector<const Disk*> disks_meant(const Scenario& scenario, const FaultTarget& target) {
  std::vector<const Disk*> out;
  if (target.disk) out.push_back(find_disk(scenario, *target.disk));
  for (const std::string& name : target.disks) out.push_back(find_disk(scenario, name));
  if (target.column) out.push_back(find_disk(scenario, find_unit(scenario, *target.unit)->columns.at(*target.column)));
  for (const Disk& disk : scenario.disks) {
    if (behind(disk, target)) out.push_back(&disk);
  }
  return out;
}

void check_shared(const Object& line, const FaultRow& row, const Scenario& scenario, const Fault& fault) {
  if (row.number == 24) check_nvram(line, scenario, fault);
  if (!fault.target.adapter.empty() && line.has("paths")) {
    line.find("paths")->fail("an adapter has its paths already", "leave this out, or name disks");
  }
}

}  // namespace raidsim::scenarios::loading
