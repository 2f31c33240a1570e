// An image file leads back to the disks it was made of, or is refused in one line. No file brings its reader down.
#include "harness/inspect/image_file.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "engine/byte_codec.h"
#include "engine/trace/section.h"

namespace raidsim::harness {
namespace {

ImageDisk disk_with(const std::string& name, uint64_t blocks, std::vector<uint64_t> pages, char fill) {
  ImageDisk disk;
  disk.name = name;
  disk.blocks = blocks;
  disk.slice0 = std::min<uint64_t>(16, blocks);
  disk.content.assign(pages.size() * disk::page_bytes, static_cast<std::byte>(fill));
  disk.pages = std::move(pages);
  return disk;
}

DiskImage small_image() {
  DiskImage image;
  image.disks.push_back(disk_with("d0", 100, {0, 2, 12}, 'a'));
  image.disks.push_back(disk_with("d1", 8, {}, 0));
  image.disks.push_back(disk_with("record store", 16, {1}, 'b'));
  image.disks[0].unreadable = {{3, 2}, {90, 10}};
  image.disks[1].dead = true;
  return image;
}

std::string file_of(const DiskImage& image) {
  std::string error;
  return serialise(image, error).value();
}

/// Whether the bytes are refused in one line or mean `image`.
::testing::AssertionResult refused_or(const DiskImage& image, const std::string& bytes) {
  std::string error;
  const auto read = parse_image(bytes, error);
  if (read && *read == image) return ::testing::AssertionSuccess();
  if (read) return ::testing::AssertionFailure() << "read as another image";
  if (error.empty() || error.find('\n') != std::string::npos)
    return ::testing::AssertionFailure() << "[" << error << "]";
  return ::testing::AssertionSuccess();
}

TEST(ImageFile, LeadsBackToItsDisks) {
  std::string error;
  EXPECT_EQ(parse_image(file_of(small_image()), error), small_image()) << error;
  EXPECT_EQ(parse_image(file_of({}), error), DiskImage{}) << error;
}

RC_GTEST_PROP(ImageFile, AnyDisksComeBack, ()) {
  DiskImage image;
  auto pattern = *rc::gen::arbitrary<uint32_t>();
  const auto count = *rc::gen::inRange<size_t>(0, 4);
  for (size_t d = 0; d < count; ++d) {
    const auto blocks = *rc::gen::inRange<uint64_t>(1, 4000);
    auto pages = *rc::gen::container<std::set<uint64_t>>(rc::gen::inRange<uint64_t>(0, (blocks + 7) / 8));
    image.disks.push_back(disk_with("d" + std::to_string(d), blocks, {pages.begin(), pages.end()}, 'x'));
    for (std::byte& b : image.disks.back().content) b = static_cast<std::byte>(pattern = pattern * 75 + 74);
    image.disks.back().dead = *rc::gen::arbitrary<bool>();
  }
  std::string error;
  RC_ASSERT(parse_image(file_of(image), error) == image);
}

TEST(ImageFile, EveryTruncationIsRefused) {
  const std::string whole = file_of(small_image());
  for (size_t keep = 0; keep < whole.size(); ++keep) {
    std::string error;
    EXPECT_FALSE(parse_image(whole.substr(0, keep), error)) << keep;
    EXPECT_FALSE(error.empty()) << keep;
  }
  std::string error;
  EXPECT_FALSE(parse_image(whole + '\0', error));
}

// Each byte in each of its bits, and as the largest number: a checksum tells, or it does not matter.
TEST(ImageFile, EveryFlippedByteIsRefusedOrMeansTheSame) {
  const DiskImage image = small_image();
  const std::string whole = file_of(image);
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 9; ++bit) {
      std::string damaged = whole;
      damaged[at] = bit == 8 ? static_cast<char>(0xFF) : static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_TRUE(refused_or(image, damaged)) << "byte " << at << " bit " << bit;
    }
  }
}

/// A file whose checksums all hold around any sections: what only a hostile writer makes.
std::string forged(const std::vector<std::pair<uint32_t, std::string>>& sections) {
  std::string out(image_magic);
  put_fixed(out, 1, 4);
  for (const auto& [tag, body] : sections) put_section(out, static_cast<SectionTag>(tag), body);
  return out;
}

constexpr uint32_t tag_disk = 0x4b53'4944, tag_page = 0x4547'4150;

std::string disk_section(std::initializer_list<uint64_t> numbers) {
  std::string body;
  put_text(body, "d0");
  for (const uint64_t n : numbers) put_varint(body, n);
  return body;
}

std::string page_section(std::initializer_list<uint64_t> numbers, size_t bytes) {
  std::string body;
  for (const uint64_t n : numbers) put_varint(body, n);
  return body + std::string(bytes, 'z');
}

TEST(ImageFile, NumbersThatPromiseTooMuchAreRefused) {
  const uint64_t huge = UINT64_MAX;
  const std::string good = disk_section({100, 16, 0, 0, 1});
  const std::vector<std::vector<std::pair<uint32_t, std::string>>> files = {
      {{tag_disk, disk_section({huge, 16, 0, 0, 0})}},          // blocks
      {{tag_disk, disk_section({100, 101, 0, 0, 0})}},          // slice 0 behind the end
      {{tag_disk, disk_section({100, 16, 2, 0, 0})}},           // flags of no meaning
      {{tag_disk, disk_section({100, 16, 0, huge, 0})}},        // ranges
      {{tag_disk, disk_section({100, 16, 0, 1, huge, 1, 0})}},  // a gap beyond the disk
      {{tag_disk, disk_section({100, 16, 0, 1, 99, 2, 0})}},
      {{tag_disk, disk_section({100, 16, 0, 0, huge})}},  // pages
      {{tag_disk, disk_section({100, 16, 0, 0, 1, 7})}},  // more than a disk says
      {{tag_disk, good}, {tag_disk, good}},               // a page is due
      {{tag_page, page_section({1, 0}, 4096)}},           // of no disk
      {{tag_disk, good}, {tag_page, page_section({1, 13}, 4096)}},
      {{tag_disk, good}, {tag_page, page_section({1, huge}, 4096)}},
      {{tag_disk, good}, {tag_page, page_section({2, 0, 1}, 8192)}},
      {{tag_disk, good}, {tag_page, page_section({1, 0}, 4095)}},
      {{tag_disk, disk_section({100, 16, 0, 0, 2})}, {tag_page, page_section({2, 3, 0}, 8192)}},
      {{tag_disk, good}, {tag_page, page_section({1, 0}, 1 << 26)}},  // a small file that unpacks to much
  };
  for (size_t i = 0; i < files.size(); ++i) {
    std::string error;
    EXPECT_FALSE(parse_image(forged(files[i]), error)) << i;
    EXPECT_NE(error, "cut off: no END section") << i;
  }
}

TEST(ImageFile, ALimitIsKeptByWriterAndReader) {
  std::string error;
  ImageLimits limits;
  limits.pages = 3;
  EXPECT_FALSE(serialise(small_image(), error, limits));
  EXPECT_EQ(error, "4 pages of 4 KiB: more than an image may hold");
  EXPECT_FALSE(parse_image(file_of(small_image()), error, limits));
  EXPECT_EQ(error, "more than 3 pages");
  limits = {};
  limits.disks = 2;
  EXPECT_FALSE(parse_image(file_of(small_image()), error, limits));
}

TEST(ImageFile, AnotherMajorVersionIsRefused) {
  std::string other = file_of(small_image());
  other[8] = 2;
  std::string error;
  EXPECT_FALSE(parse_image(other, error));
  EXPECT_EQ(error, "version 2; this raidsim reads 1");
}

// A hole reads as zeroes, a bad sector not at all, and nothing lies behind the end.
TEST(DiskImage, ReadsAcrossPagesAndHoles) {
  const ImageDisk disk = small_image().disks[0];
  std::vector<std::byte> out(10 * block_bytes);
  ASSERT_TRUE(disk.read(15, out));
  EXPECT_EQ(out.front(), std::byte{0});
  EXPECT_EQ(out[block_bytes], std::byte{'a'});      // block 16: page 2
  EXPECT_EQ(out[8 * block_bytes], std::byte{'a'});  // block 23
  EXPECT_EQ(out[9 * block_bytes], std::byte{0});    // block 24
  EXPECT_FALSE(disk.read(0, out));                  // blocks 3, 4
  EXPECT_FALSE(disk.readable(4, 1));
  EXPECT_TRUE(disk.readable(5, 85));
  EXPECT_FALSE(disk.read(UINT64_MAX - 3, out));
  EXPECT_FALSE(disk.read(95, out));
}

}  // namespace
}  // namespace raidsim::harness
