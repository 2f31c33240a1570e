// Rows added to a unit in use (stripe.md 8.4).
#include "tests/model/stripe/stripe_world.h"

namespace raidsim::testing {
namespace {

using md::Error;

size_t stripe_records(StripeWorld& world) {
  size_t count = 0;
  for (const auto& [id, record] : world.manager->view().committed()) {
    count += record.type == statedb::RecordType::stripe ? 1u : 0u;
  }
  return count;
}

struct StripeGrow : ::testing::Test {
  StripeGrow() {
    world.run([this] { world.create({{1, 2}}); });
  }
  stripe::Unit with(const Rows& more) {
    stripe::Unit image = world.unit()->un;
    world.add_rows(image, more);
    return image;
  }
  Error grow(const stripe::Unit& image, uint32_t nrows = 1, std::vector<md::Minor> parents = {}) {
    return world.manager->grow({.image = &image, .nrows = nrows, .parents = std::move(parents)});
  }
  StripeWorld world;
};

// INV-S17: what was there stays where it was, while requests go on.
TEST_F(StripeGrow, AnOpenUnitGrowsUnderItsUsers) {
  world.run([this] {
    EXPECT_EQ(world.open(), 0);
    EXPECT_EQ(world.write(0, 384, 1).error, 0);
    const md::RecordId old = world.unit()->un.un_record_id;
    EXPECT_TRUE(grow(with({{3, 4, 5}, {6}})).is_ok());
    EXPECT_NE(world.unit()->un.un_record_id, old);
    EXPECT_EQ(stripe_records(world), 1u);
    EXPECT_EQ(world.manager->size(20), 384u + 576 + 200);
    EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_GROW), 1u);
    Bytes old_part(384 * block_bytes);
    EXPECT_EQ(world.read(0, old_part).error, 0);
    EXPECT_EQ(old_part, pattern(384, 1));
    EXPECT_EQ(world.write(384, 776, 2).error, 0);  // the new components are open
    EXPECT_EQ(world.close(), 0);
    for (int n = 1; n <= 6; ++n) EXPECT_EQ(world.disk(n).opens, 0);
  });
  world.reboot();
  EXPECT_EQ(world.manager->size(20), 1160u);
}

TEST_F(StripeGrow, NoRowsAreAddedAndTotalsRefreshed_GR01) {
  world.run([this] {
    stripe::Unit image = world.unit()->un;
    image.un_total_blocks = 380;
    EXPECT_TRUE(grow(image).is_ok());
    EXPECT_EQ(world.manager->size(20), 380u);
  });
}

// What a grow keeps is not the caller's to say (GR-03).
TEST_F(StripeGrow, TheRestIsKeptAsItIs_GR03) {
  world.run([this] {
    world.create_pool(StripeWorld::pool1);
    stripe::Unit image = with({{3}});
    image.un_hsp_id = StripeWorld::pool1;
    image.un_capabilities = 0;
    image.components[0].un_start_block = 7;
    EXPECT_TRUE(grow(image).is_ok());
    EXPECT_EQ(world.unit()->un.un_hsp_id, md::MD_HSP_NONE);
    EXPECT_NE(world.unit()->un.un_capabilities, 0u);
    EXPECT_EQ(world.unit()->un.components[0].un_start_block, 0u);
  });
}

// A component that cannot be opened now does not stop a grow: its commit is what decides.
TEST_F(StripeGrow, AMissingDiskDoesNotStopIt) {
  world.run([this] {
    const stripe::Unit image = with({{3}});
    EXPECT_EQ(world.open(), 0);
    world.disk(3).present = false;
    EXPECT_TRUE(grow(image).is_ok());
    EXPECT_FALSE(world.unit()->un.components[2].has(stripe::MDM_S_ISOPEN));
    EXPECT_EQ(world.write(400, 1, 1).error, ENXIO);
    EXPECT_EQ(world.write(0, 1, 1).error, 0);
  });
}

// Every way out leaves unit, records, sizes and locks as they were (INV-M22).
TEST_F(StripeGrow, IsRefusedInThisOrderAndLeavesNothing) {
  world.run([this] {
    world.create({{7}}, 30);
    world.create({{8}}, 40);
    const stripe::Unit before = world.unit()->un;
    const auto refused = [&](const Error& error, auto code) {
      EXPECT_TRUE(error.is(code)) << name_of(error);
      EXPECT_EQ(world.unit()->un, before);
      EXPECT_EQ(world.manager->size(20), 384u);
      EXPECT_EQ(stripe_records(world), 3u);
      for (const md::Minor minor : {20u, 30u, 40u}) EXPECT_FALSE(world.unit(minor)->unit_lock.write_held());
    };
    const auto refused_with_errno = [&](const Error& error, int code) {
      EXPECT_TRUE(error.is_errno(code)) << name_of(error);
      EXPECT_EQ(world.unit()->un, before);
      EXPECT_EQ(stripe_records(world), 3u);
    };
    const stripe::Unit image = with({{3}});
    refused_with_errno(grow(image, 1, {40, 30}), EINVAL);  // not ascending
    refused_with_errno(grow(image, 1, {30, 30}), EINVAL);
    refused_with_errno(grow(image, 1, {20}), EINVAL);  // itself
    refused(grow(image, 1, {md::make_minor(2, 1)}), md::MDE_INVAL_UNIT);
    refused(grow(image, 1, {30, 31}), md::MDE_UNIT_NOT_SETUP);
    refused_with_errno(grow(image, 2, {30, 40}), EINVAL);  // based on another number of rows
    stripe::Unit moved = image;
    moved.rows[0].un_interlace = 32;
    refused_with_errno(grow(moved), EINVAL);
    stripe::Unit shrunk = before;
    shrunk.rows.clear();
    refused_with_errno(grow(shrunk), EINVAL);
    stripe::Unit broken = image;
    broken.rows[1].un_cum_blocks += 1;
    refused(grow(broken), md::MDE_INVAL_UNIT);
    stripe::Unit used = image;
    used.components[2].un_dev = world.disk(7).number();
    refused(grow(used), md::MDE_ALREADY);
    used.components[2].un_dev = world.disk(1).number();
    refused(grow(used), md::MDE_OVERLAP);
  });
}

// GR-04: a parent that nobody keeps still may hold addresses into the old rows.
TEST_F(StripeGrow, AParentMustBeNamed_GR04) {
  world.run([this] {
    world.create({{7}}, 30);
    const stripe::Unit image = with({{3}});
    world.bend().un.un_parent = 30;
    EXPECT_TRUE(grow(image).is(md::MDE_IN_USE));
    EXPECT_TRUE(grow(image, 1, {30}).is_ok());
    EXPECT_EQ(world.unit()->un.un_parent, 30u);  // GR-03
  });
}

// V15: power fails behind every write of a grow. After the next boot there is one record, with the rows that the
// database says, and the data of the old rows; a command that had answered is there whole (GR-02).
TEST_F(StripeGrow, AGrowHappensOrNotAtEveryWrite_V15) {
  bool before = false, after = false;
  for (uint64_t writes = 0;; ++writes) {
    StripeWorld cut;
    stripe::Unit image;
    cut.run([&] {
      cut.create({{1, 2}});
      EXPECT_EQ(cut.open(), 0);
      EXPECT_EQ(cut.write(0, 384, 1).error, 0);
      image = cut.unit()->un;
      cut.add_rows(image, {{3}});
    });
    cut.disk(0).writes_until_cut = writes;
    cut.disk(0).cut_keeps = {writes % 2 == 0};
    cut.disk(0).on_cut = [&] { cut.machine.crash(true); };
    const bool finished =
        cut.machine.run([&] { EXPECT_TRUE(cut.manager->grow({.image = &image, .nrows = 1, .parents = {}}).is_ok()); });
    cut.disk(0).writes_until_cut.reset();
    cut.reboot();
    ASSERT_NE(cut.unit(), nullptr) << "cut at write " << writes;
    const size_t rows = cut.unit()->un.rows.size();
    (rows == 1 ? before : after) = true;
    EXPECT_EQ(stripe_records(cut), 1u) << "cut at write " << writes;
    EXPECT_EQ(cut.manager->size(20), rows == 1 ? 384u : 584u);
    cut.run([&] {
      EXPECT_EQ(cut.open(), 0);
      Bytes data(384 * block_bytes);
      EXPECT_EQ(cut.read(0, data).error, 0);
      EXPECT_EQ(data, pattern(384, 1));
    });
    if (!finished) continue;
    EXPECT_EQ(rows, 2u);
    break;
  }
  EXPECT_TRUE(before && after);
}

}  // namespace
}  // namespace raidsim::testing
