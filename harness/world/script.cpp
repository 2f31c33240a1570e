#include "harness/world/script.h"

#include <algorithm>

#include "harness/trace_kinds.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

template <class T>
const T* trigger_of(const ScriptEntry& entry) {
  return std::get_if<T>(&entry.trigger);
}

bool same_name(const std::optional<std::string>& wanted, const std::vector<std::string>& names, uint32_t index) {
  return !wanted || (index < names.size() && names[index] == *wanted);
}

}  // namespace

struct Script::Line : Event {
  Line(Script& s, const ScriptEntry& e, uint32_t n)
      : Event(timer_due), script(s), entry(e), number(n), counts(waits_for(e.trigger).empty()) {}
  Script& script;
  const ScriptEntry& entry;
  uint32_t number;
  uint64_t acted = 0;
  uint64_t matches = 0;     ///< of the trigger, since the last action
  bool counts;              ///< false until the line that a "since" names has acted
  bool held = false;        ///< state predicate held when last looked at
  bool on_its_way = false;  ///< triggered, and waiting for its delay or its turn
  bool waiting_for_delay = false;
  uint64_t step = UINT64_MAX;  ///< wants to act at this step
};

Script::Script(Simulation& simulation, const std::vector<ScriptEntry>& lines, const std::vector<std::string>& units,
               const std::vector<std::string>& disks, ScriptActions& actions)
    : simulation_(simulation), units_(units), disks_(disks), actions_(actions), fired_(lines.size()) {
  for (const ScriptEntry& entry : lines) {
    lines_.push_back(std::make_unique<Line>(*this, entry, static_cast<uint32_t>(lines_.size())));
    wants_points_ |= trigger_of<AtPoint>(entry) != nullptr || trigger_of<AtRequest>(entry) != nullptr;
  }
}

Script::~Script() { end(); }

void Script::start() {
  for (const auto& line : lines_) {
    if (const auto* at = trigger_of<AtTime>(line->entry)) {
      line->on_its_way = true;
      line->waiting_for_delay = line->entry.after == Delay{};
      simulation_.schedule(*line, std::max(sim_start + at->at, simulation_.now()));
    } else if (const auto* event = trigger_of<AtEvent>(line->entry)) {
      line->step = event->nth;
    }
  }
  states_changed();
}

void Script::end() {
  ended_ = true;
  ready_.clear();
  for (const auto& line : lines_) {
    simulation_.cancel(*line);
    line->step = UINT64_MAX;
  }
}

bool Script::spent(const Line& line) { return line.entry.times && line.acted >= *line.entry.times; }

// The timer of a line serves twice: for the moment of an "at" trigger, then for a delay in time.
void Script::timer_due(Event& event) {
  Line& line = static_cast<Line&>(event);
  if (line.waiting_for_delay) {
    line.script.delayed(line);
  } else {
    line.on_its_way = false;
    line.script.triggered(line);
  }
}

void Script::triggered(Line& line) {
  if (ended_ || spent(line) || line.on_its_way) return;
  line.on_its_way = true;
  line.matches = 0;
  if (line.entry.after.time > Duration{}) {
    line.waiting_for_delay = true;
    simulation_.schedule_after(line, line.entry.after.time);
  } else if (line.entry.after.events > 0) {
    line.step = simulation_.steps() + line.entry.after.events;
    simulation_.stop();  // so that the runner's limit knows of the new step
  } else {
    enqueue(line);
  }
}

void Script::delayed(Line& line) {
  line.waiting_for_delay = false;
  enqueue(line);
}

void Script::enqueue(Line& line) {
  if (ended_) return;
  ready_.push_back(&line);
  simulation_.stop();
}

void Script::point_reached(const PointSeen& seen) {
  if (ended_) return;
  for (const auto& line : lines_) {
    const auto* at = trigger_of<AtPoint>(line->entry);
    if (at == nullptr || !line->counts || at->point != seen.point || at->side != seen.side) continue;
    if (!same_name(at->unit, units_, seen.unit) || !same_name(at->disk, disks_, seen.disk)) continue;
    if (at->column && *at->column != seen.column) continue;
    if (++line->matches == at->nth) triggered(*line);
  }
}

void Script::request_issued(const RequestSeen& seen) {
  if (ended_) return;
  for (const auto& line : lines_) {
    const auto* at = trigger_of<AtRequest>(line->entry);
    if (at == nullptr || !line->counts || !same_name(at->disk, disks_, seen.disk)) continue;
    if (at->op != Op::any && at->op != seen.op) continue;
    if (at->kind != RequestKind::any && at->kind != seen.kind) continue;
    if (at->range && (seen.block >= at->range->end || seen.block + seen.blocks <= at->range->first)) continue;
    if (++line->matches == at->nth) triggered(*line);
  }
}

void Script::states_changed() {
  if (ended_) return;
  for (const auto& line : lines_) {
    const auto* at = trigger_of<AtState>(line->entry);
    if (at == nullptr) continue;
    const bool holds = actions_.holds(*at);
    const bool rose = holds && !line->held;
    line->held = holds;
    if (rose) triggered(*line);
  }
}

void Script::labelled(const std::string& label) {
  if (label.empty()) return;
  for (const auto& line : lines_) {
    if (waits_for(line->entry.trigger) != label) continue;
    line->counts = true;
    line->matches = 0;
    if (trigger_of<AfterEntry>(line->entry) != nullptr) triggered(*line);
  }
}

void Script::act() {
  while (!ready_.empty()) {
    Line& line = *ready_.front();
    ready_.pop_front();
    line.on_its_way = false;
    if (!spent(line)) perform(line);
  }
}

void Script::perform(Line& line) {
  ++line.acted;
  ++fired_[line.number];
  simulation_.recorder().add(simulation_.now(), kind_script, line.number, line.acted);
  if (const auto* fault = std::get_if<Fault>(&line.entry.action)) {
    actions_.inject(*fault, line.number);
  } else if (const auto* host = std::get_if<HostAction>(&line.entry.action)) {
    actions_.act_on_host(*host, line.number);
  } else {
    actions_.ioctl(std::get<Ioctl>(line.entry.action), line.number);
  }
  labelled(line.entry.label);
}

uint64_t Script::next_step() const noexcept {
  uint64_t next = UINT64_MAX;
  for (const auto& line : lines_) next = std::min(next, line->step);
  return next;
}

void Script::step_reached(uint64_t step) {
  for (const auto& line : lines_) {
    if (line->step > step) continue;
    line->step = UINT64_MAX;
    if (line->on_its_way) {
      enqueue(*line);
    } else {
      triggered(*line);
    }
  }
}

bool Script::waits_for_time() const noexcept {
  return std::any_of(lines_.begin(), lines_.end(), [](const auto& line) { return line->pending(); });
}

bool Script::may_still_act() const noexcept {
  return !ended_ && std::any_of(lines_.begin(), lines_.end(), [](const auto& line) { return !spent(*line); });
}

bool Script::may_boot() const noexcept {
  return !ended_ && std::any_of(lines_.begin(), lines_.end(), [](const auto& line) {
    const auto* host = std::get_if<HostAction>(&line->entry.action);
    return host != nullptr && host->verb == HostVerb::boot && !spent(*line);
  });
}

}  // namespace raidsim::harness
