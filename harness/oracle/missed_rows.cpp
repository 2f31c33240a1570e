#include "harness/oracle/missed_rows.h"

#include <iterator>

#include "harness/invariants/log_entry.h"

namespace raidsim::harness {
namespace {

using scenarios::RequestKind;

/// Not written by a write that goes to other columns.
bool out(const raid::Column& column) { return column.un_devstate != raid::RCS_OKAY && !column.copying(); }

bool data_write(const ClassifiedTransfer& t) { return t.view.op == IoOp::write && t.place.role == Role::data; }

}  // namespace

MissedRows::Device& MissedRows::device(uint32_t disk, uint32_t unit, uint64_t rows) {
  const auto [it, fresh] = devices_.try_emplace(disk);
  Device& known = it->second;
  if (!fresh && known.unit == unit && known.id == bay_[disk].id()) return known;
  known = {.unit = unit, .id = bay_[disk].id(), .rows = rows, .serves = known.serves, .missed = {}, .on_way = {}};
  known.missed.add(0, rows);
  return known;
}

void MissedRows::look(uint32_t unit, const raid::Unit& now) {
  if (unit >= seen_.size()) seen_.resize(unit + 1);
  const bool first = !seen_[unit];
  seen_[unit] = true;
  std::vector<uint32_t> serving;
  for (const raid::Column& column : now.columns) {
    for (const raid::DeviceGroup* group : {&column.now, &column.alt}) {
      const uint32_t disk = bay_.tree().disk_of(group->dev);
      if (group->dev == no_device || disk >= bay_.size()) continue;
      serving.push_back(disk);
      Device& known = device(disk, unit, now.rows());
      if (first) known.missed.clear();
      if (!first && !known.serves) known.missed.add(0, now.rows());  // whatever it held when it served before
    }
  }
  for (auto& [disk, known] : devices_) {
    if (known.unit == unit) known.serves = false;
  }
  for (const uint32_t disk : serving) devices_[disk].serves = true;
}

void MissedRows::issued(const ClassifiedTransfer& t, const raid::Unit& un) {
  if (t.kind == RequestKind::log_write && t.view.data != nullptr) {
    const LogEntryHeader entry = read_log_header(t.view.data);
    device(t.view.disk, t.place.unit, un.rows()).missed.add(entry.row, entry.row + entry.blocks);
  }
  if (!data_write(t)) return;
  const uint64_t first = t.place.offset, end = first + t.view.blocks;
  Device& written = device(t.view.disk, t.place.unit, un.rows());
  written.missed.remove(first, end);
  written.on_way[t.view.number].add(first, end);
  for (uint32_t c = 0; c < un.columns.size(); ++c) {
    const uint32_t disk = bay_.tree().disk_of(un.columns[c].now.dev);
    if (c == t.place.column || disk >= bay_.size() || !out(un.columns[c])) continue;
    device(disk, t.place.unit, un.rows()).missed.add(first, end);
  }
}

void MissedRows::durable(const ClassifiedTransfer& t, const raid::Unit& un) {
  if (!data_write(t)) return;
  auto& on_way = device(t.view.disk, t.place.unit, un.rows()).on_way;
  for (auto it = on_way.begin(); it != on_way.end() && it->first <= t.view.number;) {
    it->second.remove(t.place.offset, t.place.offset + t.view.blocks);
    it = it->second.empty() ? on_way.erase(it) : std::next(it);
  }
}

RowSet MissedRows::of(uint32_t unit, const raid::Unit& now, uint32_t column) {
  const uint32_t disk = bay_.tree().disk_of(now.columns[column].now.dev);
  if (disk >= bay_.size()) return {};
  const Device& known = device(disk, unit, now.rows());
  RowSet all = known.missed;
  for (const auto& [number, rows] : known.on_way) {
    for (const auto& [first, end] : rows.ranges()) all.add(first, end);
  }
  return all;
}

}  // namespace raidsim::harness
