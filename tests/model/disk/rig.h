// tests/model/disk/rig.h: a few disks, a host driver and requests that are waited for.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/simulation.h"
#include "model/disk/disk_bay.h"
#include "model/disk/fault/cache.h"
#include "model/disk/fault/honest.h"
#include "model/disk/fault/identity.h"
#include "model/disk/fault/lying.h"
#include "model/disk/fault/path.h"
#include "model/disk/fault/power.h"
#include "model/disk/fault/presence.h"
#include "model/disk/fault/time.h"
#include "model/disk/host_driver.h"
#include "model/disk/snapshot.h"
#include "model/disk/write_log.h"

namespace raidsim::disk {

using Bytes = std::vector<std::byte>;

/// `blocks` blocks filled with one letter.
inline Bytes letters(char letter, uint32_t blocks = 1) {
  return Bytes(size_t{blocks} * block_bytes, static_cast<std::byte>(letter));
}

struct Io {
  IoRequest request;
  Bytes data;
  int completions = 0;
  SimTime done{};
  /// Letter of a block, or '?' when its bytes differ from one another.
  [[nodiscard]] char letter(uint32_t block = 0) const {
    const std::byte* first = data.data() + size_t{block} * block_bytes;
    for (uint32_t i = 1; i < block_bytes; ++i) {
      if (first[i] != first[0]) return '?';
    }
    return first[0] == std::byte{0} ? '.' : static_cast<char>(first[0]);
  }
  [[nodiscard]] std::string letters() const {
    std::string all;
    for (uint32_t b = 0; b < request.blocks; ++b) all += letter(b);
    return all;
  }
};

struct RigOptions {
  uint32_t disks = 1;
  DiskOptions disk{};
  HostDriverOptions driver{};
  uint64_t seed = 1;
};

/// Disks of fixed latency, so that times are known: 100 us each transfer.
inline DiskOptions plain_disk(CacheKind cache = CacheKind::none) {
  DiskOptions options;
  options.blocks = 1024;
  options.latency.kind = LatencyKind::fixed;
  options.cache = cache;
  options.depth = 1;
  return options;
}

class Rig {
 public:
  explicit Rig(RigOptions options = {.disk = plain_disk()})
      : driver_options_(options.driver), simulation(SimulationOptions{.seed = options.seed}) {
    driver_options_.open_time = {};
    std::vector<DiskOptions> all;
    for (uint32_t i = 0; i < options.disks; ++i) {
      all.push_back(options.disk);
      all.back().name = "d" + std::to_string(i);
      all.back().id = 100 + i;
    }
    bay.emplace(simulation, pool, all);
    boot();
  }
  ~Rig() {
    driver.reset();
    bay.reset();
  }

  void boot() {
    bay->power_on();
    driver.emplace(*bay, driver_options_);
    devices.clear();
    for (DiskIndex i = 0; i < bay->size(); ++i) devices.push_back(driver->open(disk_slice(i, 0), 0, 0).device);
  }
  void crash(CrashKind kind, OutstandingFate fate = OutstandingFate::drawn) {
    driver->crash(kind, fate);
    driver.reset();
    ios.clear();
  }

  Io& submit(IoOp op, DiskIndex disk, uint64_t block, Bytes data, bool fua = false, bool preflush = false) {
    Io& io = ios.emplace_back();
    io.data = std::move(data);
    io.request = {.op = op, .fua = fua, .preflush = preflush, .block = block};
    io.request.blocks = static_cast<uint32_t>(io.data.size() / block_bytes);
    io.request.data = io.data.data();
    io.request.owner = &io;
    io.request.done = [](IoRequest& request) {
      Io& self = *static_cast<Io*>(request.owner);
      ++self.completions;
      self.done = now();
    };
    devices.at(disk)->submit(io.request);
    return io;
  }
  Io& start_read(uint64_t block, uint32_t blocks = 1, DiskIndex disk = 0) {
    return submit(IoOp::read, disk, block, letters('#', blocks));
  }
  Io& start_write(uint64_t block, char letter, uint32_t blocks = 1, DiskIndex disk = 0) {
    return submit(IoOp::write, disk, block, letters(letter, blocks));
  }
  void run() { ASSERT_EQ(simulation.run(), RunEnd::idle) << (simulation.failure() ? simulation.failure()->what : ""); }
  /// Runs what is due within `time`; the clock stands at its end afterwards.
  void run_for(Duration time) {
    Event end([](Event&) {});
    simulation.schedule_after(end, time);
    static_cast<void>(simulation.run({.until = end.due() + 1ns}));
  }

  Io& read(uint64_t block, uint32_t blocks = 1, DiskIndex disk = 0) { return finish(start_read(block, blocks, disk)); }
  Io& write(uint64_t block, char letter, uint32_t blocks = 1, DiskIndex disk = 0) {
    return finish(start_write(block, letter, blocks, disk));
  }
  Io& write_fua(uint64_t block, char letter) { return finish(submit(IoOp::write, 0, block, letters(letter), true)); }
  Io& flush(DiskIndex disk = 0) { return finish(submit(IoOp::flush, disk, 0, {})); }
  /// What lies there, past the driver.
  [[nodiscard]] std::string seen(uint64_t block, uint32_t blocks = 1, DiskIndex disk = 0) const {
    Io io;
    io.data.resize(size_t{blocks} * block_bytes);
    io.request.blocks = blocks;
    (*bay)[disk].peek(block, blocks, io.data.data());
    return io.letters();
  }
  [[nodiscard]] std::string durable(uint64_t block, uint32_t blocks = 1, DiskIndex disk = 0) const {
    Io io;
    io.data.resize(size_t{blocks} * block_bytes);
    io.request.blocks = blocks;
    (*bay)[disk].peek_durable(block, blocks, io.data.data());
    return io.letters();
  }
  template <class F>
  FaultHandle arm(F fault, DiskIndex disk = 0) {
    return bay->faults().arm(disk, std::move(fault));
  }
  [[nodiscard]] const DamageMap& damage(DiskIndex disk = 0) const { return bay->damage().of(disk); }
  [[nodiscard]] VirtualDisk& disk(DiskIndex index = 0) { return (*bay)[index]; }

 private:
  Io& finish(Io& io) {
    run();
    EXPECT_EQ(io.completions, 1);
    return io;
  }
  HostDriverOptions driver_options_;

 public:
  PagePool pool;
  Simulation simulation;
  std::optional<DiskBay> bay;
  std::optional<HostDriver> driver;
  std::vector<BlockDevice*> devices;
  std::deque<Io> ios;
};

}  // namespace raidsim::disk
