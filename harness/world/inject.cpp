#include "harness/world/inject.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "engine/assert.h"
#include "harness/world/foreign_disk.h"
#include "model/disk/fault/cache.h"
#include "model/disk/fault/honest.h"
#include "model/disk/fault/identity.h"
#include "model/disk/fault/lying.h"
#include "model/disk/fault/path.h"
#include "model/disk/fault/power.h"
#include "model/disk/fault/presence.h"
#include "model/disk/fault/time.h"

namespace raidsim::harness {
namespace {

namespace sc = raidsim::scenarios;

/// Both rooms list the words of fault-model.md in the same order.
template <class To, class From>
To same_word(From value) {
  return static_cast<To>(static_cast<uint8_t>(value));
}
static_assert(static_cast<int>(disk::DestagePolicy::adversarial) == static_cast<int>(sc::DestagePolicy::adversarial));
static_assert(static_cast<int>(disk::TornRule::subset) == static_cast<int>(sc::TornRule::subset));
static_assert(static_cast<int>(disk::Mask::other_block) == static_cast<int>(sc::Mask::other_block));
static_assert(static_cast<int>(disk::MediumEffect::torn) == static_cast<int>(sc::MediumEffect::torn));
static_assert(static_cast<int>(disk::FlushKind::both) == static_cast<int>(sc::FlushKind::both));
static_assert(static_cast<int>(disk::BlankContent::random) == static_cast<int>(sc::BlankContent::random));
static_assert(static_cast<int>(disk::OpFilter::flush) == static_cast<int>(sc::Op::flush));

int errno_of(sc::OpenError error) {
  constexpr std::array numbers{EIO, ENXIO, EBUSY, EACCES};
  return numbers.at(static_cast<size_t>(error));
}

static_assert(static_cast<int>(CacheKind::volatile_write_back) == static_cast<int>(sc::CacheKind::volatile_cache));

struct Hit {
  uint32_t disk;
  disk::BlockRange range;
  uint32_t paths = UINT32_MAX;  ///< mask of those that the target names
};

/// Blocks of the disk for a target on a unit's column.
disk::BlockRange column_range(const Aim& aim, const sc::FaultTarget& target, const raid::Unit& unit,
                              const raid::DeviceGroup& group) {
  const uint64_t log = aim.roles.disk_block(group.dev, group.pwstart);
  const uint64_t data = aim.roles.disk_block(group.dev, group.devstart);
  if (target.lines) return {data + target.lines->first * unit.un_segsize, data + target.lines->end * unit.un_segsize};
  switch (target.area) {
    case sc::Area::log:
      return {log, log + unit.un_pwsize};
    case sc::Area::data:
      return {data, data + unit.rows()};
    case sc::Area::replica:
      return {0, aim.roles.slices()[aim.roles.disk_of(group.dev)].slice0};
    case sc::Area::whole:
      break;
  }
  return target.range ? disk::BlockRange{target.range->first, target.range->end} : disk::BlockRange{};
}

/// Paths of a disk that go by an adapter; none for no adapter.
uint32_t paths_by(const sc::Disk& disk, const std::string& adapter) {
  uint32_t mask = 0;
  for (size_t path = 0; path < disk.adapters.size(); ++path) {
    if (disk.adapters[path] == adapter) mask |= 1U << path;
  }
  return mask;
}

/// The column that a disk serves, for targets that name a disk and an area of the layout.
std::vector<Hit> hits_of(const Aim& aim, const sc::FaultTarget& target) {
  std::vector<Hit> hits;
  if (target.column) {
    const raid::Unit& unit = aim.watch.last_seen(unit_index(aim.scenario, *target.unit));
    if (*target.column >= unit.columns.size()) return hits;
    const raid::DeviceGroup& group = unit.columns[*target.column].now;
    const uint32_t disk = aim.roles.disk_of(group.dev);
    if (disk < aim.bay.size()) hits.push_back({disk, column_range(aim, target, unit, group)});
    return hits;
  }
  disk::BlockRange range;
  if (target.range) range = {target.range->first, target.range->end};
  if (target.disk) {
    const uint32_t disk = disk_index(aim.scenario, *target.disk);
    if (target.area == sc::Area::replica) range = {0, aim.roles.slices()[disk].slice0};
    hits.push_back({disk, range});
  }
  for (const std::string& name : target.disks) hits.push_back({disk_index(aim.scenario, name), range});
  for (uint32_t disk = 0; disk < aim.scenario.disks.size(); ++disk) {
    const sc::Disk& each = aim.scenario.disks[disk];
    if (!target.shelf.empty() && each.shelf == target.shelf) hits.push_back({disk, range});
    const uint32_t by_adapter = paths_by(each, target.adapter);
    if (by_adapter != 0) hits.push_back({disk, range, by_adapter});
  }
  return hits;
}

/// The same as ways to the disks; a path that a disk does not have is none.
disk::Links links_of(const std::vector<Hit>& hits, const std::vector<uint32_t>& paths) {
  uint32_t named = paths.empty() ? UINT32_MAX : 0;
  for (const uint32_t path : paths) named |= 1U << path;
  disk::Links links;
  for (const Hit& hit : hits) links.push_back({hit.disk, hit.paths & named});
  return links;
}

/// Faults of what several disks share are one fault, so that all of them are hit at one instant. 0: no such fault.
disk::FaultHandle arm_shared(const Aim& aim, const sc::Fault& fault, const std::vector<Hit>& hits) {
  disk::FaultPlan& plan = aim.bay.faults();
  const disk::DiskIndex first = hits.front().disk;
  const sc::FaultParameters& with = fault.with;
  const disk::Match lasting{.count = {}, .lasts = with.lasts};
  std::vector<disk::DiskIndex> disks;
  for (const Hit& hit : hits) disks.push_back(hit.disk);
  switch (sc::number_of(fault.id)) {
    case 38:
      return plan.arm(first, disk::DeviceNumberChange{.disks = disks});
    case 44:
      return plan.arm(first, disk::AdapterReset{.links = links_of(hits, with.paths),
                                                .period = with.period,
                                                .match = {.count = with.count, .lasts = with.lasts}});
    case 45:
      return plan.arm(first, disk::EnclosurePowerLoss{.disks = disks, .match = lasting});
    case 46:
      return plan.arm(
          first, disk::Flapping{
                     .links = links_of(hits, with.paths), .period = with.period, .duty = with.duty, .match = lasting});
    default:
      return 0;
  }
}

std::vector<uint32_t> numbers(uint32_t mask) {
  std::vector<uint32_t> out;
  for (uint32_t bit = 0; bit < 32; ++bit) {
    if ((mask >> bit & 1U) != 0) out.push_back(bit);
  }
  return out;
}

class Injector {
 public:
  Injector(const Aim& aim, const sc::Fault& fault, const Hit& hit)
      : aim_(aim), with_(fault.with), hit_(hit), number_(sc::number_of(fault.id)) {}

  disk::FaultHandle arm() {
    if (number_ < 10) return arm_honest();
    if (number_ < 16) return arm_lying();
    if (number_ < 25) return arm_cache();
    if (number_ < 32) return arm_time();
    return number_ < 38 ? arm_presence() : arm_identity();
  }

 private:
  [[nodiscard]] disk::Match match() const {
    return {.range = hit_.range,
            .op = same_word<disk::OpFilter>(with_.op),
            .skip = 0,
            .count = with_.count,
            .probability = with_.probability,
            .lasts = with_.lasts};
  }
  [[nodiscard]] disk::Match lasting() const {
    disk::Match m = match();
    m.count = {};
    return m;
  }
  [[nodiscard]] disk::Corruption corruption() const {
    return {.mask = same_word<disk::Mask>(with_.mask), .bits = with_.bits, .other_block = with_.other_block};
  }
  template <class Fault>
  disk::FaultHandle on(Fault fault) {
    return aim_.bay.faults().arm(hit_.disk, std::move(fault));
  }

  disk::FaultHandle arm_honest();
  disk::FaultHandle arm_lying();
  disk::FaultHandle arm_cache();
  disk::FaultHandle arm_time();
  disk::FaultHandle arm_presence();
  disk::FaultHandle arm_identity();

  const Aim& aim_;
  const sc::FaultParameters& with_;
  Hit hit_;
  unsigned number_;
};

disk::FaultHandle Injector::arm_honest() {
  switch (number_) {
    case 1:
      return on(disk::FailStop{.error_after = with_.error_after, .match = lasting()});
    case 2:
      return on(disk::TransientReadError{.match = match()});
    case 3:
      return on(disk::TransientWriteError{.effect_fraction = with_.effect_fraction, .match = match()});
    case 4:
      return on(disk::LatentSectorError{.blocks = hit_.range});
    case 5:
      return on(disk::LseCluster{.first_block = hit_.range.first,
                                 .bursts = with_.bursts,
                                 .burst_blocks = with_.burst_blocks,
                                 .radius_blocks = with_.radius_blocks,
                                 .burst_gap = with_.burst_gap});
    case 6:
      return on(disk::BadMedia{.match = lasting()});
    case 7:
      return on(disk::RecoveredError{.match = match()});
    case 8:
      return on(disk::PartialCompletion{.fraction = with_.fraction, .with_error = with_.with_error, .match = match()});
    default:
      break;
  }
  RAIDSIM_ASSERT(false && "a fault that the loader lets through can be injected");
  return 0;
}

disk::FaultHandle Injector::arm_lying() {
  switch (number_) {
    case 10:
      return on(disk::CorruptionAtRest{.blocks = hit_.range, .corruption = corruption()});
    case 11:
      return on(disk::CorruptionInFlight{.corruption = corruption(), .match = match()});
    case 12:
      return on(disk::LostWrite{.match = match()});
    case 13: {
      disk::MisdirectedWrite fault{.delta_blocks = with_.delta_blocks, .match = match()};
      if (with_.to_disk) fault.to_disk = disk_index(aim_.scenario, *with_.to_disk);
      return on(fault);
    }
    case 14:
      return on(disk::MisdirectedRead{.delta_blocks = with_.delta_blocks, .match = match()});
    case 15:
      return on(disk::StaleRead{.versions = with_.versions, .match = match()});
    default:
      break;
  }
  RAIDSIM_ASSERT(false && "a fault that the loader lets through can be injected");
  return 0;
}

disk::FaultHandle Injector::arm_cache() {
  switch (number_) {
    case 16:
      return on(disk::TornWrite{.torn = same_word<disk::TornRule>(with_.torn),
                                .split_sector = with_.split_sector,
                                .neighbours = with_.neighbours,
                                .match = match()});
    case 18:
      return on(disk::Reordering{.destage = same_word<disk::DestagePolicy>(with_.destage),
                                 .cache_blocks = with_.cache_blocks,
                                 .match = lasting()});
    case 19:
      return on(disk::CacheLost{.keep = with_.keep, .adversarial = with_.adversarial, .match = lasting()});
    case 21:
      return on(disk::FlushError{.keep = with_.keep, .match = match()});
    case 22: {
      disk::LyingFlush fault{.covers = same_word<disk::FlushKind>(with_.flush_kind), .match = lasting()};
      return on(fault);
    }
    case 23:
      return on(
          disk::CacheToggled{.to = with_.cache ? std::optional(same_word<CacheKind>(*with_.cache)) : std::nullopt});
    case 24:
      if (with_.form == sc::NvramForm::battery_dead)
        return on(disk::NvramBatteryDead{.keep = with_.keep, .adversarial = with_.adversarial});
      return on(disk::NvramStale{.held_writes = with_.count, .age = with_.age});
    default:
      break;
  }
  RAIDSIM_ASSERT(false && "a fault that the loader lets through can be injected");
  return 0;
}

disk::FaultHandle Injector::arm_time() {
  switch (number_) {
    case 25:
      return on(disk::LimpingDisk{.factor = with_.factor, .match = lasting()});
    case 26:
      return on(disk::RetryStall{.stall = with_.stall, .match = match()});
    case 27:
      return on(disk::HungRequest{.timeout = with_.timeout,
                                  .retries = with_.retries,
                                  .effect = same_word<disk::MediumEffect>(with_.effect),
                                  .match = match()});
    case 28:
      return on(disk::LateEffect{.timeout = with_.timeout, .delay = with_.delay, .match = match()});
    case 29:
      return on(disk::LostCompletion{.timeout = with_.timeout, .match = match()});
    case 31:
      return on(disk::CompletionReordering{.window = with_.window, .match = lasting()});
    default:
      break;
  }
  RAIDSIM_ASSERT(false && "a fault that the loader lets through can be injected");
  return 0;
}

disk::FaultHandle Injector::arm_presence() {
  switch (number_) {
    case 32:
      return on(disk::ReturnedStale{.match = lasting()});
    case 33:
      return on(disk::ReplacedBlank{.content = same_word<disk::BlankContent>(with_.content),
                                    .size_blocks = with_.size_blocks});
    case 34:
      return on(foreign_disk(aim_.bay, aim_.roles, aim_.watch, aim_.scenario, hit_.disk, with_.commits));
    case 35:
      return on(disk::WrongSize{.size_blocks = *with_.size_blocks, .match = lasting()});
    case 36:
      return on(disk::OpenFailure{.error = errno_of(with_.open_error), .match = match()});
    case 37:
      return on(disk::FirstIoError{.match = match()});
    default:
      break;
  }
  RAIDSIM_ASSERT(false && "a fault that the loader lets through can be injected");
  return 0;
}

disk::FaultHandle Injector::arm_identity() {
  switch (number_) {
    case 39:
      return on(disk::NameReuse{.by = disk_index(aim_.scenario, with_.by)});
    case 40:
      return on(disk::IdChange{.none = with_.new_id == sc::NewId::none});
    case 41:
      return on(disk::DuplicateId{.of = disk_index(aim_.scenario, with_.of),
                                  .copy_content = with_.newer == sc::NewerCopy::clone});
    case 42:
      return on(disk::ReadOnlyMedium{.match = lasting()});
    case 43:
      return on(
          disk::PathLoss{.paths = hit_.paths == UINT32_MAX ? with_.paths : numbers(hit_.paths), .match = lasting()});
    default:
      break;
  }
  RAIDSIM_ASSERT(false && "a fault that the loader lets through can be injected");
  return 0;
}

template <class List>
uint32_t index_by_name(const List& list, const std::string& name) {
  const auto it = std::find_if(list.begin(), list.end(), [&](const auto& x) { return x.name == name; });
  RAIDSIM_ASSERT(it != list.end());
  return static_cast<uint32_t>(it - list.begin());
}

}  // namespace

std::vector<disk::FaultHandle> inject(const Aim& aim, const sc::Fault& fault) {
  std::vector<disk::FaultHandle> handles;
  const std::vector<Hit> hits = hits_of(aim, fault.target);
  if (hits.empty()) return handles;
  if (const disk::FaultHandle shared = arm_shared(aim, fault, hits); shared != 0) return {shared};
  for (const Hit& hit : hits) handles.push_back(Injector(aim, fault, hit).arm());
  return handles;
}

uint32_t disk_index(const sc::Scenario& scenario, const std::string& name) {
  return index_by_name(scenario.disks, name);
}

uint32_t unit_index(const sc::Scenario& scenario, const std::string& name) {
  return index_by_name(scenario.units, name);
}

}  // namespace raidsim::harness
