// What script lines do to the world.
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/invariant.h"
#include "harness/oracle/accepted_losses.h"
#include "harness/trace_kinds.h"
#include "harness/world/administrator.h"
#include "harness/world/replica_fault.h"
#include "harness/world/replica_tool.h"
#include "harness/world/world.h"
#include "model/raid/state.h"

namespace raidsim::harness {
namespace {

/// Words of D-10: units and columns have the same words in both rooms.
bool same_state(const std::optional<scenarios::UnitState>& wanted, raid::UnitState state) {
  return !wanted || scenarios::word(*wanted) == raid::word_of(state);
}
bool same_state(const std::optional<scenarios::ColumnState>& wanted, raid::ColumnState state) {
  return !wanted || scenarios::word(*wanted) == raid::word_of(state);
}

/// A command that is running; gone with its fiber, however that ends.
class Running {
 public:
  explicit Running(uint32_t& count) : count_(count) { ++count_; }
  ~Running() { --count_; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  uint32_t& count_;
};

}  // namespace

void World::inject(const scenarios::Fault& fault, uint32_t) {
  if (is_of_host(fault)) return inject_into_host(fault);
  if (is_of_replicas(fault)) return inject_into_replicas({bay_, roles_, watch_, scenario_}, fault);
  (void)harness::inject({bay_, roles_, watch_, scenario_}, fault);
}

void World::act_on_host(const scenarios::HostAction& action, uint32_t) {
  if (action.verb == scenarios::HostVerb::boot) {
    boot();
    return;
  }
  if (action.verb == scenarios::HostVerb::halt) {
    halt();
    return;
  }
  if (action.verb == scenarios::HostVerb::crash) {
    crash(disk::CrashKind::host_only, static_cast<disk::OutstandingFate>(action.outstanding));
    return;
  }
  cut_power(action);
}

// What the line says holds for this cut alone; afterwards each disk is what it was.
void World::cut_power(const scenarios::HostAction& action) {
  std::vector<disk::DiskIndex> domain;
  for (const std::string& name : action.disks) domain.push_back(disk_index(scenario_, name));
  if (domain.empty()) {
    for (disk::DiskIndex d = 0; d < bay_.size(); ++d) domain.push_back(d);
  }
  std::sort(domain.begin(), domain.end());
  std::vector<std::pair<disk::CacheLoss, disk::TornWrites>> nature;
  for (const disk::DiskIndex d : domain) {
    const disk::DiskOptions& options = bay_[d].options();
    nature.emplace_back(options.cache_loss, options.torn);
    bay_[d].set_cache_loss({.keep = action.keep.value_or(options.cache_loss.keep),
                            .adversarial = options.cache_loss.adversarial || action.adversarial});
    disk::TornWrites torn = options.torn;
    if (action.torn) torn = {.rule = static_cast<disk::TornRule>(*action.torn)};
    torn.fate = static_cast<disk::OutstandingFate>(action.outstanding);
    bay_[d].set_torn(torn);
  }
  if (action.disks.empty() && machine_ && host_->up()) {
    crash(disk::CrashKind::power_cut, disk::OutstandingFate::drawn);
  } else {
    // The disks first: a cut settles what they have in service. A host that is down already stays so.
    bay_.power_cut(domain);
    crash(disk::CrashKind::host_only, static_cast<disk::OutstandingFate>(action.outstanding));
  }
  for (size_t i = 0; i < domain.size(); ++i) {
    bay_[domain[i]].set_cache_loss(nature[i].first);
    bay_[domain[i]].set_torn(nature[i].second);
  }
}

void World::ioctl(const scenarios::Ioctl& request, uint32_t line) {
  if (!up_ || !host_->up()) {  // down, or dying in this very step
    if (request.error != "any") {
      verdicts_.violation("EXPECT", fmt::format("script/{}", line), fmt::format("/script/{}: the host is down", line));
    }
    return;
  }
  ++commands_;
  host_->spawn("administrator", [this, &request, line] { command(request, line); });
}

md::Error World::change_replicas(const scenarios::Ioctl& request) {
  const Running running(replica_commands_);
  ReplicaTool tool(machine_->manager(), machine_->driver(), clock_, boot_list_);
  const bool adds = request.verb == scenarios::IoctlVerb::replica_add;
  const View view = machine_->manager().view();
  const bool gives_up = adds ? request.force && !view.loaded_database() : view.stale();
  if (gives_up) past_accepted_ = true;
  const ReplicaSite site = replica_site(scenario_, bay_, request.disk, request.index);
  return adds ? tool.add(site, request.force) : tool.remove(site, request.force);
}

// Fiber of the host.
void World::command(const scenarios::Ioctl& request, uint32_t line) {
  Administrator administrator(machine_->manager(), scenario_, bay_.tree());
  const bool watched = losses_ != nullptr && accepts_losses(request);
  if (watched) losses_->command_begins(unit_index(scenario_, request.unit));
  invariants_->command_begins();
  const md::Error error = request.disk.empty() ? administrator.perform(request) : change_replicas(request);
  if (watched) losses_->command_ended(unit_index(scenario_, request.unit), error.is_ok());
  invariants_->command_ended(request, error);
  --commands_;
  ++commands_done_;
  simulation_.recorder().add(simulation_.now(), kind_command, line, static_cast<uint64_t>(error.code),
                             static_cast<uint64_t>(error.error_class));
  const std::string got = error.is_ok() ? "success" : md::name_of(error);
  const std::string wanted = request.error.value_or("success");
  if (wanted == "any" || wanted == got) return;
  verdicts_.violation("EXPECT", fmt::format("script/{}", line),
                      fmt::format("/script/{}: the command answered {}, expected is {}", line, got, wanted));
}

bool World::holds(const scenarios::AtState& at) const {
  if (at.spare) {
    if (!machine_) return false;
    const uint32_t wanted = disk_index(scenario_, *at.spare);
    for (const auto& spare : machine_->manager().view().spares()) {
      if (roles_.disk_of(spare->hs_devnum) != wanted) continue;
      return !at.spare_state || scenarios::word(*at.spare_state) == hotspare::word_of(spare->hs_state);
    }
    return false;
  }
  if (!at.unit) return false;
  const raid::RaidUnit* u = unit(unit_index(scenario_, *at.unit));
  if (u == nullptr) return false;
  if (!same_state(at.unit_state, u->un.un_state)) return false;
  if (at.column) {
    if (*at.column >= u->un.columns.size()) return false;
    if (!same_state(at.column_state, u->un.columns[*at.column].un_devstate)) return false;
  }
  return !at.resync_line || (u->un.has(raid::MD_UN_RESYNC_ACTIVE) && u->un.un_resync_line_index >= *at.resync_line);
}

}  // namespace raidsim::harness
