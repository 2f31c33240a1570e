// model/statedb/operations.h: create, commit and delete of records on all replicas, each under the set's token.
//
//   create {A}     r0:blk0 r1:blk0  r0:blk1 r1:blk1  r0:DIR r1:DIR       the entry last: until then nothing refers to
//   it commit {A, B}  r0:A r0:B  r1:A r1:B  r2:A r2:B                       one replica after the other (DB-C4, B.4)
//   delete {A}     r0:DIR r1:DIR
//
// A record has as many bytes as its last commit gave it: a commit that changes the size writes the directory blocks
// concerned in the same change (docs/decisions/0032).
//
// "r0:A r0:B" goes through the journal of r0 as one change. A write that fails is recovered from before the operation
// ends; when that fails too it is undetermined, and never half done (DB-C6).
#pragma once

#include <span>

#include "model/statedb/db_status.h"
#include "model/statedb/set_state.h"

namespace raidsim::statedb {

struct NewRecord {
  size_t user_bytes = 0;
  uint32_t type1 = 0, type2 = 0;
  uint32_t flags = 0;  ///< RecordFlag
  uint32_t revision = MDDB_REV_RB64FN;
};

struct Created {
  DbStatus status = DbStatus::ok;
  uint32_t number = 0;
};

/// Whether an operation may begin (DB-Q1): on a set that is TOOFEW it is tried to bring it back. Suspends.
[[nodiscard]] bool probe(SetState& set, Services& services);

/// A record of zeros, durable but uncommitted: a boot deletes it (DB-C8, C9). Suspends.
/// Errors  invalid: too long; nospace: nothing changed; notnow
[[nodiscard]] Created create_record(SetState& set, Services& services, const NewRecord& asked);

struct NewData {
  uint32_t number = 0;
  std::span<const std::byte> bytes;  ///< the whole of it, at most record_user_bytes_most
};

/// All of the list or nothing, after any crash (DB-C4). Suspends.
/// Errors  norecord, nospace: nothing changed; notnow
[[nodiscard]] DbStatus commit_records(SetState& set, Services& services, std::span<const NewData> list);

/// DB-C11, for one or for several at once, all or none after a crash. Suspends.
/// Errors  norecord: nothing changed; notnow: gone from memory, on the disks when the set recovers
[[nodiscard]] DbStatus delete_records(SetState& set, Services& services, std::span<const uint32_t> numbers);
[[nodiscard]] inline DbStatus delete_record(SetState& set, Services& services, uint32_t number) {
  return delete_records(set, services, {&number, 1});
}

}  // namespace raidsim::statedb
