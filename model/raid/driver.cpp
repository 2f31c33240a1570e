#include "model/raid/driver.h"

#include <utility>

#include "engine/assert.h"
#include "model/raid/admin/create.h"
#include "model/raid/admin/set_sync.h"
#include "model/raid/open_close.h"
#include "model/raid/probe.h"
#include "model/raid/snarf.h"
#include "model/raid/strategy.h"

namespace raidsim::raid {
namespace {

RaidUnit& raid_unit(md::UnitFrame& unit) { return static_cast<RaidUnit&>(unit); }
const RaidUnit& raid_unit(const md::UnitFrame& unit) { return static_cast<const RaidUnit&>(unit); }
const Unit& raid_image(const md::UnitHeader& header) {
  RAIDSIM_ASSERT(header.un_type == md::UnitType::MD_METARAID);
  return static_cast<const Unit&>(header);
}

}  // namespace

RaidDriver::RaidDriver(md::System& system)
    : UnitDriver(md::UnitType::MD_METARAID, "md_raid", statedb::RecordType::raid),
      system_(system),
      hot_spare_daemon_(system) {}

md::Snarfed RaidDriver::snarf(const statedb::StoredRecord& record) {
  Snarfed snarfed = raid_snarf(system_, record);
  return {.unit = std::move(snarfed.unit), .clean_up = snarfed.clean_up, .to_commit = std::move(snarfed.to_commit)};
}

md::Error RaidDriver::set_sync(md::Minor minor) { return raid_setsync(system_, minor); }

bool RaidDriver::quiescent(const md::UnitFrame& unit) const noexcept { return raid_unit(unit).parents() == 0; }

int RaidDriver::open(md::UnitFrame& unit, uint32_t flags, md::OpenType how, uint32_t layered_flags, md::Opener opener) {
  return raid_internal_open(raid_unit(unit), flags, how, layered_flags, opener);
}

int RaidDriver::close(md::UnitFrame& unit, md::OpenType how, uint32_t layered_flags, md::Opener opener) {
  return raid_close(raid_unit(unit), how, layered_flags, opener);
}

void RaidDriver::strategy(md::UnitFrame& unit, md::Buffer& buffer, uint32_t flag) {
  md_raid_strategy(raid_unit(unit), buffer, flag);
}

md::Error RaidDriver::create(const md::UnitHeader& image) { return raid_create(system_, raid_image(image)); }

int RaidDriver::probe(md::UnitFrame& unit, const WriteHold& held) { return raid_probe_dev(raid_unit(unit), held); }

void RaidDriver::claims(const md::UnitHeader& unit, std::vector<md::Claim>& all) const {
  for (const Column& column : raid_image(unit).columns) {
    all.push_back({.device = column.orig.dev, .key = column.un_orig_key, .own = true});
    all.push_back({.device = column.now.dev});
    all.push_back({.device = column.alt.dev});
  }
}

hotspare::SpareUse RaidDriver::spare_use(const md::UnitFrame& unit) const {
  const Unit& un = raid_unit(unit).un;
  hotspare::SpareUse use{.unit = unit.minor, .pool = un.un_hsp_id, .spares = {}};
  for (const Column& column : un.columns) {
    if (column.hot_spared()) use.spares.push_back(column.un_hs_id);
  }
  return use;
}

}  // namespace raidsim::raid
