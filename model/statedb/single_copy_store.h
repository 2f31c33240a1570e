// model/statedb/single_copy_store.h: records with atomic group commit on one disk.
//
//   commit {a, b} ──> s_dbmx ──> encode a and b as they stand ──> append one entry, durable ──> return
//                                 (area full, or first commit since load: write an image to the other area)
//
// A commit costs one write of the changed records' size; concurrent commits go one after the other. With
// a single copy the store cannot outvote a disk that forgets or corrupts: it refuses what it can tell is
// damaged and stops the system when it cannot write. format and arguments: model/statedb/store_format.h.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "engine/sync/mutex.h"
#include "model/md/environment.h"
#include "model/md/locks.h"
#include "model/statedb/record_store.h"
#include "model/statedb/store_disk.h"
#include "model/statedb/store_format.h"

namespace raidsim::statedb {

/// Which disk the store is on: found by id at each boot, by number only where the disk has no id.
struct StoreLocation {
  DeviceId id = 0;
  uint32_t slice = 0;
  DeviceNumber number = no_device;
  StoreGeometry geometry;
};

class SingleCopyStore final : public RecordStore {
 public:
  SingleCopyStore(const md::Environment& environment, const StoreLocation& location);
  ~SingleCopyStore() override;

  /// Writes a store without records (the administrator, once). False: the disk could not be written. Suspends.
  [[nodiscard]] bool format();

  [[nodiscard]] bool load() override;
  /// Lets go of the disk; nothing is written (halt). Suspends.
  void unload();
  [[nodiscard]] bool stale() const noexcept override { return stale_; }
  [[nodiscard]] const std::vector<StoredRecord>& loaded() const override { return loaded_; }
  [[nodiscard]] md::RecordId create(RecordType type) override;
  [[nodiscard]] bool has_room(size_t more_bytes) const noexcept override;
  void set_owner(md::RecordId id, const RecordOwner* owner) override;
  CommitResult commit(std::span<const md::RecordId> ids) override;
  CommitResult remove(std::span<const md::RecordId> ids) override;
  [[nodiscard]] std::span<const std::byte> committed_bytes(md::RecordId id) const override;

  // For judges and reports.
  [[nodiscard]] const StoreImage& committed() const noexcept { return image_; }
  [[nodiscard]] uint64_t commits() const noexcept { return commits_; }
  [[nodiscard]] uint64_t images_written() const noexcept { return images_written_; }

 private:
  struct InCore {
    RecordType type{};
    const RecordOwner* owner = nullptr;
  };
  [[nodiscard]] bool attach();
  [[nodiscard]] bool read_state();
  [[nodiscard]] bool read_entries(std::vector<std::byte>& area, uint64_t at_block);
  [[nodiscard]] bool read_up_to(std::vector<std::byte>& area, uint64_t blocks);
  [[nodiscard]] bool later_entry_stands(std::span<const std::byte> area, uint64_t from_block) const;
  [[nodiscard]] bool make_durable(const StoreChanges& changes);
  [[nodiscard]] bool write_image(const StoreImage& image);
  CommitResult finish(const StoreChanges& changes);
  [[noreturn]] void commit_failed();
  [[nodiscard]] StoredRecord encoded(md::RecordId id) const;
  [[nodiscard]] size_t image_bytes() const noexcept;

  const md::Environment env_;
  const StoreLocation location_;
  Mutex s_dbmx_{md::locks::database};
  StoreDisk disk_;
  StoreImage image_;  ///< what a crash now brings back
  std::vector<StoredRecord> loaded_;
  std::map<md::RecordId, InCore> in_core_;
  std::vector<std::byte> scratch_;  // owned here: a write may be in flight when its fiber is ended
  uint32_t next_number_ = 1;        ///< number of the next record created; durable with a commit
  uint32_t area_ = 0;               ///< in force
  uint64_t generation_ = 0;
  uint64_t sequence_ = 0;     ///< of the last entry in the area
  uint64_t used_blocks_ = 0;  ///< of the area
  uint64_t commits_ = 0;
  uint64_t images_written_ = 0;
  bool image_due_ = false;  ///< first commit since load: what a torn entry left behind is never built upon
  bool stale_ = false;
  bool ready_ = false;
};

}  // namespace raidsim::statedb
