// model/md/names.h: the name space: what a component is called, and which device that is today.
//
// Units and spares store a key, never trusting a device number across a boot (MD-17). An entry ties the
// key to the device id that is burnt into the disk, the slice, and the number last seen:
//
//   key 7 ──> { id 0x51a3, slice 0, number 32:16, name "d2", references 1 }
//                  └── DeviceTable::find(id, slice) ──> 32:24 today: the disk moved
//
// All entries are one record of the database (RecordType::name_space). Every function takes nm_lock.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/sync/rwlock.h"
#include "model/disk/block_device.h"
#include "model/md/locks.h"
#include "model/md/numbering.h"
#include "model/statedb/record_store.h"

namespace raidsim::md {

struct NameEntry {
  DeviceId device_id = 0;  ///< 0: known by its number alone
  uint32_t slice = 0;
  DeviceNumber number = no_device;  ///< as last seen; a hint once there is a device id
  uint32_t references = 0;
  std::string name;  ///< for people
  bool operator==(const NameEntry&) const = default;
};

enum class Trust : uint8_t { MD_NOTRUST_DEVT, MD_TRUST_DEVT };

struct KeysOfDevice {
  bool ok = false;  ///< false: the name space is not usable (MDE_NAME_SPACE)
  NameKey key = 0;  ///< the first; 0 when there is none
  uint32_t nkeys = 0;
};

class NameSpace final : public statedb::RecordOwner {
 public:
  NameSpace(DeviceTable& devices, statedb::RecordStore& store);

  /// Adopts the record of a loaded database; makes none. False: its content is bad (the set cannot be used).
  [[nodiscard]] bool snarf();

  /// Gives `number` a key, or one more reference to the key it has, and commits.
  /// Errors  0: no database, or it is full or stale. Suspends
  [[nodiscard]] NameKey add(DeviceNumber number, std::string_view name);
  /// Drops one reference; the last one removes the entry. Commits unless stale. Suspends.
  void remove(NameKey key);
  /// Enters the id of the disk now behind `number`, and the number (enable, raid-admin.md 5.3 step 9).
  /// False: unknown key, no such device, or stale. Suspends.
  [[nodiscard]] bool update_device_id(NameKey key, DeviceNumber number);

  /// md_resolve_bydevid (7.5): present number of the device. no_device: unknown key or no such disk now.
  [[nodiscard]] DeviceNumber md_resolve_bydevid(Minor minor, DeviceNumber device, NameKey key);
  /// md_getdevnum (7.5), for snarf.
  [[nodiscard]] DeviceNumber md_getdevnum(NameKey key, Trust trust);
  /// md_getkeyfromdev (7.5): entries whose device is `device` now.
  [[nodiscard]] KeysOfDevice md_getkeyfromdev(DeviceNumber device);
  /// Id to be expected when the device of this key is opened; 0: any.
  [[nodiscard]] DeviceId device_id(NameKey key) const;

  /// For judges and reports. Locks  none: read at a moment when nothing runs
  [[nodiscard]] const std::map<NameKey, NameEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] const RwLock& lock() const noexcept { return nm_lock_; }
  void encode(std::vector<std::byte>& out) const override;

 private:
  [[nodiscard]] bool decode(std::span<const std::byte> bytes);
  [[nodiscard]] DeviceNumber present_number(const NameEntry& entry) const;
  [[nodiscard]] bool commit();

  DeviceTable& devices_;
  statedb::RecordStore& store_;
  RwLock nm_lock_{locks::name_space};
  std::map<NameKey, NameEntry> entries_;
  NameKey next_key_ = 1;
  RecordId record_ = 0;
  bool usable_ = false;
};

}  // namespace raidsim::md
