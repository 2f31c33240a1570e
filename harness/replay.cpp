#include "harness/replay.h"

#include <charconv>
#include <stdexcept>

#include "harness/trace_output.h"
#include "scenarios/error.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

std::string_view required(const TraceFile& file, const std::string& key) {
  const std::string_view value = file.meta_value(key);
  if (value.empty()) throw std::invalid_argument("META/" + key + ": missing; this is no trace of a run");
  return value;
}

uint64_t seed_of(const TraceFile& file) {
  const std::string_view text = required(file, "seed");
  uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::invalid_argument("META/seed: \"" + scenarios::printable(text) + "\" is no seed; a number is needed");
  }
  return seed;
}

RunOptions options_with_tape(const Recorded& recorded) {
  RunOptions options = recorded.options;
  if (recorded.tape) options.tape = &*recorded.tape;
  return options;
}

}  // namespace

Recorded recorded_run(const TraceFile& file) {
  Recorded out;
  const uint64_t seed = seed_of(file);
  const std::string_view text = required(file, "scenario");
  try {
    out.scenario = scenarios::load_text(text, "META/scenario",
                                        {.seed = {}, .holes = {}, .folder = std::string(file.meta_value("folder"))});
  } catch (const scenarios::ScenarioError& error) {
    throw std::invalid_argument(error.what());
  }
  if (!file.tape.empty()) {
    std::string error;
    out.tape = Tape::parse(file.tape, error);
    if (!out.tape) throw std::invalid_argument("TAPE: " + error);
  }
  out.options = {.seed = seed,
                 .trace = TraceMode::full,
                 .traced_points = file.meta_value("points") == "yes",
                 .checkpoint_interval = file.log.checkpoint_interval,
                 .expectations = file.meta_value("expectations") != "no"};
  return out;
}

ReplayResult replay(const Recorded& recorded, const TraceFile& file) {
  ReplayResult out;
  const RunOptions options = options_with_tape(recorded);
  out.record = run_scenario(recorded.scenario, options);
  out.difference = compare(file.log, log_of(options, out.record));
  return out;
}

RunRecord run_again(const Recorded& recorded) {
  RunOptions options = options_with_tape(recorded);
  options.trace = TraceMode::ring;
  options.expectations = false;
  return run_scenario(recorded.scenario, options);
}

RunRecord run_until(Recorded recorded, uint64_t event) {
  recorded.options.stop_at_event = event;
  return run_again(recorded);
}

}  // namespace raidsim::harness
