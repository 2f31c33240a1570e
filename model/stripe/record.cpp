#include "model/stripe/record.h"

#include "engine/assert.h"
#include "model/stripe/layout.h"

namespace raidsim::stripe {
namespace {

using md::as;

template <class Visit, class U>
void stripe_part(Visit& visit, U& unit, uint64_t& rows, uint64_t& components_at) {
  visit(as<4>(unit.un_hsp_id));
  visit(as<4>(rows));
  visit(as<4>(components_at));
}

template <class Visit, class R>
void row_part(Visit& visit, R& row) {
  visit(as<4>(row.un_icomp));
  visit(as<4>(row.un_ncomp));
  visit(as<8>(row.un_blocks));
  visit(as<8>(row.un_cum_blocks));
  visit(as<8>(row.un_interlace));
}

template <class Visit, class C>
void component_part(Visit& visit, C& component) {
  visit(as<4>(component.un_key));
  visit(as<8>(component.un_dev));
  visit(as<8>(component.un_start_block));
  auto& shared = component.un_mirror;
  visit(as<4>(shared.ms_flags));
  visit(as<4>(shared.ms_state));
  visit(as<4>(shared.ms_lasterrcnt));
  visit(as<8>(shared.ms_orig_dev));
  visit(as<8>(shared.ms_orig_blk));
  visit(as<4>(shared.ms_hs_key));
  visit(as<4>(shared.ms_hs_id));
  visit(as<8>(shared.ms_timestamp_ns));
}

}  // namespace

void encode_record(const Unit& unit, std::vector<std::byte>& out) {
  uint64_t rows = unit.rows.size();
  uint64_t components_at = components_offset(unit.rows.size());
  uint64_t size = record_bytes(unit.rows.size(), unit.components.size());
  const size_t begin = out.size();
  out.reserve(begin + size);
  md::FieldWriter writer(out);
  md::common_part(writer, unit, size, md::UnitType::MD_DEVICE);
  stripe_part(writer, unit, rows, components_at);
  for (const Row& row : unit.rows) row_part(writer, row);
  for (const Component& component : unit.components) component_part(writer, component);
  RAIDSIM_ASSERT(out.size() - begin == size);
}

std::optional<Unit> decode_record(std::span<const std::byte> bytes, const char*& why) {
  why = "size";
  if (bytes.size() < record_bytes(0, 0)) return std::nullopt;
  Unit unit;
  uint64_t size = 0, rows = 0, components_at = 0;
  md::FieldReader reader(bytes);
  md::common_part(reader, unit, size, md::UnitType::MD_DEVICE);
  stripe_part(reader, unit, rows, components_at);
  if (!reader.as_expected()) {
    why = "revision or type";
    return std::nullopt;
  }
  rows &= UINT32_MAX;  // they were read as signed numbers
  components_at &= UINT32_MAX;
  const bool rows_fit = rows <= bytes.size() / record_row_bytes && components_at == components_offset(rows);
  if (size != bytes.size() || !rows_fit || components_at > size) return std::nullopt;
  if ((size - components_at) % record_component_bytes != 0) return std::nullopt;
  unit.rows.resize(rows);
  for (Row& row : unit.rows) row_part(reader, row);
  unit.components.resize((size - components_at) / record_component_bytes);
  for (Component& component : unit.components) component_part(reader, component);
  why = broken_structure(unit);
  if (why != nullptr) return std::nullopt;
  return unit;
}

}  // namespace raidsim::stripe
