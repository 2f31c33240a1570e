// tests/model/statedb/store_world.h: a store on one disk, records that are plain strings, and reboots.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "model/statedb/single_copy_store.h"
#include "tests/model/md/machine.h"

namespace raidsim::testing {

struct Note final : statedb::RecordOwner {
  std::string text;
  void encode(std::vector<std::byte>& out) const override {
    const auto raw = std::as_bytes(std::span(text));
    out.insert(out.end(), raw.begin(), raw.end());
  }
};

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

using Texts = std::map<md::RecordId, std::string>;

class StoreWorld {
 public:
  explicit StoreWorld(CacheKind cache = CacheKind::none, uint64_t blocks = 64) {
    TestDisk& disk = machine.add_disk(8 + blocks, cache);
    location = {.id = disk.id, .slice = 0, .number = disk.number(), .geometry = {.first_block = 8, .blocks = blocks}};
    machine.free_epoch = [this] {
      store.reset();
      notes.clear();
    };
  }

  statedb::StoreLocation location;
  std::unique_ptr<statedb::SingleCopyStore> store;
  std::map<md::RecordId, std::unique_ptr<Note>> notes;
  Machine machine;  // last: it goes first, and ends the epoch that the others belong to

  TestDisk& disk() { return *machine.disks[0]; }

  void make_store() { store = std::make_unique<statedb::SingleCopyStore>(machine.environment(), location); }
  /// In a fiber: a formatted store, loaded.
  bool format_and_load() {
    make_store();
    return store->format() && store->load();
  }
  Note& create(std::string text) {
    const md::RecordId id = store->create(statedb::RecordType::raid);
    auto note = std::make_unique<Note>();
    note->text = std::move(text);
    store->set_owner(id, note.get());
    last_id = id;
    return *(notes[id] = std::move(note));
  }
  md::RecordId last_id = 0;
  void commit(std::initializer_list<md::RecordId> ids) {
    const std::vector<md::RecordId> list(ids);
    static_cast<void>(store->commit(list));
  }

  /// Host dies (with its power, if asked), boots, loads. False: the store was refused.
  bool reboot(bool power = false) {
    machine.crash(power);
    machine.boot();
    bool loaded = false;
    machine.run([&] {
      make_store();
      loaded = store->load();
    });
    return loaded;
  }
  Texts texts() const {
    Texts all;
    for (const auto& record : store->loaded()) all[record.id] = text_of(record.bytes);
    return all;
  }
};

}  // namespace raidsim::testing
