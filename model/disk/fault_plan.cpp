#include "model/disk/fault_plan.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/disk/disk_bay.h"
#include "model/disk/fault/cache.h"
#include "model/disk/fault/honest.h"
#include "model/disk/fault/identity.h"
#include "model/disk/fault/lying.h"
#include "model/disk/fault/path.h"
#include "model/disk/fault/planted.h"
#include "model/disk/fault/power.h"
#include "model/disk/fault/presence.h"
#include "model/disk/fault/time.h"
#include "model/disk/trace_kinds.h"

namespace raidsim::disk {

/// Lifts a fault that lasts for a while, or lets it act again.
struct FaultPlan::Timer : Event {
  Timer(Action action, FaultPlan& of, FaultHandle which) : Event(action), plan(of), handle(which) {}
  FaultPlan& plan;
  FaultHandle handle;
  SimTime ends = sim_never;
  bool lifts = false;  ///< what it is armed for; else the fault acts again
};

FaultPlan::FaultPlan(DiskBay& bay) : bay_(bay) {}

FaultPlan::~FaultPlan() {
  for (const auto& timer : timers_) {
    if (timer != nullptr) bay_.simulation().cancel(*timer);
  }
}

FaultContext FaultPlan::context(const ArmedFault& fault, VirtualDisk& disk) const {
  return {disk, bay_, disk.fault_choices(), fault.handle, fault.info().number};
}

const ArmedFault& FaultPlan::at(FaultHandle handle) const { return *faults_.at(handle - 1); }

FaultHandle FaultPlan::add(DiskIndex disk, std::unique_ptr<ArmedFault> fault) {
  VirtualDisk& target = bay_[disk];
  fault->handle = static_cast<FaultHandle>(faults_.size() + 1);
  fault->disk = disk;
  ArmedFault& armed = *fault;
  faults_.push_back(std::move(fault));
  timers_.push_back(nullptr);
  bay_.simulation().recorder().add(bay_.simulation().now(), trace_fault_armed, disk, armed.handle, 0,
                                   armed.info().number);
  target.armed_.push_back(&armed);
  FaultContext at = context(armed, target);
  armed.armed(at);
  refresh(target);
  if (armed.next_tick() || armed.match().lasts) {
    timers_.back() = std::make_unique<Timer>(&FaultPlan::on_timer, *this, armed.handle);
    if (armed.match().lasts) timers_.back()->ends = after(bay_.simulation().now(), *armed.match().lasts);
    schedule(*timers_.back(), armed);
  }
  return armed.handle;
}

void FaultPlan::schedule(Timer& timer, const ArmedFault& fault) {
  const std::optional<Duration> delay = fault.next_tick();
  const SimTime tick = delay ? after(bay_.simulation().now(), *delay) : sim_never;
  timer.lifts = timer.ends <= tick;
  const SimTime due = std::min(timer.ends, tick);
  if (due != sim_never) bay_.simulation().schedule(timer, std::max(due, bay_.simulation().now()));
}

void FaultPlan::on_timer(Event& event) {
  auto& timer = static_cast<Timer&>(event);
  FaultPlan& plan = timer.plan;
  ArmedFault& fault = *plan.faults_[timer.handle - 1];
  if (fault.spent) return;
  if (timer.lifts) {
    plan.lift(timer.handle);
    return;
  }
  FaultContext at = plan.context(fault, plan.bay_[fault.disk]);
  fault.tick(at);
  if (!fault.spent) plan.schedule(timer, fault);
}

void FaultPlan::lift(FaultHandle handle) {
  ArmedFault& fault = *faults_.at(handle - 1);
  if (fault.spent) return;
  fault.spent = true;
  VirtualDisk& disk = bay_[fault.disk];
  bay_.simulation().recorder().add(bay_.simulation().now(), trace_fault_lifted, fault.disk, handle, fault.hits,
                                   fault.info().number);
  if (timers_[handle - 1] != nullptr) bay_.simulation().cancel(*timers_[handle - 1]);
  FaultContext at = context(fault, disk);
  fault.lifted(at);
  refresh(disk);
}

void FaultPlan::lift_of(DiskIndex disk, FaultHandle except) {
  // A path, a shelf's power and a controller belong to the slot.
  constexpr auto of_the_slot = [](uint8_t number) { return number == 24 || (number >= 43 && number <= 46); };
  for (const auto& fault : faults_) {
    if (fault->disk == disk && fault->handle != except && !of_the_slot(fault->info().number)) lift(fault->handle);
  }
}

void FaultPlan::starts(VirtualDisk& disk) {
  const std::vector<ArmedFault*> present = disk.armed_;  // lifting takes them out
  for (ArmedFault* fault : present) {
    FaultContext at = context(*fault, disk);
    if (!fault->spent && fault->starts(at)) lift(fault->handle);
  }
}

void FaultPlan::host_boots() {
  for (DiskIndex disk = 0; disk < bay_.size(); ++disk) {
    if (bay_[disk].powered()) starts(bay_[disk]);
  }
  for (const auto& fault : faults_) {
    if (fault->until_boot()) lift(fault->handle);
  }
}

void FaultPlan::lift_transient() {
  for (const auto& fault : faults_) {
    if (!fault->info().lasts) lift(fault->handle);
  }
}

void FaultPlan::refresh(VirtualDisk& disk) {
  std::erase_if(disk.armed_, [](const ArmedFault* fault) { return fault->spent; });
  disk.armed_instants_ = 0;
  for (const ArmedFault* fault : disk.armed_) disk.armed_instants_ |= fault->instants();
}

bool FaultPlan::matches(const ArmedFault& fault, const Transfer& t) {
  constexpr auto passes = [](OpFilter filter, IoOp op) {
    return filter == OpFilter::any || static_cast<uint32_t>(filter) == static_cast<uint32_t>(op) + 1;
  };
  const Match& match = fault.match();
  return !fault.spent && passes(fault.op(), t.op) && passes(match.op, t.op) &&
         (t.op == IoOp::flush || match.range.touches(t.block, t.blocks)) && fault.applies(t);
}

bool FaultPlan::hit(ArmedFault& fault, ChoiceStream& choices) {
  const Match& match = fault.match();
  if (++fault.seen <= match.skip) return false;
  if (!choices.chance(match.probability)) return false;
  ++fault.hits;
  if (match.count && fault.hits >= *match.count) fault.spent = true;
  return true;
}

void FaultPlan::fired(ArmedFault& fault, DiskIndex disk, uint64_t block, uint32_t blocks) {
  ++hits_;
  bay_.simulation().recorder().add(bay_.simulation().now(), trace_fault_fired, disk, block, fault.handle,
                                   fault.info().number);
  if (bay_.observer() == nullptr) return;
  bay_.observer()->on_fault({.disk = disk,
                             .fault = fault.handle,
                             .number = fault.info().number,
                             .liar = fault.info().liar,
                             .block = block,
                             .blocks = blocks});
}

void FaultPlan::at_start(VirtualDisk& disk, Transfer& t) {
  bool spent = false;
  for (size_t i = 0; i < disk.armed_.size(); ++i) {
    ArmedFault& fault = *disk.armed_[i];
    if ((fault.instants() & bit(Instant::start)) == 0 || !matches(fault, t)) continue;
    if (!hit(fault, disk.fault_choices())) continue;
    FaultContext at = context(fault, disk);
    fault.start(at, t);
    fired(fault, disk.index(), t.block, t.blocks);
    spent = spent || fault.spent;
  }
  if (spent) refresh(disk);
}

void FaultPlan::at_before_write(VirtualDisk& disk, uint64_t block, uint32_t blocks) {
  for (ArmedFault* fault : disk.armed_) {
    if (fault->spent || !fault->match().range.touches(block, blocks)) continue;
    FaultContext at = context(*fault, disk);
    fault->before_write(at, block, blocks);
  }
}

void FaultPlan::at_after_effect(VirtualDisk& disk, Transfer& t) {
  bool spent = false;
  for (size_t i = 0; i < disk.armed_.size(); ++i) {
    ArmedFault& fault = *disk.armed_[i];
    if ((fault.instants() & bit(Instant::after_effect)) == 0 || !matches(fault, t)) continue;
    if (!hit(fault, disk.fault_choices())) continue;
    FaultContext at = context(fault, disk);
    fault.after_effect(at, t);
    fired(fault, disk.index(), t.block, t.blocks);
    spent = spent || fault.spent;
  }
  if (spent) refresh(disk);
}

int FaultPlan::at_open(VirtualDisk& disk) {
  int error = 0;
  bool spent = false;
  for (size_t i = 0; i < disk.armed_.size() && error == 0; ++i) {
    ArmedFault& fault = *disk.armed_[i];
    if ((fault.instants() & bit(Instant::open)) == 0 || fault.spent || !hit(fault, disk.fault_choices())) continue;
    FaultContext at = context(fault, disk);
    error = fault.open_error(at);
    fired(fault, disk.index(), 0, 0);
    spent = spent || fault.spent;
  }
  if (spent) refresh(disk);
  return error;
}

void FaultPlan::at_opened(VirtualDisk& disk) {
  for (ArmedFault* fault : disk.armed_) {
    if ((fault->instants() & bit(Instant::opened)) == 0 || fault->spent) continue;
    FaultContext at = context(*fault, disk);
    fault->opened(at);
  }
}

void FaultPlan::died_under(VirtualDisk& disk, const Transfer& t) {
  for (ArmedFault* fault : disk.armed_) {
    if (fault->info().number == FailStop::info.number) fired(*fault, disk.index(), t.block, t.blocks);
  }
}

void FaultPlan::unreadable_met(const VirtualDisk& disk, uint64_t block) {
  const Damage* damage = disk.damage().at(block);
  const bool by_a_fault = damage != nullptr && damage->fault != 0;
  if (by_a_fault) fired(*faults_.at(damage->fault - 1), disk.index(), block, 1);
}

void FaultPlan::reset_met(FaultHandle by, const VirtualDisk& disk, const Transfer& t) {
  ArmedFault& fault = *faults_.at(by - 1);
  ++fault.hits;
  fired(fault, disk.index(), t.block, t.blocks);
}

void FaultPlan::attention_met(const VirtualDisk& disk, const Transfer& t) {
  if (disk.power_taken_by() == 0) return;
  ArmedFault& fault = *faults_.at(disk.power_taken_by() - 1);
  ++fault.hits;
  fired(fault, disk.index(), t.block, t.blocks);
}

const std::vector<FaultInfo>& fault_catalogue() {
  static const std::vector<FaultInfo> rows{
      FailStop::info,
      TransientReadError::info,
      TransientWriteError::info,
      LatentSectorError::info,
      LseCluster::info,
      BadMedia::info,
      RecoveredError::info,
      PartialCompletion::info,
      CorruptionAtRest::info,
      CorruptionInFlight::info,
      LostWrite::info,
      MisdirectedWrite::info,
      MisdirectedRead::info,
      StaleRead::info,
      TornWrite::info,
      Reordering::info,
      CacheLost::info,
      FlushError::info,
      LyingFlush::info,
      CacheToggled::info,
      NvramBatteryDead::info,
      NvramStale::info,
      LimpingDisk::info,
      RetryStall::info,
      HungRequest::info,
      LateEffect::info,
      LostCompletion::info,
      CompletionReordering::info,
      ReturnedStale::info,
      ReplacedBlank::info,
      ReplacedForeign::info,
      WrongSize::info,
      OpenFailure::info,
      FirstIoError::info,
      DeviceNumberChange::info,
      NameReuse::info,
      IdChange::info,
      DuplicateId::info,
      ReadOnlyMedium::info,
      PathLoss::info,
      AdapterReset::info,
      EnclosurePowerLoss::info,
      Flapping::info,
      LostRounds::info,
      PlantedContent::info,
  };
  return rows;
}

}  // namespace raidsim::disk
