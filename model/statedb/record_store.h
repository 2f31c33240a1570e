// model/statedb/record_store.h: durable records with atomic group commit.
//
// The interface that units and pools are written against; what stands behind it may keep one copy or many.
// A commit stores what each record's owner encodes at that moment ("a commit encodes the unit as it
// stands", DB-L3): the store asks the owner for the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/md/numbering.h"

namespace raidsim::statedb {

enum class RecordType : uint8_t { raid = 1, pool = 2, hot_spare = 3, name_space = 4, stripe = 5, soft_partition = 6 };

/// Encodes a record's present content. Called inside commit, never suspends.
class RecordOwner {
 public:
  virtual void encode(std::vector<std::byte>& out) const = 0;

 protected:
  ~RecordOwner() = default;
};

struct StoredRecord {
  md::RecordId id = 0;
  RecordType type{};
  std::vector<std::byte> bytes;
};

inline constexpr size_t record_bytes_most = 53'720;  ///< of one record (statedb.md 1.11)

enum class CommitResult : uint8_t { committed, stale };

class RecordStore {
 public:
  /// Reads the disks, elects the newest whole state. Suspends. False: nothing usable (units refused).
  [[nodiscard]] virtual bool load() = 0;
  [[nodiscard]] virtual bool stale() const noexcept = 0;  ///< MD_SET_STALE: no commit will be made

  /// All committed records in record order (DB-F7), as loaded.
  [[nodiscard]] virtual const std::vector<StoredRecord>& loaded() const = 0;

  /// A new record id, durable with its first commit.
  /// Errors  below 0, a DbStatus: nospace; notnow: STALE, or too few replicas; nodb
  [[nodiscard]] virtual md::RecordId create(RecordType type) = 0;
  /// Whether committed records may grow by so many bytes in all; asked before an administrator's change,
  /// so that a full database is an answer (MDE_DB_NOSPACE) and not a commit that cannot be made.
  [[nodiscard]] virtual bool has_room([[maybe_unused]] size_t more_bytes) { return true; }
  /// Names the object that encodes the record from now on (null: keep the bytes as they are).
  virtual void set_owner(md::RecordId id, const RecordOwner* owner) = 0;

  /// Makes the listed records durable, all or none after a crash. Ids of 0 are skipped. Suspends.
  /// A commit that cannot be made stops the system (panic); on a stale set nothing is done.
  virtual CommitResult commit(std::span<const md::RecordId> ids) = 0;
  /// Deletes records in one atomic step. Suspends.
  virtual CommitResult remove(std::span<const md::RecordId> ids) = 0;

  /// What a crash now would bring back, for judges: bytes of the last acknowledged commit of `id`.
  [[nodiscard]] virtual std::span<const std::byte> committed_bytes(md::RecordId id) const = 0;

  virtual ~RecordStore() = default;
};

}  // namespace raidsim::statedb
