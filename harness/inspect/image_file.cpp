#include "harness/inspect/image_file.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>

#include "engine/byte_codec.h"
#include "engine/trace/section.h"

namespace raidsim::harness {
namespace {

using disk::page_blocks;
using disk::page_bytes;

constexpr auto tag_disk = static_cast<SectionTag>(0x4b53'4944);  // DISK
constexpr auto tag_page = static_cast<SectionTag>(0x4547'4150);  // PAGE
constexpr uint64_t major_version = 1, minor_version = 0;
constexpr uint64_t flag_dead = 1;
constexpr size_t pages_per_section = 1024;
/// A page section's indexes and content; a disk section is shorter.
constexpr uint64_t section_bytes_max = pages_per_section * (page_bytes + 10) + 16;

uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void put_disk(std::string& out, const ImageDisk& disk) {
  std::string body;
  put_text(body, disk.name);
  put_varint(body, disk.blocks);
  put_varint(body, disk.slice0);
  put_varint(body, disk.dead ? flag_dead : 0);
  put_varint(body, disk.unreadable.size());
  uint64_t end = 0;
  for (const BlockRange& range : disk.unreadable) {
    put_varint(body, range.first - end);
    put_varint(body, range.blocks);
    end = range.first + range.blocks;
  }
  put_varint(body, disk.pages.size());
  put_section(out, tag_disk, body);
}

void put_pages(std::string& out, const ImageDisk& disk) {
  for (size_t first = 0; first < disk.pages.size(); first += pages_per_section) {
    const size_t count = std::min(pages_per_section, disk.pages.size() - first);
    std::string body;
    put_varint(body, count);
    for (size_t i = first; i < first + count; ++i) {
      put_varint(body, i == 0 ? disk.pages[0] : disk.pages[i] - disk.pages[i - 1]);
    }
    body.append(reinterpret_cast<const char*>(disk.content.data()) + first * page_bytes, count * page_bytes);
    put_section(out, tag_page, body);
  }
}

class ImageReader {
 public:
  ImageReader(std::string_view bytes, const ImageLimits& limits, std::string& error)
      : bytes_(bytes), in_(bytes), limits_(limits), error_(error) {}

  std::optional<DiskImage> read() {
    if (bytes_.size() > limits_.file_bytes) return fail(fmt::format("more than {} bytes", limits_.file_bytes));
    if (in_.take(image_magic.size()) != image_magic) return fail("not an image of disks");
    const uint64_t version = in_.fixed(2);
    static_cast<void>(in_.fixed(2));
    if (!in_.good()) return fail("cut off: no END section");
    if (version != major_version) return fail(fmt::format("version {}; this raidsim reads {}", version, major_version));
    while (!ended_) {
      if (!read_section()) return std::nullopt;
    }
    if (!in_.at_end()) return fail("bytes behind its END section");
    return std::move(image_);
  }

 private:
  std::nullopt_t fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return std::nullopt;
  }

  bool read_section() {
    const size_t begin = bytes_.size() - in_.left();
    const auto section = take_section(in_, error_);
    if (!section) return false;
    const bool known = section->tag == tag_disk || section->tag == tag_page || section->tag == SectionTag::end;
    if (!known) return true;  // of a later minor version
    const auto raw = unpacker_.unpack(*section, section_bytes_max);
    if (!raw) {
      fail("section " + to_text(section->tag) + " cannot be unpacked");
      return false;
    }
    ByteReader body(*raw);
    const bool sound = section->tag == tag_disk   ? read_disk(body)
                       : section->tag == tag_page ? read_pages(body)
                                                  : read_end(body, begin);
    if (sound && body.good() && body.at_end()) return true;
    fail("section " + to_text(section->tag) + " is not what its checksum promised");
    return false;
  }

  bool read_disk(ByteReader& body) {
    if (pages_due_ != 0 || image_.disks.size() >= limits_.disks) return false;
    ImageDisk& disk = image_.disks.emplace_back();
    disk.name = body.text(limits_.name_bytes);
    disk.blocks = body.varint();
    disk.slice0 = body.varint();
    const uint64_t flags = body.varint();
    disk.dead = flags == flag_dead;
    const uint64_t ranges = body.varint();
    const bool sound = disk.blocks <= limits_.disk_blocks && disk.slice0 <= disk.blocks && flags <= flag_dead &&
                       ranges <= limits_.unreadable && ranges <= body.left() / 2;
    if (!sound || !read_unreadable(body, ranges, disk)) return false;
    pages_due_ = body.varint();
    if (pages_due_ <= limits_.pages - pages_read_) return true;
    fail(fmt::format("more than {} pages", limits_.pages));
    return false;
  }

  static bool read_unreadable(ByteReader& body, uint64_t ranges, ImageDisk& disk) {
    uint64_t end = 0;
    for (uint64_t i = 0; i < ranges; ++i) {
      const uint64_t gap = body.varint(), blocks = body.varint();
      if (!body.good() || gap > disk.blocks - end || blocks == 0 || blocks > disk.blocks - end - gap) return false;
      if (i > 0 && gap == 0) return false;  // two that are one
      disk.unreadable.push_back({end + gap, blocks});
      end += gap + blocks;
    }
    return true;
  }

  bool read_pages(ByteReader& body) {
    const uint64_t count = body.varint();
    if (count == 0 || count > pages_due_ || count > pages_per_section) return false;
    ImageDisk& disk = image_.disks.back();
    const uint64_t pages = (disk.blocks + page_blocks - 1) / page_blocks;
    disk.content.reserve(disk.content.size() + static_cast<size_t>(pages_due_) * page_bytes);  // address space alone
    for (uint64_t i = 0; i < count; ++i) {
      const bool first = disk.pages.empty();
      const uint64_t step = body.varint(), last = first ? 0 : disk.pages.back();
      if ((!first && step == 0) || step >= pages - last) return false;
      disk.pages.push_back(last + step);
    }
    const auto raw = std::as_bytes(std::span(body.take(static_cast<size_t>(count * page_bytes))));
    disk.content.insert(disk.content.end(), raw.begin(), raw.end());
    pages_due_ -= count;
    pages_read_ += count;
    return true;
  }

  bool read_end(ByteReader& body, size_t begin) {
    ended_ = true;
    return body.varint() == image_.disks.size() && body.fixed(8) == hash_of(bytes_.substr(0, begin)) && pages_due_ == 0;
  }

  std::string_view bytes_;
  ByteReader in_;
  const ImageLimits& limits_;
  std::string& error_;
  Unpacker unpacker_;
  DiskImage image_;
  uint64_t pages_due_ = 0, pages_read_ = 0;
  bool ended_ = false;
};

std::string too_big(const DiskImage& image, const ImageLimits& limits) {
  uint64_t pages = 0;
  for (const ImageDisk& disk : image.disks) {
    pages += disk.pages.size();
    if (disk.name.size() > limits.name_bytes) return fmt::format("disk name of {} bytes", disk.name.size());
    if (disk.blocks > limits.disk_blocks) return fmt::format("disk {} of {} blocks", disk.name, disk.blocks);
    if (disk.unreadable.size() > limits.unreadable) return fmt::format("{} unreadable ranges", disk.unreadable.size());
  }
  if (image.disks.size() > limits.disks) return fmt::format("{} disks", image.disks.size());
  return pages > limits.pages ? fmt::format("{} pages of 4 KiB", pages) : std::string();
}

}  // namespace

std::optional<std::string> serialise(const DiskImage& image, std::string& error, const ImageLimits& limits) {
  error = too_big(image, limits);
  if (!error.empty()) {
    error += ": more than an image may hold";
    return std::nullopt;
  }
  std::string out(image_magic);
  put_fixed(out, major_version, 2);
  put_fixed(out, minor_version, 2);
  for (const ImageDisk& disk : image.disks) {
    put_disk(out, disk);
    put_pages(out, disk);
  }
  std::string end;
  put_varint(end, image.disks.size());
  put_fixed(end, hash_of(out), 8);
  put_section(out, SectionTag::end, end);
  return out;
}

std::optional<DiskImage> parse_image(std::string_view bytes, std::string& error, const ImageLimits& limits) {
  error.clear();
  return ImageReader(bytes, limits, error).read();
}

}  // namespace raidsim::harness
