// tests/model/raid/bench.h: one RAID-5 unit on disks in memory, every device request under the test's thumb.
//
//   Bench bench({.columns = 5});
//   bench.disk(1).on_request = [](const IoRequest& r) { return r.op == IoOp::write ? EIO : 0; };
//   bench.run([&] { bench.write(7, 3, 'a'); });           a fiber of the host; returns when nothing is left to do
//   EXPECT_EQ(bench.read_back(), bench.expected);
//
// Disks complete in order after `service`; a volatile cache loses at power_cut() what no FUA or flush covered.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/host.h"
#include "engine/simulation.h"
#include "model/md/system.h"
#include "model/raid/create_geometry.h"
#include "model/raid/parity.h"
#include "model/raid/raid_unit.h"
#include "model/raid/strategy.h"

namespace raidsim::raid::testing {

using Bytes = std::vector<std::byte>;

class BenchDisk final : public BlockDevice {
 public:
  BenchDisk(Simulation& simulation, DeviceNumber number, uint64_t blocks, CacheKind cache)
      : simulation_(simulation), number_(number), cache_(cache), seen(blocks * block_bytes), durable(seen) {}
  ~BenchDisk() { forget(); }

  struct Served {
    IoOp op{};
    bool fua = false;
    uint64_t block = 0;
    uint32_t blocks = 0;
    int error = 0;
    SimTime at{};
  };
  /// Errno for a request, asked when it is served; 0: serve it; short_transfer: one block less, no errno (F08).
  std::function<int(const IoRequest&)> on_request;
  static constexpr int short_transfer = -1;
  bool hold = false;     ///< requests stay where they are until release_held()
  bool keep_log = true;  ///< off for long runs
  Duration service = 100us;
  uint32_t longest = 2048;
  std::vector<Served> log;  ///< in order of completion
  Bytes& content() { return seen; }
  [[nodiscard]] std::byte* at(uint64_t block) { return seen.data() + block * block_bytes; }
  [[nodiscard]] size_t outstanding() const { return pending_.size() + held_.size(); }

  void submit(IoRequest& request) override {
    if (hold) return held_.push_back(&request);
    arm(request);
  }
  void release_held() {
    hold = false;
    for (IoRequest* request : std::exchange(held_, {})) arm(*request);
  }
  DeviceNumber number() const noexcept override { return number_; }
  uint64_t blocks() const noexcept override { return seen.size() / block_bytes; }
  uint32_t longest_transfer() const noexcept override { return longest; }
  CacheKind cache() const noexcept override { return cache_; }
  void power_cut() { seen = durable; }
  void settle() { durable = seen; }  ///< what was put there by hand is durable
  void forget() {
    for (auto& each : pending_) simulation_.cancel(*each);
    pending_.clear();
    held_.clear();
  }

 private:
  struct Pending : Event {
    Pending()
        : Event([](Event& event) {
            Pending& self = static_cast<Pending&>(event);
            self.disk->complete(self);
          }) {}
    BenchDisk* disk = nullptr;
    IoRequest* request = nullptr;
  };
  void arm(IoRequest& request) {
    std::unique_ptr<Pending> pending;
    if (spare_.empty()) {
      pending = std::make_unique<Pending>();
    } else {
      pending = std::move(spare_.back());
      spare_.pop_back();
    }
    pending->disk = this;
    pending->request = &request;
    simulation_.schedule_after(*pending, service);
    pending_.push_back(std::move(pending));
  }
  void complete(Pending& done) {
    IoRequest& request = *done.request;
    auto found = std::find_if(pending_.begin(), pending_.end(), [&](const auto& p) { return p.get() == &done; });
    spare_.push_back(std::move(*found));
    pending_.erase(found);
    serve(request);
    request.done(request);
  }
  void serve(IoRequest& r) {
    r.residual = 0;
    r.error = r.block + r.blocks > blocks() || r.blocks > longest ? EINVAL : 0;
    if (r.error == 0 && on_request) r.error = on_request(r);
    if (keep_log) log.push_back({r.op, r.fua, r.block, r.blocks, r.error, simulation_.now()});
    if (r.error == short_transfer) {
      r.error = 0;
      r.residual = 1;
      return;
    }
    if (r.error != 0) return;
    const size_t from = r.block * block_bytes, size = size_t{r.blocks} * block_bytes;
    if (r.op == IoOp::flush || r.preflush) durable = seen;
    if (r.op == IoOp::read) std::memcpy(r.data, seen.data() + from, size);
    if (r.op != IoOp::write) return;
    std::memcpy(seen.data() + from, r.data, size);
    if (r.fua || cache_ == CacheKind::none) std::memcpy(durable.data() + from, r.data, size);
  }

  Simulation& simulation_;
  DeviceNumber number_;
  CacheKind cache_;
  Bytes seen, durable;
  std::deque<std::unique_ptr<Pending>> pending_;
  std::vector<std::unique_ptr<Pending>> spare_;
  std::vector<IoRequest*> held_;
};

/// Records in memory; a commit takes `commit_time` and stores what the owners encode.
class BenchStore final : public statedb::RecordStore {
 public:
  Duration commit_time = 50us;
  bool is_stale = false;
  uint64_t commits = 0;
  std::function<void()> on_commit;  ///< just before a commit is durable
  std::map<md::RecordId, Bytes> committed;

  bool load() override { return true; }
  bool stale() const noexcept override { return is_stale; }
  const std::vector<statedb::StoredRecord>& loaded() const override { return loaded_; }
  md::RecordId create(statedb::RecordType) override { return ++last_; }
  void set_owner(md::RecordId id, const statedb::RecordOwner* owner) override { owners_[id] = owner; }
  statedb::CommitResult commit(std::span<const md::RecordId> ids) override {
    if (is_stale) return statedb::CommitResult::stale;
    std::map<md::RecordId, Bytes> images;
    for (const md::RecordId id : ids) {
      if (id != 0 && owners_[id] != nullptr) owners_[id]->encode(images[id]);
    }
    if (commit_time > 0ns) sleep_for(commit_time);
    if (on_commit) on_commit();
    for (auto& [id, bytes] : images) committed[id] = std::move(bytes);
    ++commits;
    return statedb::CommitResult::committed;
  }
  statedb::CommitResult remove(std::span<const md::RecordId> ids) override {
    for (const md::RecordId id : ids) committed.erase(id);
    return statedb::CommitResult::committed;
  }
  std::span<const std::byte> committed_bytes(md::RecordId id) const override {
    const auto found = committed.find(id);
    return found == committed.end() ? std::span<const std::byte>{} : std::span<const std::byte>(found->second);
  }

 private:
  std::vector<statedb::StoredRecord> loaded_;
  std::map<md::RecordId, const statedb::RecordOwner*> owners_;
  md::RecordId last_ = 0;
};

struct BenchOptions {
  uint32_t columns = 5;
  uint64_t interlace = 8;  ///< S
  uint64_t lines = 16;     ///< L
  uint32_t slots = 10;
  uint64_t maxio = 2048;
  uint32_t spare_disks = 0;  ///< further disks behind the columns'
  CacheKind cache = CacheKind::none;
  SimulationOptions simulation{};
};

class Bench final : public DeviceTable, md::Memory, md::WallClock, md::Console, md::Notifier {
 public:
  explicit Bench(const BenchOptions& wanted = {})
      : options(wanted), simulation(wanted.simulation), host(simulation, "host") {
    const Unit image = make_image();
    const uint64_t blocks = image.un_pwsize + image.rows() + 64;  // a rim that nothing may touch (RD-12)
    for (uint32_t i = 0; i < options.columns + options.spare_disks; ++i) {
      disks.push_back(std::make_unique<BenchDisk>(simulation, disk_slice(i, 0), blocks, options.cache));
    }
    expected.resize(image.un_total_blocks * block_bytes);
    run([&] { boot(image); });
  }
  ~Bench() {
    for (auto& each : disks) each->forget();
    if (last_end == RunEnd::failed || simulation.failure() != nullptr) {
      (void)unit.release();  // fibers still stand inside of them
      (void)system.release();
      return;
    }
    if (system != nullptr) run([&] { system->stop_daemons(); });
  }
  /// The host dies at `at`, with all that was in its memory; requests under way are forgotten.
  void crash_at(Duration at) {
    on_dead_.bench = crash_.bench = this;
    host.set_on_dead(&on_dead_);
    simulation.schedule_after(crash_, at);
  }

  BenchOptions options;
  Simulation simulation;
  Host host;
  std::vector<std::unique_ptr<BenchDisk>> disks;
  BenchStore store;
  std::unique_ptr<md::System> system;
  std::unique_ptr<RaidUnit> unit;
  Bytes expected;  ///< what write() put where
  std::vector<md::SvmEvent> events;
  std::vector<md::MessageId> messages;
  uint64_t pokes = 0;
  bool no_memory = false;  ///< try_allocate fails
  std::function<bool(const char*)> refuse_memory;
  int64_t allocated = 0;  ///< blocks of memory handed out and not returned
  RunEnd last_end{};

  [[nodiscard]] BenchDisk& disk(uint64_t column) { return *disks[column]; }

  /// Runs `body` as a fiber of the host until nothing is left to do. False: it did not come to its end.
  bool run(std::function<void()> body) {
    bool finished = false;
    auto shared = std::make_shared<std::function<void()>>(std::move(body));
    simulation.spawn("test", [shared, &finished] {
      (*shared)();
      finished = true;
    });
    last_end = simulation.run();
    return finished && last_end != RunEnd::failed;
  }
  [[nodiscard]] std::string why() const {
    return simulation.failure() == nullptr ? std::string{}
                                           : simulation.failure()->what + " at " + simulation.failure()->where;
  }

  // ---- requests, from inside run() ----
  static Bytes pattern(uint64_t blocks, uint64_t tag) {
    Bytes bytes(blocks * block_bytes);
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::byte>((tag * 2654435761ULL + i * 40503ULL + (i >> 9) * 97) >> 5);
    }
    return bytes;
  }
  /// Writes a pattern; `expected` takes it when the unit says success.
  int write(uint64_t block, uint32_t blocks, uint64_t tag) {
    Bytes data = pattern(blocks, tag);
    const int error = raid_transfer(*unit, md::BufferOp::write, block, blocks, data.data());
    if (error == 0) std::memcpy(expected.data() + block * block_bytes, data.data(), data.size());
    return error;
  }
  int read(uint64_t block, uint32_t blocks, Bytes& data) {
    data.assign(size_t{blocks} * block_bytes, std::byte{0xEE});
    return raid_transfer(*unit, md::BufferOp::read, block, blocks, data.data());
  }
  /// Whether a read returns what `expected` holds.
  bool reads_right(uint64_t block, uint32_t blocks) {
    Bytes data;
    return read(block, blocks, data) == 0 &&
           std::memcmp(data.data(), expected.data() + block * block_bytes, data.size()) == 0;
  }
  bool all_reads_right() { return reads_right(0, static_cast<uint32_t>(unit->un.un_total_blocks)); }

  // ---- media ----
  [[nodiscard]] std::byte* row(uint64_t column, uint64_t r) {
    return disk(column).at(unit->un.columns[column].now.devstart + r);
  }
  /// RD-01 over all rows of the columns' own disks.
  [[nodiscard]] bool parity_holds() {
    for (uint64_t r = 0; r < unit->un.rows(); ++r) {
      Bytes sum(block_bytes);
      for (uint64_t c = 0; c < options.columns; ++c) xor_into(sum.data(), row(c, r), block_bytes);
      if (!all_zero(sum.data(), block_bytes)) return false;
    }
    return true;
  }
  /// RL-17: nothing left behind.
  [[nodiscard]] std::string leftovers() const {
    std::string left;
    if (unit->parents() != 0) left += "parents ";
    if (unit->children() != 0) left += "children ";
    if (unit->lines.chain() != nullptr) left += "chain ";
    if (unit->lines.queue() != nullptr) left += "queue ";
    if (!unit->reserve.present()) left += "reserve ";
    if (unit->un_rflags != 0) left += "un_rflags ";
    for (const SlotTable& table : unit->slots) {
      if (table.pw_free() != unit->un.un_pwcnt || table.pending() != 0) left += "slots ";
    }
    if (unit->io_lock.readers() != 0 || unit->unit_lock.readers() != 0) left += "locks ";
    if (allocated != 2) left += "memory ";
    return left;
  }
  [[nodiscard]] size_t heard(md::EventSubclass subclass) const {
    return static_cast<size_t>(
        std::count_if(events.begin(), events.end(), [&](const md::SvmEvent& e) { return e.subclass == subclass; }));
  }
  [[nodiscard]] size_t said(md::MessageId id) const {
    return static_cast<size_t>(std::count(messages.begin(), messages.end(), id));
  }
  [[nodiscard]] ColumnState state(uint64_t column) const { return unit->un.columns[column].un_devstate; }

  // DeviceTable
  Opened open(DeviceNumber number, DeviceId expected_id, uint64_t blocks_needed) override {
    for (auto& each : disks) {
      if (each->number() != number) continue;
      const bool fits = (expected_id == 0 || expected_id == id_of(number)) && each->blocks() >= blocks_needed;
      return fits ? Opened{.device = each.get()} : Opened{.error = ENXIO};
    }
    return {.error = ENXIO};
  }
  void close(BlockDevice&) override {}
  DeviceNumber find(DeviceId id, uint32_t) const override {
    return id >= 0x100 && id < 0x100 + disks.size() ? disks[id - 0x100]->number() : no_device;
  }
  DeviceId id_of(DeviceNumber number) const override {
    const uint64_t index = minor_of(number) / slices_per_disk;
    return index < disks.size() ? 0x100 + index : 0;
  }

 private:
  Unit make_image() const {
    Unit image;
    image.un_state = RUS_OKAY;
    image.un_origcolumncnt = image.un_totalcolumncnt = options.columns;
    image.un_segsize = options.interlace;
    image.un_segsincolumn = options.lines;
    image.un_maxio = options.maxio;
    image.un_iosize = std::min(options.maxio, options.interlace + 1);
    image.un_pwcnt = options.slots;
    image.un_pwsize = (options.slots * image.un_iosize + 1) / 2 * 2;
    image.un_actual_tb = image.un_total_blocks = image.rows() * (options.columns - 1);
    image.columns.resize(options.columns);
    for (uint32_t i = 0; i < options.columns; ++i) {
      Column& column = image.columns[i];
      column.un_devstate = RCS_OKAY;
      column.now = column.orig = {.dev = disk_slice(i, 0), .pwstart = 0, .devstart = image.un_pwsize};
    }
    return image;
  }
  void boot(Unit image) {
    const md::Environment environment{.host = &host,
                                      .devices = this,
                                      .memory = this,
                                      .wall = this,
                                      .console = this,
                                      .notifier = this,
                                      .panic = [](void*, const char*) { RAIDSIM_ASSERT(false && "panic"); }};
    system = std::make_unique<md::System>(environment, store);
    RAIDSIM_ASSERT(system->names.snarf());
    system->add_poke_service({[](void* self) { ++static_cast<Bench*>(self)->pokes; }, this});
    system->start_daemons();
    system->halted = false;
    system->snarfed = true;
    for (Column& column : image.columns) column.un_orig_key = system->names.add(column.now.dev, "column");
    image.un_record_id = store.create(statedb::RecordType::raid);
    unit = std::make_unique<RaidUnit>(*system, std::move(image));
    store.set_owner(unit->un.un_record_id, unit.get());
    for (uint64_t c = 0; c < options.columns; ++c) {
      unit->set_device(ColumnIndex{c}, Target::now, disks[c].get());
      unit->un.columns[c].un_devflags |= MD_RAID_DEV_ISOPEN;
    }
  }

  struct OfBench : Event {
    using Event::Event;
    Bench* bench = nullptr;
  };
  OfBench crash_{[](Event& event) { static_cast<OfBench&>(event).bench->host.crash(); }};
  OfBench on_dead_{[](Event& event) {
    Bench& bench = *static_cast<OfBench&>(event).bench;
    for (auto& each : bench.disks) each->forget();
    bench.unit.reset();
    bench.system.reset();
  }};

  // Memory, aligned as the machine's is
  std::byte* try_allocate(size_t bytes, const char* site) override {
    if (no_memory || (refuse_memory && refuse_memory(site))) return nullptr;
    return allocate(bytes, site);
  }
  std::byte* allocate(size_t bytes, const char*) override {
    ++allocated;
    return static_cast<std::byte*>(::operator new(bytes, std::align_val_t{64}));
  }
  void free(std::byte* memory, size_t) noexcept override {
    --allocated;
    ::operator delete(memory, std::align_val_t{64});
  }
  int64_t wall_ns() override { return to_ns(simulation.now()); }
  void message(md::MessageId id, uint64_t, uint64_t, uint64_t) override { messages.push_back(id); }
  void notify(const md::SvmEvent& event) override { events.push_back(event); }
};

}  // namespace raidsim::raid::testing
