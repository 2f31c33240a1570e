// model/statedb/database.h: the replicated state database of one set, as units and pools see it.
//
//   commit {a, b} ──> token ──> encode a and b as they stand ──> every replica, one after the other ──> return
//                                                                  an error: recovered from first, else panic
//
// Owners encode their records; the database keeps what is on the disks in memory (SetState) and never shows it to
// them but at a load. The wrappers' rule (5.2): a commit that cannot be made stops the system, except while a boot
// brings units back (DB-S7).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "model/md/environment.h"
#include "model/statedb/load.h"
#include "model/statedb/operations.h"
#include "model/statedb/record_store.h"
#include "model/statedb/replica_admin.h"
#include "model/statedb/set_state.h"
#include "model/statedb/token.h"

namespace raidsim::statedb {

struct DatabaseOptions {
  LoadOptions load;
  const BootList* boot_list = nullptr;  ///< the machine's; read at each load
  bool device_ids = true;               ///< of a database that is made anew: device-id style
};

/// One replica, as MDDB_GETDEV tells it (3.8).
struct ReplicaStatus {
  ReplicaPlace place;  ///< without the disk's id
  uint32_t l_flags = 0;
  std::string name;
  uint64_t last_block = 0;  ///< of MDDB_ENDDEV; 0: its master block is not there
};

class Database final : public RecordStore {
 public:
  Database(const md::Environment& environment, const DatabaseOptions& options);
  ~Database();

  // ---- life ----
  [[nodiscard]] bool load() override;
  /// Lets go of the disks; nothing is written. Suspends.
  void unload();
  [[nodiscard]] bool stale() const noexcept override { return state_.stale; }
  [[nodiscard]] bool ready() const noexcept { return ready_; }

  // ---- records ----
  [[nodiscard]] const std::vector<StoredRecord>& loaded() const override { return loaded_; }
  [[nodiscard]] md::RecordId create(RecordType type) override;
  [[nodiscard]] bool has_room(size_t more_bytes) override;
  void set_owner(md::RecordId id, const RecordOwner* owner) override;
  CommitResult commit(std::span<const md::RecordId> ids) override;
  CommitResult remove(std::span<const md::RecordId> ids) override;
  [[nodiscard]] std::span<const std::byte> committed_bytes(md::RecordId id) const override;

  // ---- boot (DB-S3, DB-S7) ----
  /// Records that were created and never committed; snarf deletes them.
  [[nodiscard]] const std::vector<md::RecordId>& never_committed() const noexcept { return never_committed_; }
  /// While units are brought back a commit that fails makes the set STALE, and nobody panics.
  void set_snarfing(bool snarfing) noexcept { snarfing_ = snarfing; }

  // ---- replicas (3.6 to 3.8) ----
  /// Without a database that can be loaded a new one begins with this replica (DB-A1).
  [[nodiscard]] DbStatus add_replica(const NewReplica& asked);
  [[nodiscard]] DbStatus delete_replica(size_t index);
  [[nodiscard]] std::vector<ReplicaStatus> replicas() const;  ///< those that are not deleted, in index order

  // For judges and reports.
  [[nodiscard]] bool busy() const noexcept { return token_.taken(); }  ///< an operation is under way
  [[nodiscard]] const SetState& state() const noexcept { return state_; }
  [[nodiscard]] const std::map<md::RecordId, StoredRecord>& committed() const noexcept { return committed_; }
  [[nodiscard]] uint64_t commits() const noexcept { return commits_; }

 private:
  struct InCore {
    RecordType type{};
    const RecordOwner* owner = nullptr;
  };
  [[nodiscard]] bool load_held();
  void take_over();
  [[nodiscard]] StoredRecord encoded(md::RecordId id) const;
  [[nodiscard]] std::vector<StoredRecord> encoded_all(std::span<const md::RecordId> ids) const;
  /// What becomes of an operation that failed. True: it is done after all; false: the set is STALE now; or panic.
  [[nodiscard]] bool settled();
  /// Enough replicas, now or within the time that settled() gives them.
  [[nodiscard]] bool running();
  void became_stale();

  const DatabaseOptions options_;
  Services services_;
  Token token_;
  SetState state_;
  std::vector<StoredRecord> loaded_;
  std::vector<md::RecordId> never_committed_;
  std::map<md::RecordId, InCore> in_core_;
  std::map<md::RecordId, StoredRecord> committed_;  ///< by the last acknowledged commit
  uint64_t commits_ = 0;
  bool ready_ = false;
  bool snarfing_ = false;
};

}  // namespace raidsim::statedb
