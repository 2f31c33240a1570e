#include "harness/trace_names.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cstring>
#include <set>

#include "harness/trace_kinds.h"
#include "harness/world/administrator.h"
#include "harness/world/follow_ups.h"
#include "model/disk/block_device.h"
#include "model/md/error.h"
#include "model/md/event.h"
#include "model/md/message.h"
#include "model/raid/types.h"
#include "scenarios/fault_table.h"
#include "scenarios/save.h"
#include "scenarios/unit_layout.h"
#include "scenarios/words.h"

namespace raidsim::harness {
namespace {

using Names = std::map<uint32_t, std::string>;
using namespace scenarios;

void add_things(TraceFile& file, const Scenario& scenario) {
  for (uint32_t d = 0; d < scenario.disks.size(); ++d) {
    file.names["disk"][d] = scenario.disks[d].name;
    file.names["device"][minor_of(disk_slice(d, 0))] = scenario.disks[d].name;
  }
  for (uint32_t u = 0; u < scenario.units.size(); ++u) {
    file.names["unit"][u] = scenario.units[u].name;
    file.names["minor"][minor_of_name(scenario.units[u].name)] = scenario.units[u].name;
  }
  const std::vector<scenarios::ScriptEntry> script = script_of(scenario);
  for (uint32_t l = 0; l < script.size(); ++l) file.names["line"][l] = script_line_text(script[l]);
}

// Clients count from 1 over all workloads (world.cpp); 0 is the read-back of the judge.
void add_clients(TraceFile& file, const Scenario& scenario) {
  Names& names = file.names["client"];
  names[0] = "read-back";
  uint32_t number = 0;
  for (const Workload& workload : scenario.workload) {
    const uint32_t clients = workload.trace ? 1 : workload.clients;
    for (uint32_t c = 0; c < clients; ++c, ++number)
      names[number + 1] = fmt::format("client {} of {}", number + 1, workload.unit);
  }
}

void add_states(TraceFile& file) {
  Names& units = file.names["unit-state"];
  Names& columns = file.names["column-state"];
  units[0] = columns[0] = "unused";
  for (uint32_t bit = 1; bit <= raid::RUS_REGEN; bit <<= 1)
    units[bit] = raid::word_of(static_cast<raid::UnitState>(bit));
  for (uint32_t bit = 1; bit <= raid::RCS_INIT_ERRED; bit <<= 1)
    columns[bit] = raid::word_of(static_cast<raid::ColumnState>(bit));
}

void add_words(TraceFile& file) {
  file.names["op"] = {{0, "read"}, {1, "write"}, {2, "flush"}};
  file.names["epoch-how"] = {{0, "boots"}, {1, "crashes"}, {2, "loses power"}, {3, "halts"}};
  file.names["tag"] = {{0, "metadevice"}, {1, "hot-spare"}, {2, "pool"}, {3, "replica"}, {4, "set"}};
  for (uint32_t p = 0; p <= static_cast<uint32_t>(Phase::done); ++p)
    file.names["phase"][p] = word_of(static_cast<Phase>(p));
  for (uint32_t s = 0; s <= static_cast<uint32_t>(md::EventSubclass::ESC_SVM_REMOVE); ++s)
    file.names["subclass"][s] = md::word_of(static_cast<md::EventSubclass>(s));
  for (uint32_t m = 0; m <= static_cast<uint32_t>(md::MessageId::DATABASE_STALE); ++m)
    file.names["message"][m] = md::name_of(static_cast<md::MessageId>(m));
  for (const FaultRow& row : fault_table())
    file.names["fault"][row.number] = fmt::format("{} (F{:02})", row.word, row.number);
  for (uint32_t p = 0; p < words<ProtocolPoint>().size(); ++p) file.names["point"][p] = words<ProtocolPoint>()[p];
}

/// Only those that occur.
void add_errors(TraceFile& file, const RunRecord& record) {
  for (const TraceRecord& r : record.records) {
    if (r.kind == kind_request_end && r.flags != 0) file.names["errno"][r.flags] = std::strerror(r.flags);
    if (r.kind != kind_command || (r.a == 0 && r.b == 0)) continue;
    md::Error error;
    error.error_class = static_cast<md::ErrorClass>(r.b);
    error.code = static_cast<int>(r.a);
    file.names["error"][static_cast<uint32_t>((r.b & 0xFF) << 16 | (r.a & 0xFFFF))] = md::name_of(error);
  }
}

void add_judgement(TraceFile& file, const RunResult& result) {
  for (uint32_t i = 0; i < result.violations.size(); ++i)
    file.names["violation"][i] = result.violations[i].id + ": " + result.violations[i].text;
  for (uint32_t i = 0; i < result.findings.size(); ++i) file.names["finding"][i] = result.findings[i];
}

std::string size_text(uint64_t blocks) {
  return blocks % 2 == 0 ? fmt::format("{} KiB", blocks / 2) : fmt::format("{} bytes", blocks * scenarios::block_bytes);
}

std::string users_of(const Scenario& scenario, const std::string& unit) {
  uint64_t clients = 0, requests = 0;
  for (const Workload& workload : scenario.workload) {
    if (workload.unit != unit) continue;
    if (workload.trace) return fmt::format("a recorded workload ({})", workload.trace->path);
    clients += workload.clients;
    requests += workload.clients * workload.requests;
  }
  return fmt::format("{} {} {} {} requests", clients, clients == 1 ? "client" : "clients",
                     clients == 1 ? "sends" : "send", requests);
}

}  // namespace

std::string setup_of(const Scenario& scenario) {
  std::string out;
  for (const Unit& unit : scenario.units) {
    if (unit.kind == scenarios::UnitKind::stripe) {
      out += fmt::format("{}{} is a stripe of {} rows on {}; {}.", out.empty() ? "" : " ", unit.name, unit.rows.size(),
                         fmt::join(scenarios::disks_of(unit), " "), users_of(scenario, unit.name));
      continue;
    }
    out += fmt::format("{}{} is a RAID-5 unit of {} columns ({}), interlace {}{}; {}.", out.empty() ? "" : " ",
                       unit.name, unit.columns.size(), fmt::join(unit.columns, " "), size_text(unit.interlace_blocks),
                       unit.pool ? ", with pool " + *unit.pool : "", users_of(scenario, unit.name));
  }
  return out;
}

void add_names(TraceFile& file, const Scenario& scenario, const RunRecord& record) {
  add_things(file, scenario);
  add_clients(file, scenario);
  add_states(file);
  add_words(file);
  add_errors(file, record);
  add_judgement(file, record.result);
}

}  // namespace raidsim::harness
