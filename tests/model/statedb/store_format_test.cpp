// The store's bytes: what was written is read back, and whatever else is on the disk is told apart.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/statedb/store_format.h"

namespace raidsim::statedb {
namespace {

std::vector<std::byte> some_bytes() {
  std::vector<std::byte> bytes;
  for (const int b : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 256))) {
    bytes.push_back(static_cast<std::byte>(b));
  }
  return bytes;
}

StoreChanges some_changes() {
  StoreChanges changes;
  changes.next_number = static_cast<uint32_t>(*rc::gen::inRange(1, 1000));
  const int written = *rc::gen::inRange(0, 4);
  for (int i = 0; i < written; ++i) {
    changes.written.push_back({.id = i + 1, .type = RecordType::pool, .bytes = some_bytes()});
  }
  changes.removed = *rc::gen::container<std::vector<md::RecordId>>(rc::gen::inRange(1, 100));
  return changes;
}

RC_GTEST_PROP(StoreFormat, AnEntryComesBackAsItWasWritten, ()) {
  const StoreChanges changes = some_changes();
  std::vector<std::byte> bytes;
  encode_entry(changes, 7, 3, bytes);
  RC_ASSERT(entry_blocks(bytes, 7, 3) * block_bytes == bytes.size());
  const auto back = decode_entry(bytes, 7, 3);
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->next_number == changes.next_number && back->removed == changes.removed);
  RC_ASSERT(back->written.size() == changes.written.size());
  for (size_t i = 0; i < changes.written.size(); ++i) RC_ASSERT(back->written[i].bytes == changes.written[i].bytes);
  RC_ASSERT(!decode_entry(bytes, 8, 3));  // another generation
  RC_ASSERT(!decode_entry(bytes, 7, 4));  // another number
}

RC_GTEST_PROP(StoreFormat, AnEntryWithOneBitTurnedIsNone, ()) {
  std::vector<std::byte> bytes;
  encode_entry(some_changes(), 7, 3, bytes);
  const uint64_t length = entry_blocks(bytes, 7, 3);
  const auto at = *rc::gen::inRange<size_t>(0, bytes.size());
  const size_t used = bytes.size();
  bytes[at] ^= static_cast<std::byte>(1 << *rc::gen::inRange(0, 8));
  const auto back = decode_entry(bytes, 7, 3);
  // Only the padding behind the last record is nobody's.
  if (back) RC_ASSERT(at >= (length - 1) * block_bytes && at < used && at >= entry_header_bytes);
}

RC_GTEST_PROP(StoreFormat, HostileBytesAreRefusedWithoutHarm, ()) {
  const auto bytes = some_bytes();
  static_cast<void>(decode_image(bytes));
  RC_ASSERT(!decode_entry(bytes, 1, 1));
  RC_ASSERT(!decode_header(bytes, 0, {.first_block = 0, .blocks = 64}));
}

TEST(StoreFormat, AHeaderOfAnotherPlaceIsNone) {
  const StoreGeometry here{.first_block = 16, .blocks = 64};
  std::vector<std::byte> block(block_bytes);
  encode_header({.area = 0, .generation = 4, .image_bytes = 10, .image_hash = 1, .geometry = here}, block);
  EXPECT_TRUE(decode_header(block, 0, here));
  EXPECT_FALSE(decode_header(block, 1, here));  // misdirected within the store
  EXPECT_FALSE(decode_header(block, 0, {.first_block = 24, .blocks = 64}));
}

TEST(StoreFormat, AnImageWithRecordsOutOfOrderIsRefused) {
  std::vector<std::byte> one, two;
  encode_image({.next_number = 3, .records = {{1, {1, RecordType::raid, {}}}, {2, {2, RecordType::raid, {}}}}}, one);
  ASSERT_TRUE(decode_image(one));
  two = one;
  std::swap_ranges(two.begin() + 8, two.begin() + 12, two.begin() + 20);  // the two ids
  EXPECT_FALSE(decode_image(two));
}

}  // namespace
}  // namespace raidsim::statedb
