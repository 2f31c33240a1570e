// reports/timeline.h: what happened, in order, with what repeats said once.
//
// Tellers (tellers.h) turn records into lines; the timeline keeps what they have to remember between records:
// requests on their way, how far a resync has come, how often each fault bit.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/trace/file.h"

namespace raidsim::reports {

struct Moment {
  uint64_t event = 0;
  int64_t time_ns = 0;
  std::string text;
  bool bad = false;     ///< a rule broke here
  uint64_t again = 0;   ///< repeats that are not lines of their own
  int64_t last_ns = 0;  ///< the last of them
};

/// A resync or regeneration under way.
struct Progress {
  bool seen = false;
  uint64_t first = 0, last = 0;
};

struct Request {
  uint64_t block = 0, blocks = 0, write = 0;
  uint16_t op = 0;
};

struct Timeline {
  explicit Timeline(const TraceFile& f) : file(f) {}

  const TraceFile& file;
  std::vector<Moment> moments;
  uint64_t event = 0;                                                  ///< of the record being told
  std::map<uint32_t, Request> in_flight;                               ///< by client
  std::map<uint32_t, Progress> progress;                               ///< by unit
  std::map<std::tuple<uint32_t, uint64_t, uint16_t>, uint64_t> bites;  ///< disk, handle, fault -> times
  std::map<std::pair<uint32_t, uint16_t>, uint64_t> failed_requests;   ///< client, errno -> times
  std::map<std::pair<uint32_t, std::string>, uint64_t> said;           ///< console messages: unit, text -> times
  uint64_t requests = 0;

  std::map<std::string, size_t> repeatable;  ///< text -> its moment since the last change
  std::set<uint32_t> script_lines;           ///< that acted
  std::vector<std::string> dark;             ///< what loses power at this moment

  void say(const TraceRecord& record, std::string text, bool bad = false);
  /// Same text again without a change of state between: counted on the first line.
  void say_once(const TraceRecord& record, const std::string& text);
  void changed() { repeatable.clear(); }
  /// Says how far the resync of a unit came since it was last mentioned.
  void end_progress(const TraceRecord& record, uint32_t unit);
  [[nodiscard]] std::string name(const char* what, uint64_t number) const;
  [[nodiscard]] std::string device(uint64_t number) const;  ///< disk behind a device number
  /// Events about spares name the spare's device or, when it is claimed, the minor of its unit.
  [[nodiscard]] std::string spare_or_unit(uint64_t number) const;
  [[nodiscard]] std::string requests_in_flight() const;  ///< "" when none is
};

/// Reads all records that the file kept.
[[nodiscard]] Timeline timeline_of(const TraceFile& file);

}  // namespace raidsim::reports
