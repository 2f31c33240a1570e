// model/raid/record.cpp
#include "model/raid/record.h"

#include <algorithm>
#include <bit>

#include "engine/assert.h"

namespace raidsim::raid {
namespace {

using md::as;

constexpr uint32_t columns_max = 1024;

template <class Visit, class U>
void raid_part(Visit& visit, U& unit) {
  visit.template constant<4>(RAID_UNMAGIC);
  visit(as<4>(unit.un_state));
  visit(as<8>(unit.un_timestamp_ns));
  visit(as<4>(unit.un_origcolumncnt));
  visit(as<4>(unit.un_totalcolumncnt));
  visit(as<8>(unit.un_segsize));
  visit(as<8>(unit.un_segsincolumn));
  visit(as<8>(unit.un_maxio));
  visit(as<8>(unit.un_iosize));
  visit(as<4>(unit.un_pwcnt));
  visit(as<8>(unit.un_pwsize));
  visit(as<8>(unit.un_pwid));
  visit(as<4>(unit.un_percent_done));
  visit(as<8>(unit.un_resync_copysize));
  visit(as<4>(unit.un_hsp_id));
  visit(as<8>(unit.un_resync_line_index));
  visit(as<4>(unit.un_resync_index));
  visit.template constant<4>(0);  // un_resync_segment
  visit(as<8>(unit.un_grow_tb));
  visit(as<4>(unit.un_init_colcnt));
  visit(as<8>(unit.un_init_iocnt));
}

template <class Visit, class G>
void group(Visit& visit, G& g) {
  visit(as<8>(g.dev));
  visit(as<8>(g.pwstart));
  visit(as<8>(g.devstart));
}

template <class Visit, class C>
void column_part(Visit& visit, C& column) {
  visit(as<4>(column.un_devstate));
  visit(as<4>(column.un_devflags));
  visit(as<8>(column.un_devtimestamp_ns));
  visit(as<8>(column.orig.dev));
  visit(as<4>(column.un_orig_key));
  visit(as<8>(column.orig.pwstart));
  visit(as<8>(column.orig.devstart));
  group(visit, column.now);
  visit(as<4>(column.un_hs_id));
  visit(as<4>(column.un_hs_key));
  visit(as<8>(column.un_hs_pwstart));
  visit(as<8>(column.un_hs_devstart));
  group(visit, column.alt);
}

bool one_of(uint32_t state, uint32_t mask) { return std::has_single_bit(state) && (state & mask) != 0; }

/// a * b <= limit, without overflow.
bool product_within(uint64_t a, uint64_t b, uint64_t limit) { return a == 0 || b <= limit / a; }

const char* broken_column(const Unit& unit, const Column& column) {
  constexpr uint32_t held = RCS_INIT | RCS_OKAY | RCS_ERRED | RCS_LAST_ERRED | RCS_RESYNC | RCS_INIT_ERRED;
  if (!one_of(column.un_devstate, held)) return "column state";
  for (const DeviceGroup* g : {&column.orig, &column.now}) {
    if (g->pwstart > (uint64_t{1} << 62) || g->devstart != g->pwstart + unit.un_pwsize) return "column start blocks";
  }
  return nullptr;
}

}  // namespace

void encode_record(const Unit& unit, std::vector<std::byte>& out) {
  RAIDSIM_ASSERT(unit.columns.size() == unit.un_totalcolumncnt);
  uint64_t size = record_bytes(unit.columns.size());
  const size_t begin = out.size();
  out.reserve(begin + size);
  md::FieldWriter writer(out);
  md::common_part(writer, unit, size, md::UnitType::MD_METARAID);
  raid_part(writer, unit);
  for (const Column& column : unit.columns) column_part(writer, column);
  RAIDSIM_ASSERT(out.size() - begin == size);
}

std::optional<Unit> decode_record(std::span<const std::byte> bytes, const char*& why) {
  why = "size";
  if (bytes.size() < record_bytes(0)) return std::nullopt;
  if ((bytes.size() - record_bytes(0)) % record_column_bytes != 0) return std::nullopt;
  const size_t columns = (bytes.size() - record_bytes(0)) / record_column_bytes;

  Unit unit;
  uint64_t size = 0;
  md::FieldReader reader(bytes);
  md::common_part(reader, unit, size, md::UnitType::MD_METARAID);
  raid_part(reader, unit);
  if (!reader.as_expected()) {
    why = "revision, type or magic";
    return std::nullopt;
  }
  if (size != bytes.size() || columns != unit.un_totalcolumncnt) return std::nullopt;
  unit.columns.resize(columns);
  for (Column& column : unit.columns) column_part(reader, column);
  why = broken_structure(unit);
  if (why != nullptr) return std::nullopt;
  return unit;
}

const char* broken_structure(const Unit& unit) {
  constexpr uint32_t states = RUS_INIT | RUS_OKAY | RUS_ERRED | RUS_LAST_ERRED | RUS_DOI | RUS_REGEN;
  constexpr uint64_t huge = uint64_t{1} << 62;
  if (unit.un_origcolumncnt < MD_RAID_MIN || unit.un_origcolumncnt > unit.un_totalcolumncnt) return "column counts";
  if (unit.un_totalcolumncnt > columns_max || unit.columns.size() != unit.un_totalcolumncnt) return "column counts";
  if (unit.un_segsize < RAID_MIN_INTERLACE || unit.un_segsize > MAXINTERLACE) return "interlace";
  if (unit.un_segsincolumn < 1 || !product_within(unit.un_segsize, unit.un_segsincolumn, huge)) return "lines";
  if (unit.un_iosize < 2 || unit.un_iosize != std::min(unit.un_maxio, unit.un_segsize + 1)) return "slot size";
  if (unit.un_pwcnt < 2 || unit.un_pwsize % 2 != 0 || unit.un_pwsize > huge ||
      !product_within(unit.un_pwcnt, unit.un_iosize, unit.un_pwsize)) {
    return "pre-write area";
  }
  if (!product_within(unit.rows(), unit.un_totalcolumncnt, huge)) return "size";
  if (unit.un_total_blocks > unit.rows() * (unit.un_totalcolumncnt - 1)) return "size";  // RS-08
  if (!one_of(unit.un_state, states)) return "unit state";
  for (const Column& column : unit.columns) {
    if (const char* broken = broken_column(unit, column)) return broken;
  }
  return nullptr;
}

}  // namespace raidsim::raid
