// model/stripe/snarf.h: a record of the database becomes a unit again (spec/stripe.md 3).
//
//   SN-01  A hot-spared component is addressed through its spare before the first I/O.
//   CD-01  A record marked MD_UN_BEING_RESET is a deletion to be completed.
//   GR-02  Of two records of one unit the one with more rows wins, the other is deleted.
#pragma once

#include <functional>

#include "model/md/unit_driver.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// What snarf asks of the name space and the pools; no_device when they cannot tell.
struct Resolver {
  std::function<DeviceNumber(md::NameKey key)> device_of_key;
  std::function<DeviceNumber(md::RecordId spare)> device_of_spare;
};
/// Pure part: clears what does not survive, finds devices by their keys (MD-17).
void settle_snarfed(Unit& unit, const Resolver& resolver);

/// Builds the in-core unit of one record; the caller installs it. Suspends
[[nodiscard]] md::Snarfed stripe_snarf(md::System& system, const statedb::StoredRecord& record);
/// Rows of the unit that a record holds; 0: none that can be read.
[[nodiscard]] uint64_t rows_in(const statedb::StoredRecord& record);

}  // namespace raidsim::stripe
