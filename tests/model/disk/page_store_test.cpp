#include "model/disk/page_store.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace raidsim::disk {
namespace {

using Bytes = std::vector<std::byte>;

Bytes filled(uint32_t blocks, uint8_t value) { return Bytes(size_t{blocks} * block_bytes, std::byte{value}); }

uint8_t first_byte(const PageStore& store, uint64_t block) {
  Bytes out(block_bytes);
  store.read(block, 1, out.data());
  return static_cast<uint8_t>(out.front());
}

TEST(PageStore, NeverWrittenReadsAsZeroAndCostsNothing) {
  PagePool pool;
  PageStore store(pool, uint64_t{1} << 31);  // 1 TiB
  EXPECT_EQ(first_byte(store, (uint64_t{1} << 31) - 1), 0);
  store.write(12345, 16, filled(16, 0).data());
  EXPECT_EQ(pool.pages_in_use(), 0U);
}

TEST(PageStore, MemoryIsProportionalToBlocksWritten) {
  PagePool pool;
  PageStore store(pool, uint64_t{1} << 31);
  for (uint64_t i = 0; i < 100; ++i) store.write(i * 21'474'000 + i, 1, filled(1, 7).data());
  EXPECT_EQ(pool.pages_in_use(), 100U);
  EXPECT_LE(pool.nodes_in_use(), 500U);
}

TEST(PageStore, TheNextWrittenPageIsFoundAcrossAnyHole) {
  PagePool pool;
  PageStore store(pool, uint64_t{1} << 31);
  EXPECT_EQ(store.next_page(0), UINT64_MAX);
  for (const uint64_t page : {uint64_t{3}, uint64_t{64}, uint64_t{200'000'000}}) {
    store.write(page * page_blocks, 1, filled(1, 7).data());
  }
  EXPECT_EQ(store.next_page(0), 3U);
  EXPECT_EQ(store.next_page(3), 3U);
  EXPECT_EQ(store.next_page(4), 64U);
  EXPECT_EQ(store.next_page(65), 200'000'000U);
  EXPECT_EQ(store.next_page(200'000'001), UINT64_MAX);
}

// A snapshot shares every page; a write on either side must not be seen on the other.
TEST(PageStore, CopiesAreIsolatedFromEachOther) {
  PagePool pool;
  PageStore original(pool, 4096);
  original.write(100, 1, filled(1, 1).data());
  const PageStore copy = original;
  EXPECT_EQ(pool.pages_in_use(), 1U) << "shared until written";
  original.write(100, 1, filled(1, 2).data());
  original.write(101, 1, filled(1, 3).data());
  EXPECT_EQ(first_byte(copy, 100), 1);
  EXPECT_EQ(first_byte(copy, 101), 0);
  EXPECT_EQ(first_byte(original, 100), 2);
  EXPECT_NE(copy.content_hash(), original.content_hash());
}

TEST(PageStore, FrozenImageOutlivesItsSourceAndIsNeverChanged) {
  PagePool pool;
  std::shared_ptr<const DiskImage> image;
  {
    PageStore source(pool, 4096);
    source.write(7, 1, filled(1, 9).data());
    image = source.freeze();
  }
  PagePool other_pool;
  PageStore a(other_pool, image);
  PageStore b(other_pool, image);
  const uint64_t hash = a.content_hash();
  a.write(7, 1, filled(1, 1).data());
  EXPECT_EQ(first_byte(a, 7), 1);
  EXPECT_EQ(first_byte(b, 7), 9);
  EXPECT_EQ(b.content_hash(), hash);
  EXPECT_EQ(pool.pages_in_use(), 0U);
}

TEST(PageStore, HashNamesTheContentNotTheHistory) {
  PagePool pool;
  PageStore a(pool, 4096);
  PageStore b(pool, 4096);
  EXPECT_EQ(a.content_hash(), b.content_hash());
  a.write(0, 1, filled(1, 5).data());
  EXPECT_NE(a.content_hash(), b.content_hash());
  a.write(0, 1, filled(1, 0).data());  // a page of zeroes is a hole
  EXPECT_EQ(a.content_hash(), b.content_hash());
}

RC_GTEST_PROP(PageStore, ActsLikeAMapOfBlocks_AlsoThroughSnapshots, ()) {
  const uint64_t blocks = *rc::gen::element<uint64_t>(64, 5000, uint64_t{1} << 31);
  PagePool pool;
  PageStore store(pool, blocks);
  std::map<uint64_t, uint8_t> model;
  std::vector<std::pair<PageStore, std::map<uint64_t, uint8_t>>> snapshots;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    if (*rc::gen::inRange(0, 8) == 0) snapshots.emplace_back(store, model);
    const auto count = *rc::gen::inRange<uint32_t>(1, 20);
    const bool near_end = *rc::gen::arbitrary<bool>();
    const uint64_t block =
        near_end ? blocks - count - *rc::gen::inRange<uint64_t>(0, 40) : *rc::gen::inRange<uint64_t>(0, 40);
    const auto value = *rc::gen::inRange<uint8_t>(0, 4);
    store.write(block, count, filled(count, value).data());
    for (uint64_t b = block; b < block + count; ++b) model[b] = value;
  }
  snapshots.emplace_back(store, model);
  for (const auto& [copy, expected] : snapshots) {
    for (const auto& [block, value] : expected) RC_ASSERT(first_byte(copy, block) == value);
  }
}

}  // namespace
}  // namespace raidsim::disk
