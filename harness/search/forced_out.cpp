#include "harness/search/forced_out.h"

#include <array>
#include <string>
#include <utility>

namespace raidsim::harness {
namespace {

using namespace scenarios;

class ForcedOut {
 public:
  ForcedOut(Scenario& out, ChoiceStream& stream)
      : out_(out), stream_(stream), unit_(out.units[stream.below(out.units.size())]) {
    const uint64_t columns = unit_.columns.size();
    first_ = static_cast<uint32_t>(stream_.below(columns));
    second_ = static_cast<uint32_t>((first_ + 1 + stream_.below(columns - 1)) % columns);
  }

  // One draw to a line: the order of arguments is the compiler's, and a seed must not depend on it.
  void draw(Trigger first_failure) {
    const Fault fails = fault(3, first_, Area::whole);
    add(fails, std::move(first_failure), first_out);
    AtRequest written;
    written.disk = unit_.columns[second_];
    written.kind = RequestKind::home_write;
    written.nth = stream_.between(1, 16);
    written.since = first_out;
    const Fault misses = fault(3, second_, Area::data);
    add(misses, written, second_out);
    if (stream_.chance(0.5)) log_is_unreadable();
    AtState beyond;
    beyond.unit = unit_.name;
    beyond.unit_state = UnitState::last_errored;
    if (stream_.chance(0.3)) crash(beyond, later());
    const Duration forced_after = later();
    add(enable(first_, true), beyond, forced, forced_after);
    out_.script.back().times = 2;
    if (stream_.chance(0.5)) crash_on_the_way();
    AtState next;
    next.unit = unit_.name;
    next.column = second_;
    next.column_state = ColumnState::errored;
    const bool again = stream_.chance(0.5);
    const Duration again_after = later();
    add(enable(second_, again), next, "", again_after);
  }

 private:
  static constexpr const char* first_out = "first column out";
  static constexpr const char* second_out = "second column out";
  static constexpr const char* forced = "forced";

  [[nodiscard]] Duration later() { return Duration{1ms} * (uint64_t{1} << stream_.below(12)); }

  [[nodiscard]] Fault fault(unsigned number, uint32_t column, Area area) {
    Fault f;
    f.id = fault_id(number);
    f.target.unit = unit_.name;
    f.target.column = column;
    f.target.area = area;
    f.with.count = stream_.between(1, 3);
    return f;
  }

  [[nodiscard]] Ioctl enable(uint32_t column, bool by_force) const {
    Ioctl request;
    request.verb = IoctlVerb::enable;
    request.unit = unit_.name;
    request.column = column;
    request.force = by_force;
    request.error = "any";
    return request;
  }

  void log_is_unreadable() {
    const Fault unreadable = fault(2, second_, Area::log);
    add(unreadable, AfterEntry{second_out}, "");
  }

  void crash_on_the_way() {
    constexpr std::array points{ProtocolPoint::log_clear, ProtocolPoint::replica_write, ProtocolPoint::resync_read,
                                ProtocolPoint::resync_write};
    AtPoint at;
    at.point = points[stream_.below(points.size())];
    at.nth = stream_.between(1, 40);
    at.since = forced;
    crash(at, Duration{});
  }

  void crash(Trigger trigger, Duration after) {
    HostAction action;
    action.verb = stream_.chance(0.5) ? HostVerb::crash : HostVerb::power_cut;
    add(action, std::move(trigger), "", after);
  }

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
  const Unit& unit_;
  uint32_t first_ = 0, second_ = 0;
};

}  // namespace

void draw_forced_out(Scenario& out, ChoiceStream& stream, Trigger first_failure) {
  ForcedOut(out, stream).draw(std::move(first_failure));
}

}  // namespace raidsim::harness
