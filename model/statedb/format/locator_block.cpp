#include "model/statedb/format/locator_block.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"

namespace raidsim::statedb {
namespace {

constexpr size_t magic = 0, revision = 4, sum = 8, commitcnt = 12, timestamp = 16, loccnt = 24, ident = 28, flags = 40,
                 journal = 44, listcnt = 52, did = 76, tag = 84, inittime = 92, setno = 100, blkcnt = 104, names = 108,
                 dbfirst = 116, drvnm = 120, locators_at = 292, sides_at = 892;
constexpr size_t drvnm_bytes = 1 + MD_MAXDRVNM, locator_bytes = 12, side_bytes = 8;
static_assert(drvnm + MDDB_DRVNMCNT * drvnm_bytes == 290);  // two bytes of padding follow
static_assert(locators_at + MDDB_NLB * locator_bytes == sides_at);
static_assert(sides_at + MDDB_NLB * side_bytes == 1292);
constexpr LeftOut own_sum{sum, sum + 4};

void put_name(std::span<std::byte> out, size_t at, const std::string& name) {
  RAIDSIM_ASSERT(name.size() <= MD_MAXDRVNM);
  out[at] = static_cast<std::byte>(name.size());
  std::transform(name.begin(), name.end(), out.begin() + static_cast<std::ptrdiff_t>(at + 1),
                 [](char c) { return static_cast<std::byte>(c); });
}

void put_locator(std::span<std::byte> out, size_t index, const Locator& locator) {
  const size_t at = locators_at + index * locator_bytes, side = sides_at + index * side_bytes;
  put32(out, at, locator.l_dev);
  put32(out, at + 4, locator.l_blkno);
  put32(out, at + 8, locator.l_flags);
  put32(out, side, locator.drvnm_index);
  put32(out, side + 4, locator.minor);
}

Locator get_locator(std::span<const std::byte> bytes, size_t index) {
  const size_t at = locators_at + index * locator_bytes, side = sides_at + index * side_bytes;
  return {.l_dev = get32(bytes, at),
          .l_blkno = get32(bytes, at + 4),
          .l_flags = get32(bytes, at + 8),
          .drvnm_index = get32(bytes, side),
          .minor = get32(bytes, side + 4),
          .did = 0};
}

/// Names as far as they go; false for one that is too long.
bool get_names(std::span<const std::byte> bytes, std::vector<std::string>& out) {
  for (size_t i = 0; i < MDDB_DRVNMCNT; ++i) {
    const size_t at = drvnm + i * drvnm_bytes;
    const auto length = static_cast<size_t>(bytes[at]);
    if (length > MD_MAXDRVNM) return false;
    std::string name;
    for (const std::byte b : bytes.subspan(at + 1, length)) name.push_back(static_cast<char>(b));
    out.push_back(std::move(name));
  }
  while (!out.empty() && out.back().empty()) out.pop_back();
  return true;
}

}  // namespace

bool LocatorBlock::announces() const {
  return std::any_of(lb_locators.begin(), lb_locators.end(),
                     [](const Locator& each) { return each.in_force() != each.announced(); });
}

void encode(const LocatorBlock& lb, std::span<std::byte> out) {
  RAIDSIM_ASSERT(out.size() == locator_block_bytes);
  RAIDSIM_ASSERT(lb.lb_locators.size() <= MDDB_NLB);
  RAIDSIM_ASSERT(lb.lb_drvnm.size() <= MDDB_DRVNMCNT);
  std::fill(out.begin(), out.end(), std::byte{0});
  put32(out, magic, MDDB_MAGIC_LB);
  put32(out, revision, MDDB_REV_LB);
  put32(out, commitcnt, lb.lb_commitcnt);
  put_time(out, timestamp, lb.lb_timestamp);
  put32(out, loccnt, static_cast<uint32_t>(lb.lb_locators.size()));
  for (size_t i = 0; i < lb.lb_ident.size(); ++i) out[ident + i] = static_cast<std::byte>(lb.lb_ident[i]);
  put32(out, flags, lb.lb_flags);
  put32(out, journal, lb.lb_jlfirstblk);
  put32(out, journal + 4, lb.lb_jlblkcnt);
  put32(out, listcnt, lb.lb_listcnt);
  put32(out, did, lb.lb_didfirstblk);
  put32(out, did + 4, lb.lb_didblkcnt);
  put32(out, tag, lb.lb_dtfirstblk);
  put32(out, tag + 4, lb.lb_dtblkcnt);
  put_time(out, inittime, lb.lb_inittime);
  put32(out, setno, lb.lb_setno);
  put32(out, blkcnt, locator_block_blocks);
  put32(out, names, lb.lb_lnfirstblk);
  put32(out, names + 4, lb.lb_lnblkcnt);
  put32(out, dbfirst, lb.lb_dbfirstblk);
  for (size_t i = 0; i < lb.lb_drvnm.size(); ++i) put_name(out, drvnm + i * drvnm_bytes, lb.lb_drvnm[i]);
  for (size_t i = 0; i < lb.lb_locators.size(); ++i) put_locator(out, i, lb.lb_locators[i]);
  put32(out, sum, checksum(out, {own_sum}));
}

ReadLocatorBlock decode_locator_block(std::span<const std::byte> bytes, uint32_t set) {
  RAIDSIM_ASSERT(bytes.size() == locator_block_bytes);
  if (get32(bytes, magic) != MDDB_MAGIC_LB) return {.fault = BlockFault::magic, .block = {}};
  if (get32(bytes, blkcnt) != locator_block_blocks) return {.fault = BlockFault::place, .block = {}};
  if (!acceptable_revision(get32(bytes, revision), MDDB_REV_LB)) return {.fault = BlockFault::revision, .block = {}};
  if (get32(bytes, sum) != checksum(bytes, {own_sum})) return {.fault = BlockFault::checksum, .block = {}};
  if (get32(bytes, setno) != set) return {.fault = BlockFault::place, .block = {}};
  const uint32_t count = get32(bytes, loccnt);
  ReadLocatorBlock read;
  LocatorBlock& lb = read.block;
  if (count > MDDB_NLB || !get_names(bytes, lb.lb_drvnm)) return {.fault = BlockFault::content, .block = {}};
  lb.lb_commitcnt = get32(bytes, commitcnt);
  lb.lb_timestamp = get_time(bytes, timestamp);
  for (size_t i = 0; i < lb.lb_ident.size(); ++i) lb.lb_ident[i] = static_cast<char>(bytes[ident + i]);
  lb.lb_flags = get32(bytes, flags);
  lb.lb_jlfirstblk = get32(bytes, journal);
  lb.lb_jlblkcnt = get32(bytes, journal + 4);
  lb.lb_listcnt = get32(bytes, listcnt);
  lb.lb_didfirstblk = get32(bytes, did);
  lb.lb_didblkcnt = get32(bytes, did + 4);
  lb.lb_dtfirstblk = get32(bytes, tag);
  lb.lb_dtblkcnt = get32(bytes, tag + 4);
  lb.lb_inittime = get_time(bytes, inittime);
  lb.lb_setno = set;
  lb.lb_lnfirstblk = get32(bytes, names);
  lb.lb_lnblkcnt = get32(bytes, names + 4);
  lb.lb_dbfirstblk = get32(bytes, dbfirst);
  for (size_t i = 0; i < count; ++i) lb.lb_locators.push_back(get_locator(bytes, i));
  return read;
}

}  // namespace raidsim::statedb
