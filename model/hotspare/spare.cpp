#include "model/hotspare/spare.h"

#include <algorithm>

#include "model/md/codec.h"

namespace raidsim::hotspare {
namespace {

constexpr uint64_t spare_revision = 0x1;  // MD_64BIT_META_DEV
constexpr uint64_t pool_revision = 0x2;   // MD_FN_META_DEV
constexpr uint32_t members_most = 65'536;

}  // namespace

void HotSpare::encode(std::vector<std::byte>& out) const {
  md::RecordWriter write(out);
  write.u64(spare_revision);
  write.i32(hs_record_id);
  write.u64(hs_devnum);
  write.u32(hs_key);
  write.u64(hs_start_blk);
  write.u32(hs_has_label ? 1 : 0);
  write.u64(hs_number_blks);
  write.u32(static_cast<uint32_t>(hs_state));
  write.u32(hs_refcount);
  write.u32(0);  // hs_isopen: no meaning
  write.i64(hs_timestamp_ns);
}

bool HotSpare::decode(std::span<const std::byte> bytes) {
  md::RecordReader read(bytes);
  if (read.u64() != spare_revision) return false;
  hs_record_id = read.i32();
  hs_devnum = read.u64();
  hs_key = read.u32();
  hs_start_blk = read.u64();
  hs_has_label = read.u32() != 0;
  hs_number_blks = read.u64();
  const uint32_t state = read.u32();
  hs_refcount = read.u32();
  static_cast<void>(read.u32());
  hs_timestamp_ns = read.i64();
  if (!read.good() || !read.at_end() || state < 1 || state > 3) return false;
  hs_state = static_cast<SpareState>(state);
  return true;
}

bool Pool::lists(md::RecordId spare) const noexcept {
  return std::find(hsp_hotspares.begin(), hsp_hotspares.end(), spare) != hsp_hotspares.end();
}

void Pool::encode(std::vector<std::byte>& out) const {
  md::RecordWriter write(out);
  write.u64(pool_revision);
  write.i32(hsp_self_id);
  write.i32(hsp_record_id);
  write.u32(hsp_refcount);
  write.u32(static_cast<uint32_t>(hsp_hotspares.size()));
  for (const md::RecordId spare : hsp_hotspares) write.i32(spare);
}

bool Pool::decode(std::span<const std::byte> bytes) {
  md::RecordReader read(bytes);
  if (read.u64() != pool_revision) return false;
  hsp_self_id = read.i32();
  hsp_record_id = read.i32();
  hsp_refcount = read.u32();
  const uint32_t members = read.u32();
  if (members > members_most) return false;
  hsp_hotspares.clear();
  for (uint32_t i = 0; i < members && read.good(); ++i) hsp_hotspares.push_back(read.i32());
  return read.good() && read.at_end();
}

std::optional<uint64_t> usable_from(const HotSpare& spare, uint64_t size, bool labelled) noexcept {
  if (spare.hs_state != SpareState::HSS_AVAILABLE || spare.releasing) return std::nullopt;
  if (labelled && spare.hs_has_label && spare.hs_number_blks >= size) return 0;
  if (spare.hs_start_blk <= spare.hs_number_blks && spare.hs_number_blks - spare.hs_start_blk >= size) {
    return spare.hs_start_blk;
  }
  return std::nullopt;
}

const char* word_of(SpareState state) noexcept {
  switch (state) {
    case SpareState::HSS_UNUSED:
      return "unused";
    case SpareState::HSS_AVAILABLE:
      return "available";
    case SpareState::HSS_RESERVED:
      return "reserved";
    case SpareState::HSS_BROKEN:
      return "broken";
  }
  return "unknown";
}

}  // namespace raidsim::hotspare
