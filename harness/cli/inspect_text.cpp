#include "harness/cli/inspect_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/cli/text_table.h"
#include "harness/inspect/words.h"
#include "scenarios/quantity.h"

namespace raidsim::cli {
namespace {

using namespace harness;

std::string counted(size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string disks_text(const DiskImage& image, const reports::Ink& ink) {
  TextTable table({"disk", "size", "slice 0 at", "holds", ""});
  for (const ImageDisk& disk : image.disks) {
    uint64_t unreadable = 0;
    for (const BlockRange& range : disk.unreadable) unreadable += range.blocks;
    std::string state = disk.dead ? "dead" : "";
    if (unreadable > 0) state += (state.empty() ? "" : ", ") + counted(unreadable, "unreadable sector");
    table.add({shown(disk.name),
               scenarios::size_text(disk.blocks * block_bytes),
               fmt::format("{}", disk.slice0),
               scenarios::size_text(disk.pages.size() * disk::page_bytes),
               {state, Tone::warn}});
  }
  return table.text(2, ink);
}

/// "48 (record 2), 49 (record 2), ..."
std::string difference_text(const Comparison& c) {
  constexpr size_t most = 12;
  std::string out;
  for (size_t i = 0; i < std::min(most, c.blocks.size()); ++i) {
    out += fmt::format("{}{} ({})", i == 0 ? "" : ", ", c.blocks[i].logical, c.blocks[i].what);
  }
  return c.blocks.size() > most ? out + ", ..." : out;
}

std::string replicas_text(const DiskImage& image, const Inspection& seen, const reports::Ink& ink) {
  std::string out;
  for (size_t i = 0; i < seen.replicas.size(); ++i) {
    const ReplicaReport& replica = seen.replicas[i];
    const auto other = std::find_if(seen.set.others.begin(), seen.set.others.end(),
                                    [&](const Comparison& c) { return c.replica == i; });
    const bool compared = other != seen.set.others.end();
    const std::string place = place_name(image, replica.disk, replica.block);
    if (compared && other->blocks.empty() && replica.sound()) {
      const ReplicaReport& reference = seen.replicas[*seen.set.reference];
      out += fmt::format("\nreplica {}: {}, equal to {}\n", ink.bold(place), ink.good("sound"),
                         place_name(image, reference.disk, reference.block));
      continue;
    }
    out += "\n" + replica_text(image, replica, ink);
    if (compared && !other->blocks.empty())
      out += fmt::format("  differs         {}\n", ink.warn(difference_text(*other)));
  }
  return out;
}

std::string lines_text(const std::vector<std::string>& lines, const std::string& mark) {
  constexpr size_t most = 50;
  std::string out;
  for (size_t i = 0; i < std::min(most, lines.size()); ++i) out += "  " + mark + lines[i] + "\n";
  if (lines.size() > most) out += fmt::format("  {}and {} more; --json has them all\n", mark, lines.size() - most);
  return out;
}

}  // namespace

std::string inspection_text(const DiskImage& image, const Inspection& seen, const std::string& title,
                            const reports::Ink& ink) {
  std::string out = fmt::format("{}: {}, {}, {}: {}\n", title, counted(image.disks.size(), "disk"),
                                counted(seen.replicas.size(), "replica"), counted(seen.units.size(), "unit"),
                                seen.sound() ? ink.good("sound") : ink.bad("DAMAGED"));
  out += lines_text(seen.damage, ink.bad("damaged") + "  ");
  out += lines_text(seen.notes, ink.warn("note") + "     ");
  out += "\n" + disks_text(image, ink);
  out += replicas_text(image, seen, ink);
  for (const UnitReport& unit : seen.units) out += "\n" + unit_text(image, unit, ink);
  return out;
}

}  // namespace raidsim::cli
