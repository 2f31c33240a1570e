#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <stdexcept>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/replay.h"
#include "reports/record_text.h"
#include "reports/story.h"
#include "reports/time_text.h"
#include "scenarios/error.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string trace;
  std::optional<uint64_t> until;
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

void print_side(const char* who, const TraceFile& file, uint64_t event, const std::optional<TraceRecord>& record) {
  fmt::print("  {:<9} {}\n", who, record ? reports::record_text(file, event, *record) : "no record of it");
}

int compare_runs(const Options& options, const TraceFile& file, const harness::Recorded& what) {
  const harness::ReplayResult result = harness::replay(what, file);
  if (!result.difference) {
    fmt::print("same run: {} events, hash {:016x}\n", file.log.count, file.log.hash);
    return exit_good;
  }
  const TraceDifference& d = *result.difference;
  if (d.exact()) {
    fmt::print("another run: the first difference is event {} of {}\n", d.event, options.trace);
  } else {
    fmt::print("another run: the first difference lies between events {} and {} of {}\n", d.event, d.at_most,
               options.trace);
  }
  print_side("recorded:", file, d.event, d.left);
  print_side("now:", file, d.event, d.right);
  fmt::print("  recorded {} events, hash {:016x}; now {} events, hash {:016x}\n", file.log.count, file.log.hash,
             result.record.result.events, result.record.result.trace_hash);
  if (!result.record.tape_divergence.empty()) fmt::print("  the tape parts at {}\n", result.record.tape_divergence);
  return exit_violation;
}

int state_at(const TraceFile& file, const harness::Recorded& what, uint64_t event) {
  const harness::RunRecord record = harness::run_until(what, event);
  fmt::print("after {} of {} events, at {}:\n", record.result.events, file.log.count,
             reports::time_text(to_ns(record.result.ended)));
  for (const auto& [name, unit] : record.result.units) {
    fmt::print("  {} {}\n", name, unit.state == "refused" ? "is not up" : unit.state);
    for (size_t c = 0; c < unit.columns.size(); ++c) fmt::print("    column {} {}\n", c, unit.columns[c]);
    fmt::print("    {} reads, {} writes, {} failed so far\n", unit.reads, unit.writes, unit.failed);
  }
  const TraceLog& log = file.log;
  if (event >= log.first_event && event - log.first_event < log.records.size()) {
    fmt::print("  next: {}\n", reports::record_text(file, event, log.records[event - log.first_event]));
  }
  return exit_good;
}

int replay(const Options& options) {
  const TraceFile file = read(options.trace);
  const harness::Recorded what = recorded(options.trace, file);
  return options.until ? state_at(file, what, *options.until) : compare_runs(options, file, what);
}

int explain(const std::string& path) {
  const TraceFile file = read(path);
  if (file.meta_value("scenario").empty())
    throw UsageError(path + ": META/scenario: missing; this is no trace of a run");
  fmt::print("{}", reports::story(file));
  return file.meta_value("verdict") == "pass" ? exit_good : exit_violation;
}

}  // namespace

void add_replay(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("replay", "Runs a trace's run again and compares event by event");
  command->add_option("trace", options->trace, "trace file, as run --trace writes it")->required();
  command->add_option("--until", options->until, "stop at this event and print the state there");
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
