// model/raid/replay.cpp
#include "model/raid/replay.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/assert.h"
#include "model/raid/init_pw_area.h"
#include "model/raid/replay_plan.h"
#include "model/raid/state.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;

/// One replay of one unit; the unit lock (W) and the open/close flag are held throughout.
class Replay {
 public:
  Replay(RaidUnit& unit, const WriteHold& held)
      : unit_(unit), held_(held), slot_(unit.un.un_iosize * block_bytes), written_(unit.un.columns.size()) {}

  ReplayResult run() {
    const bool again = unit_.un.has(MD_UN_REPLAYED);  // of logs that are kept (D-17): homes of all others are in order
    unit_.un.un_status &= ~uint32_t{MD_UN_REPLAYED};
    ReplayResult result = collect();
    if (result == ReplayResult::SUCCESS) result = replay_elements();
    if (result == ReplayResult::SUCCESS) result = make_durable();
    unit_.un.un_pwid = std::max<uint64_t>(unit_.un.un_pwid, static_cast<uint64_t>(largest_id_));  // RH-11
    if (result == ReplayResult::SUCCESS) return finish();
    RAIDSIM_SOMETIMES(!again, "replay: abandoned, a second column erred");
    RAIDSIM_SOMETIMES(again, "replay: of kept logs abandoned, the unit stays replayed");
    unit_.un.un_status |= again ? MD_UN_REPLAYED : MD_UN_REPLAY_ABANDONED;
    return result;
  }

 private:
  [[nodiscard]] bool up(ColumnIndex col) const { return up_for_replay(unit_.column(col)); }
  [[nodiscard]] ColumnIndex columns() const { return ColumnIndex{unit_.un.columns.size()}; }
  [[nodiscard]] uint64_t slot_block(const LogEntry& entry) const {
    return unit_.column(entry.column).now.pwstart + entry.slot.value * unit_.un.un_iosize;
  }

  /// Replay I/O error (raid-replay.md 2): COMPREPLAY goes on without the column, READONLY abandons.
  ReplayResult io_error(ColumnIndex col, bool home_write) {
    if (unit_.system.stale()) return ReplayResult::READONLY;
    set_state(unit_, held_, col, RCS_ERRED);
    if (home_write) note_missed_home_write(unit_.un, col);
    unit_.commit(held_);
    const bool beyond = unit_.un.un_state == RUS_LAST_ERRED;
    RAIDSIM_SOMETIMES(!beyond, "replay: goes on without a column that erred");
    if (beyond) unit_.event(EventSubclass::ESC_SVM_LASTERRED);
    if (unit_.un.un_state == RUS_ERRED) unit_.event(EventSubclass::ESC_SVM_ERRED);
    return beyond ? ReplayResult::READONLY : ReplayResult::COMPREPLAY;
  }

  ReplayResult collect() {
    for (SlotIndex slot{0}; slot.value < unit_.un.un_pwcnt; ++slot) {
      for (ColumnIndex col{0}; col < columns(); ++col) {
        if (!up(col)) continue;
        if (look_at(col, slot) == ReplayResult::READONLY) return ReplayResult::READONLY;
      }
    }
    return ReplayResult::SUCCESS;
  }

  ReplayResult look_at(ColumnIndex col, SlotIndex slot) {
    LogEntry entry{.header = {}, .column = col, .slot = slot};
    if (unit_.read_sync(col, Target::now, slot_block(entry), 1, slot_.data()) != 0) return io_error(col, false);
    entry.header = decode_header(ConstHeaderBlock(slot_.data(), block_bytes));
    if (!plausible(entry.header, unit_.un, col)) return ReplayResult::SUCCESS;
    bool good = false;
    const ReplayResult result = read_payload(entry, good);  // RH-08: the checksum covers the payload
    if (result != ReplayResult::SUCCESS) return result;
    RAIDSIM_SOMETIMES(!good, "replay: an entry whose payload is torn is left alone");
    if (!good) return ReplayResult::SUCCESS;
    largest_id_ = std::max(largest_id_, entry.header.rpw_id);
    entries_.push_back(entry);
    return ReplayResult::SUCCESS;
  }

  [[nodiscard]] std::span<const std::byte> payload(const LogEntry& entry) const {
    return {slot_.data() + block_bytes, size_t{entry.header.rpw_blkcnt} * block_bytes};
  }

  /// "Read payload" into the slot buffer: `good` when read and its checksums hold.
  ReplayResult read_payload(const LogEntry& entry, bool& good) {
    good = false;
    if (!up(entry.column)) return ReplayResult::COMPREPLAY;
    const auto blocks = static_cast<uint32_t>(unit_.un.un_iosize);
    if (unit_.read_sync(entry.column, Target::now, slot_block(entry), blocks, slot_.data()) != 0) {
      return io_error(entry.column, false);
    }
    const PreWriteHeader there = decode_header(ConstHeaderBlock(slot_.data(), block_bytes));
    good = there == entry.header && checksums_match(entry.header, payload(entry));
    return ReplayResult::SUCCESS;
  }

  /// "Write payload" of a half whose payload is read again.
  ReplayResult write_home(const LogEntry& entry) {
    bool good = false;
    const ReplayResult read = read_payload(entry, good);
    if (read != ReplayResult::SUCCESS || !good) return read;
    const uint64_t block = unit_.column(entry.column).now.devstart + entry.header.rpw_blkno;
    written_[entry.column.value] = true;
    RAIDSIM_SOMETIMES(true, "replay: a logged write goes home");
    if (unit_.write_sync(entry.column, Target::now, block, entry.header.rpw_blkcnt, payload(entry).data()) != 0) {
      return io_error(entry.column, true);
    }
    return ReplayResult::SUCCESS;
  }

  /// What is left of an entry depends on which columns are up. On a STALE set no record keeps that for the boot that
  /// replays again: it would undo half of what this one did. So there all are up, or nothing is replayed.
  [[nodiscard]] bool can_be_repeated() const {
    const auto& all = unit_.un.columns;
    return !unit_.system.stale() || entries_.empty() ||
           std::all_of(all.begin(), all.end(), [](const Column& column) { return up_for_replay(column); });
  }

  ReplayResult replay_elements() {
    if (!can_be_repeated()) return ReplayResult::READONLY;
    for (const ReplayElement& element : group_entries(entries_, unit_.un)) {
      if (replay_element(element) == ReplayResult::READONLY) return ReplayResult::READONLY;
    }
    return ReplayResult::SUCCESS;
  }

  ReplayResult replay_element(const ReplayElement& element) {
    std::vector<HalfState> halves(element.halves.size());
    for (size_t i = 0; i < halves.size(); ++i) {
      if (read_payload(element.halves[i], halves[i].good) == ReplayResult::READONLY) return ReplayResult::READONLY;
    }
    // Reading may have erred a column: who is up is asked when all of it is done.
    const auto columns_up = std::make_unique<bool[]>(unit_.un.columns.size());
    for (ColumnIndex col{0}; col < columns(); ++col) columns_up[col.value] = up(col);
    for (size_t i = 0; i < halves.size(); ++i) {
      halves[i].up = up(element.halves[i].column);
      halves[i].good = halves[i].good && halves[i].up;
    }
    const std::span<const bool> ups(columns_up.get(), unit_.un.columns.size());
    for (const size_t half : halves_to_write(element, halves, ups)) {
      if (write_home(element.halves[half]) == ReplayResult::READONLY) return ReplayResult::READONLY;
    }
    return ReplayResult::SUCCESS;
  }

  /// RH-12.5: payloads before any log is touched.
  ReplayResult make_durable() {
    for (ColumnIndex col{0}; col < columns(); ++col) {
      if (!written_[col.value] || !up(col) || unit_.flush_sync(col, Target::now) == 0) continue;
      if (io_error(col, true) == ReplayResult::READONLY) return ReplayResult::READONLY;
    }
    return ReplayResult::SUCCESS;
  }

  /// D-17: the log gave the column every write it missed.
  void bring_back() {
    bool changed = false;
    for (ColumnIndex col{0}; col < columns(); ++col) {
      Column& column = unit_.column(col);
      if (column.un_devstate != RCS_LAST_ERRED || !up(col) || !column.has(MD_RAID_LOG_COMPLETE)) continue;
      column.un_devflags &= ~uint32_t{MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE};
      set_state(unit_, held_, col, RCS_OKAY);
      changed = true;
    }
    RAIDSIM_SOMETIMES(changed, "replay: a complete log brings a last-errored column back");
    if (!changed) return;
    recompute_state(unit_, held_);
    unit_.commit(held_);
  }

  ReplayResult finish() {
    unit_.un.un_status &= ~uint32_t{MD_UN_REPLAY_ABANDONED};  // every payload is home
    bring_back();
    if (unit_.system.stale()) {  // no record says which column erred here: the boot that can will replay again
      unit_.un.un_status |= MD_UN_REPLAYED;
      return ReplayResult::SUCCESS;
    }
    ReplayResult result = ReplayResult::SUCCESS;
    for (ColumnIndex col{0}; col < columns(); ++col) {
      if (!up(col) || init_pw_area(unit_, col, Target::now) == 0) continue;
      if (io_error(col, false) == ReplayResult::READONLY) result = ReplayResult::READONLY;
    }
    RAIDSIM_SOMETIMES(result != ReplayResult::SUCCESS, "replay: all is home, a log cannot be cleared");
    // A last-errored column whose log could not be cleared comes back at the next first open, which replays again.
    if (result == ReplayResult::SUCCESS) unit_.un.un_status |= MD_UN_REPLAYED;
    return result;
  }

  RaidUnit& unit_;
  const WriteHold& held_;
  std::vector<std::byte> slot_;
  std::vector<bool> written_;
  std::vector<LogEntry> entries_;
  int64_t largest_id_ = 0;
};

}  // namespace

ReplayResult raid_replay(RaidUnit& unit, const WriteHold& held) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));
  return Replay(unit, held).run();
}

}  // namespace raidsim::raid
