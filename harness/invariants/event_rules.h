// harness/invariants/event_rules.h: RE: what has begun ends once, and what is announced is so.
#pragma once

#include <map>
#include <string>

#include "harness/invariants/unit_rules.h"
#include "model/md/event.h"

namespace raidsim::harness {

/// RE-01, RE-02: pairs of start and end, by unit. An end without a start is allowed where `end_alone` says so:
/// an initialisation whose open failed was never begun (raid-resync.md 7.1).
class EventPairs {
 public:
  enum class Kind : uint8_t { resync, init, regen };
  [[nodiscard]] Broken on_event(const md::SvmEvent& event);
  [[nodiscard]] Broken at_rest() const;  ///< nothing that has begun is without its end
  void host_died() { running_.clear(); }

 private:
  std::map<std::pair<uint64_t, Kind>, bool> running_;
};

/// RE-03: the record of the unit that an ERRED or LASTERRED event is about knows of it.
[[nodiscard]] Broken unrecorded_event(md::EventSubclass subclass, const raid::Unit& record);

}  // namespace raidsim::harness
