// model/statedb/format/checksum.h: the one checksum of all structures of the replicated database (DB-F2).
//
// CRC-32, most significant bit first, polynomial 0x04C11DB7, start 987654, no reflection, no final XOR.
// Bytes that are left out do not count at all, not even as zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace raidsim::statedb {

/// Bytes [first, end) that a checksum leaves out.
struct LeftOut {
  size_t first = 0;
  size_t end = 0;
};

/// Shape   `left_out` ascending, apart from one another, inside `bytes`
/// Source  spec/statedb.md DB-F2, test vectors B.1
[[nodiscard]] uint32_t checksum(std::span<const std::byte> bytes, std::initializer_list<LeftOut> left_out = {});

}  // namespace raidsim::statedb
