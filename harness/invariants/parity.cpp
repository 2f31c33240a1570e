// What the media hold: rows add up (RD-01, V3), except where a fault that the registry knows has touched them.
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/families.h"
#include "harness/media.h"
#include "harness/world.h"

namespace raidsim::harness {
namespace {

bool all_okay(const raid::Unit& unit) {
  return std::all_of(unit.columns.begin(), unit.columns.end(),
                     [](const raid::Column& c) { return c.un_devstate == raid::RCS_OKAY; });
}

class RowsAddUp final : public NamedInvariant {
 public:
  explicit RowsAddUp(const InvariantInfo& info) : NamedInvariant(info, at_quiescence) {}

  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
      const raid::RaidUnit* unit = world.unit(i);
      if (unit == nullptr || !all_okay(unit->un) || unit->un.un_state != raid::RUS_OKAY) continue;
      check(judgement, i, unit->un);
    }
  }

 private:
  void check(const Judgement& judgement, uint32_t index, const raid::Unit& unit) const {
    World& world = judgement.world();
    std::vector<uint32_t> columns;
    for (uint32_t c = 0; c < unit.columns.size(); ++c) columns.push_back(c);
    for (const uint64_t row : rows_out_of_parity(world.bay(), world.roles(), unit, columns)) {
      if (!world.tolerance().excuse_for_row(index, row).empty()) continue;
      const std::string& name = world.scenario().units[index].name;
      judgement.broken(name, fmt::format("{} line {}, row {} does not XOR to zero", name, row / unit.un_segsize, row));
      return;
    }
  }
};

}  // namespace

void add_parity_invariants(InvariantList& all) {
  all.push_back(std::make_unique<RowsAddUp>(
      InvariantInfo{"RD-01", When::quiescent, "all columns okay: every row XORs to zero over the columns"}));
}

}  // namespace raidsim::harness
