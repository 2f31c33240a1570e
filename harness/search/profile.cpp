#include "harness/search/profile.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "harness/search/draw_fault.h"
#include "harness/search/forced_out.h"
#include "harness/search/host_faults.h"
#include "harness/search/identity_faults.h"
#include "harness/search/replica_faults.h"
#include "harness/search/shelf_faults.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

constexpr std::array honest{Weighted{1, 6},  Weighted{2, 4},  Weighted{3, 4},  Weighted{4, 6},  Weighted{5, 2},
                            Weighted{6, 4},  Weighted{7, 1},  Weighted{8, 3},  Weighted{25, 2}, Weighted{26, 2},
                            Weighted{27, 2}, Weighted{29, 1}, Weighted{33, 2}, Weighted{42, 2}, Weighted{43, 3}};
constexpr std::array lying{Weighted{10, 35}, Weighted{11, 35}, Weighted{12, 8}, Weighted{13, 4}, Weighted{14, 2},
                           Weighted{15, 1},  Weighted{22, 8},  Weighted{24, 4}, Weighted{28, 4}};
constexpr std::array slow{Weighted{25, 4}, Weighted{26, 4}, Weighted{27, 3}, Weighted{28, 1}, Weighted{29, 2},
                          Weighted{43, 4}, Weighted{44, 4}, Weighted{45, 3}, Weighted{46, 4}};
constexpr std::array caches{Weighted{16, 4}, Weighted{18, 3}, Weighted{19, 4},
                            Weighted{21, 3}, Weighted{23, 2}, Weighted{24, 2}};

class Drawing {
 public:
  Drawing(Scenario scenario, ChoiceStream& stream) : out_(std::move(scenario)), stream_(stream) {
    out_.script.clear();
    out_.expect = Expect{};
    out_.tape.clear();
    uint64_t requests = 0;
    for (const Workload& w : out_.workload) requests += w.clients * w.requests;
    steps_ = std::max<uint64_t>(requests * steps_per_request, 2'000);
  }

  Scenario finish() && { return std::move(out_); }

  void vary_schedule() {
    out_.schedule = Schedule{};
    constexpr std::array windows{Duration{0}, Duration{10us}, Duration{100us}, Duration{1ms}, Duration{10ms}};
    out_.schedule.policy = static_cast<SchedulePolicy>(stream_.below(4));
    out_.schedule.window = windows[stream_.below(windows.size())];
    const auto depth = static_cast<uint32_t>(stream_.between(2, 5));
    if (out_.schedule.policy == SchedulePolicy::pct) {
      out_.schedule.pct_depth = depth;
      out_.schedule.pct_steps = steps_;
    }
    if (out_.schedule.policy == SchedulePolicy::fifo) out_.schedule.window = Duration{};
  }

  void vary_latency() {
    if (!stream_.chance(0.5)) return;
    const auto model = static_cast<LatencyModel>(stream_.below(4));
    for (Disk& disk : out_.disks) {
      disk.latency = Latency{};
      disk.latency.model = model;
      disk.queue = static_cast<QueuePolicy>(stream_.below(4));
    }
  }

  void volatile_caches() {
    for (Disk& disk : out_.disks) {
      disk.cache = CacheKind::volatile_cache;
      disk.destage = static_cast<DestagePolicy>(stream_.below(4));
      disk.cache_blocks = uint64_t{64} << stream_.below(6);
    }
  }

  /// A second fault falls into the rebuild after the first as often as not.
  void faults(std::span<const Weighted> table, uint64_t count, bool liars = false) {
    for (uint64_t i = 0; i < count; ++i) {
      Fault drawn = fault(draw_number(table, stream_));
      if (is_shared(number_of(drawn.id))) draw_shared(drawn, out_, liars, stream_);
      add(drawn, i > 0 && stream_.chance(0.5) ? rebuild_moment() : early());
    }
  }

  /// One or two, around a crash and what administrators do. Of two the second may meet a repair.
  void honest_faults(uint64_t count) {
    const bool in_repair = count > 1 && stream_.chance(0.3);
    faults(honest, in_repair ? count - 1 : count);
    crashes(stream_.below(2), HostVerb::crash);
    administrator();
    repairs(in_repair);
  }

  /// One write of a column fails, so that it is rebuilt.
  void column_fails() {
    if (!stream_.chance(0.5)) return;
    const Unit& unit = out_.units[stream_.below(out_.units.size())];
    Fault f;
    f.id = fault_id(3);
    f.target.disk = unit.columns[stream_.below(unit.columns.size())];
    f.with.count = 1;
    add(f, early());
  }

  /// Crashes or power cuts; the second one falls into the recovery from the first, more often than not.
  void crashes(uint64_t count, HostVerb verb) {
    for (uint64_t i = 0; i < count; ++i) {
      HostAction action;
      action.verb = verb;
      if (verb == HostVerb::power_cut) {
        const auto torn = static_cast<TornRule>(stream_.below(4));
        if (torn != TornRule::none) action.torn = torn;
        action.adversarial = stream_.chance(0.3);
      }
      const bool in_recovery = i > 0 && stream_.chance(0.6);
      add(action, in_recovery ? recovery_moment() : early());
      if (i == 0) out_.script.back().label = first_crash;
    }
  }

  void administrator() {
    if (!stream_.chance(0.3)) return;
    const Unit& unit = out_.units[stream_.below(out_.units.size())];
    Ioctl request;
    request.verb = IoctlVerb::enable;
    request.unit = unit.name;
    request.column = static_cast<uint32_t>(stream_.below(unit.columns.size()));
    request.error = "any";
    request.force = stream_.chance(force);
    add(request, early());
  }

  /// Somebody enables or replaces whatever column a fault takes out: at once, during the rebuild to its spare, or
  /// after it, which copies back. `and_fails`: a write of the disk that comes into service then fails.
  void repairs(bool and_fails = false) {
    if (!and_fails && !stream_.chance(0.4)) return;
    const Unit& unit = out_.units[stream_.below(out_.units.size())];
    const auto how = static_cast<Repair>(stream_.below(4));
    std::vector<std::string> disks;  // each is given to one column
    if (how == Repair::replace) disks = free_disks();
    if (how == Repair::replace_by_mistake) disks = all_disks();
    AtState taken_out;
    taken_out.unit = unit.name;
    taken_out.column_state = stream_.chance(0.7) ? ColumnState::resync : ColumnState::errored;
    const Duration after = Duration{1ms} * (uint64_t{1} << stream_.below(14));
    if (stream_.chance(0.75)) load_lasts(after * 4);
    const uint64_t first = stream_.below(unit.columns.size());
    for (uint64_t i = 0; i < unit.columns.size(); ++i) {
      taken_out.column = static_cast<uint32_t>((first + i) % unit.columns.size());
      if (how == Repair::swap_drive) swap_drive(unit.columns[*taken_out.column], taken_out, after);
      const std::string disk = repair(unit, disks, taken_out, after);
      if (and_fails) write_fails_after(disk);
    }
  }

  /// Replicas fail while columns do, which are then repaired: without commits nobody would notice.
  void replicas_fail() {
    if (stream_.chance(0.3)) volatile_caches();
    draw_replica_faults(out_, stream_, steps_);
    const uint64_t columns = stream_.between(1, 2);
    for (uint64_t i = 0; i < columns; ++i) column_fails();
    administrator();
    repairs();
  }

  /// Disks move, leave and are others around boots, while columns fail and are repaired.
  void identities_change() {
    if (stream_.chance(0.3)) volatile_caches();
    draw_identity_faults(out_, stream_, steps_);
    column_fails();
    administrator();
    repairs();
  }

  /// Beside slow disks: starved threads, no memory, a clock that goes wrong. A rebuild needs memory and threads too.
  void host_suffers() {
    draw_host_faults(out_, stream_, steps_);
    column_fails();
  }

  /// Two columns go, and the unit is brought back by force.
  void forced_out() {
    if (!stream_.chance(0.3)) return;
    load_lasts(Duration{stream_.chance(0.5) ? 1s : 10ms});
    draw_forced_out(out_, stream_, early());
  }

 private:
  static constexpr uint64_t steps_per_request = 24;
  static constexpr const char* first_crash = "first crash";
  static constexpr double force = 0.3;  ///< of a repair; it matters where two columns are gone

  /// The drive as it is, a new one in its slot, a free one, or one that already serves: that is refused (decision
  /// 0028).
  enum class Repair : uint8_t { enable, swap_drive, replace, replace_by_mistake };

  void swap_drive(const std::string& disk, const AtState& taken_out, Duration after) {
    Fault another;
    another.id = fault_id(33);
    another.target.disk = disk;
    another.with.content = stream_.chance(0.5) ? BlankContent::zero : BlankContent::random;
    add(another, taken_out);
    out_.script.back().after.time = after;
  }

  /// Enables the column, or replaces it with the last of `disks`, which is then gone. Answers the disk that comes in.
  std::string repair(const Unit& unit, std::vector<std::string>& disks, const AtState& taken_out, Duration after) {
    Ioctl request;
    request.unit = unit.name;
    request.column = taken_out.column;
    request.error = "any";
    request.force = stream_.chance(force);
    request.verb = disks.empty() ? IoctlVerb::enable : IoctlVerb::replace;
    if (!disks.empty()) {
      request.with = disks.back();
      disks.pop_back();
    }
    add(request, taken_out);
    out_.script.back().after.time = after + Duration{1us};
    return request.with.empty() ? unit.columns[*request.column] : request.with;
  }

  /// Users have to be there when a column is copied back: what they write goes to two devices (RD-05).
  void load_lasts(Duration time) {
    for (Workload& w : out_.workload) {
      if (w.trace || w.requests == 0) continue;
      w.think_min = Duration{};
      w.think_max = 2 * time / w.requests;
    }
  }

  /// The last line has acted and users write to the disk: one or some of the next writes fail.
  void write_fails_after(const std::string& disk) {
    const std::string label = "repair " + std::to_string(out_.script.size());
    out_.script.back().label = label;
    Fault f;
    f.id = fault_id(3);
    f.target.disk = disk;
    f.with.count = stream_.between(1, 3);
    AtRequest at;
    at.disk = disk;
    at.kind = RequestKind::home_write;
    at.nth = stream_.between(1, 8);
    at.since = label;
    add(f, at);
  }

  [[nodiscard]] std::vector<std::string> all_disks() const {
    std::vector<std::string> names;
    for (const Disk& disk : out_.disks) names.push_back(disk.name);
    return names;
  }
  /// Disks that are neither columns nor spares: what a careful operator has to hand.
  [[nodiscard]] std::vector<std::string> free_disks() const {
    const auto uses = [](const std::vector<std::string>& names, const std::string& disk) {
      return std::find(names.begin(), names.end(), disk) != names.end();
    };
    std::vector<std::string> free;
    for (const Disk& disk : out_.disks) {
      bool used = false;
      for (const Unit& unit : out_.units) used = used || uses(unit.columns, disk.name);
      for (const Pool& pool : out_.pools) used = used || uses(pool.spares, disk.name);
      if (!used) free.push_back(disk.name);
    }
    return free;
  }

  Trigger early() { return draw_early(steps_, stream_); }
  Trigger recovery_moment() {
    constexpr std::array points{ProtocolPoint::replay_read, ProtocolPoint::replay_write, ProtocolPoint::log_clear,
                                ProtocolPoint::replica_write};
    AtPoint at;
    at.point = points[stream_.below(points.size())];
    at.nth = stream_.between(1, 40);
    at.since = first_crash;  // the first boot goes through the same points
    return at;
  }
  Trigger rebuild_moment() {
    AtPoint at;
    const bool read = stream_.chance(0.5);
    at.point = read ? ProtocolPoint::resync_read : ProtocolPoint::resync_write;
    at.nth = stream_.between(1, read ? 90 : 45);  // of a small unit: the rebuild, and the copy back after it
    return at;
  }
  template <class Act>
  void add(Act action, Trigger trigger) {
    ScriptEntry entry;
    entry.trigger = std::move(trigger);
    entry.action = std::move(action);
    out_.script.push_back(std::move(entry));
  }
  Fault fault(unsigned number);
  void aim(Fault& fault);

  Scenario out_;
  ChoiceStream& stream_;
  uint64_t steps_ = 0;
};

void Drawing::aim(Fault& fault) {
  Disk& disk = out_.disks[stream_.below(out_.disks.size())];
  fault.target.disk = disk.name;
  // A flush that lies needs something to lie about, and the loader says so too.
  if (fault.id == fault_id(22)) disk.cache = CacheKind::volatile_cache;
  const bool needs_place = fault.id == fault_id(4) || fault.id == fault_id(10);
  if (needs_place || (fault.id == fault_id(6) && stream_.chance(0.5))) {
    const uint64_t first = stream_.below(disk.size_blocks);
    const uint64_t size = stream_.chance(0.5) ? 1 : stream_.between(1, 64);
    fault.target.range = BlockRange{first, std::min(first + size, disk.size_blocks)};
  }
}

Fault Drawing::fault(unsigned number) {
  Fault f;
  f.id = fault_id(number);
  aim(f);
  f.with = draw_parameters(number, stream_);
  return f;
}

}  // namespace

Scenario with_profile(const Scenario& base, Profile profile, ChoiceStream& stream) {
  Drawing drawing(base, stream);
  drawing.vary_schedule();
  switch (profile) {
    case Profile::none:
      return base;
    case Profile::clean:
      drawing.vary_latency();
      break;
    case Profile::honest_1:
    case Profile::honest_2:
      drawing.vary_latency();
      drawing.honest_faults(profile == Profile::honest_1 ? 1 : 2);
      if (profile == Profile::honest_2) drawing.forced_out();
      break;
    case Profile::power:
      drawing.volatile_caches();
      drawing.faults(caches, stream.below(3));
      drawing.crashes(stream.between(1, 3), HostVerb::power_cut);
      drawing.column_fails();  // a rebuild and a copy, whose writes have to be durable too (RH-12.4)
      drawing.repairs();
      drawing.forced_out();
      break;
    case Profile::replica:
      drawing.vary_latency();
      drawing.replicas_fail();
      break;
    case Profile::identity:
      drawing.vary_latency();
      drawing.identities_change();
      break;
    case Profile::liar:
      drawing.faults(lying, 1, true);
      break;
    case Profile::storm:
      drawing.faults(slow, stream.between(2, 6));
      drawing.host_suffers();
      break;
  }
  return std::move(drawing).finish();
}

Scenario with_profile(const Scenario& base, Profile profile, uint64_t seed) {
  Choices choices{seed, nullptr, false};
  return with_profile(base, profile, choices.stream("profile/" + base.name));
}

}  // namespace raidsim::harness
