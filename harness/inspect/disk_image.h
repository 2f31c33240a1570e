// harness/inspect/disk_image.h: what all disks of a world hold at one moment, as plain values: to be kept in a file and
// decoded with no simulation around.
//
//   disk   | slice 7: replicas | slice 0: columns, spares ...... |      pages that hold nothing but zeroes are left out
//
// What counts is what is durable: writes that are in a volatile cache alone are not in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/world/disk_roles.h"
#include "model/disk/disk_bay.h"
#include "model/disk/page_store.h"

namespace raidsim::harness {

struct BlockRange {
  uint64_t first = 0;
  uint64_t blocks = 0;
  bool operator==(const BlockRange&) const = default;
};

struct ImageDisk {
  std::string name;
  uint64_t blocks = 0;
  uint64_t slice0 = 0;                 ///< first block of slice 0; before it lies slice 7, if there is any
  bool dead = false;                   ///< fail-stopped (F01); its content is still there to be looked at
  std::vector<BlockRange> unreadable;  ///< sectors that a read fails on; ascending, apart
  std::vector<uint64_t> pages;         ///< that hold something; ascending
  std::vector<std::byte> content;      ///< page_bytes for each
  bool operator==(const ImageDisk&) const = default;

  [[nodiscard]] bool holds(uint64_t block, uint64_t count) const noexcept {
    return block <= blocks && count <= blocks - block;
  }
  [[nodiscard]] bool readable(uint64_t block, uint64_t count) const noexcept;
  /// Whole blocks, whatever a read would say of them. Shape  on the disk
  void peek(uint64_t block, std::span<std::byte> out) const;
  /// Errors  false: not all on the disk, or a sector cannot be read; `out` then holds nothing of meaning
  [[nodiscard]] bool read(uint64_t block, std::span<std::byte> out) const;
};

struct DiskImage {
  std::vector<ImageDisk> disks;  ///< by index, as device numbers count them
  bool operator==(const DiskImage&) const = default;
};

/// Index of the disk that a number in an image means; disk::no_disk for none.
[[nodiscard]] uint32_t disk_in_image(const DiskImage& image, DeviceNumber number);
/// Block of that disk for a block of the device.
[[nodiscard]] uint64_t block_in_image(const DiskImage& image, DeviceNumber number, uint64_t block);

/// Shape  a slice layout for each disk of `bay`
[[nodiscard]] DiskImage image_of(const disk::DiskBay& bay, const std::vector<SliceLayout>& slices);

}  // namespace raidsim::harness
