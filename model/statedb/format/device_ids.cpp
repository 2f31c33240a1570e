#include "model/statedb/format/device_ids.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"

namespace raidsim::statedb {
namespace {

constexpr size_t magic = 0, revision = 4, sum = 8, commitcnt = 12, count = 16;
constexpr size_t entries_at = 20, entry_bytes = 56, id_at = 4, minor_at = 40;
constexpr LeftOut own_sum{sum, sum + 4};
constexpr uint32_t id_bytes = 8;
static_assert(entries_at + MDDB_NLB * entry_bytes <= device_ids_bytes);

}  // namespace

void encode_device_ids(const LocatorBlock& lb, std::span<std::byte> out) {
  RAIDSIM_ASSERT(out.size() == device_ids_bytes);
  std::fill(out.begin(), out.end(), std::byte{0});
  put32(out, magic, MDDB_MAGIC_DI);
  put32(out, revision, MDDB_REV_DI);
  put32(out, commitcnt, lb.lb_commitcnt);
  put32(out, count, static_cast<uint32_t>(lb.lb_locators.size()));
  for (size_t i = 0; i < lb.lb_locators.size(); ++i) {
    const Locator& locator = lb.lb_locators[i];
    const size_t at = entries_at + i * entry_bytes;
    if (locator.did == 0) continue;
    put32(out, at, id_bytes);
    put32(out, at + id_at, static_cast<uint32_t>(locator.did));
    put32(out, at + id_at + 4, static_cast<uint32_t>(locator.did >> 32));
    out[at + minor_at] = static_cast<std::byte>('a' + minor_of(expanded_device(locator.l_dev)) % slices_per_disk);
  }
  put32(out, sum, checksum(out, {own_sum}));
}

BlockFault decode_device_ids(std::span<const std::byte> bytes, LocatorBlock& lb) {
  RAIDSIM_ASSERT(bytes.size() == device_ids_bytes);
  if (get32(bytes, magic) != MDDB_MAGIC_DI) return BlockFault::magic;
  if (!acceptable_revision(get32(bytes, revision), MDDB_REV_DI)) return BlockFault::revision;
  if (get32(bytes, sum) != checksum(bytes, {own_sum})) return BlockFault::checksum;
  if (get32(bytes, commitcnt) != lb.lb_commitcnt || get32(bytes, count) != lb.lb_locators.size()) {
    return BlockFault::content;
  }
  for (size_t i = 0; i < lb.lb_locators.size(); ++i) {
    Locator& locator = lb.lb_locators[i];
    const size_t at = entries_at + i * entry_bytes;
    const uint32_t length = get32(bytes, at);
    if (length == 0) continue;
    const auto slice = static_cast<uint32_t>(bytes[at + minor_at]) - 'a';
    const bool same_slice = slice == minor_of(expanded_device(locator.l_dev)) % slices_per_disk;
    if (length != id_bytes || !same_slice) return BlockFault::content;
    locator.did = get32(bytes, at + id_at) | uint64_t{get32(bytes, at + id_at + 4)} << 32;
  }
  return BlockFault::none;
}

}  // namespace raidsim::statedb
