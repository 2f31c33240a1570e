// model/raid/regen_rows.cpp
#include "model/raid/regen_rows.h"

#include <cstring>

#include "engine/assert.h"
#include "model/raid/io_error.h"
#include "model/raid/parity.h"

namespace raidsim::raid {
namespace {

void record_failure(Child& cs, ColumnIndex failing, Purpose purpose) {
  RaidUnit& unit = *cs.unit;
  const DeviceNumber device = unit.column(failing).now.dev;
  cs.unit_hold.release();
  WriteHold held = unit.unit_lock.write();
  raid_error_state(unit, held, device, purpose);
  held.release();
  cs.cs_ps->ps_flags |= MD_RPS_HSREQ;
  cs.unit_hold = unit.unit_lock.read();
  cs.unit_hold.detach();  // it is the child's, whichever fiber goes on with it
}

}  // namespace

void raid_regen_parity(Child& cs) {
  RaidUnit& unit = *cs.unit;
  RAIDSIM_ASSERT(cs.is(MD_RCS_LLOCKD) && cs.unit_hold && cs.cs_pbuffer != nullptr);
  if (unit.un.count(RCS_OKAY) != unit.un.columns.size()) return;
  std::memset(cs.parity_payload(), 0, cs.payload_bytes());
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    const ColumnIndex source{i};
    if (source == cs.cs_pcolumn) continue;
    const uint64_t block = unit.column(source).now.devstart + cs.rows.first;
    if (unit.read_sync(source, Target::now, block, cs.cs_blkcnt, cs.data_payload()) != 0) {
      return record_failure(cs, source, Purpose::read);
    }
    xor_into(cs.parity_payload(), cs.data_payload(), cs.payload_bytes());
  }
  const uint64_t block = unit.column(cs.cs_pcolumn).now.devstart + cs.rows.first;
  if (unit.write_sync(cs.cs_pcolumn, Target::now, block, cs.cs_blkcnt, cs.parity_payload(), true) != 0) {
    record_failure(cs, cs.cs_pcolumn, Purpose::unlogged_home);
  }
}

}  // namespace raidsim::raid
