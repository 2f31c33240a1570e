// tests/model/raid/volume.h: one RAID-5 unit that opens, closes, resyncs and reboots, on disks and records in memory.
//
//   Volume v({.spares = 1});
//   v.run([&] { v.open(); v.write(0, 8, 'a'); });   a fiber of the host; returns when nothing is left to do
//   v.reboot();                                     power cut, snarf; then set-sync or open as the test wants
//
// Disks are those of bench.h, one per column, then spares and strays. Devices may be missing; opens are counted.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "model/raid/admin/create.h"
#include "model/raid/admin/replace.h"
#include "model/raid/admin/set_sync.h"
#include "model/raid/hot_spare_daemon.h"
#include "model/raid/open_close.h"
#include "model/raid/prewrite_header.h"
#include "model/raid/record.h"
#include "model/raid/snarf.h"
#include "tests/model/raid/bench.h"

namespace raidsim::raid::testing {

/// Records in memory; every commit stores what the owners encode, and survives a reboot.
class MapStore final : public statedb::RecordStore {
 public:
  std::map<md::RecordId, statedb::StoredRecord> committed;
  bool is_stale = false;
  uint64_t commits = 0;
  std::function<void()> on_commit;

  bool load() override {
    owners_.clear();
    loaded_.clear();
    for (const auto& [id, record] : committed) loaded_.push_back(record);
    return true;
  }
  bool stale() const noexcept override { return is_stale; }
  const std::vector<statedb::StoredRecord>& loaded() const override { return loaded_; }
  md::RecordId create(statedb::RecordType type) override {
    types_[++last_] = type;
    return last_;
  }
  void set_owner(md::RecordId id, const statedb::RecordOwner* owner) override { owners_[id] = owner; }
  statedb::CommitResult commit(std::span<const md::RecordId> ids) override {
    if (is_stale) return statedb::CommitResult::stale;
    std::map<md::RecordId, std::vector<std::byte>> images;
    for (const md::RecordId id : ids) {
      if (id != 0 && owners_[id] != nullptr) owners_[id]->encode(images[id]);
    }
    sleep_for(50us);
    for (auto& [id, bytes] : images) committed[id] = {.id = id, .type = types_[id], .bytes = std::move(bytes)};
    ++commits;
    if (on_commit) on_commit();
    return statedb::CommitResult::committed;
  }
  statedb::CommitResult remove(std::span<const md::RecordId> ids) override {
    for (const md::RecordId id : ids) committed.erase(id);
    return statedb::CommitResult::committed;
  }
  std::span<const std::byte> committed_bytes(md::RecordId id) const override {
    const auto found = committed.find(id);
    return found == committed.end() ? std::span<const std::byte>{} : std::span<const std::byte>(found->second.bytes);
  }

 private:
  std::vector<statedb::StoredRecord> loaded_;
  std::map<md::RecordId, const statedb::RecordOwner*> owners_;
  std::map<md::RecordId, statedb::RecordType> types_;
  md::RecordId last_ = 0;
};

struct FakeSpare final : statedb::RecordOwner {
  md::RecordId record = 0;
  md::NameKey key = 0;
  DeviceNumber device = no_device;
  uint64_t blocks = 0;
  uint64_t start_block = 0;
  hotspare::SpareState state = hotspare::SpareState::HSS_AVAILABLE;
  bool releasing = false;
  void encode(std::vector<std::byte>& out) const override { out.assign(1, static_cast<std::byte>(state)); }
};

struct VolumeOptions {
  uint32_t columns = 4;
  uint64_t interlace = 8, lines = 6, maxio = 64;
  uint32_t slots = 10;
  uint32_t spares = 0;
  uint32_t strays = 0;  ///< disks that belong to nobody
  uint64_t start = 0;   ///< first block of every column: 1 or more leaves room for a label
  CacheKind cache = CacheKind::none;
  UnitState state = RUS_OKAY;
  SimulationOptions simulation{};
};

class Volume final : public DeviceTable, md::Memory, md::WallClock, md::Console, md::Notifier, hotspare::Service {
 public:
  static constexpr md::Minor minor = 10;

  explicit Volume(const VolumeOptions& wanted = {})
      : options(wanted), simulation(wanted.simulation), host(simulation, "host") {
    const Unit shape = image();
    const uint64_t blocks = options.start + shape.un_pwsize + shape.rows() + 16;
    for (uint32_t i = 0; i < options.columns + options.spares + options.strays; ++i) {
      disks.push_back(std::make_unique<BenchDisk>(simulation, disk_slice(i, 0), blocks, options.cache));
    }
    expected.resize(shape.un_total_blocks * block_bytes);
    host.set_on_dead(&dead_);
    run([this] { first_boot(); });
  }
  ~Volume() {
    for (auto& each : disks) each->forget();
    if (simulation.failure() != nullptr) {
      ADD_FAILURE() << simulation.failure()->what << " at " << simulation.failure()->where;
      (void)daemon.release();
      (void)system.release();
      return;
    }
    run([this] { system->stop_daemons(); });
  }

  VolumeOptions options;
  Simulation simulation;
  Host host;
  std::vector<std::unique_ptr<BenchDisk>> disks;
  MapStore store;
  std::unique_ptr<md::System> system;
  std::unique_ptr<HotSpareDaemon> daemon;
  std::vector<FakeSpare> spares;
  std::set<uint64_t> missing;     ///< disks that do not open
  std::map<uint64_t, int> opens;  ///< by disk
  std::function<void()> on_close;
  std::vector<md::SvmEvent> events;
  std::function<void(const char* site)> before_allocate;  ///< may suspend: memory is not there yet
  std::vector<md::MessageId> messages;
  Bytes expected;
  uint64_t gets = 0;
  uint64_t asked_size = 0;  ///< by the last of them
  bool asked_label = false;

  [[nodiscard]] RaidUnit& unit() { return *static_cast<RaidUnit*>(system->unit(minor)); }
  [[nodiscard]] Unit& un() { return unit().un; }
  [[nodiscard]] Column& column(uint64_t c) { return un().columns[c]; }
  [[nodiscard]] ColumnState state(uint64_t c) { return column(c).un_devstate; }
  [[nodiscard]] BenchDisk& disk(uint64_t i) { return *disks[i]; }
  [[nodiscard]] size_t heard(md::EventSubclass subclass) const {
    return static_cast<size_t>(
        std::count_if(events.begin(), events.end(), [&](const md::SvmEvent& e) { return e.subclass == subclass; }));
  }
  [[nodiscard]] size_t said(md::MessageId id) const {
    return static_cast<size_t>(std::count(messages.begin(), messages.end(), id));
  }
  /// The unit as a crash now would bring it back.
  [[nodiscard]] Unit recorded() {
    const char* why = nullptr;
    return decode_record(store.committed_bytes(un().un_record_id), why).value();
  }

  /// True: `body` came to its end.
  bool run(std::function<void()> body) {
    bool finished = false;
    auto shared = std::make_shared<std::function<void()>>(std::move(body));
    host.spawn("test", [shared, &finished] {
      (*shared)();
      finished = true;
    });
    (void)simulation.run();
    return finished && simulation.failure() == nullptr;
  }

  // ---- inside run() ----
  int open() { return raid_internal_open(unit(), md::FREAD | md::FWRITE, md::OTYP_CHR, 0, md::Opener::caller); }
  int close() { return raid_close(unit(), md::OTYP_CHR); }
  int write(uint64_t block, uint32_t blocks, uint64_t tag) {
    Bytes data = Bench::pattern(blocks, tag);
    const int error = raid_transfer(unit(), md::BufferOp::write, block, blocks, data.data());
    if (error == 0) std::memcpy(expected.data() + block * block_bytes, data.data(), data.size());
    return error;
  }
  void fill(uint64_t tag = 5) {
    for (uint64_t block = 0; block < un().un_total_blocks; block += options.interlace) {
      EXPECT_EQ(write(block, static_cast<uint32_t>(options.interlace), tag + block), 0);
    }
  }
  bool reads_right() {
    Bytes data(expected.size());
    const auto blocks = static_cast<uint32_t>(un().un_total_blocks);
    return raid_transfer(unit(), md::BufferOp::read, 0, blocks, data.data()) == 0 && data == expected;
  }
  /// Every row of the current devices XORs to zero (RD-01).
  bool parity_holds() {
    for (uint64_t r = 0; r < un().rows(); ++r) {
      Bytes sum(block_bytes);
      for (Column& c : un().columns) xor_into(sum.data(), behind(c.now.dev).at(c.now.devstart + r), block_bytes);
      if (!all_zero(sum.data(), block_bytes)) return false;
    }
    return true;
  }
  BenchDisk& behind(DeviceNumber number) { return disk(minor_of(number) / slices_per_disk); }

  /// The disk answers every request with an error, from now on.
  void kill(uint64_t i) {
    disk(i).on_request = [](const IoRequest&) { return EIO; };
  }
  void heal(uint64_t i) { disk(i).on_request = nullptr; }

  /// Power cut and snarf; nothing is opened yet.
  void reboot() {
    simulation.spawn("power", [this] { host.crash(); });
    (void)simulation.run();
    for (auto& each : disks) {
      each->forget();
      each->power_cut();
    }
    daemon.reset();
    system.reset();
    opens.clear();
    events.clear();
    messages.clear();
    host.boot();
    run([this] { boot(); });
  }

  [[nodiscard]] Unit image() const {
    Unit unit;
    unit.un_self_id = minor;
    unit.un_state = options.state;
    unit.un_origcolumncnt = unit.un_totalcolumncnt = options.columns;
    unit.un_segsize = options.interlace;
    unit.un_segsincolumn = options.lines;
    unit.un_maxio = options.maxio;
    unit.un_iosize = std::min(options.maxio, options.interlace + 1);
    unit.un_pwcnt = options.slots;
    unit.un_pwsize = (options.slots * unit.un_iosize + 1) / 2 * 2;
    unit.un_actual_tb = unit.un_total_blocks = unit.rows() * (options.columns - 1);
    unit.un_hsp_id = options.spares != 0 ? 1 : md::MD_HSP_NONE;
    unit.columns.resize(options.columns);
    for (uint32_t i = 0; i < options.columns; ++i) {
      Column& c = unit.columns[i];
      c.un_devstate = options.state == RUS_INIT ? RCS_INIT : RCS_OKAY;
      c.un_orig_key = i + 1;
      c.now = c.orig = {.dev = disk_slice(i, 0), .pwstart = options.start, .devstart = options.start + unit.un_pwsize};
    }
    return unit;
  }

  // DeviceTable
  Opened open(DeviceNumber number, DeviceId id, uint64_t blocks_needed) override {
    const uint64_t i = minor_of(number) / slices_per_disk;
    if (i >= disks.size() || missing.contains(i) || disk(i).blocks() < blocks_needed) return {.error = ENXIO};
    if (id != 0 && id != id_of(number)) return {.error = ENXIO};
    ++opens[i];
    return {.device = disks[i].get()};
  }
  void close(BlockDevice& device) override {
    --opens[minor_of(device.number()) / slices_per_disk];
    if (on_close) on_close();
  }
  DeviceNumber find(DeviceId id, uint32_t) const override {
    return id >= 0x100 && id < 0x100 + disks.size() ? disks[id - 0x100]->number() : no_device;
  }
  DeviceId id_of(DeviceNumber number) const override { return 0x100 + minor_of(number) / slices_per_disk; }

 private:
  /// Transfers of a dead host end nowhere.
  struct Dead : Event {
    explicit Dead(Volume& its)
        : Event([](Event& event) {
            for (auto& each : static_cast<Dead&>(event).volume.disks) each->forget();
          }),
          volume(its) {}
    Volume& volume;
  };
  Dead dead_{*this};

  void first_boot() {
    (void)store.load();
    start_system();
    (void)system->names.snarf();
    for (uint64_t i = 0; i < disks.size(); ++i) EXPECT_EQ(system->names.add(disk(i).number(), "d"), i + 1);
    for (uint32_t i = 0; i < options.spares; ++i) {
      FakeSpare spare;
      spare.record = store.create(statedb::RecordType::hot_spare);
      spare.key = options.columns + i + 1;
      spare.device = disk(options.columns + i).number();
      spare.blocks = disk(options.columns + i).blocks();
      spares.push_back(spare);
    }
    for (FakeSpare& spare : spares) {
      store.set_owner(spare.record, &spare);
      const std::array ids{spare.record};
      (void)store.commit(ids);
    }
    if (options.state != RUS_OKAY) return;
    initialise_logs();
    EXPECT_TRUE(raid_create(*system, image()).is_ok());
  }
  void initialise_logs() {
    const Unit shape = image();
    for (uint64_t c = 0; c < options.columns; ++c) {
      for (uint64_t slot = 0; slot < shape.un_pwcnt; ++slot) {
        std::byte* block = disk(c).at(options.start + slot * shape.un_iosize);
        encode(empty_header(shape, ColumnIndex{c}), HeaderBlock(block, block_bytes));
      }
      disk(c).settle();
    }
  }
  void boot() {
    (void)store.load();
    start_system();
    EXPECT_TRUE(system->names.snarf());
    for (FakeSpare& spare : spares) {
      store.set_owner(spare.record, &spare);
      spare.state = static_cast<hotspare::SpareState>(store.committed_bytes(spare.record)[0]);
      spare.releasing = false;
    }
    system->snarfing = true;
    for (const statedb::StoredRecord& record : store.loaded()) {
      if (record.type != statedb::RecordType::raid) continue;
      Snarfed snarfed = raid_snarf(*system, record);
      if (!snarfed.unit) continue;
      store.set_owner(record.id, snarfed.unit.get());
      system->install(std::move(snarfed.unit));
      (void)store.commit(snarfed.to_commit);
    }
    for (FakeSpare& spare : spares) spare.releasing = false;
    system->snarfing = false;
  }
  void start_system() {
    const md::Environment environment{.host = &host,
                                      .devices = this,
                                      .memory = this,
                                      .wall = this,
                                      .console = this,
                                      .notifier = this,
                                      .panic = [](void*, const char*) { RAIDSIM_ASSERT(false && "panic"); }};
    system = std::make_unique<md::System>(environment, store);
    system->halted = false;
    system->snarfed = true;
    system->hot_spares = this;
    system->start_daemons();
    daemon = std::make_unique<HotSpareDaemon>(*system);
    daemon->publish();
  }

  // hotspare::Service
  hotspare::Reservation get(md::PoolId, uint64_t size, bool labelled) override {
    ++gets;
    asked_size = size;
    asked_label = labelled;
    for (FakeSpare& spare : spares) {
      if (spare.state != hotspare::SpareState::HSS_AVAILABLE || spare.releasing || spare.blocks < size) continue;
      spare.state = hotspare::SpareState::HSS_RESERVED;
      return {.ok = true,
              .record = spare.record,
              .key = spare.key,
              .device = spare.device,
              .start_block = spare.start_block};
    }
    return {};
  }
  md::RecordId release(md::PoolId, md::NameKey key, hotspare::ReleaseAs as) override {
    for (FakeSpare& spare : spares) {
      if (spare.key != key || spare.state != hotspare::SpareState::HSS_RESERVED) continue;
      const bool bad = as == hotspare::ReleaseAs::HS_BAD;
      spare.state = bad ? hotspare::SpareState::HSS_BROKEN : hotspare::SpareState::HSS_AVAILABLE;
      spare.releasing = true;
      return spare.record;
    }
    return 0;
  }
  void release_committed(md::RecordId record) override {
    for (FakeSpare& spare : spares) {
      if (spare.record != record || !std::exchange(spare.releasing, false)) continue;
      if (spare.state == hotspare::SpareState::HSS_AVAILABLE) system->poke_hot_spares();
    }
  }
  Counted increment(md::PoolId) override { return {.ok = true}; }
  Counted decrement(md::PoolId) override { return {.ok = true}; }
  DeviceNumber device_of(md::RecordId record, DeviceNumber otherwise) override {
    for (const FakeSpare& spare : spares) {
      if (spare.record == record) return spare.device;
    }
    return otherwise;
  }

  std::byte* try_allocate(size_t bytes, const char* site) override { return allocate(bytes, site); }
  std::byte* allocate(size_t bytes, const char* site) override {
    if (before_allocate) before_allocate(site);
    return static_cast<std::byte*>(::operator new(bytes, std::align_val_t{64}));
  }
  void free(std::byte* memory, size_t) noexcept override { ::operator delete(memory, std::align_val_t{64}); }
  int64_t wall_ns() override { return to_ns(simulation.now()); }
  void message(md::MessageId id, uint64_t, uint64_t, uint64_t) override { messages.push_back(id); }
  void notify(const md::SvmEvent& event) override { events.push_back(event); }
};

}  // namespace raidsim::raid::testing
