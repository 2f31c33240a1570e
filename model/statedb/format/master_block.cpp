#include "model/statedb/format/master_block.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"

namespace raidsim::statedb {
namespace {

constexpr size_t magic = 0, revision = 4, sum = 8, timestamp = 20, blkcnt = 28, blkno = 32, setno = 36,
                 setcreatetime = 40, consecutive = 76, firstblk = 80, devid_magic = 84, devid_len = 88, devid = 90;
constexpr LeftOut own_sum{sum, sum + 4};

}  // namespace

MasterBlock new_master_block(uint32_t first, uint32_t blocks, uint32_t set, Timeval32 now,
                             std::span<const std::byte> device) {
  RAIDSIM_ASSERT(blocks > 1);
  return {.mb_timestamp = now,
          .mb_blkcnt = blocks - 1,
          .mb_blkno = first,
          .mb_setno = set,
          .mb_setcreatetime = {},
          .m_consecutive = blocks - 1,
          .m_firstblk = first + 1,
          .mb_devid = {device.begin(), device.end()}};
}

void encode(const MasterBlock& master, std::span<std::byte> out) {
  RAIDSIM_ASSERT(out.size() == MDDB_BSIZE);
  RAIDSIM_ASSERT(master.mb_devid.size() <= devid_most);
  std::fill(out.begin(), out.end(), std::byte{0});
  put32(out, magic, MDDB_MAGIC_MB);
  put32(out, revision, MDDB_REV_MB);
  put_time(out, timestamp, master.mb_timestamp);
  put32(out, blkcnt, master.mb_blkcnt);
  put32(out, blkno, master.mb_blkno);
  put32(out, setno, master.mb_setno);
  put_time(out, setcreatetime, master.mb_setcreatetime);
  put32(out, consecutive, master.m_consecutive);
  put32(out, firstblk, master.m_firstblk);
  if (!master.mb_devid.empty()) {
    put32(out, devid_magic, MDDB_MAGIC_DE);
    put16(out, devid_len, static_cast<uint16_t>(master.mb_devid.size()));
    std::copy(master.mb_devid.begin(), master.mb_devid.end(), out.begin() + devid);
  }
  put32(out, sum, checksum(out, {own_sum}));
}

ReadMasterBlock decode_master_block(std::span<const std::byte> bytes, uint32_t from, uint32_t set) {
  RAIDSIM_ASSERT(bytes.size() == MDDB_BSIZE);
  if (get32(bytes, magic) != MDDB_MAGIC_MB) return {.fault = BlockFault::magic, .block = {}};
  if (!acceptable_revision(get32(bytes, revision), MDDB_REV_MB)) return {.fault = BlockFault::revision, .block = {}};
  if (get32(bytes, sum) != checksum(bytes, {own_sum})) return {.fault = BlockFault::checksum, .block = {}};
  MasterBlock out{.mb_timestamp = get_time(bytes, timestamp),
                  .mb_blkcnt = get32(bytes, blkcnt),
                  .mb_blkno = get32(bytes, blkno),
                  .mb_setno = get32(bytes, setno),
                  .mb_setcreatetime = get_time(bytes, setcreatetime),
                  .m_consecutive = get32(bytes, consecutive),
                  .m_firstblk = get32(bytes, firstblk),
                  .mb_devid = {}};
  const bool over_itself = out.m_firstblk <= out.mb_blkno && out.mb_blkno - out.m_firstblk < out.m_consecutive;
  if (out.mb_setno != set || out.mb_blkno != from || over_itself) return {.fault = BlockFault::place, .block = {}};
  if (get32(bytes, devid_magic) == MDDB_MAGIC_DE) {
    const uint16_t length = get16(bytes, devid_len);
    if (length > devid_most) return {.fault = BlockFault::content, .block = {}};
    const auto id = bytes.subspan(devid, length);
    out.mb_devid.assign(id.begin(), id.end());
  }
  return {.fault = BlockFault::none, .block = std::move(out)};
}

}  // namespace raidsim::statedb
