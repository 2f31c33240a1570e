#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>

#include "model/raid/parity.h"

namespace raidsim::raid {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::vector<uint8_t>& in) {
  Bytes out(in.size());
  if (!in.empty()) std::memcpy(out.data(), in.data(), in.size());
  return out;
}
Bytes any_bytes(size_t size) {
  return bytes_of(*rc::gen::container<std::vector<uint8_t>>(size, rc::gen::arbitrary<uint8_t>()));
}

/// Room for `size` bytes that starts `skew` bytes after a 64-byte boundary.
struct Placed {
  Placed(const Bytes& from, size_t skew) : room(from.size() + 128) {
    const size_t to_boundary = (64 - reinterpret_cast<uintptr_t>(room.data()) % 64) % 64;
    data = room.data() + to_boundary + skew;
    if (!from.empty()) std::memcpy(data, from.data(), from.size());
  }
  Bytes room;
  std::byte* data;
};

TEST(Crc32c, CheckValueOfTheStandard) {
  const char* digits = "123456789";
  EXPECT_EQ(crc32c(reinterpret_cast<const std::byte*>(digits), 9), 0xE3069283U);
  EXPECT_EQ(reference::crc32c(reinterpret_cast<const std::byte*>(digits), 9), 0xE3069283U);
}

RC_GTEST_PROP(Crc32c, LibraryAndReferenceAgreeAtAnySplit, ()) {
  const Bytes data = any_bytes(*rc::gen::inRange<size_t>(0, 700));
  const size_t split = *rc::gen::inRange<size_t>(0, data.size() + 1);
  const uint32_t whole = crc32c(data.data(), data.size());
  RC_ASSERT(whole == reference::crc32c(data.data(), data.size()));
  RC_ASSERT(whole == crc32c(data.data() + split, data.size() - split, crc32c(data.data(), split)));
}

RC_GTEST_PROP(Parity, LibraryAndReferenceAgreeForAnyAlignment, ()) {
  const size_t count = *rc::gen::inRange<size_t>(2, 9);
  const size_t size = *rc::gen::element<size_t>(512, 1024, 4096, 96, 8, 33, 0);
  std::vector<Placed> sources;
  std::vector<const std::byte*> pointers;
  for (size_t i = 0; i < count; ++i) {
    sources.emplace_back(any_bytes(size), *rc::gen::element<size_t>(0, 32, 1, 16));
    pointers.push_back(sources.back().data);
  }
  Placed sum(Bytes(size), *rc::gen::element<size_t>(0, 8));
  Bytes wanted(size);
  reference::xor_of(pointers, wanted.data(), size);
  xor_of(pointers, sum.data, size);
  RC_ASSERT(std::equal(wanted.begin(), wanted.end(), sum.data));
}

// What an erased column held is the sum of all others, whichever column it was.
RC_GTEST_PROP(Parity, AnyOneColumnIsTheSumOfTheOthers, ()) {
  const size_t columns = *rc::gen::inRange<size_t>(3, 10);
  const size_t size = 512;
  std::vector<Bytes> line;
  for (size_t i = 0; i + 1 < columns; ++i) line.push_back(any_bytes(size));
  Bytes parity(size);
  for (const Bytes& data : line) xor_into(parity.data(), data.data(), size);
  line.push_back(parity);
  const size_t lost = *rc::gen::inRange<size_t>(0, columns);
  Bytes rebuilt(size);
  for (size_t i = 0; i < columns; ++i) {
    if (i != lost) xor_into(rebuilt.data(), line[i].data(), size);
  }
  RC_ASSERT(rebuilt == line[lost]);
}

// Read-modify-write: old parity + old data + new data is the parity of the new line.
RC_GTEST_PROP(Parity, UpdateEqualsRecomputation, ()) {
  const size_t size = 512;
  std::vector<Bytes> data{any_bytes(size), any_bytes(size), any_bytes(size)};
  Bytes parity(size), again(size);
  for (const Bytes& d : data) xor_into(parity.data(), d.data(), size);
  const Bytes fresh = any_bytes(size);
  xor_into(parity.data(), data[1].data(), size);
  xor_into(parity.data(), fresh.data(), size);
  data[1] = fresh;
  for (const Bytes& d : data) xor_into(again.data(), d.data(), size);
  RC_ASSERT(parity == again);
}

RC_GTEST_PROP(Checksum, XorOfWordsIsThatOfTheirSum, ()) {
  const Bytes data = any_bytes(4 * *rc::gen::inRange<size_t>(0, 300));
  uint32_t wanted = 0;
  for (size_t at = 0; at < data.size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, data.data() + at, 4);
    wanted ^= word;
  }
  RC_ASSERT(xor_words(data.data(), data.size()) == wanted);
}

TEST(AllZero, FindsASingleBit) {
  Bytes block(512);
  EXPECT_TRUE(all_zero(block.data(), block.size()));
  for (const size_t at : {size_t{0}, size_t{1}, size_t{255}, size_t{511}}) {
    block[at] = std::byte{4};
    EXPECT_FALSE(all_zero(block.data(), block.size())) << at;
    block[at] = std::byte{0};
  }
}

}  // namespace
}  // namespace raidsim::raid
