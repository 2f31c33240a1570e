// Opens and closes of stripes, ordinary and for a probe (stripe.md 4).
#include "tests/model/stripe/stripe_world.h"

namespace raidsim::testing {
namespace {

struct StripeOpens : ::testing::Test {
  StripeOpens() {
    world.run([this] { world.create({{1, 2}, {3}}); });
  }
  md::UnitDriver& driver() { return world.manager->view().system().driver(md::UnitType::MD_DEVICE); }
  int open_layered(uint32_t flags) {
    return driver().open(world.bend(), md::FREAD | md::FWRITE, md::OTYP_LYR, flags, md::Opener::caller);
  }
  int close_layered(uint32_t flags) { return driver().close(world.bend(), md::OTYP_LYR, flags, md::Opener::caller); }
  std::vector<int> opens() { return {world.disk(1).opens, world.disk(2).opens, world.disk(3).opens}; }
  bool flagged(uint32_t component, uint32_t flag) { return world.unit()->un.components[component].has(flag); }
  StripeWorld world;
};
using Counts = std::vector<int>;

TEST_F(StripeOpens, AllComponentsOrNothing_OP02) {
  world.run([this] {
    world.disk(2).present = false;
    EXPECT_EQ(world.open(), ENXIO);
    EXPECT_EQ(opens(), (Counts{0, 0, 0}));
    EXPECT_FALSE(flagged(0, stripe::MDM_S_ISOPEN));
    world.disk(2).present = true;
    EXPECT_EQ(world.open(), 0);
    EXPECT_EQ(open_layered(md::MD_OFLG_NULL), 0);
    EXPECT_EQ(opens(), (Counts{1, 1, 1}));  // INV-S09
    EXPECT_EQ(world.close(), 0);
    EXPECT_EQ(opens(), (Counts{1, 1, 1}));
    EXPECT_EQ(close_layered(md::MD_OFLG_NULL), 0);
    EXPECT_EQ(opens(), (Counts{0, 0, 0}));
    EXPECT_EQ(world.close(), ENXIO);
  });
}

TEST_F(StripeOpens, AParentThatGoesOnAfterErrorsSeesWhatIsOpen_OP01) {
  world.run([this] {
    world.disk(2).present = false;
    world.bend().un.components[2].un_mirror.ms_state = stripe::CS_ERRED;
    EXPECT_EQ(open_layered(md::MD_OFLG_CONT_ERRS), 0);
    EXPECT_TRUE(flagged(0, stripe::MDM_S_ISOPEN));
    EXPECT_FALSE(flagged(1, stripe::MDM_S_ISOPEN));
    EXPECT_FALSE(flagged(2, stripe::MDM_S_ISOPEN));  // a failed disk stays closed: it is to be replaced
    EXPECT_EQ(world.write(0, 16, 1).error, 0);
    EXPECT_EQ(world.write(16, 16, 1).error, ENXIO);
    EXPECT_EQ(close_layered(md::MD_OFLG_NULL), 0);
    EXPECT_EQ(opens(), (Counts{0, 0, 0}));
  });
}

// A probe opens beside whatever is open, also what is ERRED, and its close takes back nothing else (INV-S10).
TEST_F(StripeOpens, AProbeLeavesOrdinaryOpensAlone) {
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    world.disk(2).present = false;
    EXPECT_EQ(open_layered(md::MD_OFLG_PROBEDEV | md::MD_OFLG_CONT_ERRS), 0);
    EXPECT_EQ(opens(), (Counts{2, 1, 2}));
    EXPECT_TRUE(flagged(0, stripe::MDM_S_PROBEOPEN));
    EXPECT_FALSE(flagged(1, stripe::MDM_S_PROBEOPEN));
    EXPECT_EQ(close_layered(md::MD_OFLG_PROBEDEV), 0);
    EXPECT_EQ(opens(), (Counts{1, 1, 1}));
    EXPECT_TRUE(flagged(0, stripe::MDM_S_ISOPEN));
    EXPECT_EQ(close_layered(md::MD_OFLG_PROBEDEV), ENXIO);
    EXPECT_EQ(world.close(), 0);
    for (const int n : {1, 3}) world.disk(n).present = false;
    EXPECT_EQ(open_layered(md::MD_OFLG_PROBEDEV | md::MD_OFLG_CONT_ERRS), ENXIO);  // every one failed
    EXPECT_FALSE(world.unit()->is_open());
  });
}

// The components are open when the count is refused: they are closed again.
TEST_F(StripeOpens, ARefusedCountClosesWhatItsCallOpened_MD11) {
  world.run([this] {
    EXPECT_EQ(world.manager->open(20, md::FREAD, static_cast<md::OpenType>(7)), EINVAL);
    EXPECT_EQ(opens(), (Counts{0, 0, 0}));
    EXPECT_EQ(world.manager->open(20, md::FREAD | md::FEXCL, md::OTYP_BLK), 0);
    EXPECT_EQ(open_layered(md::MD_OFLG_PROBEDEV), EBUSY);
    EXPECT_EQ(opens(), (Counts{1, 1, 1}));
    EXPECT_EQ(world.manager->open(20, md::FREAD), EBUSY);
    EXPECT_EQ(opens(), (Counts{1, 1, 1}));
  });
}

// Another disk in the slot, or one that is too short, is not the component (D-04).
TEST_F(StripeOpens, OnlyTheRightDiskIsOpened) {
  world.run([this] {
    world.disk(3).id = 0x999;
    EXPECT_EQ(world.open(), ENXIO);
    world.disk(3).id = 0x103;
    world.bend().un.components[2].un_start_block = 1;  // 200 blocks from block 1 on
    EXPECT_EQ(world.open(), ENXIO);
    world.bend().un.components[2].un_start_block = 0;
    EXPECT_EQ(world.open(), 0);
  });
}

}  // namespace
}  // namespace raidsim::testing
