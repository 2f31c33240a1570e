// tests/model/md/machine.h: a small machine to run the volume manager on: disks in memory, one host, a console.
//
// Disks complete every request after a fixed time, in order of completion. A disk with a volatile cache
// loses, at power_cut(), what neither FUA nor a flush covered.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/host.h"
#include "engine/simulation.h"
#include "model/md/environment.h"

namespace raidsim::testing {

struct LoggedWrite {
  uint64_t block = 0;
  bool fua = false;
  std::vector<std::byte> bytes;
  SimTime at{};  ///< of its completion
};

class TestDisk final : public BlockDevice {
 public:
  TestDisk(DeviceNumber device, DeviceId disk_id, uint64_t blocks, CacheKind cache = CacheKind::none)
      : id(disk_id), number_(device), cache_(cache), seen_(blocks * block_bytes), durable_(seen_) {}

  DeviceId id;
  bool present = true;  ///< false: opens and requests fail with ENXIO
  int fail_reads = 0;   ///< errno of every read; 0: none
  int fail_writes = 0;
  std::optional<uint64_t> writes_until_failing;  ///< so many succeed, all after them fail with EIO
  uint64_t bad_block = ~uint64_t{0};             ///< reads that touch it fail with EIO
  Duration service = 100us;
  std::vector<LoggedWrite> log;  ///< writes in order of completion
  uint64_t reads = 0, flushes = 0;

  /// The write that finds this 0 when it would complete keeps only the chosen sectors, and `on_cut` runs.
  std::optional<uint64_t> writes_until_cut;
  std::vector<bool> cut_keeps;
  std::function<void()> on_cut;
  int opens = 0;

  Host* host = nullptr;  ///< a dying host's last words do not reach the disk

  void submit(IoRequest& request) override {
    if (host != nullptr && !host->up()) return;
    pending_.push_back(std::make_unique<Pending>(*this, request));
    Simulation::current()->schedule_after(*pending_.back(), service);
  }
  DeviceNumber number() const noexcept override { return number_; }
  uint64_t blocks() const noexcept override { return seen_.size() / block_bytes; }
  uint32_t longest_transfer() const noexcept override { return 2048; }
  CacheKind cache() const noexcept override { return cache_; }

  void renumber(DeviceNumber number) { number_ = number; }
  std::vector<std::byte>& bytes() { return seen_; }
  void set_bytes(const std::vector<std::byte>& bytes) {
    seen_.assign(bytes.begin(), bytes.end());  // no allocation: tests do it a million times
    durable_.assign(bytes.begin(), bytes.end());
  }
  /// The host died: what it had outstanding is forgotten; writes not done yet did not happen.
  void forget_requests(Simulation& simulation) {
    for (const auto& pending : pending_) simulation.cancel(*pending);
    pending_.clear();
  }
  void power_cut() { seen_ = durable_; }

 private:
  struct Pending : Event {
    Pending(TestDisk& on, IoRequest& asked) : Event(&done), disk(on), request(asked) {}
    static void done(Event& event) {
      auto& self = static_cast<Pending&>(event);
      self.disk.complete(self);
    }
    TestDisk& disk;
    IoRequest& request;
  };

  void complete(Pending& pending) {
    IoRequest& request = pending.request;
    std::erase_if(pending_, [&](const auto& each) { return each.get() == &pending; });
    if (cut(request)) return;
    serve(request);
    request.done(request);
  }

  bool cut(const IoRequest& r) {
    if (r.op != IoOp::write || !writes_until_cut) return false;
    if (*writes_until_cut != 0) {
      --*writes_until_cut;
      return false;
    }
    writes_until_cut.reset();
    for (uint32_t sector = 0; sector < r.blocks; ++sector) {
      if (cut_keeps.empty() || !cut_keeps[sector % cut_keeps.size()]) continue;
      const size_t to = static_cast<size_t>(r.block + sector) * block_bytes;
      std::memcpy(seen_.data() + to, r.data + size_t{sector} * block_bytes, block_bytes);
      std::memcpy(durable_.data() + to, r.data + size_t{sector} * block_bytes, block_bytes);
    }
    on_cut();
    return true;
  }

  int write_error() {
    if (!writes_until_failing) return fail_writes;
    if (*writes_until_failing == 0) return EIO;
    --*writes_until_failing;
    return fail_writes;
  }

  void serve(IoRequest& r) {
    const bool inside = r.block + r.blocks <= blocks() && r.blocks <= longest_transfer();
    r.error = !present ? ENXIO : !inside ? EINVAL : 0;
    if (r.op == IoOp::read && r.error == 0) {
      r.error = r.block <= bad_block && bad_block < r.block + r.blocks ? EIO : fail_reads;
    }
    if (r.op == IoOp::write && r.error == 0) r.error = write_error();
    if (r.error != 0) return;
    const size_t at = static_cast<size_t>(r.block * block_bytes), size = size_t{r.blocks} * block_bytes;
    if (r.op == IoOp::flush || r.preflush) {
      ++flushes;
      durable_ = seen_;
    }
    if (r.op == IoOp::read) {
      ++reads;
      std::memcpy(r.data, seen_.data() + at, size);
    } else if (r.op == IoOp::write) {
      std::memcpy(seen_.data() + at, r.data, size);
      if (r.fua || cache_ == CacheKind::none) std::memcpy(durable_.data() + at, r.data, size);
      log.push_back(
          {.block = r.block, .fua = r.fua, .bytes = {r.data, r.data + size}, .at = Simulation::current()->now()});
    }
  }

  DeviceNumber number_;
  CacheKind cache_;
  std::vector<std::byte> seen_, durable_;
  std::deque<std::unique_ptr<Pending>> pending_;
};

class Machine final : public DeviceTable,
                      public md::Memory,
                      public md::WallClock,
                      public md::Console,
                      public md::Notifier {
 public:
  struct Message {
    md::MessageId id;
    uint64_t a, b, c;
  };
  Machine() : simulation(SimulationOptions{}), host(simulation, "host") {
    on_dead_.machine = this;
    host.set_on_dead(&on_dead_);
  }
  ~Machine() {
    if (!host.dead()) {
      host.crash();
      simulation.run();
    }
  }

  Simulation simulation;
  Host host;
  std::vector<std::unique_ptr<TestDisk>> disks;
  std::vector<Message> messages;
  std::vector<md::SvmEvent> events;
  std::string panicked;              ///< why, once
  std::function<void()> free_epoch;  ///< frees what lived on the host; runs when it is dead

  TestDisk& add_disk(uint64_t blocks = 16384, CacheKind cache = CacheKind::none) {
    const auto n = static_cast<uint32_t>(disks.size());
    disks.push_back(std::make_unique<TestDisk>(disk_slice(n, 0), 0x100 + n, blocks, cache));
    disks.back()->host = &host;
    return *disks.back();
  }

  md::Environment environment() {
    return {.host = &host,
            .devices = this,
            .memory = this,
            .wall = this,
            .console = this,
            .notifier = this,
            .panic = [](void* self, const char* why) { static_cast<Machine*>(self)->panic(why); },
            .panic_context = this};
  }

  /// Runs `body` in a fiber of the host until nothing is left to do. False: the host died in it.
  bool run(std::function<void()> body) {
    body_ = std::move(body);
    finished_ = false;
    host.spawn("test", [this] {
      body_();
      finished_ = true;
    });
    last_end = simulation.run();
    if (const Failure* failure = simulation.failure()) {
      std::fprintf(stderr, "%s: %s\n", failure->where.c_str(), failure->what.c_str());
    }
    return finished_;
  }
  RunEnd last_end = RunEnd::idle;

  /// From inside or outside of run(): the host dies now; `power`: caches are lost too.
  void crash(bool power = false) {
    power_lost_ = power;
    host.crash();
  }
  void boot() {
    if (!host.dead()) simulation.run();
    host.boot();
  }

  [[nodiscard]] bool said(md::MessageId id) const {
    for (const Message& m : messages) {
      if (m.id == id) return true;
    }
    return false;
  }
  bool no_memory = false;  ///< nothing is to be had without waiting (F53)
  [[nodiscard]] size_t heard(md::EventSubclass subclass) const {
    size_t count = 0;
    for (const md::SvmEvent& e : events) count += e.subclass == subclass ? 1u : 0u;
    return count;
  }

  // DeviceTable
  Opened open(DeviceNumber number, DeviceId expected, uint64_t blocks_needed) override {
    sleep_for(10us);
    TestDisk* disk = at(number);
    if (disk == nullptr || (expected != 0 && disk->id != expected) || disk->blocks() < blocks_needed) {
      return {.error = ENXIO};
    }
    ++disk->opens;
    return {.device = disk};
  }
  void close(BlockDevice& device) override { --static_cast<TestDisk&>(device).opens; }
  DeviceNumber find(DeviceId id, uint32_t slice) const override {
    for (const auto& disk : disks) {
      if (disk->present && disk->id == id && minor_of(disk->number()) % slices_per_disk == slice) return disk->number();
    }
    return no_device;
  }
  DeviceId id_of(DeviceNumber number) const override {
    const TestDisk* disk = at(number);
    return disk == nullptr ? 0 : disk->id;
  }
  // Memory
  std::byte* try_allocate(size_t bytes, const char*) override { return no_memory ? nullptr : new std::byte[bytes]; }
  std::byte* allocate(size_t bytes, const char*) override { return new std::byte[bytes]; }
  void free(std::byte* memory, size_t) noexcept override { delete[] memory; }
  // WallClock, Console, Notifier
  int64_t wall_ns() override { return to_ns(simulation.now()); }
  void message(md::MessageId id, uint64_t a, uint64_t b, uint64_t c) override { messages.push_back({id, a, b, c}); }
  void notify(const md::SvmEvent& event) override { events.push_back(event); }

 private:
  struct OnDead : Event {
    OnDead() : Event([](Event& event) { static_cast<OnDead&>(event).machine->end_epoch(); }) {}
    Machine* machine = nullptr;
  };
  TestDisk* at(DeviceNumber number) const {
    for (const auto& disk : disks) {
      if (disk->present && disk->number() == number) return disk.get();
    }
    return nullptr;
  }
  void panic(const char* why) {
    if (panicked.empty()) panicked = why;
    crash();
  }
  void end_epoch() {
    for (const auto& disk : disks) {
      disk->forget_requests(simulation);
      disk->opens = 0;
      if (power_lost_) disk->power_cut();
    }
    power_lost_ = false;
    if (free_epoch) free_epoch();
  }

  OnDead on_dead_;
  std::function<void()> body_;
  bool finished_ = false;
  bool power_lost_ = false;
};

}  // namespace raidsim::testing
