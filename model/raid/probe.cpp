// model/raid/probe.cpp
#include "model/raid/probe.h"

#include <cerrno>
#include <vector>

#include "engine/assert.h"
#include "model/raid/column_device.h"
#include "model/raid/open_close.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;

class Probe {
 public:
  Probe(RaidUnit& unit, const WriteHold& held) : unit_(unit), held_(held) {}

  int run() {
    open_all();
    if (!unit_.is_open() && failed_.size() > 1) return refuse();
    bool touched = false;
    if (unit_.is_open()) {
      touched = err_open_unit();
    } else {
      touched = bring_back();
      touched = err_closed_unit() || touched;
    }
    if (touched) unit_.commit(held_);
    if (touched && !failed_.empty()) announce(failed_.back());
    close_all();
    return 0;
  }

 private:
  void open_all() {
    for (uint64_t i = 0; i < unit_.un.columns.size(); ++i) {
      if (!worth_opening(unit_.column(ColumnIndex{i})) || !open(ColumnIndex{i})) failed_.push_back(ColumnIndex{i});
    }
  }

  bool open(ColumnIndex col) {
    Column& column = unit_.column(col);
    const md::NameKey key = column.hot_spared() ? column.un_hs_key : column.un_orig_key;
    DeviceNumber number = unit_.system.names.md_resolve_bydevid(unit_.minor, column.now.dev, key);
    const DeviceTable::Opened opened = unit_.system.md_layered_open(
        unit_.minor, number, key, blocks_needed(unit_.un, column.now), md::MD_OFLG_CONT_ERRS | md::MD_OFLG_PROBEDEV);
    if (opened.device == nullptr) return false;
    column.un_devflags |= MD_RAID_DEV_PROBEOPEN;
    opened_.push_back({col, opened.device});
    return true;
  }

  void close_all() {
    for (const Opened& each : opened_) {
      unit_.column(each.column).un_devflags &= ~uint32_t{MD_RAID_DEV_PROBEOPEN};
      unit_.system.md_layered_close(*each.device, md::MD_OFLG_PROBEDEV);
    }
  }

  int refuse() {
    unit_.message(md::MessageId::OPEN_FAILED, unit_.column(failed_.back()).orig.dev);
    unit_.event(EventSubclass::ESC_SVM_OPEN_FAIL);
    close_all();
    unit_.ui_tstate |= md::MD_INACCESSIBLE;
    return ENXIO;
  }

  /// A column whose log may give back what it missed waits for the replay of a first open (D-17).
  bool bring_back() {
    bool changed = false;
    for (const Opened& each : opened_) {
      const Column& column = unit_.column(each.column);
      if (column.un_devstate != RCS_LAST_ERRED || column.has(MD_RAID_MISSED_WRITE)) continue;
      set_state(unit_, held_, each.column, RCS_OKAY);
      changed = true;
    }
    if (changed && (unit_.un.un_state & (RUS_ERRED | RUS_LAST_ERRED)) != 0) recompute_state(unit_, held_);
    return changed;
  }

  bool err_closed_unit() { return !failed_.empty() && err(failed_.front()); }

  bool err_open_unit() {
    bool changed = false;
    for (const ColumnIndex col : failed_) {
      if (unit_.un.un_state == RUS_LAST_ERRED) break;
      changed = err(col) || changed;
    }
    return changed;
  }

  bool err(ColumnIndex col) {
    if ((unit_.column(col).un_devstate & (RCS_ERRED | RCS_LAST_ERRED)) != 0) return false;
    RAIDSIM_SOMETIMES(unit_.is_open(), "probe: a column that nobody has used since is found to be gone");
    set_state(unit_, held_, col, RCS_ERRED);
    return true;
  }

  void announce(ColumnIndex col) {
    const ColumnState state = unit_.column(col).un_devstate;
    if (state == RCS_ERRED) unit_.event(EventSubclass::ESC_SVM_ERRED);
    if (state == RCS_LAST_ERRED) unit_.event(EventSubclass::ESC_SVM_LASTERRED);
  }

  struct Opened {
    ColumnIndex column;
    BlockDevice* device;
  };
  RaidUnit& unit_;
  const WriteHold& held_;
  std::vector<Opened> opened_;
  std::vector<ColumnIndex> failed_;
};

}  // namespace

int raid_probe_dev(RaidUnit& unit, const WriteHold& held) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));
  if ((unit.un.un_state & (RUS_LAST_ERRED | RUS_INIT | RUS_DOI)) != 0) return 0;
  unit.ui_tstate &= ~uint32_t{md::MD_INACCESSIBLE};
  return Probe(unit, held).run();
}

}  // namespace raidsim::raid
