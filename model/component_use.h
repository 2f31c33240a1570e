// model/component_use.h: may this device become a component or a spare?
//
//   a component of any unit (own, in use, being filled)  refused: MDE_ALREADY, with the unit
//   a hot spare                                          refused for a component: MDE_ALREADY, with a pool that lists
//                                                        it; for a spare allowed: pools share spares
//   a unit                                               for a component alone: it must be set up (MDE_INVAL_UNIT),
//   able
//                                                        to have a parent (MDE_INVAL_UNIT), have none (MDE_ALREADY,
//                                                        with the parent) and not be open (MDE_IS_OPEN); for a column
//                                                        no RAID-5 and on none (MDE_INVAL_UNIT)
//
// The administrator's tool asks first; the commands ask again, under the ioctl lock, because nothing else stands
// between a mistaken request and the data of the other unit (docs/decisions/0028). Source  spec/raid-admin.md 5.3
// "the tool's checks", spec/stripe.md 10, spec/metadevice.md 4, spec/fault-model.md 4.9 (operator faults)
#pragma once

#include "model/hotspare/pools.h"
#include "model/md/error.h"
#include "model/md/system.h"

namespace raidsim {

/// A column is RAID-5's: below it there is no other RAID-5, for both need the same daemons (docs/decisions/0047).
enum class ComponentRole : uint8_t { component, column, spare };

/// `no_device` asks nothing: a column replaced by its own device, a command that takes no new one.
/// Locks  the ioctl lock, so that no other command gives the device away meanwhile. Suspends (name space)
[[nodiscard]] md::Error refuse_used(md::System& system, const hotspare::Pools& pools, DeviceNumber device,
                                    ComponentRole role);
/// Every component of a unit to be created, and those that are new to one that is there; two on one device are
/// MDE_OVERLAP.
[[nodiscard]] md::Error refuse_used(md::System& system, const hotspare::Pools& pools, const md::UnitHeader& image);

}  // namespace raidsim
