// What a mirror asks of a stripe, by a small parent that behaves as one (stripe.md 6, 7; D-01).
#include "model/stripe/services.h"
#include "model/stripe/open_close.h"
#include "tests/model/stripe/stripe_world.h"

namespace raidsim::testing {
namespace {

using hotspare::SpareState;
using stripe::Component;

/// A mirror as far as the services see one: it owns states, and commits with the stripe what they hand over.
struct Services : ::testing::Test {
  Services() {
    world.run([this] {
      world.create_pool(StripeWorld::pool1);
      world.create({{1, 2}, {3}}, 20, StripeWorld::pool1);
    });
  }
  md::System& system() { return const_cast<md::System&>(world.manager->view().system()); }
  stripe::StripeUnit& unit() { return world.bend(); }
  Component& component(uint32_t c) { return unit().un.components[c]; }
  void add_spare(int n) {
    const md::Error error = world.manager->set_hs({.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE,
                                                   .shs_hot_spare_pool = StripeWorld::pool1,
                                                   .shs_component_old = world.disk(n).number(),
                                                   .shs_key_old = world.name(world.disk(n).number()),
                                                   .shs_number_blks = world.disk(n).blocks()});
    EXPECT_TRUE(error.is_ok()) << name_of(error);
  }
  SpareState state_of(int n) {
    for (const auto& spare : world.manager->view().spares()) {
      if (spare->hs_devnum == world.disk(n).number()) return spare->hs_state;
    }
    return SpareState::HSS_UNUSED;
  }
  /// 1.6: a component fails, and another source exists.
  void errs(uint32_t c) {
    component(c).un_mirror.ms_state = stripe::CS_ERRED;
    component(c).un_mirror.ms_flags |= stripe::MDM_S_NOWRITE;
    stripe::close_component(unit(), c);
  }
  void resyncs(stripe::Replaced& replaced, uint32_t c) {
    component(c).un_mirror.ms_state = stripe::CS_RESYNC;
    component(c).un_mirror.ms_flags &= ~uint32_t{stripe::MDM_S_NOWRITE};
    EXPECT_LE(replaced.records.size(), 5u);  // CR-02
    system().commit_group(replaced.records);
    replaced.finish();
  }
  bool spare_arrives(uint32_t c) {
    stripe::HotSpared spared = stripe::hotspare_device(unit(), c);
    if (spared.accepted) {
      EXPECT_TRUE(unit().unit_lock.write_held());  // CR-01
      resyncs(spared.replaced, c);
    }
    EXPECT_FALSE(unit().unit_lock.write_held());
    return spared.accepted;
  }
  stripe::NewDevice disk_as_new(int n) {
    return {.device = world.disk(n).number(),
            .key = world.name(world.disk(n).number()),
            .start_block = 0,
            .number_blks = world.disk(n).blocks(),
            .has_label = false,
            .hot_spare = 0};
  }
  StripeWorld world;
};

TEST_F(Services, BlocksAndComponentsAreFound) {
  world.run([this] {
    uint64_t count = 100;
    EXPECT_EQ(&stripe::shared_by_blk(unit(), 20, count), &component(1).un_mirror);
    EXPECT_EQ(count, 12u);  // to the end of the interlace
    EXPECT_EQ(&stripe::shared_by_indx(unit(), 2), &component(2).un_mirror);
    component(0).un_dev = no_device;
    const stripe::Devices devices = stripe::get_device(unit(), 0);
    EXPECT_EQ(devices.now, world.disk(1).number());
    EXPECT_EQ(devices.original, devices.now);
  });
}

// ---- 7.1, plain ----

TEST_F(Services, ADeviceThatIsTooSmallChangesNothing_CR01) {
  world.run([this] {
    const stripe::Unit before = unit().un;
    stripe::NewDevice small = disk_as_new(5);
    small.number_blks = 191;
    EXPECT_EQ(stripe::replace_device(unit(), 0, &small).code, md::MDE_COMP_TOO_SMALL);
    small.number_blks = 200;
    small.start_block = 9;
    EXPECT_EQ(stripe::replace_device(unit(), 0, &small).code, md::MDE_COMP_TOO_SMALL);
    small.start_block = 300;
    EXPECT_EQ(stripe::replace_device(unit(), 0, &small).code, md::MDE_COMP_TOO_SMALL);
    EXPECT_EQ(unit().un, before);
    EXPECT_FALSE(unit().unit_lock.write_held());
    // On a labelled unit the first component's label is part of it (step 2).
    unit().un.un_flag |= md::MD_LABELED;
    small.start_block = 9;
    small.has_label = true;
    stripe::Replaced fits = stripe::replace_device(unit(), 0, &small);
    EXPECT_EQ(fits.code, 0);
    EXPECT_EQ(component(0).un_start_block, 0u);
    resyncs(fits, 0);
  });
}

TEST_F(Services, AnOpenComponentIsReplacedByAnOpenOne) {
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    const md::NameKey old = component(1).un_key;
    const stripe::NewDevice device = disk_as_new(5);
    stripe::Replaced replaced = stripe::replace_device(unit(), 1, &device);
    EXPECT_EQ(replaced.code, 0);
    EXPECT_TRUE(replaced.locked());
    EXPECT_EQ(world.references(old), 1u);  // until the change is committed
    resyncs(replaced, 1);
    EXPECT_EQ(world.references(old), 0u);
    EXPECT_EQ(world.disk(2).opens, 0);
    EXPECT_EQ(world.disk(5).opens, 1);
    EXPECT_EQ(world.write(16, 16, 3).error, 0);
    EXPECT_EQ(world.disk(5).log.size(), 1u);
  });
  world.reboot();
  EXPECT_EQ(component(1).un_dev, world.disk(5).number());
}

// What cannot be opened is not taken: the component is where it was, and closed (step 6).
TEST_F(Services, AReplacementThatDoesNotOpenLeavesTheComponentClosed) {
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    const stripe::NewDevice device = disk_as_new(5);
    world.disk(5).present = false;
    EXPECT_EQ(stripe::replace_device(unit(), 1, &device).code, md::MDE_COMP_OPEN_ERR);
    EXPECT_FALSE(unit().unit_lock.write_held());
    EXPECT_EQ(component(1).un_dev, world.disk(2).number());
    EXPECT_FALSE(component(1).has(stripe::MDM_S_ISOPEN));
    EXPECT_EQ(world.disk(2).opens, 0);
  });
}

// ---- 7.2 ----

TEST_F(Services, ASpareTakesAComponentsPlaceAndIsFoundAfterABoot_SN01) {
  world.run([this] {
    add_spare(6);
    EXPECT_EQ(world.open(), 0);
    errs(1);
    EXPECT_TRUE(spare_arrives(1));
    EXPECT_EQ(component(1).un_dev, world.disk(6).number());
    EXPECT_EQ(component(1).un_mirror.ms_orig_dev, world.disk(2).number());
    EXPECT_EQ(state_of(6), SpareState::HSS_RESERVED);
    EXPECT_EQ(world.write(16, 16, 4).error, 0);
    EXPECT_EQ(world.disk(6).log.size(), 1u);
    EXPECT_TRUE(world.manager->change(20, {.change_hsp_id = true}).is(md::MDE_HS_IN_USE));
  });
  world.reboot();
  EXPECT_EQ(component(1).un_dev, world.disk(6).number());
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    Bytes data(16 * block_bytes);
    EXPECT_EQ(world.read(16, data).error, 0);
    EXPECT_EQ(data, pattern(16, 4));
    EXPECT_EQ(world.close(), 0);
    EXPECT_TRUE(world.manager->reset(20).is_ok());  // gives the spare back
    EXPECT_EQ(state_of(6), SpareState::HSS_AVAILABLE);
  });
}

// The first spare does not open: it is broken, and the next one is taken (step 5).
TEST_F(Services, ASpareThatDoesNotOpenIsBroken) {
  world.run([this] {
    add_spare(6);
    add_spare(7);
    EXPECT_EQ(world.open(), 0);
    errs(1);
    world.disk(6).present = false;
    EXPECT_TRUE(spare_arrives(1));
    EXPECT_EQ(component(1).un_dev, world.disk(7).number());
  });
  EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_OPEN_FAIL), 1u);
  world.disk(6).present = true;
  EXPECT_EQ(state_of(6), SpareState::HSS_BROKEN);
  EXPECT_EQ(state_of(7), SpareState::HSS_RESERVED);
}

// A spare that failed goes back broken, and with none left the component is on its own device again (step 4).
TEST_F(Services, AFailedSpareGoesBackWhenThereIsNoOther) {
  world.run([this] {
    add_spare(6);
    errs(1);
    EXPECT_TRUE(spare_arrives(1));
    errs(1);
    EXPECT_FALSE(spare_arrives(1));
    EXPECT_EQ(component(1).un_dev, world.disk(2).number());
    EXPECT_FALSE(component(1).hot_spared());
    EXPECT_EQ(state_of(6), SpareState::HSS_BROKEN);
  });
}

// Without a spare nothing is opened that its parent has closed.
TEST_F(Services, WithoutASpareAnErroredComponentStaysClosed_HSS2) {
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    errs(1);
    const uint64_t commits = world.manager->view().commits();
    EXPECT_FALSE(spare_arrives(1));
    EXPECT_EQ(world.disk(2).opens, 0);
    EXPECT_EQ(world.manager->view().commits(), commits);
    unit().un.un_hsp_id = md::MD_HSP_NONE;
    EXPECT_FALSE(spare_arrives(1));
  });
}

// Enable: back to the own device; a good spare is free for others once that is committed (HL-06).
TEST_F(Services, AnEnableGivesAGoodSpareBack) {
  world.run([this] {
    add_spare(6);
    EXPECT_EQ(world.open(), 0);
    errs(1);
    EXPECT_TRUE(spare_arrives(1));
    component(1).un_mirror.ms_state = stripe::CS_OKAY;
    stripe::Replaced enabled = stripe::replace_device(unit(), 1, nullptr);
    EXPECT_EQ(enabled.code, 0);
    resyncs(enabled, 1);
    EXPECT_EQ(component(1).un_dev, world.disk(2).number());
    EXPECT_EQ(state_of(6), SpareState::HSS_AVAILABLE);
    EXPECT_EQ(world.disk(6).opens, 0);
    EXPECT_EQ(world.disk(2).opens, 1);
  });
}

}  // namespace
}  // namespace raidsim::testing
