#include "model/statedb/checksum.h"

#include <array>

namespace raidsim::statedb {
namespace {

constexpr uint32_t polynomial = 0x04C11DB7;
constexpr uint32_t start = 987654;

/// What each leading byte becomes when it is shifted out.
constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t rest = byte << 24;
    for (int bit = 0; bit < 8; ++bit) rest = (rest << 1) ^ ((rest >> 31) != 0 ? polynomial : 0);
    table[byte] = rest;
  }
  return table;
}
constexpr std::array<uint32_t, 256> table = make_table();

uint32_t go_on(uint32_t crc, std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) crc = (crc << 8) ^ table[(crc >> 24) ^ static_cast<uint32_t>(byte)];
  return crc;
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
