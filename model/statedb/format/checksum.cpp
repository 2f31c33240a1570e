#include "model/statedb/format/checksum.h"

#include <isa-l/crc.h>

namespace raidsim::statedb {
namespace {

constexpr uint32_t start = 987654;

/// The library takes and gives the complement.
uint32_t go_on(uint32_t crc, std::span<const std::byte> bytes) {
  return ~crc32_ieee(~crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace

uint32_t checksum(std::span<const std::byte> bytes, std::initializer_list<LeftOut> left_out) {
  uint32_t crc = start;
  size_t at = 0;
  for (const LeftOut& gap : left_out) {
    crc = go_on(crc, bytes.subspan(at, gap.first - at));
    at = gap.end;
  }
  return go_on(crc, bytes.subspan(at));
}

}  // namespace raidsim::statedb
