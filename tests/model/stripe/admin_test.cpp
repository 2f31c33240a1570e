// Commands on stripes: what they check, in which order, what they leave (stripe.md 8).
#include "tests/model/stripe/stripe_world.h"

namespace raidsim::testing {
namespace {

using md::Error;

struct StripeAdmin : ::testing::Test {
  StripeWorld world;
  size_t heard(md::EventSubclass subclass) { return world.machine.heard(subclass); }
};

// ---- create (8.1) ----

TEST_F(StripeAdmin, AUnitIsMadeWithItsPoolInOneStep) {
  world.run([this] {
    world.create_pool(StripeWorld::pool1);
    const uint64_t commits = world.manager->view().commits();
    const stripe::Unit image = world.image({{1, 2}}, 20, StripeWorld::pool1);
    const uint64_t named = world.manager->view().commits();
    EXPECT_TRUE(world.manager->create(image).is_ok());
    EXPECT_GT(named, commits);
    EXPECT_EQ(world.manager->view().commits(), named + 1);  // unit and pool
    EXPECT_EQ(world.references(StripeWorld::pool1), 1u);
    const stripe::Unit& un = world.unit()->un;
    EXPECT_EQ(un.un_capabilities, md::MD_CAN_PARENT | md::MD_CAN_SUB_MIRROR | md::MD_CAN_SP);
    EXPECT_TRUE((un.un_flag & md::MD_EFILABEL) != 0);
    EXPECT_EQ(un.un_parent, md::MD_NO_PARENT);
    EXPECT_EQ(world.manager->size(20), 384u);  // MD-09
    EXPECT_EQ(world.machine.events.back().subclass, md::EventSubclass::ESC_SVM_CREATE);
  });
  world.reboot();
  EXPECT_EQ(world.unit()->un.rows.size(), 1u);
  EXPECT_EQ(world.manager->size(20), 384u);
  EXPECT_EQ(world.references(StripeWorld::pool1), 1u);
}

// A refusal leaves nothing: no record, no reference, no free slot less (MD-08, INV-M22).
TEST_F(StripeAdmin, CreationIsRefusedInThisOrder) {
  world.run([this] {
    world.create({{1, 2}});
    const auto refused = [this](auto bend, auto code) {
      stripe::Unit image = world.image({{3, 4}}, 21);
      bend(image);
      const auto records = world.manager->view().committed().size();
      const uint32_t free = world.manager->view().system().s_un_avail();
      const size_t events = world.machine.events.size();
      const Error error = world.manager->create(image);
      EXPECT_TRUE(error.is(code)) << name_of(error);
      EXPECT_EQ(world.manager->view().committed().size(), records);
      EXPECT_EQ(world.manager->view().system().s_un_avail(), free);
      EXPECT_EQ(world.machine.events.size(), events);
      for (const auto& component : image.components) {
        EXPECT_TRUE(world.manager->remove_name(component.un_key).is_ok());
      }
      return error.minor;
    };
    const md::Minor range = refused(
        [](auto& image) {
          image.un_self_id = md::make_minor(3, 20);
          image.rows.clear();
        },
        md::MDE_INVAL_UNIT);
    EXPECT_EQ(range, md::make_minor(3, 20));
    refused(
        [](auto& image) {
          image.un_self_id = 20;
          image.rows.clear();
        },
        md::MDE_UNIT_ALREADY_SETUP);
    refused([](auto& image) { image.rows[0].un_blocks += 1; }, md::MDE_INVAL_UNIT);
    refused([](auto& image) { image.un_hsp_id = StripeWorld::pool1; }, md::MDE_INVAL_HSP);
    refused([](auto& image) { image.un_hsp_id = md::make_pool_id(2, 1); }, md::MDE_INVAL_HSP);
    refused([this](auto& image) { image.components[1].un_dev = world.disk(1).number(); }, md::MDE_ALREADY);
    refused([this](auto& image) { image.components[1].un_dev = world.disk(3).number(); }, md::MDE_OVERLAP);
    const md::Minor child =
        refused([](auto& image) { image.components[1].un_dev = make_device(md_major, 99); }, md::MDE_INVAL_UNIT);
    EXPECT_EQ(child, 99u);
    // MD-07: what a stripe stands on is a disk or a soft partition.
    world.create({{5}}, 22);
    const md::Minor stripe =
        refused([](auto& image) { image.components[1].un_dev = make_device(md_major, 22); }, md::MDE_INVAL_UNIT);
    EXPECT_EQ(stripe, 22u);
    EXPECT_EQ(world.unit(22)->un.un_parent, md::MD_NO_PARENT);
  });
}

// ---- get, get devs (8.2, 8.5) ----

TEST_F(StripeAdmin, TheStructureIsCopiedWhereThereIsRoom) {
  world.run([this] {
    world.create({{1, 2}, {3}});
    md::GetStructure structure;
    EXPECT_TRUE(world.manager->get(20, structure).is_ok());
    EXPECT_EQ(structure.size, stripe::record_bytes(2, 3));
    EXPECT_TRUE(structure.bytes.empty());
    --structure.size;
    EXPECT_TRUE(world.manager->get(20, structure).is_errno(EFAULT));
    structure.size += 2;
    EXPECT_TRUE(world.manager->get(20, structure).is_ok());
    const char* why = nullptr;
    EXPECT_EQ(stripe::decode_record(structure.bytes, why), world.unit()->un);
    EXPECT_TRUE(world.manager->get(md::make_minor(1, 1), structure).is(md::MDE_INVAL_UNIT));
    EXPECT_TRUE(world.manager->get(21, structure).is(md::MDE_UNIT_NOT_SETUP));
  });
}

TEST_F(StripeAdmin, DevicesAreListedAsFarAsThereIsRoom) {
  world.run([this] {
    world.create({{1, 2}, {3}});
    md::GetDevices devices;
    EXPECT_TRUE(world.manager->get_devs(20, devices).is_ok());
    EXPECT_EQ(devices.cnt, 3u);
    EXPECT_TRUE(devices.devs.empty());
    devices.cnt = 2;
    EXPECT_TRUE(world.manager->get_devs(20, devices).is_ok());
    EXPECT_EQ(devices.cnt, 3u);
    EXPECT_EQ(devices.devs, (std::vector{disk_slice(1, 0), disk_slice(2, 0)}));
    world.bend().un.components[1].un_dev = no_device;
    devices.cnt = 0;
    EXPECT_TRUE(world.manager->get_devs(20, devices).is_ok());  // who only counts hears nothing of it
    devices.cnt = 3;
    EXPECT_TRUE(world.manager->get_devs(20, devices).is_errno(ENODEV));
    EXPECT_EQ(devices.devs.size(), 1u);
    devices.cnt = 1;
    EXPECT_TRUE(world.manager->get_devs(20, devices).is_ok());
  });
}

// ---- reset (8.3) ----

TEST_F(StripeAdmin, WhatIsInUseIsNotReset) {
  world.run([this] {
    EXPECT_TRUE(world.manager->reset(20).is(md::MDE_UNIT_NOT_SETUP));
    world.create({{1, 2}});
    EXPECT_EQ(world.open(), 0);
    world.bend().un.un_parent = 40;
    EXPECT_TRUE(world.manager->reset(20).is(md::MDE_IN_USE));  // before the open is looked at
    world.bend().un.un_parent = md::MD_NO_PARENT;
    EXPECT_TRUE(world.manager->reset(20).is(md::MDE_IS_OPEN));
    EXPECT_EQ(world.close(), 0);
    EXPECT_TRUE(world.manager->reset(20).is_ok());
  });
}

TEST_F(StripeAdmin, AResetGivesEverythingBack) {
  world.run([this] {
    const auto records = world.manager->view().committed().size();
    world.create_pool(StripeWorld::pool1);
    const uint32_t free = world.manager->view().system().s_un_avail();
    world.create({{1, 2}}, 20, StripeWorld::pool1);
    const md::NameKey key = world.unit()->un.components[0].un_key;
    EXPECT_EQ(world.references(key), 1u);
    EXPECT_TRUE(world.manager->reset(20).is_ok());
    EXPECT_EQ(world.unit(), nullptr);
    EXPECT_EQ(world.manager->size(20), 0u);
    EXPECT_EQ(world.manager->view().system().s_un_avail(), free);
    EXPECT_EQ(world.references(StripeWorld::pool1), 0u);
    EXPECT_EQ(world.references(key), 0u);
    EXPECT_EQ(world.manager->view().committed().size(), records + 2);  // pool and name space
    EXPECT_EQ(world.machine.events.back().subclass, md::EventSubclass::ESC_SVM_DELETE);
    EXPECT_EQ(world.machine.events.back().device, 20u);
    world.create({{2, 1}});  // the devices are free again
  });
  world.reboot();
  EXPECT_EQ(world.manager->view().stripes().size(), 1u);
}

// The host dies behind every write of a reset: the unit is there whole, or it is gone and everything given back
// (CD-01).
TEST_F(StripeAdmin, AResetIsAllOrNothingAtEveryWrite_CD01) {
  for (uint64_t writes = 0;; ++writes) {
    StripeWorld cut;
    cut.run([&] {
      cut.create_pool(StripeWorld::pool1);
      cut.create({{1, 2}}, 20, StripeWorld::pool1);
    });
    cut.disk(0).writes_until_cut = writes;
    cut.disk(0).on_cut = [&] { cut.machine.crash(true); };
    const bool finished = cut.machine.run([&] { EXPECT_TRUE(cut.manager->reset(20).is_ok()); });
    cut.disk(0).writes_until_cut.reset();
    cut.reboot();
    const bool there = cut.unit() != nullptr;
    EXPECT_EQ(cut.references(StripeWorld::pool1), there ? 1u : 0u) << "cut at write " << writes;
    size_t left = 0;
    for (const auto& [id, record] : cut.manager->view().committed()) left += record.type == statedb::RecordType::stripe;
    EXPECT_EQ(left, there ? 1u : 0u) << "cut at write " << writes;
    if (finished) {
      EXPECT_FALSE(there);
      EXPECT_GT(writes, 3u);
      return;
    }
  }
}

// ---- change (8.6) ----

TEST_F(StripeAdmin, ThePoolIsChangedWithBothCountsInOneStep) {
  world.run([this] {
    world.create_pool(StripeWorld::pool1);
    world.create_pool(StripeWorld::pool2);
    world.create({{1, 2}}, 20, StripeWorld::pool1);
    const uint64_t commits = world.manager->view().commits();
    EXPECT_TRUE(world.manager->change(20, {}).is_ok());  // nothing asked
    EXPECT_EQ(world.manager->view().commits(), commits);
    const auto change = [this](md::PoolId pool) {
      return world.manager->change(20, {.change_hsp_id = true, .hsp_id = pool});
    };
    EXPECT_TRUE(change(StripeWorld::pool2).is_ok());
    EXPECT_EQ(world.manager->view().commits(), commits + 1);
    EXPECT_EQ(world.references(StripeWorld::pool1), 0u);
    EXPECT_EQ(world.references(StripeWorld::pool2), 1u);
    EXPECT_TRUE(change(StripeWorld::pool2).is_ok());  // the same again
    EXPECT_EQ(world.references(StripeWorld::pool2), 1u);
    const Error unknown = change(md::make_pool_id(0, 9));
    EXPECT_TRUE(unknown.is(md::MDE_INVAL_HSP));
    EXPECT_EQ(unknown.pool, md::make_pool_id(0, 9));
    EXPECT_TRUE(change(md::make_pool_id(4, 1)).is(md::MDE_INVAL_HSP));
    EXPECT_EQ(world.references(StripeWorld::pool2), 1u);
    world.bend().un.components[1].un_mirror.ms_hs_id = 3;
    EXPECT_TRUE(change(StripeWorld::pool1).is(md::MDE_HS_IN_USE));
    world.bend().un.components[1].un_mirror.ms_hs_id = 0;
    EXPECT_TRUE(change(md::MD_HSP_NONE).is_ok());
    EXPECT_EQ(world.references(StripeWorld::pool2), 0u);
  });
  EXPECT_EQ(heard(md::EventSubclass::ESC_SVM_CHANGE), 3u);
  world.reboot();
  EXPECT_EQ(world.unit()->un.un_hsp_id, md::MD_HSP_NONE);
}

// ---- the rest ----

TEST_F(StripeAdmin, AProbeFindsNothingAndCommandsOfRaidSayWhatItIsNot) {
  world.run([this] {
    world.create({{1, 2}});
    std::vector<md::Minor> failed;
    EXPECT_TRUE(world.manager->probe({.driver = "md_stripe", .minors = {20}}, failed).is_ok());
    EXPECT_TRUE(failed.empty());
    EXPECT_TRUE(world.manager->set_sync(20).is(md::MDE_NOT_RAID));
    std::vector<uint32_t> ids;
    EXPECT_TRUE(world.manager->get_num("md_stripe", ids).is_ok());
    EXPECT_EQ(ids, std::vector<uint32_t>{20});
    EXPECT_TRUE(world.manager->get_num("md_raid", ids).is_ok());
    EXPECT_TRUE(ids.empty());
  });
}

// A disk that is away at boot leaves its unit installed, and closed (MD-17).
TEST_F(StripeAdmin, AUnitIsInstalledWithoutItsDisks) {
  world.run([this] { world.create({{1, 2}}); });
  world.disk(2).present = false;
  world.reboot();
  EXPECT_EQ(world.unit()->un.components[1].un_dev, no_device);
  world.run([this] { EXPECT_EQ(world.open(), ENXIO); });
  world.disk(2).present = true;
  world.disk(2).renumber(disk_slice(30, 0));
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    EXPECT_EQ(world.unit()->un.components[1].un_dev, disk_slice(30, 0));
  });
}

TEST_F(StripeAdmin, AHaltTakesUnitsDownAndLeavesTheirRecords) {
  world.run([this] {
    world.create({{1, 2}});
    EXPECT_EQ(world.open(), 0);
    EXPECT_EQ(world.manager->halt(), EBUSY);
    EXPECT_EQ(world.close(), 0);
    EXPECT_EQ(world.manager->halt(), 0);
    EXPECT_EQ(world.unit(), nullptr);
    EXPECT_TRUE(world.manager->reset(20).is_errno(ENXIO));
    EXPECT_TRUE(world.manager->boot());
    EXPECT_NE(world.unit(), nullptr);
  });
}

}  // namespace
}  // namespace raidsim::testing
