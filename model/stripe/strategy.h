// model/stripe/strategy.h: a request of a caller, cut into fragments of one component each (spec/stripe.md 5).
//
//   strategy ── unit lock (R), range check ──> fragment ─> its device ──┐
//                                          └─> fragment ─> its device ──┴─> last one: lock free, done(buffer)
//
//   flush      one to every component
//   PREFLUSH   a flush to every component, then the fragments: what was written before may lie in any of them
//   FUA        goes down with each fragment (D-12)
#pragma once

#include "model/md/buffer.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// Takes one request; `buffer.done` runs exactly once, possibly before this returns.
///
/// Shape     `buffer.bytes` is a multiple of 512
/// Locks     takes the unit lock (R), kept until completion; the caller holds no lock of this unit (LK-04)
/// Suspends  for that lock alone
/// Errors    in buffer.error: EROFS, EINVAL (metadevice.md 11.4), ENXIO, the last failed fragment's (IO-01)
void md_stripe_strategy(StripeUnit& unit, md::Buffer& buffer, uint32_t flag);

}  // namespace raidsim::stripe
