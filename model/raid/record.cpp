// model/raid/record.cpp
#include "model/raid/record.h"

#include <algorithm>
#include <bit>

#include "engine/assert.h"
#include "model/md/unit_frame.h"

namespace raidsim::raid {
namespace {

constexpr uint64_t revision = MD_64BIT_META_DEV | MD_FN_META_DEV;
constexpr uint32_t columns_max = 1024;

/// A field and its width in the record.
template <size_t Bytes, class T>
struct Wire {
  T* field;
};
template <size_t Bytes, class T>
Wire<Bytes, T> as(T& field) {
  return {&field};
}

class Writer {
 public:
  explicit Writer(std::vector<std::byte>& out) : out_(out) {}
  template <size_t Bytes, class T>
  void operator()(Wire<Bytes, T> wire) {
    constant<Bytes>(static_cast<uint64_t>(*wire.field));
  }
  template <size_t Bytes>
  void constant(uint64_t value) {
    const size_t at = out_.size();
    out_.resize(at + Bytes);
    for (size_t i = 0; i < Bytes; ++i) out_[at + i] = static_cast<std::byte>(value >> (8 * i));
  }

 private:
  std::vector<std::byte>& out_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}
  template <size_t Bytes, class T>
  void operator()(Wire<Bytes, T> wire) {
    const uint64_t value = number<Bytes>();
    if constexpr (Bytes == 4 && sizeof(T) == 8) {  // a signed index: -1 stays -1
      *wire.field = static_cast<T>(static_cast<int32_t>(static_cast<uint32_t>(value)));
    } else {
      *wire.field = static_cast<T>(value);
    }
  }
  template <size_t Bytes>
  void constant(uint64_t value) {
    if (number<Bytes>() != value) as_expected_ = false;
  }
  [[nodiscard]] bool as_expected() const { return as_expected_; }

 private:
  template <size_t Bytes>
  uint64_t number() {
    RAIDSIM_ASSERT(rest_.size() >= Bytes);  // decode_record looked at the length
    uint64_t value = 0;
    for (size_t i = 0; i < Bytes; ++i) value |= std::to_integer<uint64_t>(rest_[i]) << (8 * i);
    rest_ = rest_.subspan(Bytes);
    return value;
  }
  std::span<const std::byte> rest_;
  bool as_expected_ = true;
};

template <class Visit, class U>
void common_part(Visit& visit, U& unit, uint64_t& size) {
  visit.template constant<4>(revision);
  visit.template constant<4>(static_cast<uint64_t>(md::UnitType::MD_METARAID));
  visit(as<4>(unit.un_status));
  visit(as<4>(unit.un_self_id));
  visit(as<4>(unit.un_record_id));
  visit(as<8>(size));
  visit(as<4>(unit.un_flag));
  visit(as<8>(unit.un_total_blocks));
  visit(as<8>(unit.un_actual_tb));
  visit.template constant<4>(0);  // un_vtoc_id
  visit(as<4>(unit.un_capabilities));
  visit(as<4>(unit.un_parent));
}

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
  Writer writer(out);
  common_part(writer, unit, size);
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
  Reader reader(bytes);
  common_part(reader, unit, size);
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
