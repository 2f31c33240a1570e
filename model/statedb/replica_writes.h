// model/statedb/replica_writes.h: writing to all replicas of a set, in the order of their index.
#pragma once

#include "model/statedb/set_state.h"

namespace raidsim::statedb {

/// Changes replica `index`; an error marks it EWRITE and is an event (DB-C1). Suspends.
[[nodiscard]] bool update_one(SetState& set, Services& services, size_t index, std::span<const BlockWrite> parts);

/// The same on each writable replica in index order; an error does not stop the others (DB-C2).
/// Suspends. Errors  false: some failed
[[nodiscard]] bool update_all(SetState& set, Services& services, std::span<const BlockWrite> parts);
/// For blocks that nothing refers to yet.
[[nodiscard]] bool write_new_to_all(SetState& set, Services& services, const BlockWrite& part);

/// What the last change left unfinished on a writable replica goes home.
[[nodiscard]] bool settle_all(SetState& set, Services& services);

/// Directory block `block` of the chain, written to all.
[[nodiscard]] bool write_directory(SetState& set, Services& services, size_t block);

/// What makes up the locator block of this state on a disk: itself, and in device-id style the ids before it (DB-C3).
class LocatorImage {
 public:
  explicit LocatorImage(const LocatorBlock& lb);
  [[nodiscard]] std::span<const BlockWrite> parts() const { return parts_; }

 private:
  std::vector<std::byte> locators_, ids_;
  std::vector<BlockWrite> parts_;
};

/// The locator block with a new commit count to all writable replicas (DB-C3). One that joins is the last: it is in
/// nobody's list yet, so the old list must not go on without knowing what it holds. Suspends. Errors  false: some
/// failed
[[nodiscard]] bool push_locators(SetState& set, Services& services);
/// The locator names, with a new time stamp, to all writable replicas.
[[nodiscard]] bool write_names(SetState& set, Services& services);

/// Directory and records, whole, to one replica, each directory block before its records.
[[nodiscard]] bool copy_out(SetState& set, Services& services, size_t index);

}  // namespace raidsim::statedb
