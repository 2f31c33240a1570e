// tests/model/stripe/stripe_world.h: the whole volume manager on a small machine, for stripes.
//
//   disk 0: database    disks 1..8: components    pools 1 and 2 on demand
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/sync/semaphore.h"
#include "model/manager.h"
#include "model/stripe/layout.h"
#include "model/stripe/record.h"
#include "tests/model/md/machine.h"
#include "tests/model/statedb/replica_disk.h"

namespace raidsim::testing {

using Bytes = std::vector<std::byte>;
using Rows = std::vector<std::vector<int>>;  ///< disks by number

inline Bytes pattern(uint32_t blocks, uint64_t tag) {
  Bytes bytes(size_t{blocks} * block_bytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>((tag * 131 + i / block_bytes * 7 + i * 3) & 0xff);
  }
  return bytes;
}

class StripeWorld {
 public:
  static constexpr md::Minor d20 = 20, d30 = 30;
  static constexpr md::PoolId pool1 = md::make_pool_id(0, 1), pool2 = md::make_pool_id(0, 2);
  static constexpr uint64_t interlace = 16, disk_blocks = 200;

  explicit StripeWorld(CacheKind cache = CacheKind::none) {
    machine.add_disk(512, cache);
    boot_list = boot_list_of(disk(0));
    for (int i = 0; i < 8; ++i) machine.add_disk(disk_blocks, cache);
    machine.free_epoch = [this] { manager.reset(); };
    run([this] {
      make();
      EXPECT_FALSE(manager->boot());  // there is no database yet
      EXPECT_TRUE(manager->replica_add(replica_on(disk(0))).is_ok());
    });
  }

  statedb::BootList boot_list;
  std::unique_ptr<Manager> manager;

  void make() {
    manager =
        std::make_unique<Manager>(machine.environment(), statedb::DatabaseOptions{.load = {}, .boot_list = &boot_list});
  }
  /// From outside: whatever runs ends now; then the host comes back.
  void reboot(bool power = false) {
    if (machine.host.up()) machine.crash(power);
    machine.boot();
    run([this] {
      make();
      EXPECT_TRUE(manager->boot());
    });
  }
  template <class F>
  void run(F body) {
    EXPECT_TRUE(machine.run(body));
  }

  TestDisk& disk(int n) { return *machine.disks[static_cast<size_t>(n)]; }
  const stripe::StripeUnit* unit(md::Minor minor = d20) const { return manager->view().stripe(minor); }
  /// What no command can make of the unit: the test bends it.
  stripe::StripeUnit& bend(md::Minor minor = d20) { return const_cast<stripe::StripeUnit&>(*unit(minor)); }
  uint64_t references(md::NameKey key) {
    const auto& names = manager->view().system().names.entries();
    const auto found = names.find(key);
    return found == names.end() ? 0 : found->second.references;
  }

  // ---- in a fiber of the host ----
  md::NameKey name(DeviceNumber device) {
    md::NameKey key = 0;
    EXPECT_TRUE(manager->set_name(device, "d", key).is_ok());
    return key;
  }
  /// Adds rows to an image; each component is named.
  void add_rows(stripe::Unit& image, const Rows& rows) {
    for (const auto& row : rows) {
      std::vector<stripe::Extent> extents(row.size(), {.start = 0, .size = disk_blocks});
      EXPECT_TRUE(stripe::add_row(image, extents, interlace));
      for (const int n : row) {
        stripe::Component component;
        component.un_dev = disk(n).number();
        component.un_key = name(component.un_dev);
        image.components.push_back(component);
      }
    }
    stripe::set_totals(image);
  }
  stripe::Unit image(const Rows& rows, md::Minor minor = d20, md::PoolId pool = md::MD_HSP_NONE) {
    stripe::Unit made;
    made.un_self_id = minor;
    made.un_hsp_id = pool;
    add_rows(made, rows);
    return made;
  }
  void create(const Rows& rows, md::Minor minor = d20, md::PoolId pool = md::MD_HSP_NONE) {
    const md::Error error = manager->create(image(rows, minor, pool));
    EXPECT_TRUE(error.is_ok()) << name_of(error);
  }
  void create_pool(md::PoolId pool) {
    EXPECT_TRUE(manager
                    ->set_hs({.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE,
                              .shs_hot_spare_pool = pool,
                              .shs_options = hotspare::HS_OPT_POOL})
                    .is_ok());
  }
  uint32_t references(md::PoolId pool) { return manager->view().pool(pool)->hsp_refcount; }
  int open(md::Minor minor = d20, uint32_t flags = md::FREAD | md::FWRITE) {
    return manager->open(minor, flags, md::OTYP_BLK);
  }
  int close(md::Minor minor = d20) { return manager->close(minor, md::OTYP_BLK); }

  struct Answer {
    int error = 0;
    uint32_t residual = 0;
    bool operator==(const Answer&) const = default;
  };
  Answer transfer(md::Buffer buffer, md::Minor minor = d20) {
    Semaphore over("transfer");
    buffer.owner = &over;
    buffer.done = [](md::Buffer& done) { static_cast<Semaphore*>(done.owner)->release(); };
    manager->strategy(minor, buffer);
    over.acquire();
    return {buffer.error, buffer.residual};
  }
  Answer write(uint64_t block, uint32_t blocks, uint64_t tag, md::Minor minor = d20) {
    Bytes data = pattern(blocks, tag);
    return transfer({.op = md::BufferOp::write, .block = block, .bytes = blocks * block_bytes, .data = data.data()},
                    minor);
  }
  Answer read(uint64_t block, Bytes& data, md::Minor minor = d20) {
    return transfer(
        {.op = md::BufferOp::read, .block = block, .bytes = static_cast<uint32_t>(data.size()), .data = data.data()},
        minor);
  }
  Bytes read_all(md::Minor minor = d20) {
    Bytes data(manager->size(minor) * block_bytes);
    EXPECT_EQ(read(0, data, minor), Answer{});
    return data;
  }

  Machine machine;  // last: it goes first, and ends the epoch that the manager belongs to
};

}  // namespace raidsim::testing
