#include "harness/cli/status_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/cli/text_table.h"
#include "scenarios/quantity.h"

namespace raidsim::cli {
namespace {

using namespace harness;

struct Familiar {
  std::string_view word;  ///< the scenario's
  std::string_view shown;
  Tone tone;
};

constexpr std::array<Familiar, 6> unit_words{{{"okay", "Okay", Tone::good},
                                              {"init", "Initializing", Tone::warn},
                                              {"errored", "Needs Maintenance", Tone::bad},
                                              {"last-errored", "Needs Maintenance, Last Erred", Tone::bad},
                                              {"doi", "Initialization Failed", Tone::bad},
                                              {"regen", "Regenerating", Tone::warn}}};
constexpr std::array<Familiar, 6> column_words{{{"okay", "Okay", Tone::plain},
                                                {"init", "Initializing", Tone::warn},
                                                {"resync", "Resyncing", Tone::warn},
                                                {"errored", "Maintenance", Tone::bad},
                                                {"last-errored", "Last Erred", Tone::bad},
                                                {"init-errored", "Maintenance", Tone::bad}}};
constexpr std::array<Familiar, 3> spare_words{
    {{"available", "Available", Tone::plain}, {"reserved", "In use", Tone::warn}, {"broken", "Broken", Tone::bad}}};

template <size_t N>
Cell familiar(const std::array<Familiar, N>& words, const std::string& word) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const Familiar& each) { return each.word == word; });
  return found == words.end() ? Cell(word, Tone::warn) : Cell(std::string(found->shown), found->tone);
}

std::string length(uint64_t blocks) {
  return fmt::format("{} blocks ({})", blocks, scenarios::size_text(blocks * uint64_t{512}));
}

/// What a script would say to mend it: the first column that needs it.
std::string invocation(const UnitStatus& unit) {
  for (size_t c = 0; c < unit.columns.size(); ++c) {
    const ComponentStatus& column = unit.columns[c];
    if (column.state != "errored" && column.state != "last-errored") continue;
    const char* force = column.state == "last-errored" ? R"(, "force": true)" : "";
    return fmt::format(R"({{"ioctl": "replace", "unit": "{}", "column": {}, "with": "DISK"{}}})", unit.name, c, force);
  }
  return {};
}

std::string unit_text(const UnitStatus& unit, const reports::Ink& ink) {
  const Cell state = familiar(unit_words, unit.state);
  std::string out = fmt::format("{}: RAID\n    State: {}\n", ink.bold(unit.name), inked(state.text, state.tone, ink));
  if (const std::string line = invocation(unit); !line.empty()) out += "    Invoke: " + line + "\n";
  if (unit.pool != "none") out += "    Hot spare pool: " + unit.pool + "\n";
  out += fmt::format("    Interlace: {} blocks\n    Size: {}\n", unit.interlace_blocks, length(unit.blocks));
  if (!unit.running.empty()) {
    const std::string what = static_cast<char>(unit.running[0] - 'a' + 'A') + unit.running.substr(1);
    out += fmt::format("    {} in progress: {}.{} % done\n", what, unit.per_mille / 10, unit.per_mille % 10);
  }
  TextTable table({"Device", "Start Block", "Dbase", "State", "Hot Spare"});
  for (const ComponentStatus& column : unit.columns) {
    table.add({column.device, fmt::format("{}", column.start_block), column.has_replica ? "Yes" : "No",
               familiar(column_words, column.state), column.spare});
  }
  return out + table.text(8, ink);
}

std::string stripe_text(const StripeStatus& unit, const reports::Ink& ink) {
  std::string out = fmt::format("{}: Concat/Stripe\n", ink.bold(unit.name));
  if (unit.pool != "none") out += "    Hot spare pool: " + unit.pool + "\n";
  out += "    Size: " + length(unit.blocks) + "\n";
  for (size_t r = 0; r < unit.rows.size(); ++r) {
    const RowStatus& row = unit.rows[r];
    const bool one = row.components.size() == 1;
    out +=
        fmt::format("    Stripe {}:{}\n", r, one ? "" : fmt::format(" (interlace: {} blocks)", row.interlace_blocks));
    TextTable table({"Device", "Start Block", "Dbase", "Hot Spare", "Errors"});
    for (const ComponentStatus& each : row.components) {
      table.add({each.device, fmt::format("{}", each.start_block), each.has_replica ? "Yes" : "No", each.spare,
                 Cell(each.errors, Tone::bad)});
    }
    out += table.text(8, ink);
  }
  return out;
}

std::string pool_text(const PoolStatus& pool, const reports::Ink& ink) {
  const size_t count = pool.spares.size();
  std::string out = fmt::format("{}: {} hot spare{}, of {} unit{}\n", ink.bold(pool.name), count, count == 1 ? "" : "s",
                                pool.units, pool.units == 1 ? "" : "s");
  if (pool.spares.empty()) return out;
  TextTable table({"Device", "Status", "Length"});
  for (const SpareStatus& spare : pool.spares) {
    table.add({spare.device, familiar(spare_words, spare.state), length(spare.blocks)});
  }
  return out + table.text(8, ink);
}

std::string database_text(const HostStatus& status, const reports::Ink& ink) {
  switch (status.database) {
    case DatabaseStatus::none:
      return ink.bad("no state database");
    case DatabaseStatus::writable:
      return "state database writable";
    case DatabaseStatus::stale:
      return ink.bad("state database stale: nothing can be changed");
    case DatabaseStatus::too_few:
      return ink.bad("state database waits for replicas");
  }
  return {};
}

std::string replicas_text(const HostStatus& status, const reports::Ink& ink) {
  if (status.replicas.empty()) return {};
  TextTable table({"flags", "first blk", "block count", "device"});
  for (const ReplicaRow& each : status.replicas) {
    const bool in_use = each.flags.find('a') != std::string::npos;
    table.add({Cell(each.flags, in_use ? Tone::plain : Tone::bad), fmt::format("{}", each.first_block),
               each.blocks == 0 ? "unknown" : fmt::format("{}", each.blocks), each.device});
  }
  return table.text(8, ink);
}

}  // namespace

std::string status_text(const HostStatus& status, const reports::Ink& ink) {
  const std::string time = scenarios::time_text(status.at - sim_start);
  const char* host = status.up ? "up" : status.running ? "coming up or going down" : "down";
  std::string out = fmt::format("at {}: host {}, boot {}, {}\n", time, host, status.boots, database_text(status, ink));
  out += replicas_text(status, ink);
  for (const UnitStatus& unit : status.units) out += "\n" + unit_text(unit, ink);
  for (const StripeStatus& unit : status.stripes) out += "\n" + stripe_text(unit, ink);
  for (const PoolStatus& pool : status.pools) out += "\n" + pool_text(pool, ink);
  return out;
}

}  // namespace raidsim::cli
