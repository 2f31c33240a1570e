// The way from a dead host to units that can be opened (spec/decisions.md D-02, spec/metadevice.md 12.3).
#include <algorithm>

#include "model/manager.h"
#include "model/raid/admin/set_sync.h"
#include "model/raid/snarf.h"

namespace raidsim {

using md::RecordId;

bool Manager::boot() {
  system_.halted = false;
  system_.start_daemons();
  system_.hot_spares = &pools_;
  hot_spare_daemon_.publish();
  if (!database_.load() || !snarf()) return false;
  set_sync_all();
  return true;
}

// Of a minority, the records may be older than what was acknowledged: a column that is okay by them may have missed
// writes since. So no unit and no pool comes out of them (docs/decisions/0034); the set is there to be looked at, and
// to have its lost replicas deleted.
bool Manager::snarf() {
  if (!system_.names.snarf()) return false;
  if (system_.stale()) {
    system_.snarfed = true;
    return true;
  }
  system_.snarfing = true;  // the snarf interlock: nobody else is here yet
  database_.set_snarfing(true);
  pools_.snarf();
  std::vector<std::vector<RecordId>> to_commit;
  std::vector<RecordId> to_remove = database_.never_committed();  // DB-S3
  snarf_units(to_commit, to_remove);
  pools_.make_consistent(spare_uses());  // SNH-01
  if (!system_.stale()) {
    for (const auto& group : to_commit) static_cast<void>(database_.commit(group));
    static_cast<void>(database_.remove(to_remove));
  }
  pools_.snarf_committed();
  database_.set_snarfing(false);
  system_.search_from_first_free();
  system_.snarfing = false;
  system_.snarfed = true;
  return true;
}

void Manager::snarf_units(std::vector<std::vector<RecordId>>& to_commit, std::vector<RecordId>& to_remove) {
  for (const statedb::StoredRecord& record : database_.loaded()) {
    if (record.type != statedb::RecordType::raid) continue;
    raid::Snarfed snarfed = raid::raid_snarf(system_, record);
    if (snarfed.clean_up) to_remove.push_back(record.id);
    if (!snarfed.unit) continue;
    const md::Minor minor = snarfed.unit->minor;
    system_.set_nblocks(minor, snarfed.unit->un.un_total_blocks);  // MD-09
    to_commit.push_back(std::move(snarfed.to_commit));
    database_.set_owner(record.id, snarfed.unit.get());
    system_.install(std::move(snarfed.unit));
  }
}

std::vector<hotspare::SpareUse> Manager::spare_uses() const {
  std::vector<hotspare::SpareUse> uses;
  for (const raid::RaidUnit* each : view().units()) {
    hotspare::SpareUse use{.unit = each->minor, .pool = each->un.un_hsp_id, .spares = {}};
    for (const raid::Column& column : each->un.columns) {
      if (column.hot_spared()) use.spares.push_back(column.un_hs_id);
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

// One after the other, going on after an error; on a stale set each answers MDE_DB_STALE.
void Manager::set_sync_all() {
  std::vector<md::Minor> minors;
  for (const md::UnitFrame* frame : system_.unit_list()) minors.push_back(frame->minor);
  std::sort(minors.begin(), minors.end());
  for (const md::Minor minor : minors) static_cast<void>(set_sync(minor));
}

}  // namespace raidsim
