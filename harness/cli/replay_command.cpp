#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/cli/run_repeat.h"
#include "harness/cli/terminal.h"
#include "harness/replay.h"
#include "harness/trace_output.h"
#include "reports/record_text.h"
#include "reports/story.h"
#include "reports/time_text.h"
#include "scenarios/error.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string trace;
  std::optional<uint64_t> until;
  bool json = false;
};

TraceFile read(const std::string& path) {
  std::string error;
  auto file = read_trace(path, error);
  if (!file) throw UsageError(error);
  return std::move(*file);
}

harness::Recorded recorded(const std::string& path, const TraceFile& file) {
  try {
    return harness::recorded_run(file);
  } catch (const std::invalid_argument& error) {
    throw UsageError(path + ": " + error.what());
  }
}

std::string side(const TraceFile& file, uint64_t event, const std::optional<TraceRecord>& record) {
  return record ? reports::record_text(file, event, *record) : "no record of it";
}

nlohmann::ordered_json to_json(const TraceFile& file, const harness::ReplayResult& result) {
  nlohmann::ordered_json out{{"same", !result.difference},
                             {"events", file.log.count},
                             {"trace_hash", fmt::format("{:016x}", file.log.hash)},
                             {"now",
                              {{"events", result.record.result.events},
                               {"trace_hash", fmt::format("{:016x}", result.record.result.trace_hash)}}}};
  if (!result.difference) return out;
  const TraceDifference& d = *result.difference;
  out["difference"] = {{"event", d.event},
                       {"at_most", d.at_most},
                       {"recorded", side(file, d.event, d.left)},
                       {"now", side(file, d.event, d.right)}};
  return out;
}

void print(const Options& options, const TraceFile& file, const harness::ReplayResult& result) {
  const reports::Ink ink = ink_for(stdout);
  if (!result.difference) {
    fmt::print("{}: {} events, hash {:016x}\n", ink.good("same run"), file.log.count, file.log.hash);
    return;
  }
  const TraceDifference& d = *result.difference;
  if (d.exact()) {
    fmt::print("{}: the first difference is event {} of {}\n", ink.bad("another run"), d.event, options.trace);
  } else {
    fmt::print("{}: the first difference lies between events {} and {} of {}\n", ink.bad("another run"), d.event,
               d.at_most, options.trace);
  }
  fmt::print("  recorded: {}\n  now:      {}\n", side(file, d.event, d.left), side(file, d.event, d.right));
  fmt::print("  recorded {} events, hash {:016x}; now {} events, hash {:016x}\n", file.log.count, file.log.hash,
             result.record.result.events, result.record.result.trace_hash);
  if (!result.record.tape_divergence.empty()) fmt::print("  the tape parts at {}\n", result.record.tape_divergence);
}

int compare_runs(const Options& options, const TraceFile& file, const harness::Recorded& what) {
  const harness::ReplayResult result = harness::replay(what, file);
  if (options.json) {
    fmt::print("{}\n", to_json(file, result).dump());
  } else {
    print(options, file, result);
  }
  return result.difference ? exit_violation : exit_good;
}

/// The last records up to where the run stopped, and the one that comes next.
void print_surroundings(const TraceFile& file, uint64_t event) {
  constexpr uint64_t before = 5;
  const TraceLog& log = file.log;
  const auto kept = [&](uint64_t e) { return e >= log.first_event && e - log.first_event < log.records.size(); };
  const auto text = [&](uint64_t e) { return reports::record_text(file, e, log.records[e - log.first_event]); };
  for (uint64_t e = event > before ? event - before : 0; e < event; ++e) {
    if (kept(e)) fmt::print("  before: {}\n", text(e));
  }
  if (kept(event)) fmt::print("  next:   {}\n", text(event));
}

int state_at(const Options& options, const TraceFile& file, const harness::Recorded& what) {
  const harness::RunRecord record = harness::run_until(what, *options.until);
  const harness::RunResult& result = record.result;
  if (options.json) {
    auto out = harness::to_json(result);
    fmt::print("{}\n", nlohmann::ordered_json{{"event", result.events},
                                              {"of", file.log.count},
                                              {"sim_ns", out["sim_ns"]},
                                              {"violations", out["violations"]},
                                              {"units", out["units"]}}
                           .dump());
    return exit_good;
  }
  if (*options.until > result.events) fmt::print("the run ends before event {}\n", *options.until);
  fmt::print("after {} of {} events, at {}:\n", result.events, file.log.count, reports::time_text(to_ns(result.ended)));
  for (const auto& [name, unit] : result.units) {
    fmt::print("  {} {}\n", name, unit.state == "refused" ? "is not up" : unit.state);
    for (size_t c = 0; c < unit.columns.size(); ++c) {
      fmt::print("    column {} {}{}\n", c, unit.columns[c], c < unit.devices.size() ? " on " + unit.devices[c] : "");
    }
    fmt::print("    {} reads, {} writes, {} failed so far{}\n", unit.reads, unit.writes, unit.failed,
               unit.resync_line ? fmt::format("; the resync line is {}", *unit.resync_line) : "");
  }
  for (const harness::Violation& v : result.violations)
    fmt::print("  broken at event {}: {}: {}\n", v.event, v.id, v.text);
  print_surroundings(file, result.events);
  return exit_good;
}

int replay(const Options& options) {
  const TraceFile file = read(options.trace);
  const harness::Recorded what = recorded(options.trace, file);
  return options.until ? state_at(options, file, what) : compare_runs(options, file, what);
}

int explain(const std::string& path) {
  const TraceFile file = read(path);
  if (file.meta_value("scenario").empty())
    throw UsageError(path + ": META/scenario: missing; this is no trace of a run");
  fmt::print("{}", reports::story(file, {.replay = replay_command(path), .ink = ink_for(stdout)}));
  return file.meta_value("verdict") == "pass" ? exit_good : exit_violation;
}

}  // namespace

void add_replay(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("replay", "Runs a trace's run again and compares event by event");
  command->add_option("trace", options->trace, "trace file, as run --trace writes it")->required();
  command->add_option("--until", options->until, "stop at this event and print the state there");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->footer("example: raidsim replay demo.trace --until 1200");
  command->callback([&action, options] { action = [options] { return replay(*options); }; });
}

void add_explain(CLI::App& app, Action& action) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("explain", "Tells the story of a run from its trace");
  command->add_option("trace", *path, "trace file, as run --trace writes it")->required();
  command->footer("example: raidsim explain demo.trace");
  command->callback([&action, path] { action = [path] { return explain(*path); }; });
}

}  // namespace raidsim::cli
