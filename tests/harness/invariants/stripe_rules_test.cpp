// INV-S: each rule holds for a sound stripe and names what was bent.
#include <gtest/gtest.h>

#include <array>

#include "harness/invariants/stripe_rules.h"
#include "model/stripe/layout.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

const char* const scenario_text =
    R"({"disks": [{"name": "d0..d3", "size": "1MiB"}], "replicas": ["d0"], "replica_blocks": 100,
  "units": [{"name": "d20", "type": "stripe",
             "rows": [{"components": ["d0", "d1", "d2"], "interlace": "8KiB"}, {"components": ["d3"]}]}]})";

struct StripeRules : ::testing::Test {
  StripeRules() : scenario(scenarios::load_text(scenario_text, "test")) {
    own = *scenarios::stripe_layout_of(scenario, scenario.units[0]);
    const stripe::Extent first[] = {{0, 2048 - 116}, {0, 2048}, {0, 2048}}, second[] = {{0, 2048}};
    EXPECT_TRUE(stripe::add_row(unit, first, 16) && stripe::add_row(unit, second, 32));
    stripe::set_totals(unit);
    unit.components.resize(4);
  }
  Broken map() const { return broken_stripe_map(unit, own, slice0); }

  scenarios::Scenario scenario;
  scenarios::StripeLayout own;
  stripe::Unit unit;
  std::array<uint64_t, 4> slice0{116, 0, 0, 0};
};

TEST_F(StripeRules, HoldForASoundUnit) {
  for (auto* ask : {broken_rows, broken_sums, broken_interlaces, broken_spare_fields, broken_pool, broken_top_level,
                    broken_nowrite, broken_erred_open}) {
    EXPECT_EQ(ask(unit), "");
  }
  EXPECT_EQ(map(), "");
  EXPECT_EQ(own.total_blocks, unit.un_total_blocks);
}

TEST_F(StripeRules, RowsThatDoNotFollowEachOther_INVS01) {
  unit.rows[1].un_icomp = 2;
  EXPECT_NE(broken_rows(unit), "");
  unit.rows[1].un_icomp = 3;
  unit.components.emplace_back();
  EXPECT_NE(broken_rows(unit), "");
}

TEST_F(StripeRules, SumsAndRounds_INVS02_INVS03) {
  unit.rows[0].un_blocks += 16;
  EXPECT_NE(broken_sums(unit), "");
  EXPECT_NE(broken_interlaces(unit), "");
}

TEST_F(StripeRules, HalfASpareOrOneOfNoPool_INVS06_INVS08) {
  unit.components[1].un_mirror.ms_hs_id = 3;
  EXPECT_NE(broken_spare_fields(unit), "");
  unit.components[1].un_mirror.ms_hs_key = 4;
  EXPECT_EQ(broken_spare_fields(unit), "");
  EXPECT_NE(broken_pool(unit), "");
  unit.un_hsp_id = 1;
  EXPECT_EQ(broken_pool(unit), "");
}

TEST_F(StripeRules, StatesBelongToAMirror_INVS11_INVS12_INVS13) {
  unit.components[2].un_mirror.ms_state = stripe::CS_ERRED;
  unit.components[2].un_mirror.ms_flags = stripe::MDM_S_ISOPEN;
  EXPECT_NE(broken_top_level(unit), "");
  EXPECT_NE(broken_nowrite(unit), "");
  EXPECT_NE(broken_erred_open(unit), "");
  unit.un_parent = 5;
  unit.components[2].un_mirror.ms_flags = stripe::MDM_S_NOWRITE;
  EXPECT_EQ(broken_top_level(unit), "");
  EXPECT_EQ(broken_nowrite(unit), "");
  EXPECT_EQ(broken_erred_open(unit), "");
}

// A start block off by one, an interlace of another size: the judge's own map says so.
TEST_F(StripeRules, BlocksThatLieElsewhere_INVS05) {
  unit.components[1].un_start_block = 1;
  EXPECT_NE(map(), "");
  unit.components[1].un_start_block = 0;
  unit.rows[0].un_interlace = 32;
  EXPECT_NE(map(), "");
}

}  // namespace
}  // namespace raidsim::harness
