// scenarios/iolog.h: reader of fio's iolog, text versions 2 and 3, plain or compressed by zstd.
//
//   fio version 3 iolog          fio version 2 iolog
//   0 /dev/x add                 /dev/x add
//   0 /dev/x open                /dev/x open
//   11 /dev/x write 4096 512     /dev/x write 4096 512
//   95 /dev/x close              /dev/x wait 500 0
//
// Version 3 has a time stamp from the start of the run in front, in microseconds; version 2 has "wait" with
// microseconds from the run's start. Offsets and lengths are bytes; those of sync, datasync and open mean nothing.
//
// Source  fio(1), "Trace file format v2/v3"; shared recordings of fio 3.33.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.h"
#include "scenarios/error.h"
#include "scenarios/workload_spec.h"

namespace raidsim::scenarios {

enum class IologAction : uint8_t { add, open, close, read, write, sync, datasync, trim, wait };

struct IologEntry {
  Duration at{};      ///< from the start of the recording; version 2: the last wait's time
  uint32_t file = 0;  ///< index into Iolog::files
  IologAction action = IologAction::read;
  uint64_t offset_bytes = 0;
  uint64_t length_bytes = 0;
  bool operator==(const IologEntry&) const = default;
};

struct Iolog {
  uint32_t version = 3;
  std::vector<std::string> files;   ///< in the order of their first mention
  std::vector<IologEntry> entries;  ///< without "wait": its time is in the entries that follow
  [[nodiscard]] size_t count(IologAction action) const;
};

inline constexpr uint64_t iolog_bytes_max = uint64_t{1} << 30;  ///< unpacked
inline constexpr uint64_t iolog_entries_max = 20'000'000;

/// Errors  ScenarioError at "line N": a first line that is no iolog's, an unknown action, missing or surplus fields,
///         numbers that do not fit, an offset plus length beyond 63 bits, a file used before "add" or "open" or after
///         "close", time that runs back, a last line cut off
[[nodiscard]] Iolog parse_iolog(std::string_view text, const std::string& file);

/// Checks that each request of `log` can be sent to a unit of `unit_blocks`: not too long, and with TraceFit::refuse
/// not beyond its end. Only the first `limit` requests count.
/// Errors  ScenarioError that names the request
void check_fit(const Iolog& log, const TraceSource& trace, uint64_t unit_blocks, const std::string& unit);

/// Reads a file; one whose first bytes are a zstd frame is unpacked as it is read, never past `limit_bytes`.
/// Errors  the same, and a file that cannot be read, is too large, or is a broken or cut-off frame
[[nodiscard]] Iolog read_iolog(const std::filesystem::path& path, uint64_t limit_bytes = iolog_bytes_max);

}  // namespace raidsim::scenarios
