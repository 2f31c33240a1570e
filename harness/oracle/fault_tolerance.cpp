#include "harness/oracle/fault_tolerance.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "harness/invariants/log_entry.h"
#include "harness/oracle/device_trouble.h"
#include "model/raid/layout.h"

namespace raidsim::harness {
namespace {

std::string names(const std::vector<uint32_t>& columns) {
  std::string out;
  for (const uint32_t c : columns) out += fmt::format("{}{}", out.empty() ? "" : ", ", c);
  return out;
}

}  // namespace

FaultTolerance::FaultTolerance(disk::DiskBay& bay, const DiskRoles& roles, const StateWatch& watch,
                               const ProtocolPoints& points, const UnitLookup& units, std::vector<md::Minor> minors)
    : bay_(bay),
      roles_(roles),
      watch_(watch),
      points_(points),
      units_(units),
      minors_(std::move(minors)),
      tainted_(minors_.size()) {}

uint32_t FaultTolerance::index_of(md::Minor minor) const {
  const auto it = std::find(minors_.begin(), minors_.end(), minor);
  return static_cast<uint32_t>(it - minors_.begin());
}

bool FaultTolerance::device_unusable(DeviceNumber device, uint64_t first_block, uint64_t blocks, SimTime began) const {
  const uint64_t at = roles_.disk_block(device, first_block);
  return blocks_unusable(bay_, points_, roles_.disk_of(device), at, blocks, began);
}

// A resync that ends takes its line back before the states change, so the unit itself is asked.
const raid::Unit& FaultTolerance::present(uint32_t unit) const {
  const raid::RaidUnit* live = units_.unit(unit);
  return live != nullptr ? live->un : watch_.last_seen(unit);
}

bool FaultTolerance::column_unusable(uint32_t unit, uint32_t column, uint64_t line, SimTime began) const {
  const raid::Unit& u = present(unit);
  const raid::Column& c = u.columns[column];
  if (watch_.last_unusable(unit, column) >= began) {
    // A column under rebuild serves the lines below the resync line, if it did so all the time: a read takes
    // no notice of the resync, which may have passed the line meanwhile.
    const bool rebuilt = c.weak() && line < u.un_resync_line_index && line < watch_.resync_line_at(unit, began);
    if (!rebuilt) return true;
  }
  return device_unusable(c.now.dev, c.now.devstart + line * u.un_segsize, u.un_segsize, began);
}

std::vector<uint32_t> FaultTolerance::unusable_columns(uint32_t unit, uint64_t line, SimTime began) const {
  std::vector<uint32_t> out;
  for (uint32_t c = 0; c < watch_.last_seen(unit).columns.size(); ++c) {
    if (column_unusable(unit, c, line, began)) out.push_back(c);
  }
  return out;
}

std::string FaultTolerance::excuse_for_error(md::Minor minor, SimTime began, md::BufferOp op, uint64_t block,
                                             uint32_t blocks, int error) const {
  const uint32_t unit = index_of(minor);
  const raid::Unit& u = watch_.last_seen(unit);
  if (u.columns.empty()) return "the unit never came up";
  if (op == md::BufferOp::write && error == EIO && watch_.last_last_errored(unit) >= began) {
    return "the unit is last errored: writes are refused";
  }
  const raid::RaidUnit* live = units_.unit(unit);
  if (op == md::BufferOp::write && error == EROFS && live != nullptr && live->system.stale()) {
    return "the state database is stale";
  }
  if (op == md::BufferOp::read && error == EIO && live != nullptr && live->system.stale() &&
      live->un.has(raid::MD_UN_REPLAY_ABANDONED)) {
    return "the state database is stale: a replay that lost a column cannot be recorded";
  }
  if (error != EIO && error != ENXIO) return {};
  const raid::Geometry geometry = raid::geometry_of(u);
  for (uint64_t b = block; b < block + blocks; b += geometry.segment_blocks - b % geometry.segment_blocks) {
    const uint64_t line = raid::place_of_block(b, geometry).segment.line.value;
    const auto bad = unusable_columns(unit, line, began);
    if (bad.size() > 1) return fmt::format("line {} is beyond tolerance: columns {} are unusable", line, names(bad));
  }
  return {};
}

std::string FaultTolerance::excuse_for_content(md::Minor minor, uint64_t block) const {
  const uint32_t unit = index_of(minor);
  const raid::Unit& u = watch_.last_seen(unit);
  if (u.columns.empty()) return {};
  return excuse_for_row(unit, raid::place_of_block(block, raid::geometry_of(u)).row.value);
}

std::string FaultTolerance::excuse_for_row(uint32_t unit, uint64_t row) const {
  absorb_damage();
  for (const Tainted& tainted : tainted_[unit]) {
    if (row >= tainted.first_row && row < tainted.end_row) return fmt::format("{} (row {})", tainted.by, row);
  }
  return {};
}

namespace {

constexpr bool lies(uint8_t number) {
  return (number >= 10 && number <= 17) || (number >= 20 && number <= 24) || number == 28;
}

template <class Value>
Value field(const std::byte* header, size_t offset) {
  Value value{};
  std::memcpy(&value, header + offset, sizeof value);
  return value;
}

}  // namespace

// The harness's own reading of a log header (raid-data-model.md 6.2, D-06): rpw_blkno, rpw_blkcnt.
void FaultTolerance::on_issue(const ClassifiedTransfer& transfer) {
  if (transfer.kind != scenarios::RequestKind::log_write || transfer.view.data == nullptr) return;
  const auto row = field<uint64_t>(transfer.view.data, 12);
  const auto count = field<uint32_t>(transfer.view.data, 20);
  auto& entries = log_[{transfer.view.disk, transfer.view.block}];
  entries[1] = entries[0];
  entries[0] = {transfer.place.unit, row, row + count, count + 1};
}

void FaultTolerance::on_fault(const disk::FaultBite& bite) {
  if (bite.liar) taint(bite.disk, bite.block, bite.blocks, fmt::format("F{:02}", bite.number));
}

void FaultTolerance::absorb_damage() const {
  absorbed_.resize(bay_.size());
  for (disk::DiskIndex d = 0; d < bay_.size(); ++d) {
    const auto& history = bay_[d].damage().history();
    for (size_t& i = absorbed_[d]; i < history.size(); ++i) {
      if (lies(history[i].fault_number))
        taint(d, history[i].block, history[i].blocks, fmt::format("F{:02}", history[i].fault_number));
    }
  }
}

void FaultTolerance::taint(uint32_t disk, uint64_t block, uint64_t blocks, const std::string& by) const {
  for (uint64_t b = block; b < block + blocks; ++b) {
    const Place place = roles_.find(disk, b);
    if (place.role == Role::data) taint_rows(place.unit, place.offset, place.offset + 1, by);
    if (place.role == Role::log) taint_log(disk, b, by);
  }
}

void FaultTolerance::taint_log(uint32_t disk, uint64_t block, const std::string& by) const {
  auto it = log_.upper_bound({disk, block});
  if (it == log_.begin()) return;
  --it;
  for (const LogEntry& entry : it->second) {
    if (it->first.first != disk || block >= it->first.second + entry.blocks) continue;
    taint_rows(entry.unit, entry.first_row, entry.end_row, by);
  }
  if (by != "F24" || it->first.first != disk || it->first.second != block) return;
  // The card has put an entry of long ago back into the slot, which a replay may take (F24b).
  std::array<std::byte, block_bytes> bytes;
  bay_[disk].peek(block, 1, bytes.data());
  const LogEntryHeader old = read_log_header(bytes.data());
  const uint32_t unit = it->second[0].unit;
  const uint64_t rows = watch_.last_seen(unit).rows();
  if (old.row < rows && old.blocks <= rows - old.row) taint_rows(unit, old.row, old.row + old.blocks, by);
}

void FaultTolerance::taint_rows(uint32_t unit, uint64_t first, uint64_t end, const std::string& by) const {
  auto& list = tainted_[unit];
  const bool known =
      std::any_of(list.begin(), list.end(), [&](const Tainted& t) { return t.first_row <= first && end <= t.end_row; });
  if (known) return;
  if (!list.empty() && list.back().by == by && list.back().end_row == first) {
    list.back().end_row = end;
  } else {
    list.push_back({first, end, by});
  }
}

}  // namespace raidsim::harness
