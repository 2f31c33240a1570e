// model/raid/prewrite_header.cpp
#include "model/raid/prewrite_header.h"

#include <isa-l/crc.h>

#include <array>
#include <bit>
#include <cstring>

#include "engine/assert.h"
#include "model/raid/parity.h"

namespace raidsim::raid {
namespace {

constexpr size_t crc_offset = prewrite_header_bytes - sizeof(uint32_t);

template <class T>
void put(std::byte*& at, T value) noexcept {
  static_assert(std::endian::native == std::endian::little);  // D-06
  std::memcpy(at, &value, sizeof value);
  at += sizeof value;
}

template <class T>
void get(const std::byte*& at, T& value) noexcept {
  uint64_t bits = 0;
  for (size_t i = 0; i < sizeof(T); ++i) bits |= std::to_integer<uint64_t>(*at++) << (8 * i);
  value = static_cast<T>(bits);
}

/// Every field in the order of the table; one list for both directions.
template <class Header, class Visit>
void each_field(Header& h, Visit&& visit) noexcept {
  visit(h.rpw_magic);
  visit(h.rpw_sum);
  visit(h.rpw_columnnum);
  visit(h.rpw_blkno);
  visit(h.rpw_blkcnt);
  visit(h.rpw_id);
  visit(h.rpw_colcount);
  visit(h.rpw_column);
  visit(h.rpw_unit);
  visit(h.rpw_magic_ext);
  visit(h.rpw_origcolumncnt);
  visit(h.rpw_totalcolumncnt);
  visit(h.rpw_segsize);
  visit(h.rpw_segsincolumn);
  visit(h.rpw_pwcnt);
  visit(h.rpw_pwsize);
  visit(h.rpw_devstart);
  visit(h.rpw_pwstart);
  visit(h.rpw_crc);
}

void put_fields(const PreWriteHeader& header, std::byte* at) noexcept {
  each_field(header, [&at](const auto& field) { put(at, field); });
}

uint32_t crc32c(uint32_t state, std::span<const std::byte> bytes) noexcept {
  // The library takes a mutable pointer and an int; it writes nothing.
  auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
  return crc32_iscsi(data, static_cast<int>(bytes.size()), state);
}

PreWriteHeader shape_of(const Unit& unit, ColumnIndex column) noexcept {
  const Column& c = unit.columns[column.value];
  PreWriteHeader header;
  header.rpw_column = static_cast<uint32_t>(column.value);
  header.rpw_unit = unit.un_self_id;
  header.rpw_magic_ext = RAID_PWMAGIC;
  header.rpw_origcolumncnt = unit.un_origcolumncnt;
  header.rpw_totalcolumncnt = unit.un_totalcolumncnt;
  header.rpw_segsize = static_cast<uint32_t>(unit.un_segsize);
  header.rpw_segsincolumn = unit.un_segsincolumn;
  header.rpw_pwcnt = unit.un_pwcnt;
  header.rpw_pwsize = static_cast<uint32_t>(unit.un_pwsize);
  header.rpw_devstart = c.orig.devstart;
  header.rpw_pwstart = c.orig.pwstart;
  return header;
}

bool partner_fits(const PreWriteHeader& header, const Unit& unit) noexcept {  // replay R6
  const uint32_t all = unit.un_totalcolumncnt;
  if (header.rpw_colcount == 1) return header.rpw_columnnum == -1;
  if (header.rpw_colcount != 2 && header.rpw_colcount != all) return false;
  if (header.rpw_columnnum < 0 || static_cast<uint32_t>(header.rpw_columnnum) >= all) return false;
  return static_cast<uint32_t>(header.rpw_columnnum) != header.rpw_column;
}

bool rows_fit(const PreWriteHeader& header, const Unit& unit) noexcept {  // replay R4, R5, RH-08
  if (header.rpw_blkcnt < 1 || header.rpw_blkcnt > payload_blocks_max(unit)) return false;
  const uint64_t rows = unit.rows();
  if (header.rpw_blkno >= rows || header.rpw_blkcnt > rows - header.rpw_blkno) return false;
  const uint64_t last = header.rpw_blkno + header.rpw_blkcnt - 1;
  return header.rpw_blkno / unit.un_segsize == last / unit.un_segsize;
}

}  // namespace

uint32_t rpw_sum(std::span<const std::byte> payload) noexcept { return xor_words(payload.data(), payload.size()); }

uint32_t rpw_crc(const PreWriteHeader& header, std::span<const std::byte> payload) noexcept {
  std::array<std::byte, prewrite_header_bytes> bytes;
  put_fields(header, bytes.data());
  uint32_t state = crc32c(~uint32_t{0}, std::span(bytes).first<crc_offset>());
  if (!payload.empty()) state = crc32c(state, payload);
  return ~state;
}

PreWriteHeader live_header(const Unit& unit, const PreWriteEntry& entry, std::span<const std::byte> payload) noexcept {
  PreWriteHeader header = shape_of(unit, entry.column);
  header.rpw_magic = RAID_PWMAGIC;
  header.rpw_columnnum = entry.partner;
  header.rpw_blkno = entry.row.value;
  header.rpw_blkcnt = entry.blocks;
  header.rpw_id = static_cast<int64_t>(entry.pwid);
  header.rpw_colcount = entry.colcount;
  header.rpw_sum = rpw_sum(payload);
  header.rpw_crc = rpw_crc(header, payload);
  return header;
}

PreWriteHeader empty_header(const Unit& unit, ColumnIndex column) noexcept {
  PreWriteHeader header = shape_of(unit, column);
  header.rpw_crc = rpw_crc(header, {});
  return header;
}

void encode(const PreWriteHeader& header, HeaderBlock block) noexcept {
  std::memset(block.data(), 0, block.size());
  put_fields(header, block.data());
}

PreWriteHeader decode_header(ConstHeaderBlock block) noexcept {
  PreWriteHeader header;
  const std::byte* at = block.data();
  each_field(header, [&at](auto& field) { get(at, field); });
  return header;
}

bool matches_geometry(const PreWriteHeader& header, const Unit& unit, ColumnIndex column) noexcept {
  const PreWriteHeader shape = shape_of(unit, column);
  return header.rpw_column == shape.rpw_column && header.rpw_magic_ext == shape.rpw_magic_ext &&
         header.rpw_origcolumncnt == shape.rpw_origcolumncnt && header.rpw_totalcolumncnt == shape.rpw_totalcolumncnt &&
         header.rpw_segsize == shape.rpw_segsize && header.rpw_segsincolumn == shape.rpw_segsincolumn &&
         header.rpw_pwcnt == shape.rpw_pwcnt && header.rpw_pwsize == shape.rpw_pwsize &&
         header.rpw_devstart == shape.rpw_devstart && header.rpw_pwstart == shape.rpw_pwstart;
}

bool plausible(const PreWriteHeader& header, const Unit& unit, ColumnIndex column) noexcept {
  return header.rpw_magic == RAID_PWMAGIC &&        // replay R1
         header.rpw_id > 0 &&                       // replay R3
         header.rpw_unit == unit.un_self_id &&      // RH-08
         matches_geometry(header, unit, column) &&  // replay R2, RH-08
         rows_fit(header, unit) && partner_fits(header, unit);
}

bool checksums_match(const PreWriteHeader& header, std::span<const std::byte> payload) noexcept {
  RAIDSIM_ASSERT(payload.size() == size_t{header.rpw_blkcnt} * block_bytes);
  return header.rpw_crc == rpw_crc(header, payload) && header.rpw_sum == rpw_sum(payload);
}

}  // namespace raidsim::raid
