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
  const std::optional<Duration> delay = armed.next_tick() ? armed.next_tick() : armed.match().lasts;
  if (delay) {
    timers_.back() = std::make_unique<Timer>(&FaultPlan::on_timer, *this, armed.handle);
    bay_.simulation().schedule_after(*timers_.back(), *delay);
  }
  return armed.handle;
}

void FaultPlan::on_timer(Event& event) {
  auto& timer = static_cast<Timer&>(event);
  FaultPlan& plan = timer.plan;
  ArmedFault& fault = *plan.faults_[timer.handle - 1];
  if (fault.spent) return;
  if (!fault.next_tick()) {
    plan.lift(timer.handle);
    return;
  }
  FaultContext at = plan.context(fault, plan.bay_[fault.disk]);
  fault.tick(at);
  if (const auto delay = fault.next_tick()) plan.bay_.simulation().schedule_after(timer, *delay);
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
  constexpr uint8_t path_loss = 43;  // a path belongs to the slot
  for (const auto& fault : faults_) {
    if (fault->disk == disk && fault->handle != except && fault->info().number != path_loss) lift(fault->handle);
  }
}

void FaultPlan::host_boots() {
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

void FaultPlan::fired(ArmedFault& fault, uint64_t block, uint32_t blocks) {
  ++hits_;
  bay_.simulation().recorder().add(bay_.simulation().now(), trace_fault_fired, fault.disk, block, fault.handle,
                                   fault.info().number);
  if (bay_.observer() == nullptr) return;
  bay_.observer()->on_fault({.disk = fault.disk,
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
    fired(fault, t.block, t.blocks);
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
    fired(fault, t.block, t.blocks);
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
    fired(fault, 0, 0);
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
    if (fault->info().number == FailStop::info.number) fired(*fault, t.block, t.blocks);
  }
}

void FaultPlan::unreadable_met(const VirtualDisk& disk, uint64_t block) {
  const Damage* damage = disk.damage().at(block);
  const bool by_a_fault = damage != nullptr && damage->fault != 0;
  if (by_a_fault) fired(*faults_.at(damage->fault - 1), block, 1);
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
      LostRounds::info,
      PlantedContent::info,
  };
  return rows;
}

}  // namespace raidsim::disk
