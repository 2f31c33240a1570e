// harness/invariants/spare_rules.h: RP as questions to tables of units, spares and pools.
#pragma once

#include <optional>
#include <vector>

#include "harness/invariants/unit_rules.h"
#include "model/hotspare/spare.h"

namespace raidsim::harness {

struct SpareTable {
  std::vector<const raid::Unit*> units;
  std::vector<const hotspare::HotSpare*> spares;
  std::vector<const hotspare::Pool*> pools;
};

[[nodiscard]] Broken broken_owners(const SpareTable& table);   ///< RP-01, from the columns' side
[[nodiscard]] Broken broken_sharing(const SpareTable& table);  ///< RP-01, RP-02, from the spares' side
[[nodiscard]] Broken broken_fit(const raid::Unit& unit, const raid::Column& column, const hotspare::HotSpare& spare);

/// RP-05: the one errored column that a spare should replace.
[[nodiscard]] std::optional<uint32_t> column_without_spare(const raid::Unit& unit);
/// RP-05: the spare is free and large enough, wherever its label rule would put it.
[[nodiscard]] bool would_fit(const raid::Unit& unit, const raid::Column& column, const hotspare::HotSpare& spare);

}  // namespace raidsim::harness
