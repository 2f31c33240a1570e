// harness/world/world.h: everything that a scenario names, built and running: disks, host, volume manager, users.
//
//   World ── DiskBay           outlives crashes
//         ── Host ── Machine   one per epoch: host driver, volume manager and what it holds in memory
//         ── UnitPort, Client  users of the units, with the data oracle between
//         ── Script, StateWatch, ProtocolPoints, invariants
//
// The runner decides what comes when; the world knows how.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/host.h"
#include "engine/simulation.h"
#include "harness/oracle/acknowledged_records.h"
#include "harness/oracle/fault_tolerance.h"
#include "harness/oracle/stripe_tolerance.h"
#include "harness/runner.h"
#include "harness/verdicts.h"
#include "harness/workload/client.h"
#include "harness/workload/trace_client.h"
#include "harness/workload/unit_port.h"
#include "harness/world/host_services.h"
#include "harness/world/inject.h"
#include "harness/world/machine.h"
#include "harness/world/prepared_image.h"
#include "harness/world/protocol_points.h"
#include "harness/world/script.h"
#include "harness/world/state_watch.h"
#include "model/disk/disk_bay.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

class AcceptedLosses;
class InvariantSet;

class World final : public UnitLookup, public ScriptActions, private EventListener {
 public:
  World(const scenarios::Scenario& scenario, const PreparedImage& image, const RunOptions& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // ---- life ----
  void start();  ///< first boot; arms the script
  void boot();   ///< starts the next epoch, if the host is down
  void cut_power(const scenarios::HostAction& action);
  void crash(disk::CrashKind kind, disk::OutstandingFate fate);
  /// Orderly stop (F50): users finish and close their units, the volume manager halts, the host goes down.
  void halt();
  void stop_faults();
  /// Ends the last epoch, so that nothing is left to run; the world can only be looked at afterwards.
  void shut_down();

  [[nodiscard]] bool host_up() const noexcept { return up_; }  ///< booted, units opened
  [[nodiscard]] bool clients_done() const noexcept;
  [[nodiscard]] uint64_t requests_in_flight() const noexcept;
  [[nodiscard]] uint64_t progress() const noexcept;  ///< grows with each request, resynced line and command

  /// Reads all units back through their ports, in a fiber of the host; done when it is quiescent again.
  void start_read_back();

  // ---- parts ----
  [[nodiscard]] const scenarios::Scenario& scenario() const noexcept { return scenario_; }
  [[nodiscard]] Simulation& simulation() noexcept { return simulation_; }
  [[nodiscard]] Script& script() noexcept { return *script_; }
  [[nodiscard]] Verdicts& verdicts() noexcept { return verdicts_; }
  [[nodiscard]] disk::DiskBay& bay() noexcept { return bay_; }
  [[nodiscard]] const DiskRoles& roles() const noexcept { return roles_; }
  [[nodiscard]] StateWatch& watch() noexcept { return watch_; }
  [[nodiscard]] ProtocolPoints& points() noexcept { return points_; }
  [[nodiscard]] FaultTolerance& tolerance() noexcept { return tolerance_; }
  [[nodiscard]] const AcknowledgedRecords& acknowledged() const noexcept { return acknowledged_; }
  [[nodiscard]] InvariantSet& invariants() noexcept { return *invariants_; }
  [[nodiscard]] const HostEvents& events() const noexcept { return events_; }
  [[nodiscard]] const MemoryShortage& shortage() const noexcept { return shortage_; }
  [[nodiscard]] const HostMemory& memory() const noexcept { return memory_; }
  [[nodiscard]] const Machine* machine() const noexcept { return machine_.get(); }
  [[nodiscard]] const std::vector<std::unique_ptr<UnitPort>>& ports() const noexcept { return ports_; }
  [[nodiscard]] bool refused(uint32_t unit) const noexcept { return refused_[unit]; }
  [[nodiscard]] uint32_t epochs() const noexcept { return epoch_; }
  [[nodiscard]] bool panicked() const noexcept { return panicked_; }  ///< in this epoch
  [[nodiscard]] SimTime booted_at() const noexcept { return booted_at_; }
  [[nodiscard]] const statedb::BootList& boot_list() const noexcept { return boot_list_; }
  /// The administrator is adding or deleting a replica.
  [[nodiscard]] bool replica_command() const noexcept { return replica_commands_ != 0; }

  // ---- UnitLookup ----
  [[nodiscard]] const raid::RaidUnit* unit(uint32_t index) const override {
    if (!machine_ || index >= minors_.size()) return nullptr;
    return machine_->manager().view().unit(minors_[index]);
  }

  /// Null while the host is down, it was refused, or it is of another kind.
  [[nodiscard]] const stripe::StripeUnit* stripe(uint32_t index) const {
    if (!machine_ || index >= minors_.size()) return nullptr;
    return machine_->manager().view().stripe(minors_[index]);
  }

  // ---- ScriptActions ----
  void inject(const scenarios::Fault& fault, uint32_t line) override;
  void act_on_host(const scenarios::HostAction& action, uint32_t line) override;
  void ioctl(const scenarios::Ioctl& request, uint32_t line) override;
  [[nodiscard]] bool holds(const scenarios::AtState& state) const override;

 private:
  struct Due : Event {
    Due(Action action, World& w) : Event(action), world(w) {}
    World& world;
  };
  void on_event(const md::SvmEvent& event) override;
  void build_users();
  void bring_up();  // fiber of the host: boot, open units, start clients
  void judge_loaded_records();
  void create_units();
  void open_unit(size_t index, bool usable);
  void go_down();  // fiber of the host: the rest of halt()
  void host_is_dead();
  void boot_again();
  void read_back(uint32_t unit);
  [[nodiscard]] std::vector<uint64_t> pieces_to_read(uint32_t unit) const;
  void command(const scenarios::Ioctl& request, uint32_t line);
  [[nodiscard]] md::Error change_replicas(const scenarios::Ioctl& request);
  static void panic(void* context, const char* why);

  void inject_into_host(const scenarios::Fault& fault);

  const scenarios::Scenario& scenario_;
  const std::vector<scenarios::ScriptEntry> script_lines_;  ///< the scenario's, and those that they bring along
  const PreparedImage& image_;
  statedb::BootList boot_list_;  ///< the host keeps it across crashes (D-02)
  Simulation simulation_;
  disk::DiskBay bay_;
  std::unique_ptr<Host> host_;
  Verdicts verdicts_{simulation_};
  std::vector<md::Minor> minors_;  ///< of units, by index
  DiskRoles roles_;
  StateWatch watch_;
  ProtocolPoints points_;
  FaultTolerance tolerance_;
  StripeTolerance stripe_tolerance_;
  AcknowledgedRecords acknowledged_;
  MemoryShortage shortage_{simulation_};
  HostMemory memory_;
  HostClock clock_;
  HostConsole console_;
  HostEvents events_;
  std::unique_ptr<Script> script_;
  std::unique_ptr<AcceptedLosses> losses_;  ///< null: nobody forces anything
  std::unique_ptr<InvariantSet> invariants_;
  std::vector<std::string> unit_names_, disk_names_;
  std::vector<std::unique_ptr<UnitPort>> ports_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<TraceClient>> trace_clients_;
  std::vector<bool> refused_;
  std::unique_ptr<Machine> machine_;
  Due died_, boot_due_;
  bool up_ = false, panicked_ = false, booted_ = false, ended_ = false, created_ = false;
  bool past_accepted_ = false;  ///< replicas were deleted while the set was STALE, or a new one made by force where
                                ///< none could be loaded; until a boot is writable again
  SimTime booted_at_{};
  uint32_t epoch_ = 1;
  uint32_t vain_boots_ = 0;  ///< in a row, which ended in a panic
  uint64_t commands_done_ = 0;
  uint32_t commands_ = 0, replica_commands_ = 0;  ///< running
};

}  // namespace raidsim::harness
