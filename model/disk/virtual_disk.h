// model/disk/virtual_disk.h: one simulated disk: medium, volatile cache, queue, arm, and its faults.
//
//   submit ──> queue ──> in service ──> effect ──> complete          transfers (transfer.h)
//                            │             │
//                       latency model   write cache ──destage──> medium (pages of real bytes)
//
// A callback state machine in the event loop: one transfer is one timer event. Faults hook in at an
// instant (fault/fault.h); a disk without armed faults pays one branch per instant. The contract of FLUSH,
// FUA and PREFLUSH is fault-model.md 4.3: a completed FLUSH makes every write durable that completed before
// the flush was issued; nothing else orders writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/choice.h"
#include "engine/simulation.h"
#include "model/disk/damage.h"
#include "model/disk/disk_observer.h"
#include "model/disk/latency/latency.h"
#include "model/disk/page_store.h"
#include "model/disk/transfer.h"
#include "model/disk/types.h"
#include "model/disk/write_cache.h"

namespace raidsim::disk {

class ArmedFault;
class DiskBay;
class WriteLog;
struct DiskState;

/// What a power cut does to cached writes (F19).
struct CacheLoss {
  double keep = 0.5;         ///< chance that a cached write, or a run of its sectors, survives
  bool adversarial = false;  ///< keeps the newest writes and drops the oldest; how many is drawn
  bool operator==(const CacheLoss&) const = default;
};

/// Fate of a transfer that the disk had and the host will not hear of (F47).
enum class OutstandingFate : uint8_t { drawn, done, undone };

/// What a power cut does to a write in service (F16).
struct TornWrites {
  TornRule rule = TornRule::prefix;
  bool split_sector = false;                      ///< an atom may be cut inside, as with atom 0
  bool neighbours = false;                        ///< the rest of the 4 KiB physical sector is destroyed too: a liar
  double chance = 1.0 / 3;                        ///< that the write is torn, rather than whole or not there
  OutstandingFate fate = OutstandingFate::drawn;  ///< done or undone: as said, and never torn
  bool operator==(const TornWrites&) const = default;
};

struct DiskOptions {
  std::string name = "d0";
  DeviceId id = 0;  ///< 0: the disk reports none
  uint64_t blocks = 16'384;
  LatencyOptions latency;
  CacheKind cache = CacheKind::none;
  uint64_t cache_blocks = 2048;
  DestagePolicy destage = DestagePolicy::fifo;
  uint32_t atom_bytes = 512;  ///< 512 or 4096; 0: not even a sector is atomic
  QueuePolicy queue = QueuePolicy::fifo;
  uint32_t depth = 32;  ///< 1 to 32: in service at once (SSD, fixed), or seen by the arm's discipline (HDD)
  uint32_t longest_transfer = 2048;
  uint32_t paths = 1;
  uint64_t front_slice_blocks = 0;  ///< slice 7, at the front; slice 0 is the rest (D-07)
  CacheLoss cache_loss;
  TornWrites torn;
};

struct DiskStats {
  uint64_t reads = 0;
  uint64_t writes = 0;
  uint64_t flushes = 0;
  uint64_t blocks_read = 0;
  uint64_t blocks_written = 0;
  Duration service{};  ///< sum of service times
  Duration busy{};     ///< time with at least one transfer in service
  bool operator==(const DiskStats&) const = default;
};

class VirtualDisk {
 public:
  VirtualDisk(DiskBay& bay, DiskIndex index, const DiskOptions& options);
  ~VirtualDisk();  ///< asserts that no transfer is left
  VirtualDisk(const VirtualDisk&) = delete;
  VirtualDisk& operator=(const VirtualDisk&) = delete;

  [[nodiscard]] DiskIndex index() const noexcept { return index_; }
  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  [[nodiscard]] const DiskOptions& options() const noexcept { return options_; }
  [[nodiscard]] uint64_t blocks() const noexcept { return blocks_; }
  [[nodiscard]] DeviceId id() const noexcept { return id_; }
  [[nodiscard]] bool dead() const noexcept { return dead_; }  ///< fail-stopped (F01)
  [[nodiscard]] bool powered() const noexcept { return powered_; }
  [[nodiscard]] bool supplied() const noexcept { return supplied_; }                     ///< its shelf has power (F45)
  [[nodiscard]] uint32_t power_losses() const noexcept { return power_losses_; }         ///< in this run
  [[nodiscard]] FaultHandle power_taken_by() const noexcept { return power_taken_by_; }  ///< the last time; 0: no fault
  [[nodiscard]] uint32_t incarnation() const noexcept { return incarnation_; }           ///< disks this slot has had
  [[nodiscard]] const DiskStats& stats() const noexcept { return stats_; }
  [[nodiscard]] size_t outstanding() const noexcept { return outstanding_; }
  [[nodiscard]] DiskBay& bay() const noexcept { return bay_; }

  /// Takes a transfer; its client hears of it later, never inside this call.
  /// Shape  within the disk, 1 to longest_transfer blocks (0 for a flush)
  void submit(Transfer& transfer);
  /// Takes a transfer back before its completion (host timeout). Its medium effect is the fault's
  /// `on_abort`, none without a fault. The client hears no more of it.
  void abort(Transfer& transfer);
  /// The host is gone: the transfer's fate is `fate`, its client hears no more of it. Data is still there.
  void forsake(Transfer& transfer, OutstandingFate fate, ChoiceStream& choices);
  /// The adapter was reset: as forsaken, and its client may have it again; judges hear that it failed (F44).
  void reset(Transfer& transfer);
  /// Some transfers were forsaken, and others wait behind them.
  void resume() { start_next(); }
  /// Power fails: transfers in service are done, not done or torn (F16), waiting ones are not done, cached
  /// writes survive or not (F19). Clients hear a transport error unless they forsook the transfer first.
  void lose_power(FaultHandle by = 0);
  void restore_power();
  /// Out of its slot (F32, F39): as without power, which does not come back before it is put back.
  void pull(FaultHandle by = 0);
  void put_back();
  /// The shelf is without power (F45): nor does it come back before the shelf has it again.
  void lose_supply(FaultHandle by);
  void regain_supply();

  // Content, past all timing and faults: for preparation and for judges.
  void peek(uint64_t block, uint32_t count, std::byte* out) const;          ///< what a read would see
  void peek_durable(uint64_t block, uint32_t count, std::byte* out) const;  ///< what a power cut may leave
  void poke(uint64_t block, uint32_t count, const std::byte* data);         ///< writes the medium; heals
  /// Damage that a read of this block would meet: not hidden by a newer cached write.
  [[nodiscard]] const Damage* damage_seen(uint64_t block) const;
  [[nodiscard]] const DamageMap& damage() const noexcept { return damage_; }
  [[nodiscard]] const WriteCache& cache() const noexcept { return cache_; }
  /// The first block from `block` on that may hold something else than the zeroes of a disk that nobody has written,
  /// on the medium or in the cache; UINT64_MAX when there is none.
  [[nodiscard]] uint64_t next_written(uint64_t block) const;
  [[nodiscard]] uint64_t content_hash() const;  ///< of medium and cached writes

  // For faults (fault/*.h).
  [[nodiscard]] PageStore& medium() noexcept { return medium_; }
  [[nodiscard]] ChoiceStream& fault_choices() noexcept { return fault_choices_; }
  /// Damage of the medium itself: whatever is written there next heals it.
  void mark_damaged(uint64_t block, uint64_t blocks, DamageKind kind, FaultHandle by, uint8_t number);
  /// Changes one block's bytes on the medium, under whatever the cache holds.
  void spoil_medium(uint64_t block, const std::byte* data);
  /// Changes one block's bytes where they lie, in the cache or on the medium, and marks it damaged.
  void overwrite_stored(uint64_t block, const std::byte* data, DamageKind kind, FaultHandle by, uint8_t number);
  /// Reports another size from now on (F35); nothing of the content is lost.
  void resize(uint64_t blocks);
  void set_dead(bool dead) noexcept { dead_ = dead; }
  void set_id(DeviceId id) noexcept { id_ = id; }
  void set_destage(DestagePolicy policy, uint64_t cache_blocks);
  /// Switches the volatile cache on or off; what it holds is written out first (F23).
  void set_cache(CacheKind kind);
  void set_cache_loss(const CacheLoss& loss) { options_.cache_loss = loss; }
  void set_torn(const TornWrites& torn) { options_.torn = torn; }
  /// This disk becomes a copy of `other`, but for its id (F41). Shape  same size
  void copy_content(const VirtualDisk& other);
  /// Another disk in the same slot (F33): content, cache, damage and id are gone; waiting transfers fail.
  void swap_in(DeviceId id, uint64_t blocks, BlankContent content, ChoiceStream& choices);

  // For snapshots (snapshot.h). Shape  no transfer outstanding
  [[nodiscard]] DiskState save() const;
  void restore(const DiskState& state);
  /// An immutable copy of the medium. Shape  the cache is empty
  [[nodiscard]] std::shared_ptr<const DiskImage> freeze() const;
  /// Starts with the content of a prepared image.
  void load_image(std::shared_ptr<const DiskImage> image);

 private:
  friend class FaultPlan;
  friend class Transfer;
  class Destager;
  class Forgetter;

  static void on_timer(Event& event);
  static void on_queue_watch(Event& event);
  static void on_late_write(Event& event);
  void effect_late(const Transfer& transfer);
  void start(Transfer& transfer);
  void start_next();
  static void refuse(Transfer& transfer, int error, TransferError kind);
  Transfer& take_next();
  [[nodiscard]] Duration service_time(const Transfer& transfer);
  void arm_timer(Transfer& transfer, SimTime step_due);
  void step(Transfer& transfer);
  void effect(Transfer& transfer);
  void effect_read(Transfer& transfer);
  void effect_write(Transfer& transfer);
  void effect_flush(Transfer& transfer);
  void complete(Transfer& transfer);
  WriteCache::Slot store(uint64_t number, uint64_t block, uint32_t blocks, const std::byte* data, bool durable);
  void to_medium(uint64_t number, uint64_t sequence, uint64_t block, uint32_t blocks, const std::byte* data);
  void resolve(Transfer& transfer);
  void tear(Transfer& transfer, ChoiceStream& choices, const TornWrites& how);
  void split_sector(const Transfer& transfer, uint64_t block, ChoiceStream& choices);
  void destroy_neighbours(const Transfer& transfer, ChoiceStream& choices);
  [[nodiscard]] static uint32_t blocks_with_effect(const Transfer& transfer);
  void settle(uint64_t number, uint64_t block, uint32_t blocks, const std::byte* data);  ///< no host waits for it
  void lose_cache();
  void keep_part(const CachedWrite& write);
  void flush_cache(const Transfer& transfer);
  void fail_all();
  void fail(Transfer& transfer);
  void fill_random(ChoiceStream& choices);
  void leave(Transfer& transfer);
  void end_service();
  void watch_queue();
  void queue_watch_cancel();
  void misplace(const Transfer& transfer, uint32_t count, bool durable);
  [[nodiscard]] uint32_t readable(uint64_t block, uint32_t count) const;
  [[nodiscard]] TransferView view(const Transfer& transfer, bool with_data) const;

  struct List {
    Transfer* head = nullptr;
    Transfer* tail = nullptr;
    uint32_t size = 0;
    void push(Transfer& transfer);
    void remove(Transfer& transfer);
  };
  struct LateWrite;
  struct QueueWatch : Event {
    QueueWatch(Action action, VirtualDisk& of) : Event(action), disk(of) {}
    VirtualDisk& disk;
  };

  DiskBay& bay_;
  Simulation& simulation_;
  DiskIndex index_;
  DiskOptions options_;
  DeviceId id_;
  uint64_t blocks_;  ///< as it reports them; the medium may have more (F35)
  PageStore medium_;
  WriteCache cache_;
  DamageMap& damage_;
  std::unique_ptr<LatencyModel> latency_;
  ChoiceStream& latency_choices_;
  ChoiceStream& fault_choices_;
  ChoiceStream& queue_choices_;
  ChoiceStream& cache_choices_;
  ChoiceStream& power_choices_;

  List queue_;       ///< waiting, in order of arrival
  List in_service_;  ///< and held
  uint32_t serving_ = 0;
  uint32_t serving_limit_ = 1;
  QueueWatch queue_watch_;
  Duration longest_service_{};
  uint64_t head_ = 0;       ///< block behind the last one served
  uint64_t numbers_ = 0;    ///< transfers issued
  uint64_t moments_ = 0;    ///< issues and completions
  uint64_t sequences_ = 0;  ///< effects
  size_t outstanding_ = 0;
  SimTime busy_since_{};
  DiskStats stats_;
  uint32_t incarnation_ = 1;
  bool dead_ = false;
  bool powered_ = true;
  bool pulled_ = false;
  bool supplied_ = true;
  uint32_t power_losses_ = 0;
  FaultHandle power_taken_by_ = 0;

  std::vector<std::unique_ptr<LateWrite>> late_writes_;
  std::vector<ArmedFault*> armed_;  ///< owned by the plan, in order of arming
  uint32_t armed_instants_ = 0;     ///< bit per Instant at which some armed fault wants to be asked
};

}  // namespace raidsim::disk
