// tests/engine/trace_rig.h: recorders and trace files full of plausible events.
#pragma once

#include <cstdint>

#include "engine/random.h"
#include "engine/trace/file.h"
#include "engine/trace/recorder.h"

namespace raidsim {

/// Adds event `number` of a made-up run; two recorders fed the same numbers agree.
inline void add_event(Recorder& recorder, uint64_t number, uint64_t salt = 0) {
  uint64_t state = number ^ salt;
  const uint64_t chance = split_mix(state);
  recorder.add(SimTime{Duration{static_cast<int64_t>(number * 1000 + chance % 999)}},
               static_cast<TraceKind>(chance % 12), static_cast<uint32_t>(chance >> 40), number, chance,
               static_cast<uint16_t>(chance & 3));
}

inline void add_events(Recorder& recorder, uint64_t first, uint64_t end, uint64_t salt = 0) {
  for (uint64_t number = first; number < end; ++number) add_event(recorder, number, salt);
}

inline TraceFile small_file(uint64_t events, TraceMode mode = TraceMode::full, uint64_t interval = 4) {
  Recorder recorder(mode, 8);
  recorder.keep_checkpoints(interval);
  add_events(recorder, 0, events);
  TraceFile file;
  file.meta = {{"scenario", "{\"name\": \"two writers\"}\n"}, {"seed", "88213"}, {"verdict", ""}};
  const TraceKindInfo kinds[] = {{1, "fiber-start", "fiber", "", "parent", ""},
                                 {64, "disk-complete", "disk", "status", "block", "count"}};
  file.add_kinds(kinds);
  file.names["disk"] = {{0, "d0"}, {3, "d3"}};
  file.names["unit"] = {{10, "d10"}};
  file.tape = "RSTAPE";
  file.log = log_of(recorder);
  return file;
}

}  // namespace raidsim
