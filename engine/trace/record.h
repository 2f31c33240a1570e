// engine/trace/record.h: one event of a run, 32 bytes, and the tables that name its kinds.
//
//   0        8      10      12      16                24                32
//   | time_ns | kind | flags | actor | a               | b               |
//
// A record says what happened (kind), to whom (actor: a fiber, disk, unit or client, by the kind's
// rule) and two numbers whose meaning the kind's table row states. Nothing is formatted here: a
// trace file carries the tables of all rooms, so a reader needs no code of theirs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace raidsim {

/// Kinds are numbered by room, so that each room owns a table and none shares a number.
using TraceKind = uint16_t;
inline constexpr TraceKind engine_kinds = 0;     ///< 0..63, engine/trace/kinds.h
inline constexpr TraceKind disk_kinds = 64;      ///< 64..127, model/disk/trace_kinds.h
inline constexpr TraceKind model_kinds = 128;    ///< 128..191, model/md/trace_kinds.h
inline constexpr TraceKind harness_kinds = 192;  ///< 192..255, harness/trace_kinds.h

struct TraceRecord {
  int64_t time_ns = 0;
  TraceKind kind = 0;
  uint16_t flags = 0;
  uint32_t actor = 0;
  uint64_t a = 0;
  uint64_t b = 0;
  bool operator==(const TraceRecord&) const = default;
};
static_assert(sizeof(TraceRecord) == 32);
static_assert(std::is_trivially_copyable_v<TraceRecord>);

/// One row of a room's kind table. An empty field name means that the field is unused.
struct TraceKindInfo {
  TraceKind kind;
  std::string_view name;   ///< lower case with dashes: "disk-complete"
  std::string_view actor;  ///< what the actor number names: "fiber", "disk", "unit", "client", ""
  std::string_view flags;
  std::string_view a;
  std::string_view b;
};

}  // namespace raidsim
