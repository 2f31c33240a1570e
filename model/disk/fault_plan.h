// model/disk/fault_plan.h: the faults of a run: armed, counted, lifted, printed.
//
//   const FaultHandle h = bay.faults().arm(2, LostWrite{.match = {.range = {128, 256}, .skip = 6}});
//   bay.faults().line(h)      {"fault": "lost-write", "disk": d2, ...} as data
//   bay.faults().lift(h)
//
// Triggers in time or by event are the harness's: it calls arm() when they fire. A fault's own Match counts
// and filters from there on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/event.h"
#include "model/disk/fault/fault.h"

namespace raidsim::disk {

class FaultPlan {
 public:
  explicit FaultPlan(DiskBay& bay);
  ~FaultPlan();
  FaultPlan(const FaultPlan&) = delete;
  FaultPlan& operator=(const FaultPlan&) = delete;

  template <class F>
  FaultHandle arm(DiskIndex disk, F fault) {
    return add(disk, std::make_unique<Armed<F>>(std::move(fault)));
  }
  /// Ends a fault; what it has done to the medium stays. No effect on one that is spent.
  void lift(FaultHandle handle);
  /// Ends all faults of a disk but `except`: another disk has taken its place.
  void lift_of(DiskIndex disk, FaultHandle except);
  /// The host boots: ends those that last until then.
  void host_boots();
  /// The disk has power again, or the host boots (F23).
  void starts(VirtualDisk& disk);
  /// Faults stop (D-09 b): everything but what FaultInfo::lasts.
  void lift_transient();

  [[nodiscard]] size_t size() const noexcept { return faults_.size(); }  ///< handles run from 1 to here
  [[nodiscard]] const ArmedFault& at(FaultHandle handle) const;
  [[nodiscard]] FaultLine line(FaultHandle handle) const { return at(handle).line(); }
  [[nodiscard]] uint64_t hits() const noexcept { return hits_; }  ///< over all faults

  // Asked by disks and the host driver, only when some armed fault wants that instant.
  void at_start(VirtualDisk& disk, Transfer& transfer);
  void at_before_write(VirtualDisk& disk, uint64_t block, uint32_t blocks);
  void at_after_effect(VirtualDisk& disk, Transfer& transfer);
  [[nodiscard]] int at_open(VirtualDisk& disk);
  void at_opened(VirtualDisk& disk);
  // Told by disks, of what an earlier fault did to a transfer.
  void died_under(VirtualDisk& disk, const Transfer& transfer);  ///< F01 came while it was in service
  void unreadable_met(const VirtualDisk& disk, uint64_t block);  ///< a read came to a sector that a fault left so
  void reset_met(FaultHandle by, const VirtualDisk& disk, const Transfer& transfer);  ///< F44 took it
  void attention_met(const VirtualDisk& disk, const Transfer& transfer);  ///< first one after a break of power (F45)

 private:
  struct Timer;
  FaultHandle add(DiskIndex disk, std::unique_ptr<ArmedFault> fault);
  [[nodiscard]] static bool matches(const ArmedFault& fault, const Transfer& transfer);
  [[nodiscard]] static bool hit(ArmedFault& fault, ChoiceStream& choices);  ///< skip, count and chance
  static void on_timer(Event& event);
  [[nodiscard]] FaultContext context(const ArmedFault& fault, VirtualDisk& disk) const;
  void fired(ArmedFault& fault, DiskIndex disk, uint64_t block, uint32_t blocks);
  void schedule(Timer& timer, const ArmedFault& fault);
  static void refresh(VirtualDisk& disk);  ///< drops spent faults, renews the mask

  DiskBay& bay_;
  std::vector<std::unique_ptr<ArmedFault>> faults_;  ///< by handle - 1
  std::vector<std::unique_ptr<Timer>> timers_;       ///< by handle - 1; null where none is needed
  uint64_t hits_ = 0;
};

/// The catalogue's rows that can be armed, by number.
[[nodiscard]] const std::vector<FaultInfo>& fault_catalogue();

}  // namespace raidsim::disk
