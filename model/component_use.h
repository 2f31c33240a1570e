// model/component_use.h: may this device become a column or a spare?
//
//   a column of any unit (original, in use, alternate)   refused: MDE_ALREADY, with the unit
//   a hot spare                                          refused for a column: MDE_ALREADY, with a pool that lists it;
//                                                        for a spare allowed: pools share spares
//
// The administrator's tool asks first; the commands ask again, under the ioctl lock, because nothing else stands
// between a mistaken request and the data of the other column (docs/decisions/0028). Source  spec/raid-admin.md 5.3
// "the tool's checks", spec/stripe.md 10, spec/fault-model.md 4.9 (operator faults)
#pragma once

#include "model/hotspare/pools.h"
#include "model/md/error.h"
#include "model/md/system.h"
#include "model/raid/unit.h"

namespace raidsim {

enum class ComponentRole : uint8_t { column, spare };

/// `no_device` asks nothing: a column replaced by its own device, a command that takes no new one.
/// Locks  the ioctl lock, so that no other command gives the device away meanwhile. Suspends (name space)
[[nodiscard]] md::Error refuse_used(md::System& system, const hotspare::Pools& pools, DeviceNumber device,
                                    ComponentRole role);
/// Every column of a unit to be created; two columns on one device are MDE_OVERLAP.
[[nodiscard]] md::Error refuse_used(md::System& system, const hotspare::Pools& pools, const raid::Unit& image);

}  // namespace raidsim
