#include "harness/media.h"

#include <algorithm>
#include <cstring>

namespace raidsim::harness {
namespace {

constexpr uint32_t chunk_rows = 128;

void add_xor(std::vector<uint64_t>& sum, const std::vector<std::byte>& data, size_t bytes) {
  for (size_t i = 0; i < bytes / sizeof(uint64_t); ++i) {
    uint64_t word = 0;
    std::memcpy(&word, data.data() + i * sizeof word, sizeof word);
    sum[i] ^= word;
  }
}

}  // namespace

bool read_rows(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group, uint64_t row,
               uint32_t count, std::byte* out) {
  const uint32_t disk = DiskRoles::disk_of(group.dev);
  if (disk >= bay.size()) return false;
  const uint64_t at = roles.disk_block(group.dev, group.devstart + row);
  if (at + count > bay[disk].blocks()) return false;
  bay[disk].peek(at, count, out);
  return bay[disk].damage().first_unreadable(at, count) == at + count;
}

std::vector<uint64_t> rows_out_of_parity(const disk::DiskBay& bay, const DiskRoles& roles, const raid::Unit& unit,
                                         const std::vector<uint32_t>& columns, size_t most) {
  std::vector<uint64_t> bad;
  std::vector<std::byte> data(size_t{chunk_rows} * block_bytes);
  std::vector<uint64_t> sum(data.size() / sizeof(uint64_t));
  constexpr size_t words = block_bytes / sizeof(uint64_t);
  for (uint64_t row = 0; row < unit.rows() && bad.size() < most; row += chunk_rows) {
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(chunk_rows, unit.rows() - row));
    std::fill(sum.begin(), sum.end(), 0);
    bool whole = true;
    for (const uint32_t c : columns) {
      whole &= read_rows(bay, roles, unit.columns[c].now, row, count, data.data());
      add_xor(sum, data, size_t{count} * block_bytes);
    }
    if (!whole) continue;
    for (uint32_t r = 0; r < count && bad.size() < most; ++r) {
      const auto* first = sum.data() + r * words;
      if (std::any_of(first, first + words, [](uint64_t w) { return w != 0; })) bad.push_back(row + r);
    }
  }
  return bad;
}

}  // namespace raidsim::harness
