// The name space: keys outlive reboots, and a device is found by what it is, not by where it was.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/md/codec.h"
#include "model/md/names.h"
#include "model/statedb/database.h"
#include "tests/model/md/machine.h"
#include "tests/model/statedb/replica_disk.h"

namespace raidsim::md {
namespace {

using raidsim::testing::Machine;

struct Names : ::testing::Test {
  void SetUp() override {
    machine.add_disk();  // the database's
    a = machine.add_disk().number();
    b = machine.add_disk().number();
    machine.free_epoch = [this] {
      names.reset();
      store.reset();
    };
    ASSERT_TRUE(machine.run([&] {
      make();
      ASSERT_EQ(store->add_replica(testing::replica_on(*machine.disks[0])), statedb::DbStatus::ok);
      ASSERT_TRUE(store->load());
      ASSERT_TRUE(names->snarf());
    }));
  }
  void make() {
    boot_list = testing::boot_list_of(*machine.disks[0]);
    store = std::make_unique<statedb::Database>(machine.environment(),
                                                statedb::DatabaseOptions{.load = {}, .boot_list = &boot_list});
    names = std::make_unique<NameSpace>(machine, *store);
  }
  void reboot() {
    machine.crash();
    machine.boot();
    ASSERT_TRUE(machine.run([&] {
      make();
      ASSERT_TRUE(store->load());
      ASSERT_TRUE(names->snarf());
    }));
  }
  template <class F>
  void in_fiber(F f) {
    ASSERT_TRUE(machine.run(f));
  }

  statedb::BootList boot_list;
  std::unique_ptr<statedb::Database> store;
  std::unique_ptr<NameSpace> names;
  DeviceNumber a = 0, b = 0;
  Machine machine;  // last: it goes first, and ends the epoch that the others belong to
};

TEST_F(Names, AKeySurvivesACrashAndNewOnesDiffer) {
  NameKey first = 0, second = 0;
  in_fiber([&] { first = names->add(a, "d1"); });
  reboot();
  in_fiber([&] { second = names->add(b, "d2"); });

  EXPECT_NE(first, 0u);
  EXPECT_NE(second, first);
  EXPECT_EQ(names->entries().at(first).name, "d1");
}

// The shelf is rewired: after the boot the disk answers to another number. It is found, and remembered there.
TEST_F(Names, ADiskThatMovedIsFoundByItsId) {
  NameKey key = 0;
  in_fiber([&] { key = names->add(a, "d1"); });
  machine.disks[1]->renumber(disk_slice(9, 0));
  reboot();

  in_fiber([&] {
    EXPECT_EQ(names->md_getdevnum(key, Trust::MD_NOTRUST_DEVT), disk_slice(9, 0));
    EXPECT_EQ(names->md_resolve_bydevid(10, a, key), disk_slice(9, 0));
  });
  reboot();
  EXPECT_EQ(names->entries().at(key).number, disk_slice(9, 0));
}

// A copy of the disk was made, id and all, and answers to a lower number. The key goes on meaning the disk it meant.
TEST_F(Names, OfADiskAndItsCopyTheOneThatWasMeantCounts) {
  NameKey key = 0;
  in_fiber([&] { key = names->add(b, "d2"); });
  machine.disks[1]->id = machine.disks[2]->id;
  reboot();

  in_fiber([&] {
    EXPECT_EQ(names->md_getdevnum(key, Trust::MD_NOTRUST_DEVT), b);
    EXPECT_EQ(names->md_resolve_bydevid(10, no_device, key), b);
    EXPECT_EQ(names->md_resolve_bydevid(10, a, key), a);  // somebody means the copy
  });
}

TEST_F(Names, ADiskThatIsAwayHasNoDevice) {
  NameKey key = 0;
  in_fiber([&] { key = names->add(a, "d1"); });
  machine.disks[1]->present = false;

  in_fiber([&] {
    EXPECT_EQ(names->md_resolve_bydevid(10, a, key), no_device);
    EXPECT_EQ(names->md_getdevnum(key, Trust::MD_NOTRUST_DEVT), no_device);
    EXPECT_EQ(names->md_getdevnum(key, Trust::MD_TRUST_DEVT), a);
    // It still answers to its old number, so that the administrator can name it.
    EXPECT_EQ(names->md_getkeyfromdev(a).key, key);
    EXPECT_EQ(names->md_getkeyfromdev(no_device).nkeys, 0u) << "no device is nobody's number";
  });
}

// A new disk in the same slot: the number is the new disk's now, until somebody says that the key means it.
TEST_F(Names, AnotherDiskAtTheSameNumberIsNotTheOldOne) {
  NameKey key = 0;
  in_fiber([&] { key = names->add(a, "d1"); });
  machine.disks[1]->id = 0x999;

  in_fiber([&] {
    EXPECT_EQ(names->md_resolve_bydevid(10, a, key), no_device);
    EXPECT_TRUE(names->update_device_id(key, a));
    EXPECT_EQ(names->md_resolve_bydevid(10, a, key), a);
    EXPECT_EQ(names->device_id(key), 0x999u);
  });
}

TEST_F(Names, UnknownKeysAndMetadevices) {
  in_fiber([&] {
    EXPECT_EQ(names->md_resolve_bydevid(10, a, 77), no_device);
    const DeviceNumber unit = make_device(md_major, 20);
    EXPECT_EQ(names->md_resolve_bydevid(10, unit, 77), unit);
    EXPECT_EQ(names->md_getkeyfromdev(a).nkeys, 0u);
    EXPECT_TRUE(names->md_getkeyfromdev(a).ok);
    EXPECT_FALSE(names->update_device_id(77, a));
  });
}

TEST_F(Names, ReferencesKeepAnEntryUntilTheLastIsDropped) {
  NameKey key = 0;
  in_fiber([&] {
    key = names->add(a, "d1");
    EXPECT_EQ(names->add(a, "d1"), key);
    names->remove(key);
    EXPECT_EQ(names->md_getkeyfromdev(a).key, key);
    names->remove(key);
    EXPECT_EQ(names->md_getkeyfromdev(a).nkeys, 0u);
  });
  reboot();
  EXPECT_TRUE(names->entries().empty());
}

/// A database whose one record holds the given bytes.
class OneRecord final : public statedb::RecordStore {
 public:
  explicit OneRecord(std::vector<std::byte> bytes) { records_.push_back({1, statedb::RecordType::name_space, bytes}); }
  bool load() override { return true; }
  bool stale() const noexcept override { return false; }
  const std::vector<statedb::StoredRecord>& loaded() const override { return records_; }
  RecordId create(statedb::RecordType) override { return -6; }  // MDDB_E_NOSPACE
  void set_owner(RecordId, const statedb::RecordOwner*) override {}
  statedb::CommitResult commit(std::span<const RecordId>) override { return statedb::CommitResult::committed; }
  statedb::CommitResult remove(std::span<const RecordId>) override { return statedb::CommitResult::committed; }
  std::span<const std::byte> committed_bytes(RecordId) const override { return {}; }

 private:
  std::vector<statedb::StoredRecord> records_;
};

// Whatever is in the record: it is taken whole or refused, and no key that was handed out comes twice.
RC_GTEST_PROP(NameSpaceRecord, HostileContentIsRefusedWithoutHarm, ()) {
  std::vector<std::byte> bytes;
  RecordWriter write(bytes);
  write.u32(*rc::gen::element(0x6d646e6du, 1u));
  for (const uint32_t word : *rc::gen::container<std::vector<uint32_t>>(rc::gen::element(0u, 1u, 2u, 40u, ~0u))) {
    write.u32(word);
  }
  Machine machine;
  OneRecord store(bytes);
  NameSpace names(machine, store);
  bool good = false;
  machine.run([&] { good = names.snarf(); });
  if (!good) return;
  std::vector<std::byte> again;
  names.encode(again);
  RC_ASSERT(again == bytes);
}

}  // namespace
}  // namespace raidsim::md
