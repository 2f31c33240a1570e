// RT: columns and unit hold legal states, legal together, and change only as the tables allow.
#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "harness/invariants/families.h"
#include "harness/invariants/unit_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using namespace raid;

constexpr uint32_t errored = RCS_ERRED | RCS_LAST_ERRED;

/// A copy whose source is errored may be counted as weak or not: it becomes a rebuild at its hand-over (RH-16).
uint32_t weak_at_most(const Unit& u) {
  uint32_t n = 0;
  for (const Column& c : u.columns) n += c.weak() || (c.copying() && c.has(MD_RAID_DEV_ERRED)) ? 1u : 0u;
  return n;
}

bool first_years(const Unit& u) { return (u.un_state & (RUS_INIT | RUS_DOI)) != 0; }

Broken rt_01(const Unit& u) {
  constexpr uint32_t held = RCS_INIT | RCS_OKAY | RCS_ERRED | RCS_LAST_ERRED | RCS_RESYNC | RCS_INIT_ERRED;
  constexpr uint32_t units = RUS_INIT | RUS_OKAY | RUS_ERRED | RUS_LAST_ERRED | RUS_DOI | RUS_REGEN;
  if (!std::has_single_bit(uint32_t{u.un_state}) || (u.un_state & units) == 0)
    return fmt::format("unit state {:#x}", uint32_t{u.un_state});
  for (size_t c = 0; c < u.columns.size(); ++c) {
    const uint32_t state = u.columns[c].un_devstate;
    if (!std::has_single_bit(state) || (state & held) == 0) return fmt::format("column {}: state {:#x}", c, state);
  }
  return {};
}

Broken rt_02(const Unit& u) { return u.count(RCS_RESYNC) > 1 ? "two columns are RESYNC" : ""; }

Broken rt_03(const Unit& u) {
  if (u.un_state != RUS_OKAY) return {};
  if (u.count(errored | RCS_INIT_ERRED) != 0) return "OKAY with an errored column";
  if (u.count(RCS_INIT) != 0 && !u.has(MD_UN_GROW_PENDING)) return "OKAY with a column INIT and nothing growing";
  const auto rebuilt = [](const Column& c) { return c.un_devstate == RCS_RESYNC && c.has(MD_RAID_DEV_ERRED); };
  return std::any_of(u.columns.begin(), u.columns.end(), rebuilt) ? "OKAY while an errored column is rebuilt" : "";
}

Broken rt_04(const Unit& u) {
  if (u.un_state != RUS_ERRED) return {};
  if (u.count(errored) + weak_columns(u) > 1) return "ERRED with two columns gone";
  return u.count(errored | RCS_INIT_ERRED | RCS_RESYNC) == 0 ? "ERRED without an errored column" : "";
}

Broken rt_05(const Unit& u) {
  if (first_years(u)) return {};
  const uint32_t gone = u.count(errored);
  const bool last = u.un_state == RUS_LAST_ERRED;
  if (last && (gone == 0 || gone + weak_at_most(u) < 2)) return "LAST_ERRED with less than two columns gone";
  return !last && gone > 0 && gone + weak_columns(u) >= 2 ? "two columns gone, but not LAST_ERRED" : "";
}

Broken rt_06(const Unit& u) {
  if (u.un_state == RUS_INIT && u.count(RCS_INIT) != u.columns.size()) return "INIT, but not every column is";
  const uint32_t why = u.has(MD_UN_GROW_PENDING) ? RCS_INIT_ERRED | RCS_ERRED | RCS_INIT : RCS_INIT_ERRED | RCS_ERRED;
  return u.un_state == RUS_DOI && u.count(why) == 0 ? "DOI without a failed column" : "";
}

Broken rt_07(const Unit& u) {
  return u.un_state == RUS_REGEN && u.count(RCS_OKAY) != u.columns.size() ? "REGEN, but not every column is OKAY" : "";
}

// The start of a resync, and an error on its column, leave windows: RESYNC may be without a request (failed
// start, restored in the next hold; after boot), and a request without RESYNC (until the thread notices).
Broken rt_09(const Unit& u) {
  if (!u.has(MD_UN_RESYNC_ACTIVE)) return {};
  if (u.un_resync_index < 0 || u.un_resync_index >= static_cast<int64_t>(u.columns.size()))
    return "a resync of no column";
  const ColumnState state = u.columns[static_cast<size_t>(u.un_resync_index)].un_devstate;
  if ((state & (RCS_RESYNC | errored)) == 0) return fmt::format("a resync of a column that is {}", word_of(state));
  for (size_t c = 0; c < u.columns.size(); ++c) {
    const bool other = static_cast<int64_t>(c) != u.un_resync_index;
    if (other && u.columns[c].un_devstate == RCS_RESYNC)
      return fmt::format("column {} is RESYNC, but not the one being resynced", c);
  }
  return {};
}

Broken rt_11(const Unit& u) {
  return u.has(MD_UN_RESYNC_ACTIVE) && u.has(MD_UN_GROW_PENDING) ? "resync and initialisation at once" : "";
}

Broken rt_12(const Unit& u) {
  const bool active = u.has(MD_UN_RESYNC_ACTIVE);
  for (size_t c = 0; c < u.columns.size(); ++c) {
    const Column& column = u.columns[c];
    const bool copy = column.has(MD_RAID_COPY_RESYNC), regen = column.has(MD_RAID_REGEN_RESYNC);
    const bool mine = active && u.un_resync_index == static_cast<int64_t>(c);
    if (column.un_devstate == RCS_RESYNC && mine && copy == regen)
      return fmt::format("column {}: not one of copy and rebuild", c);
    if (column.un_devstate != RCS_RESYNC && !mine && (copy || regen))
      return fmt::format("column {}: {} with a resync's flag", c, word_of(column.un_devstate));
  }
  return {};
}

Broken rt_13(const Unit& u) {
  if (u.un_resync_line_index > u.un_segsincolumn) return "resync line beyond the unit";
  return u.un_resync_line_index != 0 && !u.has(MD_UN_RESYNC_ACTIVE) ? "a resync line without a resync" : "";
}

Broken rt_14(const Unit& u) {
  for (size_t c = 0; c < u.columns.size(); ++c) {
    const bool missed = u.columns[c].has(MD_RAID_MISSED_WRITE);
    if (u.columns[c].un_devstate == RCS_ERRED && !missed)
      return fmt::format("column {}: ERRED without MISSED_WRITE", c);
    if (u.columns[c].un_devstate == RCS_OKAY && missed) return fmt::format("column {}: OKAY with MISSED_WRITE", c);
  }
  return {};
}

Broken rt_17(const Unit& u) {
  if (u.has(MD_UN_GROW_PENDING) || u.has(MD_UN_RESYNC_ACTIVE)) return "a request is pending though nothing runs";
  if (u.un_resync_copysize != 0) return "un_resync_copysize is not 0";
  return u.un_resync_index > 0 ? "un_resync_index names a column" : "";
}

constexpr UnitRule rules[] = {
    {{"RT-01", When::always, "every column and the unit hold exactly one defined state"}, rt_01},
    {{"RT-02", When::always, "at most one column is RESYNC"}, rt_02},
    {{"RT-03", When::unit_lock, "an OKAY unit has no errored column"}, rt_03},
    {{"RT-04", When::unit_lock, "an ERRED unit lacks one column, not two"}, rt_04},
    {{"RT-05", When::unit_lock, "LAST_ERRED is where something is errored and two columns are gone"}, rt_05},
    {{"RT-06", When::unit_lock, "INIT and DOI fit their columns"}, rt_06},
    {{"RT-07", When::unit_lock, "while REGEN every column is OKAY"}, rt_07},
    {{"RT-09", When::unit_lock, "a resync request names the RESYNC column, or one that has erred since"}, rt_09},
    {{"RT-11", When::unit_lock, "no resync and initialisation at once"}, rt_11},
    {{"RT-12", When::unit_lock, "a resynced column is copied or rebuilt; others are neither"}, rt_12},
    {{"RT-14", When::unit_lock, "ERRED implies MISSED_WRITE, OKAY implies not"}, rt_14},
    {{"RT-17", When::quiescent, "nothing is requested once nothing runs"}, rt_17},
};

// ---- changes ----

struct Change {
  uint32_t from, to;  // masks
};
/// 4.4, and what several of its rows make together in one hold.
constexpr Change allowed[] = {
    {RCS_INIT, RCS_OKAY | RCS_INIT_ERRED | RCS_ERRED | RCS_LAST_ERRED},
    {RCS_INIT_ERRED, RCS_INIT},
    {RCS_OKAY, RCS_ERRED | RCS_LAST_ERRED | RCS_RESYNC},
    {RCS_LAST_ERRED, RCS_ERRED | RCS_RESYNC | RCS_OKAY},
    {RCS_ERRED, RCS_RESYNC},
    {RCS_RESYNC, RCS_OKAY | RCS_ERRED | RCS_LAST_ERRED},
};

bool may_become(uint32_t from, uint32_t to) {
  return from == to || std::any_of(std::begin(allowed), std::end(allowed),
                                   [&](const Change& c) { return (c.from & from) != 0 && (c.to & to) != 0; });
}

template <class Ask>
Broken each_pair(const Unit& before, const Unit& now, Ask ask) {
  for (size_t c = 0; c < std::min(before.columns.size(), now.columns.size()); ++c) {
    const Broken broken = ask(before.columns[c], now.columns[c]);
    if (!broken.empty()) return fmt::format("column {}: {}", c, broken);
  }
  return {};
}

Broken rt_08(const Unit& before, const Unit& now) {
  if (now.un_state == RUS_REGEN && (before.un_state & (RUS_REGEN | RUS_OKAY)) == 0)
    return "REGEN from a unit that was not OKAY";
  if (now.un_state == RUS_INIT && before.un_state != RUS_INIT) return "back to INIT";
  return each_pair(before, now, [](const Column& a, const Column& b) -> Broken {
    if (may_become(a.un_devstate, b.un_devstate)) return {};
    return fmt::format("from {} to {}", word_of(a.un_devstate), word_of(b.un_devstate));
  });
}

/// D-17: a last-errored column whose missed writes the log still held.
bool by_log(const Column& c) { return c.un_devstate == RCS_LAST_ERRED && c.has(MD_RAID_LOG_COMPLETE); }

Broken rt_15(const Unit& before, const Unit& now) {
  return each_pair(before, now, [](const Column& a, const Column& b) -> Broken {
    if (a.un_devstate == RCS_ERRED && (b.un_devstate & (RCS_ERRED | RCS_RESYNC)) == 0)
      return "left ERRED without a resync";
    const bool rebuilt = (a.un_devstate & (RCS_RESYNC | RCS_INIT)) != 0 || by_log(a);
    if (!a.has(MD_RAID_MISSED_WRITE) || b.un_devstate != RCS_OKAY || rebuilt) return {};
    return "missed a write and became OKAY without a resync";
  });
}

Broken rl_09(const Unit& before, const Unit& now) {
  return now.un_pwid < before.un_pwid ? fmt::format("un_pwid fell from {} to {}", before.un_pwid, now.un_pwid) : "";
}

constexpr ChangeRule changes[] = {
    {{"RT-08", When::always, "states change only as the transition table allows"}, rt_08},
    {{"RT-15", When::always, "ERRED is left only by a resync; what missed a write becomes OKAY only when made whole"},
     rt_15},
    {{"RL-09", When::always, "pre-write ids only grow within one snarf"}, rl_09},
};

/// RT-13: within one resync the line only grows, but for the region that a hand-over does again.
class ResyncLine final : public NamedInvariant {
 public:
  ResyncLine() : NamedInvariant({"RT-13", When::always, "the resync line only grows while a resync runs"}, at_unit) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit& before, const RaidUnit& now) override {
    if (index >= followers_.size()) followers_.resize(index + 1);
    if (before.columns.empty()) followers_[index] = {};
    report_unit(judgement, index, followers_[index].look(before, now.un));
  }

 private:
  std::vector<ResyncLineFollower> followers_;
};

/// RT-16: a flag says open exactly where a device is open.
class OpenFlags final : public NamedInvariant {
 public:
  OpenFlags() : NamedInvariant({"RT-16", When::unit_lock, "DEV_ISOPEN and ALT_ISOPEN say what is open"}, at_unit) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit&, const RaidUnit& now) override {
    if (at_rest(now)) report_unit(judgement, index, broken_open_flags(now));
  }
};

}  // namespace

std::span<const UnitRule> state_rules() { return rules; }
std::span<const ChangeRule> change_rules() { return changes; }

uint32_t weak_columns(const Unit& unit) noexcept {
  uint32_t n = 0;
  for (const Column& c : unit.columns) n += c.weak() ? 1u : 0u;
  return n;
}

bool column_valid(const Unit& unit, const Column& column, uint64_t line) noexcept {
  switch (column.un_devstate) {
    case RCS_OKAY:
      return true;
    case RCS_LAST_ERRED:
      return !column.has(MD_RAID_MISSED_WRITE);
    case RCS_RESYNC:
      if (column.has(MD_RAID_COPY_RESYNC)) return !column.has(MD_RAID_DEV_ERRED);
      return line < unit.un_resync_line_index && line < unit.un_resync_busy_line;
    default:
      return false;
  }
}

bool may_boot_as(const Column& recorded, ColumnState now) noexcept {
  if (now == recorded.un_devstate) return true;
  switch (recorded.un_devstate) {
    case RCS_OKAY:
      return (now & errored) != 0;
    case RCS_ERRED:
      return now == RCS_RESYNC;
    case RCS_LAST_ERRED: {
      const bool whole = !recorded.has(MD_RAID_MISSED_WRITE) || recorded.has(MD_RAID_LOG_COMPLETE);
      return now == RCS_ERRED || now == RCS_RESYNC || (now == RCS_OKAY && whole);
    }
    case RCS_RESYNC:
      return (now & errored) != 0;
    case RCS_INIT:
      return (now & (errored | RCS_INIT_ERRED)) != 0;
    default:
      return false;
  }
}

Broken ResyncLineFollower::look(const Unit& before, const Unit& now) {
  Broken broken = rt_13(now);
  const bool ran = before.has(MD_UN_RESYNC_ACTIVE), runs = now.has(MD_UN_RESYNC_ACTIVE);
  if (!broken.empty() || !runs || !ran || now.un_resync_index < 0 || before.un_resync_index != now.un_resync_index) {
    ended_ = false;
    return broken;
  }
  const Column& was = before.columns[static_cast<size_t>(now.un_resync_index)];
  const Column& is = now.columns[static_cast<size_t>(now.un_resync_index)];
  if (was.has(MD_RAID_COPY_RESYNC) && !is.has(MD_RAID_COPY_RESYNC)) {  // RH-16
    ended_ = false;
    return {};
  }
  const uint64_t from = before.un_resync_line_index, to = now.un_resync_line_index;
  if (ended_ && to > 0) return fmt::format("the resync line went back to 0, and on to {}", to);
  if (to == 0) {
    ended_ = from > 0 || ended_;
    return {};
  }
  const uint64_t region = std::max<uint64_t>(1, now.un_resync_copysize / now.un_segsize);
  const uint64_t again = was.has(MD_RAID_COPY_RESYNC) ? region : 0;
  return to + again < from ? fmt::format("the resync line fell from {} to {}", from, to) : "";
}

Broken broken_open_flags(const RaidUnit& unit) {
  for (size_t c = 0; c < unit.un.columns.size(); ++c) {
    const Column& column = unit.un.columns[c];
    if (column.has(MD_RAID_DEV_ISOPEN) != (unit.devices[c].now != nullptr))
      return fmt::format("column {}: DEV_ISOPEN is wrong", c);
    if (column.has(MD_RAID_ALT_ISOPEN) != (unit.devices[c].alt != nullptr))
      return fmt::format("column {}: ALT_ISOPEN is wrong", c);
  }
  return {};
}

void add_state_invariants(InvariantList& all) {
  add_rules(all, state_rules());
  add_rules(all, change_rules());
  all.push_back(std::make_unique<ResyncLine>());
  all.push_back(std::make_unique<OpenFlags>());
}

}  // namespace raidsim::harness
