// tests/model/manager/manager_world.h: the whole volume manager on a small machine.
//
//   disk 0: database    disks 1..4: columns of unit 10    disks 5, 6: spares of pool 1
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/sync/semaphore.h"
#include "model/manager.h"
#include "tests/model/md/machine.h"
#include "tests/model/statedb/replica_disk.h"

namespace raidsim::testing {

using Bytes = std::vector<std::byte>;

inline Bytes pattern(uint32_t blocks, uint64_t tag) {
  Bytes bytes(size_t{blocks} * block_bytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>((tag * 131 + i / block_bytes * 7 + i * 3) & 0xff);
  }
  return bytes;
}

class ManagerWorld {
 public:
  static constexpr md::Minor unit = 10;
  static constexpr md::PoolId pool = md::make_pool_id(0, 1);
  static constexpr uint32_t columns = 4;
  static constexpr uint64_t interlace = 8, lines = 12;

  explicit ManagerWorld(int spares = 0, CacheKind cache = CacheKind::none) : spares_(spares) {
    machine.add_disk(256, cache);
    boot_list = boot_list_of(disk(0));
    for (uint32_t i = 0; i < columns + 2; ++i) machine.add_disk(240, cache);
    machine.free_epoch = [this] { manager.reset(); };
    EXPECT_TRUE(machine.run([this] {
      make();
      EXPECT_FALSE(manager->boot());  // there is no database yet
      EXPECT_TRUE(manager->replica_add(replica_on(disk(0))).is_ok());
      set_up();
    }));
    EXPECT_TRUE(raid_unit() != nullptr);
  }

  statedb::BootList boot_list;
  std::unique_ptr<Manager> manager;
  bool booted = false;

  void make() {
    manager =
        std::make_unique<Manager>(machine.environment(), statedb::DatabaseOptions{.load = {}, .boot_list = &boot_list});
  }
  /// From outside: whatever runs ends now; then the host comes back.
  void reboot(bool power = false) {
    if (machine.host.up()) machine.crash(power);
    machine.boot();
    machine.run([this] {
      make();
      booted = manager->boot();
    });
  }
  template <class F>
  void run(F body) {
    EXPECT_TRUE(machine.run(body));
  }

  const raid::RaidUnit* raid_unit() const { return manager->view().unit(unit); }
  const raid::Unit& un() const { return raid_unit()->un; }
  TestDisk& disk(int n) { return *machine.disks[static_cast<size_t>(n)]; }
  TestDisk& column_disk(int column) { return disk(column + 1); }

  // ---- in a fiber of the host ----
  int transfer(md::BufferOp op, uint64_t block, Bytes& data) {
    Semaphore over("transfer");
    md::Buffer buffer;
    buffer.op = op;
    buffer.block = block;
    buffer.bytes = static_cast<uint32_t>(data.size());
    buffer.data = data.data();
    buffer.owner = &over;
    buffer.done = [](md::Buffer& done) { static_cast<Semaphore*>(done.owner)->release(); };
    manager->strategy(unit, buffer);
    over.acquire();
    return buffer.error;
  }
  int write(uint64_t block, uint32_t blocks, uint64_t tag) {
    Bytes data = pattern(blocks, tag);
    return transfer(md::BufferOp::write, block, data);
  }
  Bytes read(uint64_t block, uint32_t blocks) {
    Bytes data(size_t{blocks} * block_bytes);
    EXPECT_EQ(transfer(md::BufferOp::read, block, data), 0);
    return data;
  }
  uint64_t mismatches() {
    raid::VerifyReport report;
    EXPECT_TRUE(manager->verify(unit, report).is_ok());
    EXPECT_EQ(report.lines_checked, lines);
    return report.mismatches.size();
  }
  int open() { return manager->open(unit, md::FREAD | md::FWRITE, md::OTYP_BLK); }

  Machine machine;  // last: it goes first, and ends the epoch that the manager belongs to

 private:
  void set_up() {
    for (int i = 0; i < spares_; ++i) {
      md::NameKey key = 0;
      TestDisk& spare = disk(static_cast<int>(columns) + 1 + i);
      EXPECT_TRUE(manager->set_name(spare.number(), "spare", key).is_ok());
      EXPECT_TRUE(manager
                      ->set_hs({.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE,
                                .shs_hot_spare_pool = pool,
                                .shs_component_old = spare.number(),
                                .shs_key_old = key,
                                .shs_number_blks = spare.blocks()})
                      .is_ok());
    }
    raid::Unit image;
    image.un_self_id = unit;
    image.un_state = raid::RUS_INIT;
    image.un_origcolumncnt = image.un_totalcolumncnt = columns;
    image.un_segsize = interlace;
    image.un_segsincolumn = lines;
    image.un_maxio = 64;
    image.un_iosize = interlace + 1;
    image.un_pwcnt = 10;
    image.un_pwsize = 10 * (interlace + 1);
    image.un_actual_tb = image.un_total_blocks = interlace * lines * (columns - 1);
    image.un_hsp_id = spares_ > 0 ? pool : md::MD_HSP_NONE;
    image.columns.resize(columns);
    for (uint32_t c = 0; c < columns; ++c) {
      raid::Column& column = image.columns[c];
      column.un_devstate = raid::RCS_INIT;
      EXPECT_TRUE(manager->set_name(disk(static_cast<int>(c) + 1).number(), "d", column.un_orig_key).is_ok());
      column.now = column.orig = {.dev = disk_slice(c + 1, 0), .pwstart = 0, .devstart = image.un_pwsize};
    }
    const md::Error created = manager->create(image);
    EXPECT_TRUE(created.is_ok()) << name_of(created);
  }
  int spares_;
};

}  // namespace raidsim::testing
