// INV-M: slots, lists, records and sizes of units, open devices, and what a halt leaves (metadevice.md 15).
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <set>

#include "harness/invariants/committed.h"
#include "harness/invariants/core_rules.h"
#include "harness/invariants/families.h"
#include "harness/world/disk_roles.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

constexpr uint64_t MD_MAX_BLKS_FOR_SMALL_DEVS = 2147483647;  // the judge's own, by metadevice.md 1.1 and 3.1
constexpr uint32_t MD_EFILABEL = 0x2;

CoreTable table_of(const View& view) {
  const md::System& system = view.system();
  CoreTable table{.units = {},
                  .listed = static_cast<uint32_t>(system.unit_list().size()),
                  .s_un_avail = system.s_un_avail(),
                  .s_un_next = system.s_un_next(),
                  .size_map = &system.size_map(),
                  .committed = &view.committed()};
  for (md::Minor slot = 0; slot < md::md_maxunits; ++slot) {
    const md::UnitFrame* frame = system.unit(slot);
    if (frame == nullptr) continue;
    Installed row{.slot = slot, .minor = frame->minor, .exclusive = frame->is_exclusive()};
    row.in_list = static_cast<uint32_t>(std::count(system.unit_list().begin(), system.unit_list().end(), frame));
    for (uint8_t how = 0; how < md::OTYPCNT; ++how) row.user_opens += frame->open_count(static_cast<md::OpenType>(how));
    row.un = &frame->header();
    table.units.push_back(row);
  }
  return table;
}

class CoreRule final : public NamedInvariant {
 public:
  CoreRule(const InvariantInfo& info, Broken (*ask)(const CoreTable&))
      : NamedInvariant(info, at_quiescence | at_restart), ask_(ask) {}
  void on_restart(const Judgement& judgement) override { look(judgement); }
  void on_quiescent(const Judgement& judgement) override { look(judgement); }

 private:
  void look(const Judgement& judgement) {
    const Machine* machine = judgement.world().machine();
    if (machine == nullptr || !machine->manager().view().system().snarfed) return;
    const View view = machine->manager().view();
    if (view.system().ioctl_lock.owned() || view.system().md_unit_array_rw.write_held()) return;  // a change is on
    const Broken broken = ask_(table_of(view));
    if (!broken.empty()) judgement.broken("units", broken);
  }
  Broken (*ask_)(const CoreTable&);
};

/// INV-M16, of the slices that units use; the database keeps its own (slice 7) open.
class OpensAreCounted final : public NamedInvariant {
 public:
  OpensAreCounted()
      : NamedInvariant({"INV-M16", When::quiescent, "a device is open as often as columns have it open"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    if (world.machine() == nullptr) return;
    std::map<DeviceNumber, uint32_t> wanted;
    for (const raid::RaidUnit* unit : world.machine()->manager().view().units()) {
      for (const raid::Column& column : unit->un.columns) {
        if (column.has(raid::MD_RAID_DEV_ISOPEN)) ++wanted[column.now.dev];
        if (column.has(raid::MD_RAID_ALT_ISOPEN)) ++wanted[column.alt.dev];
      }
    }
    for (const stripe::StripeUnit* unit : world.machine()->manager().view().stripes()) {
      for (const stripe::Component& component : unit->un.components) {
        if (component.has(stripe::MDM_S_ISOPEN)) ++wanted[component.un_dev];
        if (component.has(stripe::MDM_S_PROBEOPEN)) ++wanted[component.un_dev];
      }
    }
    for (uint32_t disk = 0; disk < world.bay().size(); ++disk) {
      const DeviceNumber device = disk_slice(disk, 0);
      const uint32_t opens = world.machine()->driver().open_count(device);
      if (opens == wanted[device]) continue;
      const std::string& name = world.scenario().disks[disk].name;
      judgement.broken(name, fmt::format("{} is open {} times for {} columns", name, opens, wanted[device]));
    }
  }
};

/// INV-M19. A host that never attached is halted, too.
class HaltedIsEmpty final : public NamedInvariant {
 public:
  HaltedIsEmpty()
      : NamedInvariant({"INV-M19", When::always, "a halted volume manager has no worker, unit, pool or database"},
                       at_host_death) {}
  void on_host_died(const Judgement& judgement) override {
    const Machine* machine = judgement.world().machine();
    if (machine == nullptr || !machine->manager().view().system().halted) return;
    const View view = machine->manager().view();
    const auto tell = [&](const char* what) { judgement.broken("halt", fmt::format("halted, and there is {}", what)); };
    if (view.system().live_daemons() != 0) tell("a worker");
    if (!view.system().unit_list().empty() || !view.system().size_map().empty()) tell("a unit");
    if (!view.pools().empty() || !view.spares().empty()) tell("a pool");
    if (view.loaded_database()) tell("a database");
  }
};

}  // namespace

Broken broken_identity(const CoreTable& table) {
  for (const Installed& unit : table.units) {
    if (unit.minor != unit.slot) return fmt::format("unit {} lies in slot {}", unit.minor, unit.slot);
    if (unit.un != nullptr && unit.un->un_self_id != unit.slot) {
      return fmt::format("unit {} calls itself {}", unit.slot, unit.un->un_self_id);
    }
  }
  return {};
}

Broken broken_list(const CoreTable& table) {
  for (const Installed& unit : table.units) {
    if (unit.in_list != 1) return fmt::format("unit {} is on its module's list {} times", unit.slot, unit.in_list);
  }
  const size_t units = table.units.size();
  return table.listed == units ? Broken{} : fmt::format("{} on the list, {} installed", table.listed, units);
}

/// The judge's own reading of the common part (D-06): un_self_id behind revision, type and status.
static std::optional<md::Minor> self_id_in(std::span<const std::byte> record) {
  constexpr size_t at = 12;
  if (record.size() < at + 4) return std::nullopt;
  md::Minor minor = 0;
  for (size_t i = 0; i < 4; ++i) minor |= std::to_integer<md::Minor>(record[at + i]) << (8 * i);
  return minor;
}

Broken broken_records(const CoreTable& table) {
  std::set<md::RecordId> used;
  for (const Installed& unit : table.units) {
    if (unit.un == nullptr) continue;
    const md::RecordId id = unit.un->un_record_id;
    if (!used.insert(id).second) return fmt::format("unit {} shares record {}", unit.slot, id);
    const auto found = table.committed->find(id);
    if (found == table.committed->end()) return fmt::format("unit {} has no record", unit.slot);
    const bool stripe = unit.un->un_type == md::UnitType::MD_DEVICE;
    const auto type = stripe ? statedb::RecordType::stripe : statedb::RecordType::raid;
    if (found->second.type != type || self_id_in(found->second.bytes) != unit.slot) {
      return fmt::format("record {} is not that of unit {}", id, unit.slot);
    }
  }
  return {};
}

Broken broken_slots(const CoreTable& table) {
  const auto free = static_cast<uint32_t>(md::md_maxunits - table.units.size());
  if (table.s_un_avail != free) return fmt::format("{} slots are counted as free, {} are", table.s_un_avail, free);
  return table.s_un_next < md::md_maxunits ? Broken{} : fmt::format("the search stands at slot {}", table.s_un_next);
}

Broken broken_size_map(const CoreTable& table) {
  for (const Installed& unit : table.units) {
    const auto size = table.size_map->find(unit.slot);
    if (size == table.size_map->end()) return fmt::format("unit {} has no size for who asks", unit.slot);
    if (unit.un != nullptr && size->second != unit.un->un_total_blocks) {
      return fmt::format("unit {} is {} blocks, and {} for who asks", unit.slot, unit.un->un_total_blocks,
                         size->second);
    }
  }
  const size_t sizes = table.size_map->size();
  return sizes == table.units.size() ? Broken{} : fmt::format("{} sizes of {} units", sizes, table.units.size());
}

// Every record is a 64-bit one (D-01).
Broken broken_sizes(const CoreTable& table) {
  for (const Installed& unit : table.units) {
    if (unit.un == nullptr) continue;
    if (unit.un->un_total_blocks > unit.un->un_actual_tb)
      return fmt::format("unit {} shows more than it has", unit.slot);
    const bool large = unit.un->un_total_blocks > MD_MAX_BLKS_FOR_SMALL_DEVS;
    if (large && (unit.un->un_flag & MD_EFILABEL) == 0)
      return fmt::format("unit {} is too large for its label", unit.slot);
  }
  return {};
}

Broken broken_opens(const CoreTable& table) {
  for (const Installed& unit : table.units) {
    if (unit.exclusive && unit.user_opens != 1) {
      return fmt::format("unit {} is open exclusively, and {} times", unit.slot, unit.user_opens);
    }
  }
  return {};
}

void add_core_invariants(InvariantList& all) {
  const auto rule = [&](const char* id, const char* sentence, Broken (*ask)(const CoreTable&)) {
    all.push_back(std::make_unique<CoreRule>(InvariantInfo{id, When::quiescent, sentence}, ask));
  };
  rule("INV-M02", "a unit calls itself by the number of its slot", broken_identity);
  rule("INV-M03", "every unit is on its module's list once, and nobody else", broken_list);
  rule("INV-M04", "every unit has a committed record of its own, which says its number", broken_records);
  rule("INV-M05", "as many slots are counted as free as are", broken_slots);
  rule("INV-M06", "the size map has every unit's size, and no other", broken_size_map);
  rule("INV-M07", "a unit shows no more blocks than it has, nor more than its label can say", broken_sizes);
  rule("INV-M10", "who has a unit exclusively has it alone", broken_opens);
  all.push_back(std::make_unique<OpensAreCounted>());
  all.push_back(std::make_unique<HaltedIsEmpty>());
}

}  // namespace raidsim::harness
