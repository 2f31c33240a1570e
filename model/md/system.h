// model/md/system.h: what a unit driver reaches: environment, records, spares, names, daemons, units, global locks.
//
// One per host epoch, owned by the Manager; it knows no driver. Everything dies with the host.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "engine/sync/rwlock.h"
#include "model/hotspare/service.h"
#include "model/md/daemon_queue.h"
#include "model/md/environment.h"
#include "model/md/error.h"
#include "model/md/ioctl_lock.h"
#include "model/md/names.h"
#include "model/md/notify_queues.h"
#include "model/md/numbering.h"
#include "model/md/unit_frame.h"
#include "model/statedb/record_store.h"

namespace raidsim::md {

/// md_raid_resync: running resyncs, initialisations and regenerations (9.5, RH-31). A suspend is refused
/// while it is positive.
struct ResyncCounters {
  uint32_t md_raid_resync = 0;
};

/// "poke hotspares": a named service that drivers publish; must not block.
struct PokeService {
  void (*poke)(void* context) = nullptr;
  void* context = nullptr;
};

class NoPools;
class UnitDevice;
class UnitDriver;

class System {
 public:
  System(const Environment& environment, statedb::RecordStore& store);
  ~System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  const Environment env;
  statedb::RecordStore& store;
  NameSpace names;
  hotspare::Service* hot_spares = nullptr;  ///< null until the pool module is there; ask hs() instead

  IoctlLock ioctl_lock;
  RwLock md_unit_array_rw{locks::unit_array};  ///< existence of units
  RwLock md_link_rw{locks::unit_list};         ///< list of units

  DaemonQueue md_done_daemon{"md_done_daemon"};
  DaemonQueue md_mstr_daemon{"md_mstr_daemon"};
  DaemonQueue md_hs_daemon{"md_hs_daemon"};
  DaemonQueue md_ff_daemonq{"md_ff_daemonq"};
  ResyncCounters resync;

  void start_daemons();
  void stop_daemons();  ///< DAEMONS_DIE: they end when their queues are empty
  [[nodiscard]] bool daemons_idle() const noexcept;
  [[nodiscard]] uint32_t live_daemons() const noexcept;
  [[nodiscard]] bool dying() const noexcept { return daemons_die_ || halted; }
  bool halted = true;    ///< MD_GBL_HALTED; cleared by attach
  bool snarfed = false;  ///< MD_SET_SNARFED of set 0
  bool snarfing = false;
  [[nodiscard]] bool stale() const noexcept { return store.stale(); }  ///< MD_SET_STALE

  // ---- kinds of units (3.6) ----
  void add_driver(UnitDriver& driver);  ///< registers it, in the order of D-02
  /// Shape  a kind that is registered
  [[nodiscard]] UnitDriver& driver(UnitType type) const noexcept { return *by_type_[static_cast<size_t>(type)]; }
  [[nodiscard]] bool has_driver(UnitType type) const noexcept {
    return static_cast<size_t>(type) < unit_types && by_type_[static_cast<size_t>(type)] != nullptr;
  }
  [[nodiscard]] const std::vector<UnitDriver*>& drivers() const noexcept { return drivers_; }  ///< as registered

  // ---- units ----
  /// Null when the minor is out of range or not set up.
  [[nodiscard]] UnitFrame* unit(Minor minor) const noexcept {
    return set_of_minor(minor) == 0 && minor < units_.size() ? units_[minor].get() : nullptr;
  }
  /// Installs a unit at the head of the list.
  /// Locks  array lock (W) and list lock (W), unless snarfing
  UnitFrame& install(std::unique_ptr<UnitFrame> unit);
  /// Takes a unit out of its slot and of the list. Locks  as install
  [[nodiscard]] std::unique_ptr<UnitFrame> remove(Minor minor);
  /// The same for a unit that was made now; its size is known from here on (MD-09). Takes array lock (W) and list lock
  /// (W). Suspends
  void make_visible(std::unique_ptr<UnitFrame> unit);
  /// The same for a unit that goes. Locks  array lock (W); takes the list lock (W). Suspends
  [[nodiscard]] std::unique_ptr<UnitFrame> take_out(Minor minor);
  /// In list order: most recently installed first. Locks  md_link_rw (R)
  [[nodiscard]] const std::vector<UnitFrame*>& unit_list() const noexcept { return list_; }
  [[nodiscard]] uint32_t s_un_avail() const noexcept { return s_un_avail_; }  ///< free slots
  [[nodiscard]] uint32_t s_un_next() const noexcept { return s_un_next_; }    ///< where the search begins
  /// md_get_nextunit (6.1): the next free slot, which is not reserved by that; MD_UNITBAD: none is free.
  [[nodiscard]] uint32_t md_get_nextunit() noexcept;
  /// Steps back to the slot that was found last. False: the search stands at slot 0 (EFAULT).
  [[nodiscard]] bool give_back_nextunit() noexcept;
  void search_from_first_free() noexcept;  ///< at the end of a snarf (12.3 step 8)
  /// md_nblocks (6.3): size of a unit for who holds no lock; 0 when absent.
  void set_nblocks(Minor minor, uint64_t blocks);
  void clear_nblocks(Minor minor);
  [[nodiscard]] uint64_t nblocks(Minor minor) const noexcept;
  [[nodiscard]] const std::map<Minor, uint64_t>& size_map() const noexcept { return nblocks_; }  ///< for judges

  // ---- components (7.4) ----
  /// Opens what a unit is built on. `device` in: number to try; out: number opened, unchanged on error.
  /// The disk must have the id that the name space holds for `key` (key 0: any) and `blocks_needed` blocks.
  /// A unit is opened by its driver, counted as OTYP_LYR, whatever parent it has and however stale the set is.
  /// Errors  ENODEV for no_device; ENXIO: no such unit, or smaller than needed; else the device's errno. Suspends
  [[nodiscard]] DeviceTable::Opened md_layered_open(Minor opener, DeviceNumber& device, NameKey key,
                                                    uint64_t blocks_needed, uint32_t flags = MD_OFLG_NULL);
  void md_layered_close(BlockDevice& device, uint32_t flags = MD_OFLG_NULL);
  /// md_set_parent, md_reset_parent (MD-06): under the child's unit lock, nothing is committed. Suspends
  /// Returns the child's record for the caller's group; 0: `device` is no metadevice
  RecordId md_set_parent(DeviceNumber device, Minor parent);
  RecordId md_reset_parent(DeviceNumber device) { return md_set_parent(device, MD_NO_PARENT); }

  // ---- what others hear of it ----
  NotifyQueues queues;
  void notify(EventClass event_class, EventSubclass subclass, EventTag tag, uint64_t device);
  void deliver(const SvmEvent& event);  ///< to every queue, then to the system's event channel (B.1)
  void message(MessageId id, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0);
  void add_poke_service(PokeService service) { pokes_.push_back(service); }
  void unregister_services();  ///< the pool service and all pokes, at a halt (12.6 step 4)
  void poke_hot_spares();      ///< asks every driver to look for work for spares; never blocks
  /// The pool service; one that refuses everything, after a console warning, while there is none (HL-03).
  [[nodiscard]] hotspare::Service& hs();
  [[nodiscard]] int64_t wall_ns() { return env.wall->wall_ns(); }
  /// raid_commit: the unit's record and `extras`, zeros skipped; nothing on a stale set. Suspends
  void commit(RecordId record, std::initializer_list<RecordId> extras = {});
  /// The same for a list with zeros and repetitions. Suspends
  void commit_group(std::span<const RecordId> ids);
  /// Takes back a record that was created and never committed. Returns `error`. Suspends
  [[nodiscard]] Error discard(RecordId record, const Error& error);

 private:
  [[nodiscard]] DeviceTable::Opened open_unit(Minor minor, uint64_t blocks_needed, uint32_t flags);

  std::vector<UnitDriver*> drivers_;
  std::array<UnitDriver*, unit_types> by_type_{};
  std::map<Minor, std::unique_ptr<UnitDevice>> unit_devices_;  // units that were components
  std::vector<std::unique_ptr<UnitFrame>> units_;              // by unit number, as long as the highest one needs
  std::vector<UnitFrame*> list_;
  uint32_t s_un_avail_ = md_maxunits;
  uint32_t s_un_next_ = 0;
  std::map<Minor, uint64_t> nblocks_;
  std::unique_ptr<NoPools> no_pools_;
  std::vector<PokeService> pokes_;
  bool daemons_die_ = false;
};

}  // namespace raidsim::md
