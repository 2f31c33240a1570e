#include "harness/cli/run_repeat.h"

#include <fmt/core.h>

#include <stdexcept>

#include "harness/cli/files.h"
#include "harness/cli/terminal.h"
#include "harness/trace_output.h"

namespace raidsim::cli {
namespace {

constexpr uint64_t checkpoint_interval = 4096;

std::string run_words(const RunWords& words) {
  std::string out = fmt::format(" run {} --seed {}", quoted(words.file), words.seed);
  if (!words.profile.empty()) out += " --profile " + words.profile;
  return out + (words.points ? " --points" : "");
}

}  // namespace

std::string run_command(const RunWords& words) { return program() + run_words(words); }
std::string replay_command(const std::string& trace) { return program() + " replay " + quoted(trace); }

TraceFile traced_run(const scenarios::Scenario& scenario, const harness::PreparedImage& image,
                     const harness::RunOptions& options, uint64_t trace_hash, const RunWords& words) {
  harness::RunOptions again = options;
  again.trace = TraceMode::full;
  again.record_tape = true;
  again.checkpoint_interval = checkpoint_interval;
  const harness::RunRecord record = harness::run_scenario(scenario, image, again);
  if (record.result.trace_hash != trace_hash) {
    throw std::runtime_error(fmt::format("two runs of seed {} differ: hash {:016x} and {:016x}", scenario.seed,
                                         trace_hash, record.result.trace_hash));
  }
  // The file is the same wherever it is made: it names the command, not where this machine keeps it.
  return harness::trace_of(scenario, again, record, {words.file, "raidsim" + run_words(words)});
}

void save_trace(const std::string& path, const TraceFile& file) {
  std::string error;
  if (!write_trace(path, file, error)) throw UsageError(error);
}

}  // namespace raidsim::cli
