// harness/world/replica_fault.h: faults of replicas of the state database (F55 to F60), made of the faults of disks.
//
//   F55  replica-unreadable   latent sector errors, or bad media, under a part
//   F56  replica-stale        its writes are lost for so many changes of the database
//   F57  replica-corrupt      a part is well made, and wrong
//   F58  torn-commit          a line that brings another one along (follow_ups.h)
//   F59  quorum-loss          disks fail or lose their paths, until so many replicas are left
//   F60  no-space             its master block gives the database no more blocks than it needs
#pragma once

#include "harness/world/inject.h"

namespace raidsim::harness {

[[nodiscard]] bool is_of_host(const scenarios::Fault& fault);
[[nodiscard]] bool is_of_replicas(const scenarios::Fault& fault);

/// A replica that is not there, or that cannot be read as one, has no parts but the whole: nothing happens to them.
void inject_into_replicas(const Aim& aim, const scenarios::Fault& fault);

}  // namespace raidsim::harness
