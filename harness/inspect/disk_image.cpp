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

uint32_t disk_in_image(const DiskImage& image, DeviceNumber number) {
  if (number == no_device || major_of(number) != disk_major) return disk::no_disk;
  const uint32_t index = minor_of(number) / slices_per_disk;
  return index < image.disks.size() ? index : disk::no_disk;
}

uint64_t block_in_image(const DiskImage& image, DeviceNumber number, uint64_t block) {
  const uint32_t disk = disk_in_image(image, number);
  const bool in_slice0 = minor_of(number) % slices_per_disk == 0;
  return disk != disk::no_disk && in_slice0 ? image.disks[disk].slice0 + block : block;
}

DiskImage image_of(const disk::DiskBay& bay, const std::vector<SliceLayout>& slices) {
  RAIDSIM_ASSERT(slices.size() == bay.size());
  DiskImage image;
  for (uint32_t instance = 0; instance < bay.size(); ++instance) {
    const disk::DiskIndex i = bay.tree().disk_of(disk_slice(instance, 0));
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
