#include "reports/tellers.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace raidsim::reports {
namespace {

constexpr uint64_t low_32 = 0xFFFFFFFF;
constexpr uint16_t message_device = 0;  // messages carry the device in `a`; 0 where they name none

// ---- what users asked for ----

void request_begin(Timeline& t, const TraceRecord& r) {
  ++t.requests;
  t.in_flight[r.actor] = {.block = r.a, .blocks = r.b >> 32, .write = r.b & low_32, .op = r.flags};
}

void request_end(Timeline& t, const TraceRecord& r) {
  const auto it = t.in_flight.find(r.actor);
  const std::string op = it == t.in_flight.end() ? "request" : t.name("op", it->second.op);
  if (it != t.in_flight.end()) t.in_flight.erase(it);
  if (r.flags == 0 || t.failed_requests[{r.actor, r.flags}]++ > 0) return;
  t.say(r, fmt::format("{}: {} at block {} failed: {}", t.name("client", r.actor), op, r.a, t.name("errno", r.flags)));
}

// ---- what was done to the machine ----

void script(Timeline& t, const TraceRecord& r) {
  t.script_lines.insert(r.actor);
  t.say_once(r, fmt::format("script line {}: {}", r.actor, t.name("line", r.actor)));
}

void fault_fired(Timeline& t, const TraceRecord& r) {
  if (t.bites[{r.actor, r.b, r.flags}]++ > 0) return;
  const std::string requests = t.requests_in_flight();
  t.say(r, fmt::format("{} bites on {} at block {}{}", t.name("fault", r.flags), t.name("disk", r.actor), r.a,
                       requests.empty() ? "" : "; in flight: " + requests));
}

void fault_lifted(Timeline& t, const TraceRecord& r) {
  if (r.b == 0) return;
  t.say(r, fmt::format("{} on {} is over after {} hits", t.name("fault", r.flags), t.name("disk", r.actor), r.b));
}

/// Disks that lose power in one moment are one line.
void power_cut(Timeline& t, const TraceRecord& r) {
  static constexpr std::string_view verb = " without power";
  const std::string disk = t.name("disk", r.actor);
  if (!t.moments.empty() && t.moments.back().time_ns == r.time_ns && t.moments.back().text.ends_with(verb)) {
    std::string& text = t.moments.back().text;
    text.insert(text.size() - verb.size(), ", " + disk);
  } else {
    t.say(r, disk + std::string(verb));
  }
}

void cache_lost(Timeline& t, const TraceRecord& r) {
  if (r.a + r.b == 0) return;
  t.say(r, fmt::format("{}: of the writes in its cache {} survive, {} are lost", t.name("disk", r.actor), r.a, r.b));
}

void swapped(Timeline& t, const TraceRecord& r) { t.say(r, t.name("disk", r.actor) + " is another disk now"); }

void renumbered(Timeline& t, const TraceRecord& r) {
  const std::string was = t.name("device", static_cast<uint32_t>(r.a));
  if (was != t.name("disk", r.actor))
    t.say(r, fmt::format("{} has the number of {} now", t.name("disk", r.actor), was));
}

void resized(Timeline& t, const TraceRecord& r) {
  t.say(r, fmt::format("{} has {} blocks now, not {}", t.name("disk", r.actor), r.b, r.a));
}

void link_reset(Timeline& t, const TraceRecord& r) {
  if (r.b == 0) return;
  t.say(r, fmt::format("adapter of {} is reset with {} requests in flight", t.name("disk", r.actor), r.b));
}

void cache_toggled(Timeline& t, const TraceRecord& r) {
  t.say(r, fmt::format("{}: its cache is {} now", t.name("disk", r.actor), r.a == 0 ? "off" : "on"));
}

void epoch(Timeline& t, const TraceRecord& r) {
  t.changed();
  t.say(r, fmt::format("host: {} (epoch {})", t.name("epoch-how", r.flags), r.a));
  if (r.flags == 0) t.in_flight.clear();
}

void panic(Timeline& t, const TraceRecord& r) { t.say(r, "host: panic"); }

void command(Timeline& t, const TraceRecord& r) {
  const uint64_t key = (r.b & 0xFF) << 16 | (r.a & 0xFFFF);
  t.say(r, fmt::format("administrator: {}: {}", t.name("line", r.actor),
                       r.a == 0 && r.b == 0 ? "done" : t.name("error", key)));
}

void phase(Timeline& t, const TraceRecord& r) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"workload", "clients start"},
      {"faults-stop", "clients are done; no new faults, transient ones are lifted"},
      {"judge", "all is at rest; everything is read back and judged"},
      {"recheck", "once more after a power cut and a boot"},
      {"done", "end of the run"}};
  const std::string name = t.name("phase", r.actor);
  if (name == "quiesce") return;  // follows each of the others
  const auto* found = std::find_if(std::begin(words), std::end(words), [&](const auto& w) { return w.first == name; });
  t.say(r, "-- " + (found == std::end(words) ? name : std::string(found->second)));
}

// ---- what the volume manager did ----

void unit_state(Timeline& t, const TraceRecord& r) {
  t.changed();
  t.end_progress(r, r.actor);
  t.say(r, fmt::format("{}: {} -> {}", t.name("unit", r.actor), t.name("unit-state", r.a), t.name("unit-state", r.b)));
}

void column_state(Timeline& t, const TraceRecord& r) {
  t.changed();
  t.end_progress(r, r.actor);
  t.say(r, fmt::format("{} column {}: {} -> {}", t.name("unit", r.actor), r.flags, t.name("column-state", r.a),
                       t.name("column-state", r.b)));
}

void column_device(Timeline& t, const TraceRecord& r) {
  t.say(r, fmt::format("{} column {} is served by {} instead of {}", t.name("unit", r.actor), r.flags, t.device(r.b),
                       t.device(r.a)));
}

void resync_line(Timeline& t, const TraceRecord& r) {
  Progress& p = t.progress[r.actor];
  if (p.seen && r.a < p.last) t.end_progress(r, r.actor);
  if (!p.seen) p.first = r.a;
  p.seen = true;
  p.last = r.a;
}

void svm_event(Timeline& t, const TraceRecord& r) {
  static constexpr std::string_view metadevice = "metadevice";
  static constexpr std::string_view spare = "hot-spare";
  const std::string tag = t.name("tag", r.a);
  const std::string whose = tag == metadevice ? t.name("minor", r.b) : tag == spare ? t.spare_or_unit(r.b) : tag;
  for (const auto& [unit, unit_name] :
       t.file.names.contains("unit") ? t.file.names.at("unit") : std::map<uint32_t, std::string>{}) {
    if (tag == metadevice && unit_name == whose) t.end_progress(r, unit);
  }
  t.say_once(r, fmt::format("event {} of {}", t.name("subclass", r.flags), whose));
}

void message(Timeline& t, const TraceRecord& r) {
  const std::string where = r.a == message_device ? "" : " (" + t.device(r.a) + ")";
  const std::string text = t.name("message", r.flags) + where;
  if (t.said[{r.actor, text}]++ > 0) return;
  t.say(r, fmt::format("console: {}: {}", t.name("minor", r.actor), text));
}

void run_failed(Timeline& t, const TraceRecord& r) { t.say(r, "the run ended by an assertion of the code under test"); }
void violation(Timeline& t, const TraceRecord& r) { t.say(r, "BROKEN: " + t.name("violation", r.actor), true); }
void finding(Timeline& t, const TraceRecord& r) {
  if (r.actor == 0) t.say(r, "allowed: " + t.name("finding", r.actor));
}

struct Row {
  TraceKind room;
  std::string_view name;
  Teller tell;
};

constexpr TraceKind kinds_per_room = 64;

constexpr Row rows[] = {
    {engine_kinds, "run-failed", run_failed},
    {disk_kinds, "fault-fired", fault_fired},
    {disk_kinds, "fault-lifted", fault_lifted},
    {disk_kinds, "power-cut", power_cut},
    {disk_kinds, "cache-lost", cache_lost},
    {disk_kinds, "disk-swapped", swapped},
    {disk_kinds, "disk-number", renumbered},
    {disk_kinds, "disk-resized", resized},
    {disk_kinds, "link-reset", link_reset},
    {disk_kinds, "disk-cache", cache_toggled},
    {harness_kinds, "request-begin", request_begin},
    {harness_kinds, "request-end", request_end},
    {harness_kinds, "script", script},
    {harness_kinds, "phase", phase},
    {harness_kinds, "epoch", epoch},
    {harness_kinds, "unit-state", unit_state},
    {harness_kinds, "column-state", column_state},
    {harness_kinds, "column-device", column_device},
    {harness_kinds, "resync-line", resync_line},
    {harness_kinds, "svm-event", svm_event},
    {harness_kinds, "message", message},
    {harness_kinds, "command", command},
    {harness_kinds, "panic", panic},
    {harness_kinds, "violation", violation},
    {harness_kinds, "finding", finding},
};

}  // namespace

std::map<TraceKind, Teller> tellers_for(const TraceFile& file) {
  std::map<TraceKind, Teller> out;
  for (const auto& [kind, info] : file.kinds) {
    for (const Row& row : rows) {
      if (kind / kinds_per_room == row.room / kinds_per_room && info.name == row.name) out.emplace(kind, row.tell);
    }
  }
  return out;
}

}  // namespace raidsim::reports
