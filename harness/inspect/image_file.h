// harness/inspect/image_file.h: a disk image as one file (docs/image-format.md).
//
//   "RSIMAGE\n" | major u16 | minor u16 | sections ...
//
//   DISK   name, blocks, first block of slice 0, flags, unreadable ranges, number of pages
//   PAGE   pages of the last disk, at most 1024 to a section, compressed
//   END    number of disks, hash of all bytes before this section
//
// Sections are framed as engine/trace/section.h says, each with a checksum of its own. Later minor versions may add
// sections and a reader of today steps over them; another major version is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/inspect/disk_image.h"

namespace raidsim::harness {

inline constexpr std::string_view image_magic = "RSIMAGE\n";

/// What a file may ask of its reader, however hostile it is. A writer keeps to it.
struct ImageLimits {
  uint64_t pages = uint64_t{1} << 18;                     ///< of all disks: 1 GiB
  uint64_t file_bytes = (uint64_t{1} << 30) + (1 << 26);  ///< so many pages that do not compress, and the rest
  uint64_t disks = 4096;                     ///< D-07 names them one by one; far more than any scenario has
  uint64_t disk_blocks = uint64_t{1} << 44;  ///< 8 PiB, sparse
  uint64_t name_bytes = 64;
  uint64_t unreadable = uint64_t{1} << 18;  ///< ranges of one disk
};

/// Errors  nullopt, and `error` says in one line what does not fit into a file
[[nodiscard]] std::optional<std::string> serialise(const DiskImage& image, std::string& error,
                                                   const ImageLimits& limits = {});

/// Shape   any bytes
/// Errors  nullopt, and `error` says in one line what is wrong
[[nodiscard]] std::optional<DiskImage> parse_image(std::string_view bytes, std::string& error,
                                                   const ImageLimits& limits = {});

}  // namespace raidsim::harness
