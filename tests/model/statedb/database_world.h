// tests/model/statedb/database_world.h: a host with N replicas, one a disk, and records that are plain strings; it
// crashes, boots, and finds what its disks hold.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "model/statedb/database.h"
#include "tests/model/statedb/replica_disk.h"

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

class DatabaseWorld {
 public:
  explicit DatabaseWorld(uint32_t replicas, uint32_t blocks = 100, CacheKind cache = CacheKind::none) {
    for (uint32_t i = 0; i < replicas; ++i) machine.add_disk(replica_at + blocks, cache);
    machine.free_epoch = [this] {
      database.reset();
      notes.clear();
    };
    EXPECT_TRUE(machine.run([&] {
      make();
      for (const auto& disk : machine.disks) EXPECT_EQ(add(*disk), statedb::DbStatus::ok);
    }));
  }

  statedb::BootList boot_list;
  statedb::DatabaseOptions options;
  std::unique_ptr<statedb::Database> database;
  std::map<md::RecordId, std::unique_ptr<Note>> notes;
  Machine machine;  // last: it goes first, and ends the epoch that the others belong to

  TestDisk& disk(size_t i) { return *machine.disks[i]; }
  const statedb::SetState& set() const { return database->state(); }
  bool has(size_t index, uint32_t flags) const { return set().lb.lb_locators[index].has(flags); }

  void make() {
    options.boot_list = &boot_list;
    database = std::make_unique<statedb::Database>(machine.environment(), options);
  }
  statedb::DbStatus add(TestDisk& disk) {
    const statedb::NewReplica replica = replica_on(disk);
    const statedb::DbStatus status = database->add_replica(replica);
    if (status == statedb::DbStatus::ok) boot_list.push_back(replica.place);
    return status;
  }
  md::RecordId create(std::string text) {
    const md::RecordId id = database->create(statedb::RecordType::raid);
    if (id < 0) return id;
    auto note = std::make_unique<Note>();
    note->text = std::move(text);
    database->set_owner(id, note.get());
    notes[id] = std::move(note);
    return id;
  }
  void commit(std::initializer_list<md::RecordId> ids) {
    static_cast<void>(database->commit(std::vector<md::RecordId>(ids)));
  }
  void remove(std::initializer_list<md::RecordId> ids) {
    static_cast<void>(database->remove(std::vector<md::RecordId>(ids)));
  }

  /// The host dies (with its power, if asked), boots, loads. False: there is no database.
  bool reboot(bool power = false) {
    if (machine.host.up()) machine.crash(power);
    machine.boot();
    bool loaded = false;
    machine.run([&] {
      make();
      loaded = database->load();
    });
    return loaded;
  }
  Texts texts() const {
    Texts all;
    for (const auto& record : database->loaded()) all[record.id] = text_of(record.bytes);
    return all;
  }
  uint64_t writes() const {
    uint64_t sum = 0;
    for (const auto& each : machine.disks) sum += each->log.size();
    return sum;
  }
};

}  // namespace raidsim::testing
