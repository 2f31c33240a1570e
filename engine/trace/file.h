// engine/trace/file.h: a run as one file that stands alone: what it was, what happened, how to repeat it.
//
//   "RSTRACE\n" | major u16 | minor u16 | sections ...
//
//   META   key, value pairs the engine does not interpret: scenario text, seed, verdict, ...
//   KIND   the kind tables of all rooms, so that a reader needs no code of theirs
//   NAME   (what, number) -> name: ("disk", 3) -> "d3"
//   TAPE   the choices, as Tape::serialise wrote them
//   RECS   records, at most 65,536 to a section, as differences and compressed
//   CKPT   hashes of prefixes
//   END    number of events, hash of all of them, what of them was kept
//
// Sections are framed as engine/trace/section.h says. Later minor versions may add sections and a reader of today
// steps over them; another major version is refused. A file without END was cut off and is refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/log.h"
#include "engine/trace/record.h"

namespace raidsim {

/// TraceKindInfo with its own texts.
struct TraceKindRow {
  TraceKind kind = 0;
  std::string name;
  std::string actor;
  std::string flags;
  std::string a;
  std::string b;
  bool operator==(const TraceKindRow&) const = default;
};

struct TraceFile {
  std::map<std::string, std::string> meta;
  std::map<TraceKind, TraceKindRow> kinds;
  std::map<std::string, std::map<uint32_t, std::string>> names;  ///< names["disk"][3]
  std::string tape;                                              ///< empty: none
  TraceLog log;

  bool operator==(const TraceFile&) const = default;

  void add_kinds(std::span<const TraceKindInfo> rows);
  /// Null for a kind that no table of the file describes.
  [[nodiscard]] const TraceKindRow* kind(TraceKind kind) const;
  /// The name, or "what 3" where the file has none.
  [[nodiscard]] std::string name_of(const std::string& what, uint32_t number) const;
  /// The value, or "" where the key is missing.
  [[nodiscard]] std::string_view meta_value(const std::string& key) const;
};

/// What a reader is ready to spend on a file that may be hostile.
struct TraceLimits {
  uint64_t file_bytes = uint64_t{1} << 30;
  uint64_t records = uint64_t{1} << 24;        ///< 512 MiB
  uint64_t section_bytes = uint64_t{1} << 27;  ///< of one unpacked META, TAPE or CKPT section
  uint64_t entries = uint64_t{1} << 20;        ///< of META, KIND and NAME, each
  uint64_t sections = 65'536;
};

[[nodiscard]] std::string serialise(const TraceFile& file);

/// Shape   any bytes
/// Errors  nullopt, and `error` says in one line what is wrong
[[nodiscard]] std::optional<TraceFile> parse_trace(std::string_view bytes, std::string& error,
                                                   const TraceLimits& limits = {});

/// Errors  false, and `error` names the file and the reason in one line
[[nodiscard]] bool write_trace(const std::string& path, const TraceFile& file, std::string& error);

/// Errors  as parse_trace, the file's name in front
[[nodiscard]] std::optional<TraceFile> read_trace(const std::string& path, std::string& error,
                                                  const TraceLimits& limits = {});

}  // namespace raidsim
