// A line's fault: its word, its target, its parameters, all by fault_table.h.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/fault_table.h"
#include "scenarios/load_host_fault.h"
#include "scenarios/loading.h"
#include "scenarios/names.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr uint64_t damaged_blocks_max = (uint64_t{64} << 20) / block_bytes;

const FaultRow& row_of(const Node& word) {
  const std::string text = word.string(200);
  const FaultRow* row = find_fault(text);
  if (row == nullptr) {
    std::vector<std::string_view> known;
    for (const FaultRow& each : fault_table()) {
      if (each.support == Support::injected) known.push_back(each.word);
    }
    const auto meant = nearest(text, known);
    word.fail(fmt::format("there is no fault \"{}\"", printable(text)),
              meant ? fmt::format("did you mean \"{}\"?", *meant) : fmt::format("known: {}", fmt::join(known, ", ")));
  }
  if (row->support == Support::host_line) {
    word.fail(fmt::format("F{:02} \"{}\" happens to the host, not to a disk", row->number, row->word),
              "write \"do\": \"crash\", \"power-cut\" or \"halt\" (in recovery: with a trigger on replay)");
  }
  if (row->support == Support::later) {
    word.fail(fmt::format("F{:02} \"{}\" is in the catalogue but cannot be injected yet", row->number, row->word),
              "`raidsim list faults` shows those that can");
  }
  return *row;
}

/// The disk under a unit's column as the scenario creates it.
const Disk& disk_of_column(const Scenario& scenario, const std::string& unit, uint32_t column) {
  return *find_disk(scenario, find_unit(scenario, unit)->columns.at(column));
}

void load_whose(const Object& line, const FaultRow& row, const Scenario& scenario, FaultTarget& out) {
  const bool by_column = line.has("column");
  int named = (line.has("disk") ? 1 : 0) + (line.has("disks") ? 1 : 0) + (by_column ? 1 : 0);
  for (const std::string_view key : shared_keys(row)) named += line.has(key) ? 1 : 0;
  if (named != 1) {
    std::string right = row.target == TargetNeed::disks ? "write \"disk\", \"disks\", " : "write \"disk\", ";
    for (const std::string_view key : shared_keys(row)) right += fmt::format("\"{}\", ", key);
    line.node().fail(named == 0 ? "the fault has no target" : "the fault has more than one target",
                     right + "or \"unit\" and \"column\"");
  }
  if (row.shared != Shared::nothing) load_shared(line, scenario, out);
  if (const auto disk = line.find("disk")) out.disk = disk_at(*disk, scenario).name;
  if (const auto disks = line.find("disks")) {
    out.disks = disk_names(*disks, scenario, disks_max);
    if (out.disks.empty()) disks->fail("the list is empty", "name at least one disk");
  }
  if (by_column) {
    const Unit& unit = unit_or_only(line, scenario);
    out.unit = unit.name;
    out.column = column_at(*line.find("column"), unit);
  } else if (const auto unit = line.find("unit")) {
    unit->fail("a fault hits a device, not a unit", "add \"column\", or write \"disk\" instead");
  }
}

void load_lines(const Object& line, const Scenario& scenario, FaultTarget& out) {
  const Unit& unit = *find_unit(scenario, *out.unit);
  const UnitLayout layout = *layout_of(scenario, unit);
  if (const auto one = line.find("line")) {
    const uint64_t number = line_at(*one, layout);
    out.lines = BlockRange{number, number + 1};
    return;
  }
  const Node list = *line.find("lines");
  const auto ends = list.items(2);
  if (ends.size() != 2) list.fail("this is no range of lines", "write [first, end], the end not included");
  const BlockRange lines{line_at(ends[0], layout), ends[1].integer(0, layout.lines)};
  if (lines.first >= lines.end) list.fail("the range is empty", "its second number must be above its first");
  out.lines = lines;
}

void load_place(const Object& line, const FaultRow& row, const Scenario& scenario, FaultTarget& out) {
  int given = 0;
  for (const auto key : {"range", "line", "lines", "area"}) {
    if (!line.has(key)) continue;
    if (++given > 1) line.find(key)->fail("the fault has more than one place", "write one of range, line, lines, area");
    if (key != std::string_view("range") && key != std::string_view("area") && !out.column) {
      line.find(key)->fail("lines belong to a column", "write \"unit\" and \"column\" instead of \"disk\"");
    }
  }
  if (const auto range = line.find("range")) {
    out.range = range->block_range();
    const Disk& disk = out.disk ? *find_disk(scenario, *out.disk) : disk_of_column(scenario, *out.unit, *out.column);
    if (out.range->end > disk.size_blocks) {
      range->fail(fmt::format("block {} is beyond the end of {}", out.range->end, disk.name),
                  fmt::format("the disk has {} blocks of 512 bytes", disk.size_blocks));
    }
  }
  if (line.has("line") || line.has("lines")) load_lines(line, scenario, out);
  if (const auto area = line.find("area")) {
    out.area = area->word<Area>();
    const bool on_disk = out.area == Area::replica || out.area == Area::whole;
    if (!on_disk && !out.column)
      area->fail("this area belongs to a column", "write \"unit\" and \"column\" instead of \"disk\"");
  }
  if (given == 0 && row.target == TargetNeed::place) {
    line.node().fail(fmt::format("F{:02} \"{}\" needs a place", row.number, row.word),
                     "write \"range\": [first, end] in bytes of the disk, or \"column\" with line, lines or area");
  }
}

/// Blocks that one firing makes bad; the registry keeps an entry for each.
void check_damage(const Object& line, const FaultRow& row, const Scenario& scenario, const Fault& fault) {
  const FaultTarget& target = fault.target;
  uint64_t blocks = 0;
  if (row.number == 5) {
    blocks = fault.with.bursts * fault.with.burst_blocks;  // at most 10,000 times 1 GiB
  } else if (row.number == 4 || row.number == 10) {
    const Disk& disk = *disks_meant(scenario, target).front();
    blocks = target.range ? target.range->end - target.range->first : disk.size_blocks;
    if (target.column && !target.range) {
      const UnitLayout layout = *layout_of(scenario, *find_unit(scenario, *target.unit));
      if (target.lines) {
        blocks = (target.lines->end - target.lines->first) * find_unit(scenario, *target.unit)->interlace_blocks;
      } else if (target.area == Area::log) {
        blocks = layout.log_blocks;
      }
    }
    if (target.area == Area::replica) blocks = slice_zero(scenario, disk).first_block;
  }
  if (blocks <= damaged_blocks_max) return;
  line.node().fail(fmt::format("F{:02} \"{}\" would damage {} blocks at once", row.number, row.word, blocks),
                   fmt::format("damage at most {}, or let the disk fail (F01)", damaged_blocks_max));
}

/// F35, F38 and F39 say nothing without these.
void check_presence(const Object& line, const FaultRow& row, const Fault& fault) {
  if (row.number == 35 && !fault.with.size_blocks) {
    line.node().fail("F35 \"wrong-size\" needs the size that the disk reports", "write \"size\": \"2MiB\"");
  }
  if (row.number == 38 && fault.target.disks.size() < 2) {
    line.node().fail("F38 \"device-number-change\" needs the disks whose numbers go round",
                     "write \"disks\": [\"d1\", \"d2\"], at least two");
  }
  if (row.number == 38) {
    std::vector<std::string> once = fault.target.disks;
    std::ranges::sort(once);
    const auto twice = std::ranges::adjacent_find(once);
    if (twice != once.end()) {
      line.find("disks")->fail(fmt::format("{} is named twice", *twice), "name each disk once: it gets one number");
    }
  }
  if (row.number == 39 && fault.with.by.empty()) {
    line.node().fail("F39 \"name-reuse\" needs the disk that gets the number", "write \"by\": \"d5\"");
  }
}

void check_identity(const Object& line, const Scenario& scenario, const Fault& fault) {
  const Disk& clone = *disks_meant(scenario, fault.target).front();
  const Disk& original = *find_disk(scenario, fault.with.of);
  if (fault.with.newer == NewerCopy::clone && clone.size_blocks != original.size_blocks) {
    line.find("newer")->fail(fmt::format("{} and {} differ in size", clone.name, original.name),
                             "a clone with the newer content is as large as its original");
  }
}

/// What one parameter cannot know of the others.
void check_parameters(const Object& line, const FaultRow& row, const Scenario& scenario, const Fault& fault) {
  if (const auto to = line.find("to_disk")) {
    const Disk& other = disk_at(*to, scenario);
    if (fault.target.disk && other.name == *fault.target.disk)
      to->fail("this is the same disk", "name another, or write \"delta\"");
    if (line.has("delta")) to->fail("a misdirected write lands in one place", "write \"delta\" or \"to_disk\"");
  }
  if (const auto of = line.find("of")) {
    if (disk_at(*of, scenario).name == disks_meant(scenario, fault.target).front()->name)
      of->fail("this is the same disk", "name another");
    check_identity(line, scenario, fault);
  } else if (row.number == 41) {
    line.node().fail("F41 \"duplicate-id\" needs the disk whose id is taken on", "write \"of\": \"d1\"");
  }
  if (const auto by = line.find("by")) {
    if (disk_at(*by, scenario).name == disks_meant(scenario, fault.target).front()->name)
      by->fail("this is the same disk", "name another");
  }
  check_presence(line, row, fault);
  if (line.has("bits") && fault.with.mask != Mask::bits) {
    line.find("bits")->fail("only the mask \"bits\" has a number of them", "write \"mask\": \"bits\" too");
  }
  if ((fault.with.mask == Mask::other_block) != line.has("other") &&
      std::ranges::any_of(row.parameters, [](const ParameterRow* p) { return p->key == "other"; })) {
    line.node().fail("the mask \"other-block\" and \"other\" belong together", "write both or neither");
  }
  if (row.number == 11 && fault.with.op != Op::read && fault.with.op != Op::write) {
    line.find("op")->fail("data are damaged on a read or on a write", "write \"read\" or \"write\"");
  }
  if (!fault.with.paths.empty()) {
    for (const Disk* disk : disks_meant(scenario, fault.target)) {
      for (const uint32_t path : fault.with.paths) {
        if (path < disk->paths) continue;
        line.find("paths")->fail(fmt::format("{} has no path {}", disk->name, path),
                                 "number paths from 0 below the disk's \"paths\"");
      }
    }
  }
  const bool about_caches = row.number == 18 || row.number == 19 || row.number == 21 || row.number == 22;
  for (const Disk* disk : disks_meant(scenario, fault.target)) {
    if (!about_caches || disk->cache != CacheKind::none) continue;
    line.node().fail(fmt::format("{} has no cache for F{:02} \"{}\" to bite", disk->name, row.number, row.word),
                     "give the disk \"cache\": \"volatile\"");
  }
  check_shared(line, row, scenario, fault);
  check_damage(line, row, scenario, fault);
}

}  // namespace

std::vector<std::string_view> fault_keys(std::string_view word) {
  std::vector<std::string_view> keys{"fault", "disk", "unit", "column"};
  const FaultRow* row = find_fault(word);
  if (row == nullptr) return keys;
  if (row->target == TargetNeed::host) keys = {"fault"};
  if (row->target == TargetNeed::replica) keys = {"fault", "disk"};
  if (row->target == TargetNeed::disks) keys.push_back("disks");
  for (const std::string_view key : shared_keys(*row)) keys.push_back(key);
  if (row->takes_place) keys.insert(keys.end(), {"range", "line", "lines", "area"});
  for (const ParameterRow* parameter : row->parameters) keys.push_back(parameter->key);
  return keys;
}

Fault load_fault(const Object& line, const Scenario& scenario) {
  const FaultRow& row = row_of(line.need("fault", ""));
  Fault out;
  out.id = fault_id(row.number);
  out.with = row.defaults_of(line.has("lasts"));
  const bool of_a_disk = row.target != TargetNeed::host && row.target != TargetNeed::replica;
  of_a_disk ? load_whose(line, row, scenario, out.target) : refuse_other_targets(line, row);
  if (row.takes_place) load_place(line, row, scenario, out.target);
  for (const ParameterRow* parameter : row.parameters) {
    if (const auto node = line.find(parameter->key)) parameter->read(*node, out.with);
  }
  of_a_disk ? check_parameters(line, row, scenario, out) : load_host_fault(line, row, scenario, out);
  return out;
}

}  // namespace raidsim::scenarios::loading
