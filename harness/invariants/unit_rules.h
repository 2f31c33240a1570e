// harness/invariants/unit_rules.h: invariants that are a plain question to one unit, or to two looks at it.
//
// A rule answers with what is wrong in a few words ("column 2: ..."), or with nothing. Rules are pure, so a
// test bends a unit and asks; the objects that call them in a run are in raid_structure.cpp and raid_states.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/invariants/invariant.h"
#include "model/raid/layout.h"
#include "model/raid/raid_unit.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

using Broken = std::string;  ///< empty: the rule holds

struct UnitRule {
  InvariantInfo info;
  Broken (*ask)(const raid::Unit& now);
};

/// `before` is the last look at the unit of the same epoch. Every release of its writer lock is a look, so what
/// lies between is what one holder did: several single steps, seen as their sum.
struct ChangeRule {
  InvariantInfo info;
  Broken (*ask)(const raid::Unit& before, const raid::Unit& now);
};

[[nodiscard]] std::span<const UnitRule> structure_rules();  ///< RS
[[nodiscard]] std::span<const UnitRule> state_rules();      ///< RT
[[nodiscard]] std::span<const ChangeRule> change_rules();   ///< RT-08, RT-13, RT-15, RL-09

// ---- what calls them in a run ----
void report_unit(const Judgement& judgement, uint32_t unit, const Broken& broken);
void add_rules(std::vector<std::unique_ptr<Invariant>>& all, std::span<const UnitRule> rules);
void add_rules(std::vector<std::unique_ptr<Invariant>>& all, std::span<const ChangeRule> rules);

/// RS-09. Asks the map for every segment and compares with the formulas of raid-data-model.md 5.2.
using SegmentMap = raid::SegmentPlace (*)(raid::SegmentIndex, const raid::Geometry&);
[[nodiscard]] Broken broken_map(const raid::Geometry& geometry, SegmentMap map = raid::place_of);
/// RT-16.
[[nodiscard]] Broken broken_open_flags(const raid::RaidUnit& unit);

/// RT-13, look by look.
class ResyncLineFollower {
 public:
  [[nodiscard]] Broken look(const raid::Unit& before, const raid::Unit& now);

 private:
  bool ended_ = false;  ///< the line fell to 0 while the request stands: the loop is over
};

/// RT-15, RC-05 over a boot: whether a column with this record may be in `now` after it was loaded and opened.
[[nodiscard]] bool may_boot_as(const raid::Column& recorded, raid::ColumnState now) noexcept;

/// Number of columns in a rebuild by the other columns.
[[nodiscard]] uint32_t weak_columns(const raid::Unit& unit) noexcept;

/// RH "valid for a row", by the words of raid-hardening.md: the judge's own version.
[[nodiscard]] bool column_valid(const raid::Unit& unit, const raid::Column& column, uint64_t line) noexcept;

}  // namespace raidsim::harness
