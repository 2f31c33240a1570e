#include "harness/search/replica_faults.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "harness/search/draw_fault.h"
#include "harness/search/host_faults.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

constexpr std::array honest{Weighted{1, 5},  Weighted{2, 4},  Weighted{3, 5},  Weighted{4, 4},  Weighted{5, 1},
                            Weighted{6, 4},  Weighted{8, 2},  Weighted{26, 1}, Weighted{27, 1}, Weighted{29, 1},
                            Weighted{33, 1}, Weighted{42, 2}, Weighted{43, 3}};
constexpr std::array lying{Weighted{10, 3}, Weighted{11, 2}, Weighted{12, 4}, Weighted{15, 2}};

/// A liar beside an honest failure may be all that a boot finds: nothing could tell then.
constexpr size_t disks_beside_a_liar = 2;

class ReplicaFaults {
 public:
  ReplicaFaults(Scenario& out, ChoiceStream& stream, uint64_t steps) : out_(out), stream_(stream), steps_(steps) {}

  void draw() {
    lay_out();
    crashes();
    if (disks_.size() > disks_beside_a_liar && stream_.chance(0.25)) {
      one_lies();
    } else {
      some_fail();
      if (stream_.chance(0.4)) several_at_once();
    }
    commands();
    of_the_catalogue();
  }

 private:
  static constexpr const char* first_crash = "first crash";
  static constexpr const char* many_gone = "replicas gone";
  static constexpr uint64_t smallest_disk = 16384;

  void lay_out() {
    std::vector<std::string> columns_too = std::exchange(out_.replicas, {});
    out_.replica_room.clear();
    const uint64_t wanted = stream_.between(1, 7);
    while (out_.replicas.size() < wanted) {
      const uint64_t where = stream_.below(10);
      if (where < 2 && !columns_too.empty()) {  // as it was: more would leave the column's unit less room
        out_.replicas.push_back(columns_too.back());
        columns_too.pop_back();
      } else if (where < 4 && fresh_ > 0) {
        out_.replicas.push_back(name_of(fresh_ - 1));
      } else {
        out_.replicas.push_back(fresh_disk());
      }
    }
    if (stream_.chance(0.3))
      out_.replica_room.push_back(stream_.chance(0.5) || fresh_ == 0 ? fresh_disk() : name_of(0));
    for (const std::string& disk : out_.replicas) {
      if (std::find(disks_.begin(), disks_.end(), disk) == disks_.end()) disks_.push_back(disk);
    }
  }

  static std::string name_of(uint64_t fresh) { return fmt::format("replica{}", fresh); }
  std::string fresh_disk() {
    Disk disk = out_.disks.front();
    disk.name = name_of(fresh_++);
    disk.size_blocks = std::max(disk.size_blocks, smallest_disk);
    disk.device_id.reset();
    out_.disks.push_back(disk);
    return disk.name;
  }

  // One draw to a line: the order of arguments is the compiler's, and a seed must not depend on it.
  void crashes() {
    crashes_ = stream_.below(3);
    for (uint64_t i = 0; i < crashes_; ++i) {
      HostAction action;
      action.verb = stream_.chance(0.5) ? HostVerb::crash : HostVerb::power_cut;
      if (action.verb == HostVerb::power_cut) {
        const auto torn = static_cast<TornRule>(stream_.below(4));
        if (torn != TornRule::none) action.torn = torn;
        action.adversarial = stream_.chance(0.3);
      }
      AtPoint at;
      at.point = ProtocolPoint::replica_write;
      at.nth = stream_.between(1, 12 * out_.replicas.size());
      at.side = stream_.chance(0.5) ? Side::before : Side::after;
      if (i > 0) at.since = first_crash;
      const Duration later = stream_.chance(0.5) ? stream_.duration_between(Duration{}, 50us) : Duration{};
      add(action, at, i == 0 ? first_crash : "", later);
    }
    if (stream_.chance(0.2)) orderly_stop();
    if (crashes_ > 0 && stream_.chance(0.3)) torn_write();
  }

  void orderly_stop() {
    HostAction stop;
    stop.verb = HostVerb::halt;
    const Trigger at = draw_early(steps_, stream_);
    add(stop, at, "stop");
    HostAction boot;
    boot.verb = HostVerb::boot;
    add(boot, AfterEntry{"stop"}, "", 5s);
  }

  void torn_write() {
    Fault f;
    f.id = fault_id(16);
    f.target.disk = any_disk();
    f.with = draw_parameters(16, stream_);
    add(f, AtTime{}, "");
  }

  void some_fail() {
    const uint64_t count = stream_.between(1, disks_.size());
    for (uint64_t i = 0; i < count; ++i) {
      const unsigned number = draw_number(honest, stream_);
      const std::string disk = any_disk();
      fails(number, disk);
    }
  }

  void one_lies() {
    const std::string disk = any_disk();
    liar_ = disk;
    const uint64_t count = stream_.between(1, 2);
    for (uint64_t i = 0; i < count; ++i) {
      const unsigned number = draw_number(lying, stream_);
      fails(number, disk);
    }
  }

  void fails(unsigned number, const std::string& disk) {
    Fault f;
    f.id = fault_id(number);
    f.target.disk = disk;
    f.with = draw_parameters(number, stream_);
    if (number == 1 && stream_.chance(0.5)) f.with.lasts = stream_.duration_between(10ms, 20s);
    const bool at_a_place = number == 4 || number == 10;
    if (at_a_place) f.target.range = place_in_slice(disk);
    const bool of_the_disk = number == 1 || number == 33 || number == 42 || number == 43;
    if (!at_a_place && !of_the_disk) f.target.area = Area::replica;
    const Trigger at = moment(disk);
    add(f, at, "");
  }

  BlockRange place_in_slice(const std::string& disk) {
    const uint64_t blocks = replica_slice_blocks(out_, disk);
    // Master block, locators and directory lie in front, and only as many records behind as there are units.
    const uint64_t front = std::max<uint64_t>(blocks >> stream_.below(6), 1);
    const uint64_t first = stream_.below(front);
    const uint64_t size = stream_.chance(0.5) ? 1 : stream_.between(1, 64);
    return {first, std::min(first + size, blocks)};
  }

  /// As the replica is written or read, as often as at any time; of a run with a crash also in the boot after it.
  Trigger moment(const std::string& disk) {
    if (stream_.chance(0.5)) return draw_early(steps_, stream_);
    AtRequest at;
    at.disk = disk;
    at.kind = stream_.chance(0.7) ? RequestKind::replica_write : RequestKind::replica_read;
    at.nth = stream_.between(1, 12);
    if (crashes_ > 0 && stream_.chance(0.5)) at.since = first_crash;
    return at;
  }

  /// Around half of the disks go, and most often return (F59); a boot then finds them all, or some.
  void several_at_once() {
    const uint64_t half = disks_.size() / 2;
    const uint64_t count = std::min<uint64_t>(half + stream_.below(2) + stream_.below(2), disks_.size());
    const uint64_t first = stream_.below(disks_.size());
    const unsigned number = stream_.chance(0.5) ? 1 : 43;
    const bool return_ = stream_.chance(0.7);
    const Duration gone = stream_.duration_between(10ms, 20s);
    const Trigger at = draw_early(steps_, stream_);
    for (uint64_t i = 0; i < count; ++i) {
      Fault f;
      f.id = fault_id(number);
      f.target.disk = disks_[(first + i) % disks_.size()];
      if (return_) f.with.lasts = gone;
      add(f, at, i == 0 ? many_gone : "");
    }
    if (count == 0 || !stream_.chance(0.5)) return;
    HostAction action;
    action.verb = HostVerb::crash;
    const Duration later = stream_.duration_between(1ms, 30s);
    add(action, AfterEntry{many_gone}, "", later);
  }

  void commands() {
    const uint64_t count = stream_.below(3);
    for (uint64_t i = 0; i < count; ++i) {
      Ioctl request;
      request.verb = stream_.chance(0.5) ? IoctlVerb::replica_add : IoctlVerb::replica_delete;
      const bool room = request.verb == IoctlVerb::replica_add && !out_.replica_room.empty();
      request.disk = room ? out_.replica_room.front() : any_disk();
      request.index = static_cast<uint32_t>(stream_.below(replica_places(out_, request.disk)));
      if (request.verb == IoctlVerb::replica_delete) request.force = stream_.chance(0.4);
      request.error = "any";
      const Trigger at = draw_early(steps_, stream_);
      add(request, at, "");
    }
  }

  /// F54 to F60 in their own words, beside the disks' faults that they are made of.
  void of_the_catalogue() {
    if (stream_.chance(0.3)) draw_clock_anomaly(out_, stream_, steps_);
    if (stream_.chance(0.3)) unreadable();
    if (stream_.chance(0.2)) full();
    if (crashes_ < 2 && stream_.chance(0.3)) torn_commit();
    if (!liar_.empty() && stream_.chance(0.5)) stale_or_corrupt();
  }

  Fault of_replica(unsigned number, const std::string& disk) {
    Fault f;
    f.id = fault_id(number);
    f.target.disk = disk;
    const auto places = static_cast<uint64_t>(std::count(out_.replicas.begin(), out_.replicas.end(), disk));
    f.with.replica.index = static_cast<uint32_t>(stream_.below(places));
    return f;
  }

  void unreadable() {
    Fault f = of_replica(55, any_disk());
    f.with.replica.part = static_cast<ReplicaPart>(stream_.below(6));
    f.with.replica.access = static_cast<ReplicaAccess>(stream_.below(3));
    const Trigger at = moment(*f.target.disk);
    add(f, at, "");
  }

  void full() {
    Fault f = of_replica(60, any_disk());
    f.with.replica.free_blocks = stream_.below(40);
    add(f, draw_early(steps_, stream_), "");
  }

  void torn_commit() {
    Fault f = of_replica(58, any_disk());
    f.with.replica.writes = stream_.below(12);
    f.with.replica.loses_power = stream_.chance(0.7);
    f.with.replica.torn_last = f.with.replica.loses_power && stream_.chance(0.5);
    add(f, draw_early(steps_, stream_), "");
  }

  void stale_or_corrupt() {
    const bool corrupt = stream_.chance(0.5);
    Fault f = of_replica(corrupt ? 57 : 56, liar_);
    if (corrupt) {
      f.with.replica.flaw = static_cast<ReplicaFlaw>(stream_.below(4));
      const bool any_part = f.with.replica.flaw == ReplicaFlaw::checksum || f.with.replica.flaw == ReplicaFlaw::magic;
      if (any_part) f.with.replica.part = static_cast<ReplicaPart>(stream_.below(6));
    } else {
      f.with.replica.misses = stream_.between(1, 6);
    }
    const Trigger at = moment(liar_);
    add(f, at, "");
  }

  const std::string& any_disk() { return disks_[stream_.below(disks_.size())]; }

  void add(Action action, Trigger trigger, const char* label, Duration after = {}) {
    ScriptEntry entry;
    entry.label = label;
    entry.trigger = std::move(trigger);
    entry.after.time = after;
    entry.action = std::move(action);
    out_.script.push_back(std::move(entry));
  }

  Scenario& out_;
  ChoiceStream& stream_;
  uint64_t steps_, crashes_ = 0, fresh_ = 0;
  std::vector<std::string> disks_;  ///< of replicas, each once
  std::string liar_;                ///< the disk that lies; empty: none
};

}  // namespace

void draw_replica_faults(Scenario& out, ChoiceStream& stream, uint64_t steps) {
  ReplicaFaults(out, stream, steps).draw();
}

}  // namespace raidsim::harness
