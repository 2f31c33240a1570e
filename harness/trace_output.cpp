#include "harness/trace_output.h"

#include <algorithm>

#include <fmt/core.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/trace/kinds.h"
#include "harness/invariants/invariant.h"
#include "harness/trace_kinds.h"
#include "harness/trace_names.h"
#include "model/disk/trace_kinds.h"
#include "model/md/trace_kinds.h"
#include "scenarios/save.h"

namespace raidsim::harness {
namespace {

constexpr const char* version = "0.1.0";

std::string one_field(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

/// The form that reports/judgement.h reads: id, event, time in ns, place, sentence, observed, parted by tabs.
std::string violation_lines(const RunResult& result) {
  std::string out;
  for (const Violation& v : result.violations) {
    out += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", one_field(v.id), v.event, to_ns(v.at), one_field(v.place),
                       one_field(std::string(sentence_of(v.id))), one_field(v.text));
  }
  return out;
}

std::string finding_lines(const RunResult& result) {
  std::string out;
  for (const std::string& finding : result.findings) out += finding + "\n";
  return out;
}

nlohmann::ordered_json to_json(const UnitResult& unit) {
  return {{"state", unit.state}, {"columns", unit.columns}, {"on", unit.devices},   {"requests", unit.requests},
          {"reads", unit.reads}, {"writes", unit.writes},   {"failed", unit.failed}};
}

}  // namespace

std::string sentence_of(const std::string& id) {
  if (id == "EXPECT") return "the run ends as the scenario's \"expect\" says";
  if (id == "ASSERT") return "no assertion of the code under test fails";
  for (const InvariantInfo& info : invariant_table()) {
    if (info.id == id) return std::string(info.sentence);
  }
  // Judged by the oracle and the runner, beside the table's objects.
  if (id == "V1") return "a read returns the last acknowledged write, or one that was under way";
  if (id == "V2") return "a block that nobody wrote keeps its content";
  if (id == "V4") return "within tolerance no request fails";
  if (id == "V11") return "when faults stop, everything converges in bounded time";
  return "see docs/invariants.md";
}

nlohmann::ordered_json to_json(const RunResult& result) {
  nlohmann::ordered_json out{{"scenario", result.scenario},
                             {"seed", result.seed},
                             {"verdict", result.passed() ? "pass" : "fail"},
                             {"violations", nlohmann::ordered_json::array()}};
  for (const Violation& v : result.violations) {
    out["violations"].push_back({{"id", v.id}, {"event", v.event}, {"time_ns", to_ns(v.at)}, {"text", v.text}});
  }
  out["events"] = result.events;
  out["sim_ns"] = to_ns(result.ended);
  out["wall_ns"] = result.wall_ns;
  out["trace_hash"] = fmt::format("{:016x}", result.trace_hash);  // a JSON number would lose bits in most readers
  out["units"] = nlohmann::ordered_json::object();
  for (const auto& [name, unit] : result.units) out["units"][name] = to_json(unit);
  return out;
}

TraceLog log_of(const RunOptions& options, const RunRecord& record) {
  TraceLog log;
  log.count = record.result.events;
  log.hash = record.result.trace_hash;
  log.first_event = record.first_record;
  log.records = record.records;
  log.checkpoint_interval = options.checkpoint_interval;
  log.checkpoints = record.checkpoints;
  return log;
}

TraceFile trace_of(const scenarios::Scenario& scenario, const RunOptions& options, const RunRecord& record,
                   const TraceSource& source) {
  const RunResult& result = record.result;
  TraceFile file;
  // wall_ns depends on the machine: a trace file is the same wherever its run was made.
  RunResult timeless = result;
  timeless.wall_ns = 0;
  file.meta = {{"scenario", scenarios::save_text(scenario)},
               {"folder", std::filesystem::path(source.file).parent_path().string()},
               {"file", source.file},
               {"name", scenario.name},
               {"setup", setup_of(scenario)},
               {"seed", std::to_string(options.seed)},
               {"verdict", result.passed() ? "pass" : "fail"},
               {"outcome", word_of(result.outcome)},
               {"result", to_json(timeless).dump()},
               {"violations", violation_lines(result)},
               {"findings", finding_lines(result)},
               {"points", options.traced_points ? "yes" : "no"},
               {"expectations", options.expectations ? "yes" : "no"},
               {"version", version},
               {"replay", source.replay}};
  file.add_kinds(engine_trace_kinds());
  file.add_kinds(disk::disk_trace_kinds());
  file.add_kinds(md::trace_kinds());
  file.add_kinds(harness_trace_kinds());
  add_names(file, scenario, record);
  if (record.tape) file.tape = record.tape->serialise();
  file.log = log_of(options, record);
  return file;
}

}  // namespace raidsim::harness
