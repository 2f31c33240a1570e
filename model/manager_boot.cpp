// The way from a dead host to units that can be opened (spec/decisions.md D-02, spec/metadevice.md 12.3).
#include <algorithm>

#include "model/manager.h"

namespace raidsim {

using md::RecordId;

bool Manager::boot() {
  system_.halted = false;
  system_.start_daemons();
  system_.hot_spares = &pools_;
  for (md::UnitDriver* driver : system_.drivers()) driver->attach();
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

// Most recently registered first: RAID-5, stripes, soft partitions (D-02).
void Manager::snarf_units(std::vector<std::vector<RecordId>>& to_commit, std::vector<RecordId>& to_remove) {
  const auto& drivers = system_.drivers();
  for (auto driver = drivers.rbegin(); driver != drivers.rend(); ++driver) snarf_units(**driver, to_commit, to_remove);
}

void Manager::snarf_units(md::UnitDriver& driver, std::vector<std::vector<RecordId>>& to_commit,
                          std::vector<RecordId>& to_remove) {
  std::vector<const statedb::StoredRecord*> records;
  for (const statedb::StoredRecord& record : database_.loaded()) {
    if (record.type == driver.records) records.push_back(&record);
  }
  std::stable_sort(records.begin(), records.end(),
                   [&](const auto* a, const auto* b) { return driver.extent(*a) > driver.extent(*b); });
  for (const statedb::StoredRecord* const record : records) {
    md::Snarfed snarfed = driver.snarf(*record);
    if (snarfed.clean_up) to_remove.push_back(record->id);
    if (!snarfed.unit) continue;
    const md::Minor minor = snarfed.unit->minor;
    system_.set_nblocks(minor, snarfed.unit->header().un_total_blocks);  // MD-09
    if (!snarfed.to_commit.empty()) to_commit.push_back(std::move(snarfed.to_commit));
    database_.set_owner(record->id, snarfed.unit.get());
    system_.install(std::move(snarfed.unit));
  }
}

std::vector<hotspare::SpareUse> Manager::spare_uses() const {
  std::vector<hotspare::SpareUse> uses;
  for (const md::UnitFrame* each : system_.unit_list()) uses.push_back(system_.driver(each->type).spare_use(*each));
  return uses;
}

// One after the other, going on after an error; on a stale set each answers MDE_DB_STALE.
void Manager::set_sync_all() {
  std::vector<md::UnitFrame*> units = system_.unit_list();
  std::sort(units.begin(), units.end(), [](const auto* a, const auto* b) { return a->minor < b->minor; });
  for (const md::UnitFrame* unit : units) {
    md::UnitDriver& driver = system_.driver(unit->type);
    const md::Minor minor = unit->minor;
    static_cast<void>(ioctl([&] { return driver.set_sync(minor); }));
  }
}

}  // namespace raidsim
