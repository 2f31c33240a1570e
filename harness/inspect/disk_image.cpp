#include "harness/inspect/disk_image.h"

#include <algorithm>
#include <array>

#include "engine/assert.h"

namespace raidsim::harness {
namespace {

using disk::page_blocks;
using disk::page_bytes;

std::vector<BlockRange> unreadable_of(const disk::DamageMap& damage) {
  std::vector<BlockRange> out;
  for (const disk::DamagedBlock& each : damage.all()) {
    if (each.damage.kind != disk::DamageKind::unreadable) continue;
    const bool goes_on = !out.empty() && out.back().first + out.back().blocks == each.block;
    if (!goes_on) out.push_back({each.block, 0});
    ++out.back().blocks;
  }
  return out;
}

void copy_pages(const disk::VirtualDisk& disk, ImageDisk& out) {
  std::array<std::byte, page_bytes> page;
  for (uint64_t next = disk.next_written(0); next != UINT64_MAX;) {
    const uint64_t index = next / page_blocks, first = index * page_blocks;
    page.fill(std::byte{0});
    disk.peek_durable(first, static_cast<uint32_t>(std::min<uint64_t>(page_blocks, disk.blocks() - first)),
                      page.data());
    if (std::any_of(page.begin(), page.end(), [](std::byte b) { return b != std::byte{0}; })) {
      out.pages.push_back(index);
      out.content.insert(out.content.end(), page.begin(), page.end());
    }
    next = first + page_blocks < disk.blocks() ? disk.next_written(first + page_blocks) : UINT64_MAX;
  }
}

}  // namespace

bool ImageDisk::readable(uint64_t block, uint64_t count) const noexcept {
  const auto after = std::partition_point(unreadable.begin(), unreadable.end(),
                                          [&](const BlockRange& r) { return r.first + r.blocks <= block; });
  return after == unreadable.end() || after->first >= block + count;
}

void ImageDisk::peek(uint64_t block, std::span<std::byte> out) const {
  RAIDSIM_ASSERT(holds(block, out.size() / block_bytes));
  std::fill(out.begin(), out.end(), std::byte{0});
  const uint64_t end = block + out.size() / block_bytes;
  auto page = std::lower_bound(pages.begin(), pages.end(), block / page_blocks);
  for (; page != pages.end() && *page * page_blocks < end; ++page) {
    const uint64_t page_first = *page * page_blocks;
    const uint64_t first = std::max(block, page_first), last = std::min(end, page_first + page_blocks);
    const auto at = static_cast<size_t>(page - pages.begin()) * page_bytes + (first - page_first) * block_bytes;
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(at), (last - first) * block_bytes,
                out.begin() + static_cast<std::ptrdiff_t>((first - block) * block_bytes));
  }
}

bool ImageDisk::read(uint64_t block, std::span<std::byte> out) const {
  const uint64_t count = out.size() / block_bytes;
  if (!holds(block, count) || !readable(block, count)) return false;
  peek(block, out);
  return true;
}

std::vector<SliceLayout> slices_of(const DiskImage& image) {
  std::vector<SliceLayout> out;
  for (const ImageDisk& disk : image.disks) out.push_back({.slice0 = disk.slice0, .blocks = disk.blocks});
  return out;
}

DiskImage image_of(const disk::DiskBay& bay, const std::vector<SliceLayout>& slices) {
  RAIDSIM_ASSERT(slices.size() == bay.size());
  DiskImage image;
  for (disk::DiskIndex i = 0; i < bay.size(); ++i) {
    const disk::VirtualDisk& disk = bay[i];
    ImageDisk& out = image.disks.emplace_back();
    out.name = disk.name();
    out.blocks = disk.blocks();
    out.slice0 = std::min(slices[i].slice0, disk.blocks());  // a disk that was swapped in may be smaller
    out.dead = disk.dead();
    out.unreadable = unreadable_of(disk.damage());
    copy_pages(disk, out);
  }
  return image;
}

}  // namespace raidsim::harness
