#include "harness/invariants/committed.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {
namespace {

constexpr size_t common_bytes = 60, raid_bytes = 128, column_bytes = 116;

class Bytes {
 public:
  explicit Bytes(std::span<const std::byte> bytes) : rest_(bytes) {}
  uint64_t u64() { return number(8); }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  int32_t i32() { return static_cast<int32_t>(u32()); }
  void skip(size_t bytes) { rest_ = rest_.subspan(std::min(bytes, rest_.size())); }

 private:
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes && i < rest_.size(); ++i) value |= std::to_integer<uint64_t>(rest_[i]) << (8 * i);
    skip(bytes);
    return value;
  }
  std::span<const std::byte> rest_;
};

raid::Column read_column(Bytes& in) {
  raid::Column c;
  c.un_devstate = static_cast<raid::ColumnState>(in.u32());
  c.un_devflags = in.u32();
  c.un_devtimestamp_ns = static_cast<int64_t>(in.u64());
  c.orig.dev = in.u64();
  c.un_orig_key = in.u32();
  c.orig.pwstart = in.u64();
  c.orig.devstart = in.u64();
  c.now = {in.u64(), in.u64(), in.u64()};
  c.un_hs_id = in.i32();
  c.un_hs_key = in.u32();
  c.un_hs_pwstart = in.u64();
  c.un_hs_devstart = in.u64();
  c.alt = {in.u64(), in.u64(), in.u64()};
  return c;
}

/// Flags that mean something in a record: of a resync only while the column is RESYNC.
uint32_t durable_flags(const raid::Column& c) {
  uint32_t mask = raid::MD_RAID_MISSED_WRITE | raid::MD_RAID_LOG_COMPLETE | raid::MD_RAID_HAS_LABEL;
  if (c.un_devstate == raid::RCS_RESYNC)
    mask |= raid::MD_RAID_DEV_ERRED | raid::MD_RAID_COPY_RESYNC | raid::MD_RAID_REGEN_RESYNC;
  return c.un_devflags & mask;
}

bool same_column(const raid::Column& a, const raid::Column& b) {
  return a.un_devstate == b.un_devstate && durable_flags(a) == durable_flags(b) && a.un_orig_key == b.un_orig_key &&
         a.orig.pwstart == b.orig.pwstart && a.now.pwstart == b.now.pwstart && a.un_hs_id == b.un_hs_id &&
         a.un_hs_key == b.un_hs_key && a.un_hs_pwstart == b.un_hs_pwstart;
}

}  // namespace

std::optional<raid::Unit> read_unit_record(std::span<const std::byte> bytes) {
  if (bytes.size() < common_bytes + raid_bytes || (bytes.size() - common_bytes - raid_bytes) % column_bytes != 0)
    return std::nullopt;
  raid::Unit u;
  Bytes in(bytes);
  in.skip(8);  // revision, type
  u.un_status = in.u32();
  u.un_self_id = in.u32();
  u.un_record_id = in.i32();
  if (in.u64() != bytes.size()) return std::nullopt;
  u.un_flag = in.u32();
  u.un_total_blocks = in.u64();
  u.un_actual_tb = in.u64();
  in.skip(4);
  u.un_capabilities = in.u32();
  u.un_parent = in.u32();
  if (in.u32() != raid::RAID_UNMAGIC) return std::nullopt;
  u.un_state = static_cast<raid::UnitState>(in.u32());
  u.un_timestamp_ns = static_cast<int64_t>(in.u64());
  u.un_origcolumncnt = in.u32();
  u.un_totalcolumncnt = in.u32();
  u.un_segsize = in.u64();
  u.un_segsincolumn = in.u64();
  u.un_maxio = in.u64();
  u.un_iosize = in.u64();
  u.un_pwcnt = in.u32();
  u.un_pwsize = in.u64();
  u.un_pwid = in.u64();
  u.un_percent_done = in.u32();
  u.un_resync_copysize = in.u64();
  u.un_hsp_id = in.i32();
  u.un_resync_line_index = in.u64();
  u.un_resync_index = in.i32();
  in.skip(4);
  u.un_grow_tb = in.u64();
  u.un_init_colcnt = in.u32();
  u.un_init_iocnt = in.u64();
  if (bytes.size() != common_bytes + raid_bytes + u.un_totalcolumncnt * column_bytes) return std::nullopt;
  u.columns.reserve(u.un_totalcolumncnt);
  for (uint32_t c = 0; c < u.un_totalcolumncnt; ++c) u.columns.push_back(read_column(in));
  return u;
}

std::optional<CommittedSpare> read_spare_record(std::span<const std::byte> bytes) {
  constexpr size_t size = 8 + 4 + 8 + 4 + 8 + 4 + 8 + 4 + 4 + 4 + 8;
  if (bytes.size() != size) return std::nullopt;
  CommittedSpare spare;
  Bytes in(bytes);
  in.skip(8);
  spare.id = in.i32();
  in.skip(8);
  spare.key = in.u32();
  in.skip(8 + 4 + 8);
  spare.state = in.u32();
  return spare;
}

CommittedState read_committed(const std::map<md::RecordId, statedb::StoredRecord>& records) {
  CommittedState state;
  for (const auto& [id, record] : records) {
    if (record.type == statedb::RecordType::raid) {
      if (auto unit = read_unit_record(record.bytes)) state.units.push_back(std::move(*unit));
    } else if (record.type == statedb::RecordType::hot_spare) {
      if (auto spare = read_spare_record(record.bytes)) state.spares.push_back(*spare);
    }
  }
  return state;
}

std::string broken_reservations(const CommittedState& state) {
  for (const CommittedSpare& spare : state.spares) {
    uint32_t columns = 0;
    for (const raid::Unit& unit : state.units) {
      columns += static_cast<uint32_t>(std::count_if(unit.columns.begin(), unit.columns.end(),
                                                     [&](const raid::Column& c) { return c.un_hs_id == spare.id; }));
    }
    const bool reserved = spare.state == spare_reserved;
    if (columns > 1) return fmt::format("spare {} is recorded for {} columns", spare.id, columns);
    if (reserved && columns == 0)
      return fmt::format("spare {} is recorded as reserved, and no column has it", spare.id);
    if (!reserved && columns == 1)
      return fmt::format("spare {} is recorded for a column, but not as reserved", spare.id);
  }
  for (const raid::Unit& unit : state.units) {
    for (size_t c = 0; c < unit.columns.size(); ++c) {
      const raid::Column& column = unit.columns[c];
      const auto mine = [&](const CommittedSpare& s) { return s.id == column.un_hs_id && s.key == column.un_hs_key; };
      if (!column.hot_spared() || std::any_of(state.spares.begin(), state.spares.end(), mine)) continue;
      return fmt::format("column {} of unit {} has a spare that is not recorded", c, unit.un_self_id);
    }
  }
  return {};
}

std::string difference(const raid::Unit& unit, const raid::Unit& record) {
  if (unit.columns.size() != record.columns.size()) return "number of columns";
  if (unit.un_state != record.un_state) {
    return fmt::format("{} in core, {} in the record", word_of(unit.un_state), word_of(record.un_state));
  }
  if (unit.un_total_blocks != record.un_total_blocks || unit.un_grow_tb != record.un_grow_tb) return "size";
  if (unit.un_hsp_id != record.un_hsp_id) return "pool";
  for (size_t c = 0; c < unit.columns.size(); ++c) {
    const raid::Column& a = unit.columns[c];
    const raid::Column& b = record.columns[c];
    if (!same_column(a, b)) {
      return fmt::format("column {}: {} flags {:#x} in core, {} flags {:#x} in the record", c, word_of(a.un_devstate),
                         durable_flags(a), word_of(b.un_devstate), durable_flags(b));
    }
  }
  return {};
}

}  // namespace raidsim::harness
