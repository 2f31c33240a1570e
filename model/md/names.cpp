#include "model/md/names.h"

#include <array>

#include "engine/assert.h"
#include "model/md/codec.h"

namespace raidsim::md {
namespace {

constexpr uint32_t name_space_magic = 0x6d646e6d;  // "mdnm"
constexpr uint32_t name_longest = 127;             // MD_MAXPREFIX

/// The device with the entry's id. Where several have it, a copy among them, the one that is meant counts: `preferred`,
/// then the one last seen (7.5).
DeviceNumber device_with_id(const DeviceTable& devices, const NameEntry& entry, DeviceNumber preferred) {
  for (const DeviceNumber known : {preferred, entry.number}) {
    if (known == no_device || minor_of(known) % slices_per_disk != entry.slice) continue;
    if (devices.id_of(known) == entry.device_id) return known;
  }
  return devices.find(entry.device_id, entry.slice);
}

}  // namespace

NameSpace::NameSpace(DeviceTable& devices, statedb::RecordStore& store) : devices_(devices), store_(store) {}

bool NameSpace::snarf() {
  const WriteHold hold = nm_lock_.write();
  entries_.clear();
  record_ = 0;
  for (const statedb::StoredRecord& record : store_.loaded()) {
    if (record.type != statedb::RecordType::name_space) continue;
    if (record_ != 0 || !decode(record.bytes)) return false;
    record_ = record.id;
  }
  if (record_ != 0) store_.set_owner(record_, this);
  usable_ = true;
  return true;
}

void NameSpace::encode(std::vector<std::byte>& out) const {
  RecordWriter write(out);
  write.u32(name_space_magic);
  write.u32(next_key_);
  write.u32(static_cast<uint32_t>(entries_.size()));
  for (const auto& [key, entry] : entries_) {
    write.u32(key);
    write.u64(entry.device_id);
    write.u32(entry.slice);
    write.u64(entry.number);
    write.u32(entry.references);
    write.text(entry.name);
  }
}

bool NameSpace::decode(std::span<const std::byte> bytes) {
  RecordReader read(bytes);
  if (read.u32() != name_space_magic) return false;
  next_key_ = read.u32();
  const uint32_t count = read.u32();
  NameKey previous = 0;
  for (uint32_t i = 0; i < count && read.good(); ++i) {
    const NameKey key = read.u32();
    NameEntry entry;
    entry.device_id = read.u64();
    entry.slice = read.u32();
    entry.number = read.u64();
    entry.references = read.u32();
    entry.name = read.text(name_longest);
    if (key <= previous || key >= next_key_) return false;  // ascending, and none handed out twice
    previous = key;
    if (read.good()) entries_.emplace(key, std::move(entry));
  }
  return read.good() && read.at_end();
}

bool NameSpace::commit() {
  if (store_.stale()) return false;
  const std::array ids{record_};
  return store_.commit(ids) == statedb::CommitResult::committed;
}

NameKey NameSpace::add(DeviceNumber number, std::string_view name) {
  const WriteHold hold = nm_lock_.write();
  if (!usable_ || store_.stale() || number == no_device) return 0;
  if (record_ == 0) {
    const RecordId made = store_.create(statedb::RecordType::name_space);
    if (made < 0) return 0;
    record_ = made;
    store_.set_owner(record_, this);
  }
  const DeviceId id = devices_.id_of(number);
  const uint32_t slice = minor_of(number) % slices_per_disk;
  for (auto& [key, entry] : entries_) {
    const bool same =
        id != 0 ? entry.device_id == id && entry.slice == slice : entry.device_id == 0 && entry.number == number;
    if (!same) continue;
    ++entry.references;
    return commit() ? key : 0;
  }
  const std::string_view kept = name.substr(0, name_longest);
  std::vector<std::byte> present;
  encode(present);
  const size_t more = 32 + kept.size();
  if (present.size() + more > statedb::record_bytes_most || !store_.has_room(more)) return 0;
  const NameKey key = next_key_++;
  entries_[key] = {.device_id = id, .slice = slice, .number = number, .references = 1, .name = std::string(kept)};
  return commit() ? key : 0;
}

void NameSpace::remove(NameKey key) {
  const WriteHold hold = nm_lock_.write();
  const auto found = entries_.find(key);
  if (found == entries_.end() || store_.stale()) return;
  if (--found->second.references == 0) entries_.erase(found);
  static_cast<void>(commit());
}

bool NameSpace::update_device_id(NameKey key, DeviceNumber number) {
  const WriteHold hold = nm_lock_.write();
  const auto found = entries_.find(key);
  if (found == entries_.end() || store_.stale()) return false;
  const DeviceId id = devices_.id_of(number);
  if (id == 0) return false;
  NameEntry& entry = found->second;
  const uint32_t slice = minor_of(number) % slices_per_disk;
  if (entry.device_id == id && entry.number == number && entry.slice == slice) return true;
  entry.device_id = id;
  entry.slice = slice;
  entry.number = number;
  return commit();
}

DeviceNumber NameSpace::present_number(const NameEntry& entry) const {
  return entry.device_id == 0 ? entry.number : device_with_id(devices_, entry, entry.number);
}

DeviceNumber NameSpace::md_resolve_bydevid(Minor, DeviceNumber device, NameKey key) {
  if (device != no_device && major_of(device) == md_major) return device;
  DeviceNumber present = no_device;
  {
    const ReadHold hold = nm_lock_.read();
    const auto found = entries_.find(key);
    if (found == entries_.end()) return no_device;
    if (found->second.device_id == 0) return device;
    present = device_with_id(devices_, found->second, device);
    if (present == no_device || found->second.number == present) return present;
  }
  const WriteHold hold = nm_lock_.write();  // the disk moved: remember where it is now
  const auto found = entries_.find(key);
  if (found == entries_.end() || store_.stale()) return present;
  found->second.number = present;
  static_cast<void>(commit());
  return present;
}

DeviceNumber NameSpace::md_getdevnum(NameKey key, Trust trust) {
  const ReadHold hold = nm_lock_.read();
  const auto found = entries_.find(key);
  if (found == entries_.end()) return no_device;
  const DeviceNumber present = present_number(found->second);
  return present == no_device && trust == Trust::MD_TRUST_DEVT ? found->second.number : present;
}

// A disk that is away still answers to the number it had, unless another disk took that number.
KeysOfDevice NameSpace::md_getkeyfromdev(DeviceNumber device) {
  const ReadHold hold = nm_lock_.read();
  if (!usable_) return {};
  if (device == no_device) return {.ok = true};  // as all that is away would be
  KeysOfDevice now{.ok = true};
  KeysOfDevice before{.ok = true};
  const auto count = [](KeysOfDevice& keys, NameKey key) {
    if (keys.nkeys++ == 0) keys.key = key;
  };
  for (const auto& [key, entry] : entries_) {
    const DeviceNumber present = present_number(entry);
    if (present == device) count(now, key);
    if (present == no_device && entry.number == device) count(before, key);
  }
  return now.nkeys != 0 ? now : before;
}

DeviceId NameSpace::device_id(NameKey key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? 0 : found->second.device_id;
}

}  // namespace raidsim::md
