#include "harness/search/identity_faults.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "harness/search/draw_fault.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

constexpr std::array table{Weighted{32, 6}, Weighted{33, 2}, Weighted{34, 4}, Weighted{35, 3}, Weighted{36, 3},
                           Weighted{37, 5}, Weighted{39, 3}, Weighted{40, 1}, Weighted{42, 2}};

class IdentityFaults {
 public:
  IdentityFaults(Scenario& out, ChoiceStream& stream, uint64_t steps) : out_(out), stream_(stream), steps_(steps) {}

  void draw() {
    if (stream_.chance(0.5)) add_stranger();
    const uint64_t ends = stream_.between(1, 3);
    for (uint64_t i = 0; i < ends; ++i) end_of_epoch(i);
    const uint64_t faults = stream_.between(1, 3);
    for (uint64_t i = 0; i < faults; ++i) add_fault();
  }

 private:
  /// A disk that nothing is on.
  void add_stranger() {
    Disk disk = out_.disks.front();
    disk.name = "stranger";
    disk.device_id.reset();
    out_.disks.push_back(disk);
  }

  void end_of_epoch(uint64_t number) {
    const std::string label = fmt::format("end {}", number);
    HostAction end;
    const uint64_t how = stream_.below(3);
    constexpr std::array verbs{HostVerb::crash, HostVerb::power_cut, HostVerb::halt};
    end.verb = verbs[how];
    const Trigger at = number == 0 ? draw_early(steps_, stream_) : next_end();
    const Duration later = number == 0 ? Duration{} : stream_.duration_between(Duration{}, 2s);
    add(end, at, label, later);
    ends_.push_back(label);
    const uint64_t moves = stream_.below(3);
    for (uint64_t i = 0; i < moves; ++i) renumber(label);
    HostAction boot;
    boot.verb = HostVerb::boot;
    const Duration down = stream_.duration_between(2s, 6s);
    add(boot, AfterEntry{label}, "", down);
  }

  /// In the recovery from the end before, or when users are back.
  Trigger next_end() {
    if (stream_.chance(0.5)) return AfterEntry{ends_.back()};
    constexpr std::array points{ProtocolPoint::replay_read, ProtocolPoint::replay_write, ProtocolPoint::log_clear,
                                ProtocolPoint::replica_write, ProtocolPoint::resync_write};
    AtPoint at;
    at.point = points[stream_.below(points.size())];
    at.nth = stream_.between(1, 30);
    at.since = ends_.back();
    return at;
  }

  void renumber(const std::string& label) {
    std::vector<std::string> left = names();
    Fault f;
    f.id = fault_id(38);
    const uint64_t count = stream_.between(2, left.size());
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t at = stream_.below(left.size());
      f.target.disks.push_back(left[at]);
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const Duration later = stream_.duration_between(Duration{}, 1s);
    add(f, AfterEntry{label}, "", later);
  }

  void add_fault() {
    Fault f;
    const unsigned number = draw_number(table, stream_);
    f.id = fault_id(number);
    f.with = draw_parameters(number, stream_);
    f.target.disk = any_disk();
    if (number == 35) draw_size(f);
    if (number == 39) draw_heir(f);
    const uint64_t when = stream_.below(4);
    if (when == 0) {
      const Trigger at = draw_early(steps_, stream_);
      add(f, at, "", Duration{});
    } else if (when == 1) {
      AtState taken_out;
      const Unit& unit = out_.units[stream_.below(out_.units.size())];
      taken_out.unit = unit.name;
      taken_out.column = static_cast<uint32_t>(stream_.below(unit.columns.size()));
      taken_out.column_state = stream_.chance(0.5) ? ColumnState::errored : ColumnState::resync;
      const Duration later = stream_.duration_between(Duration{}, 100ms);
      add(f, taken_out, "", later);
    } else {  // while the host is down: 2 s at least
      const std::string& end = ends_[stream_.below(ends_.size())];
      const Duration later = stream_.duration_between(Duration{}, 2s);
      add(f, AfterEntry{end}, "", later);
    }
  }

  /// One sector short, a fallback of the firmware, half, or more than there was.
  void draw_size(Fault& f) {
    const auto same = [&](const Disk& disk) { return disk.name == *f.target.disk; };
    const uint64_t blocks = std::find_if(out_.disks.begin(), out_.disks.end(), same)->size_blocks;
    const std::array sizes{blocks - 1, uint64_t{0}, blocks / 2, blocks * 2};
    f.with.size_blocks = sizes[stream_.below(sizes.size())];
    if (stream_.chance(0.3)) f.with.lasts = stream_.duration_between(1s, 20s);
  }

  void draw_heir(Fault& f) {
    std::vector<std::string> others = names();
    std::erase(others, *f.target.disk);
    f.with.by = others[stream_.below(others.size())];
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Disk& disk : out_.disks) all.push_back(disk.name);
    return all;
  }
  std::string any_disk() { return out_.disks[stream_.below(out_.disks.size())].name; }

  void add(Action action, Trigger trigger, std::string label, Duration after) {
    ScriptEntry entry;
    entry.label = std::move(label);
    entry.trigger = std::move(trigger);
    entry.after.time = after;
    entry.action = std::move(action);
    out_.script.push_back(std::move(entry));
  }

  Scenario& out_;
  ChoiceStream& stream_;
  uint64_t steps_;
  std::vector<std::string> ends_;  ///< labels
};

}  // namespace

void draw_identity_faults(Scenario& out, ChoiceStream& stream, uint64_t steps) {
  IdentityFaults(out, stream, steps).draw();
}

}  // namespace raidsim::harness
