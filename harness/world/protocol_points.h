// harness/world/protocol_points.h: names each device request by where it goes (D-10), without a hook in the code
// under test, and tells the script and the judges.
//
//   log area, live header      log-write     -> pre-write-issued, pre-write-durable
//   log area, empty header     log-clear     -> log-clear
//   data area, rows of a held  resync-read,  -> resync-read, resync-write
//     resync lock              resync-write
//   data area before replay    replay-...    -> replay-read, replay-write
//   data area otherwise        home-write, data-read, parity-read -> home-write-issued, home-write-done
//   slice 7                    replica-...   -> replica-write
#pragma once

#include <cstdint>
#include <vector>

#include "harness/world/disk_roles.h"
#include "harness/world/script.h"
#include "model/disk/disk_bay.h"
#include "model/disk/disk_observer.h"
#include "model/raid/raid_unit.h"
#include "scenarios/words.h"

namespace raidsim::harness {

/// A transfer with its meaning. Lives as long as the disk's call: `view` is the disk's, never copied.
struct ClassifiedTransfer {
  const disk::TransferView& view;
  Place place;
  const raid::RaidUnit* unit = nullptr;  ///< of a log or data place, as it is in core now; null while it is not
  scenarios::RequestKind kind{};
};

/// A judge that follows transfers.
class TransferListener {
 public:
  virtual void on_issue(const ClassifiedTransfer&) {}
  virtual void on_complete(const ClassifiedTransfer&, int /*error*/) {}
  virtual void on_durable(const ClassifiedTransfer&) {}  ///< view.data is set
  virtual void on_fault(const disk::FaultBite&) {}

 protected:
  ~TransferListener() = default;
};

/// The in-core unit with this index of the scenario; null while the host is down or it was refused.
class UnitLookup {
 public:
  [[nodiscard]] virtual const raid::RaidUnit* unit(uint32_t index) const = 0;

 protected:
  ~UnitLookup() = default;
};

class ProtocolPoints final : public disk::DiskObserver {
 public:
  ProtocolPoints(Simulation& simulation, const disk::DiskBay& bay, const DiskRoles& roles, const UnitLookup& units);

  void set_script(Script* script) noexcept { script_ = script; }
  void add_listener(TransferListener& listener) { listeners_.push_back(&listener); }
  /// Whether points are recorded in the trace (people's stories want them, plain searches do not).
  void set_traced(bool traced) noexcept { traced_ = traced; }
  void host_died();

  void on_issue(const disk::TransferView& view) override;
  void on_start(const disk::TransferView& view) override;
  void on_complete(const disk::TransferView& view, int error, uint32_t residual) override;
  void on_durable(const disk::DurableView& view) override;
  void on_fault(const disk::FaultBite& bite) override;
  void on_paths_changed(disk::DiskIndex disk) override { last_path_change_[disk] = simulation_.now(); }

  /// Last moment at which a fault bit on a disk, or a request on it failed. Before sim_start: never.
  [[nodiscard]] SimTime last_trouble(uint32_t disk) const { return last_trouble_[disk]; }
  [[nodiscard]] SimTime last_path_change(uint32_t disk) const { return last_path_change_[disk]; }
  /// Another disk stands in this slot (F33) and nothing has been asked of it yet, so nobody can know.
  [[nodiscard]] bool swapped_unseen(uint32_t disk) const { return bay_[disk].id() != asked_[disk]; }
  [[nodiscard]] uint64_t faults_fired() const noexcept { return faults_fired_; }

 private:
  struct Meaning {
    Place place;
    scenarios::RequestKind kind;
  };
  /// Of one disk, in step: what is looked through for each transfer lies close together.
  struct Outstanding {
    static constexpr size_t none = SIZE_MAX;
    std::vector<uint64_t> numbers;
    std::vector<Meaning> meanings;
    [[nodiscard]] size_t find(uint64_t number) const noexcept;
  };
  /// Shape  `view` outlives the result
  [[nodiscard]] ClassifiedTransfer classified(const disk::TransferView& view) const;
  ClassifiedTransfer classified(disk::TransferView&&) const = delete;
  [[nodiscard]] const raid::RaidUnit* unit_of(const Place& place) const;
  void point(scenarios::ProtocolPoint point, scenarios::Side side, const ClassifiedTransfer& transfer);

  Simulation& simulation_;
  const disk::DiskBay& bay_;
  const DiskRoles& roles_;
  const UnitLookup& units_;
  Script* script_ = nullptr;
  std::vector<TransferListener*> listeners_;
  std::vector<Outstanding> outstanding_;                  // by disk
  std::vector<SimTime> last_trouble_, last_path_change_;  // by disk
  std::vector<DeviceId> asked_;                           // by disk: which one it was at the last request
  uint64_t faults_fired_ = 0;
  bool traced_ = false;
};

}  // namespace raidsim::harness
