// Units on units: RAID-5 whose columns are stripes (metadevice.md 4, 7.4, 11.3).
#include <array>

#include "model/raid/create_geometry.h"
#include "tests/model/stripe/stripe_world.h"

namespace raidsim::testing {
namespace {

constexpr md::Minor d10 = 10;

/// Unit 10 over stripes 20, 21, 22 of two disks each, and disk 7.
struct Stack : ::testing::Test {
  explicit Stack(CacheKind cache = CacheKind::none) : world(cache) {
    world.run([this] {
      for (md::Minor m = 20; m < 23; ++m) world.create({{int(m - 20) * 2 + 1, int(m - 20) * 2 + 2}}, m);
      const md::Error error = world.manager->create(raid_image(10, {20, 21, 22}, {7}));
      EXPECT_TRUE(error.is_ok()) << md::name_of(error);
    });
    world.run([this] { EXPECT_EQ(world.open(d10), 0); });
  }
  raid::Unit raid_image(md::Minor minor, std::vector<md::Minor> units, std::vector<int> disks) {
    std::vector<DeviceNumber> devices;
    for (const md::Minor m : units) devices.push_back(make_device(md_major, m));
    for (const int d : disks) devices.push_back(world.disk(d).number());
    std::vector<raid::DeviceExtent> extents(devices.size(), {.start = 0, .size = 200, .longest_transfer = 64});
    const auto made = raid::create_geometry(extents, 8, 10);
    raid::Unit image;
    image.un_self_id = minor;
    image.un_state = raid::RUS_INIT;
    image.un_origcolumncnt = image.un_totalcolumncnt = static_cast<uint32_t>(devices.size());
    image.un_segsize = 8;
    image.un_segsincolumn = made->lines;
    image.un_maxio = made->maxio;
    image.un_iosize = made->iosize;
    image.un_pwcnt = made->pwcnt;
    image.un_pwsize = made->pwsize;
    image.un_actual_tb = made->actual_tb;
    image.un_total_blocks = made->total_blocks;
    for (const DeviceNumber device : devices) {
      raid::Column column;
      column.un_devstate = raid::RCS_INIT;
      column.un_orig_key = world.name(device);
      column.now = column.orig = {.dev = device, .pwstart = 0, .devstart = made->pwsize};
      image.columns.push_back(column);
    }
    return image;
  }
  const raid::Unit& un() const { return world.manager->view().unit(d10)->un; }
  md::Minor parent(md::Minor minor) const { return world.unit(minor)->un.un_parent; }
  uint32_t blocks() const { return static_cast<uint32_t>(un().un_total_blocks); }
  void expect_order() { EXPECT_EQ(world.machine.simulation.lock_order().report(), ""); }

  StripeWorld world;
};
struct VolatileStack : Stack {
  VolatileStack() : Stack(CacheKind::volatile_write_back) {}
};

TEST_F(Stack, AUnitStandsOnUnitsAndTheyKnow_INVM08) {
  world.run([this] {
    EXPECT_EQ(un().un_state, raid::RUS_OKAY);
    for (const md::Minor m : {20u, 21u, 22u}) {
      EXPECT_EQ(parent(m), d10);
      EXPECT_EQ(world.unit(m)->open_count(md::OTYP_LYR), 1u);
    }
    EXPECT_EQ(world.write(0, blocks(), 1, d10).error, 0);
    EXPECT_EQ(world.read_all(d10), pattern(blocks(), 1));
    EXPECT_EQ(world.manager->open(20, md::FREAD | md::FWRITE), EROFS);
    EXPECT_TRUE(world.manager->reset(20).is(md::MDE_IN_USE));
    EXPECT_EQ(world.close(d10), 0);
    EXPECT_FALSE(world.unit(20)->is_open());
    EXPECT_EQ(world.disk(1).opens, 0);
  });
  expect_order();
}

// A crash in the middle of a write: what lies below is adopted too, whatever order records have, and the log is
// replayed through it.
TEST_F(Stack, ComesBackAfterACrash) {
  world.run([this] { EXPECT_EQ(world.write(0, blocks(), 1, d10).error, 0); });
  world.machine.host.spawn("writer", [this] { static_cast<void>(world.write(3, 20, 2, d10)); });
  static_cast<void>(world.machine.simulation.run({.until = world.machine.simulation.now() + 350us}));
  world.reboot(true);
  world.run([this] {
    EXPECT_EQ(parent(21), d10);
    EXPECT_EQ(world.open(d10), 0);
    const Bytes data = world.read_all(d10);
    const Bytes before = pattern(blocks(), 1);
    EXPECT_TRUE(std::equal(data.begin() + 23 * block_bytes, data.end(), before.begin() + 23 * block_bytes));
    raid::VerifyReport report;
    EXPECT_TRUE(world.manager->verify(d10, report).is_ok());
    EXPECT_TRUE(report.mismatches.empty());
    EXPECT_GT(report.lines_checked, 0u);
  });
  expect_order();
}

// One disk of a column's stripe dies: to the unit above that is one failed column, and nothing is lost.
TEST_F(Stack, AFailedDiskBelowIsAFailedColumn) {
  world.run([this] {
    EXPECT_EQ(world.write(0, blocks(), 1, d10).error, 0);
    world.disk(4).present = false;
    EXPECT_EQ(world.write(0, blocks(), 2, d10).error, 0);
    EXPECT_EQ(un().columns[1].un_devstate, raid::RCS_ERRED);
    EXPECT_EQ(world.read_all(d10), pattern(blocks(), 2));
    EXPECT_TRUE(world.unit(21)->un.components[1].has(stripe::MDM_S_WRTERR));
    EXPECT_EQ(world.unit(21)->un.components[1].un_mirror.ms_state, stripe::CS_OKAY);  // INV-S11
  });
  expect_order();
}

// RAID-5 acknowledges what is durable, also where caches lie below the unit below (D-12).
TEST_F(VolatileStack, AnAcknowledgedWriteSurvivesThePowerBelow) {
  world.run([this] { EXPECT_EQ(world.write(0, blocks(), 1, d10).error, 0); });
  world.reboot(true);
  world.run([this] {
    EXPECT_EQ(world.open(d10), 0);
    EXPECT_EQ(world.read_all(d10), pattern(blocks(), 1));
  });
}

// A replaced column's unit is free again, the new one has a parent, in one group with the column.
TEST_F(Stack, AReplacedColumnTakesItsParentAlong) {
  world.run([this] {
    world.create({{8}}, 30);
    raid::ReplaceRequest request;
    request.minor = d10;
    request.old_device = make_device(md_major, 21);
    request.component = {.device = make_device(md_major, 30), .key = world.name(make_device(md_major, 30))};
    const md::Error error = world.manager->replace(request);
    EXPECT_TRUE(error.is_ok()) << md::name_of(error);
  });
  world.run([this] {
    EXPECT_EQ(un().count(raid::RCS_OKAY), 4u);
    EXPECT_EQ(parent(21), md::MD_NO_PARENT);
    EXPECT_EQ(parent(30), d10);
    EXPECT_TRUE(world.manager->reset(21).is_ok());
  });
  world.reboot();
  EXPECT_EQ(parent(30), d10);
  expect_order();
}

// A stripe below an open unit grows while requests go through it (GR-04).
TEST_F(Stack, AStripeGrowsBelowAUnitInUse) {
  world.run([this] {
    EXPECT_EQ(world.write(0, blocks(), 1, d10).error, 0);
    stripe::Unit image = world.unit(20)->un;
    world.add_rows(image, {{8}});
    Bytes data = pattern(blocks(), 2);
    md::Buffer buffer{.op = md::BufferOp::write, .block = 0, .bytes = blocks() * block_bytes, .data = data.data()};
    Semaphore over("write");
    buffer.owner = &over;
    buffer.done = [](md::Buffer& b) { static_cast<Semaphore*>(b.owner)->release(); };
    world.manager->strategy(d10, buffer);
    EXPECT_TRUE(world.manager->grow({.image = &image, .nrows = 1, .parents = {}}).is(md::MDE_IN_USE));
    EXPECT_TRUE(world.manager->grow({.image = &image, .nrows = 1, .parents = {d10}}).is_ok());
    over.acquire();
    EXPECT_EQ(buffer.error, 0);
    EXPECT_EQ(world.read_all(d10), pattern(blocks(), 2));
    EXPECT_EQ(world.manager->size(20), 584u);
  });
  expect_order();
}

TEST_F(Stack, WhatHasAParentOrIsInUseIsNobodysComponent) {
  world.run([this] {
    const auto refused = [this](std::vector<md::Minor> units, std::vector<int> disks, auto code) {
      const md::Error error = world.manager->create(raid_image(11, std::move(units), std::move(disks)));
      EXPECT_TRUE(error.is(code)) << md::name_of(error);
      return error.minor;
    };
    const md::Minor used = refused({20}, {8, 7}, md::MDE_ALREADY);
    EXPECT_EQ(used, d10);
    refused({d10}, {8, 7}, md::MDE_INVAL_UNIT);  // RAID-5 on RAID-5
    world.create({{8}}, 30);
    EXPECT_EQ(world.open(30), 0);
    refused({30}, {8, 7}, md::MDE_IS_OPEN);
    EXPECT_TRUE(world.manager
                    ->set_hs({.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE,
                              .shs_hot_spare_pool = StripeWorld::pool1,
                              .shs_component_old = make_device(md_major, 30)})
                    .is(md::MDE_IS_META));
  });
}

// A layered open of a unit that is not there, or too small, is an open of nothing ([H] of 7.4).
TEST_F(Stack, OnlyUnitsThatAreThereAreOpened) {
  world.run([this] {
    md::System& system = const_cast<md::System&>(world.manager->view().system());
    DeviceNumber none = make_device(md_major, 77), small = make_device(md_major, 20);
    EXPECT_EQ(system.md_layered_open(d10, none, 0, 0).error, ENXIO);
    EXPECT_EQ(system.md_layered_open(d10, small, 0, 385).error, ENXIO);
    const DeviceTable::Opened opened = system.md_layered_open(d10, small, 0, 384);
    ASSERT_NE(opened.device, nullptr);
    EXPECT_EQ(opened.device->blocks(), 384u);
    std::array<std::byte, block_bytes> block{};
    Semaphore over("transfer");
    IoRequest request;
    request.block = 384;
    request.blocks = 1;
    request.data = block.data();
    request.owner = &over;
    request.done = [](IoRequest& done) { static_cast<Semaphore*>(done.owner)->release(); };
    opened.device->submit(request);
    over.acquire();
    EXPECT_EQ(request.error, EINVAL);
    system.md_layered_close(*opened.device);
  });
}

}  // namespace
}  // namespace raidsim::testing
