// model/md/range_check.h: what is to be done with a caller's request before any of it is started
// (spec/metadevice.md 11.4). Pure.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "model/disk/block_device.h"
#include "model/md/buffer.h"
#include "model/md/unit_header.h"

namespace raidsim::md {

struct Admission {
  bool go = false;
  int error = 0;
  uint32_t blocks = 0;    ///< to be transferred
  uint32_t residual = 0;  ///< blocks cut off
  bool label = false;     ///< refused because block 0 is a disk label: the console is told
};

/// Of a request that is not checked: it comes from the unit above.
[[nodiscard]] inline Admission whole(const Buffer& buffer) noexcept {
  return {.go = true, .error = 0, .blocks = buffer.bytes / block_bytes, .residual = 0};
}

/// The checks in their order: stale, behind the end, at the end, label; then the cut. Shape  no flush
[[nodiscard]] inline Admission range_check(const UnitHeader& unit, const Buffer& buffer, bool stale) noexcept {
  const uint32_t blocks = buffer.bytes / block_bytes;
  const bool write = buffer.op == BufferOp::write;
  const uint64_t end = unit.un_total_blocks;
  Admission verdict{.go = false, .error = 0, .blocks = 0, .residual = blocks};
  if (write && stale) {
    verdict.error = EROFS;
  } else if (buffer.block > end) {
    verdict.error = EINVAL;
  } else if (buffer.block == end) {
    verdict.error = 0;
  } else if (write && buffer.block == 0 && (unit.un_flag & MD_LABELED) != 0) {
    verdict.error = EINVAL;
    verdict.label = true;
  } else {
    verdict.go = true;
    verdict.blocks = static_cast<uint32_t>(std::min<uint64_t>(blocks, end - buffer.block));
    verdict.residual = blocks - verdict.blocks;
  }
  return verdict;
}

}  // namespace raidsim::md
