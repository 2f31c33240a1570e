#include "reports/timeline.h"

#include <fmt/core.h>

#include "reports/tellers.h"

namespace raidsim::reports {
namespace {

constexpr uint64_t no_device = ~uint64_t{0};
constexpr size_t requests_named = 3;

std::string text_of(const Timeline& timeline, uint32_t client, const Request& request) {
  std::string out = fmt::format("{}: {} of {} {}..{}", timeline.name("client", client), timeline.name("op", request.op),
                                request.blocks == 1 ? "block" : "blocks", request.block,
                                request.block + (request.blocks > 0 ? request.blocks - 1 : 0));
  if (request.blocks == 1) out.resize(out.find(".."));
  return request.write == 0 ? out : out + fmt::format(" (write {})", request.write);
}

}  // namespace

void Timeline::say(const TraceRecord& record, std::string text, bool bad) {
  moments.push_back({.event = event, .time_ns = record.time_ns, .text = std::move(text), .bad = bad});
}

void Timeline::say_once(const TraceRecord& record, const std::string& text) {
  const auto [it, fresh] = repeatable.try_emplace(text, moments.size());
  if (fresh) return say(record, text);
  Moment& moment = moments[it->second];
  ++moment.again;
  moment.last_ns = record.time_ns;
}

void Timeline::end_progress(const TraceRecord& record, uint32_t unit) {
  Progress& p = progress[unit];
  if (p.seen && p.last > p.first) {
    say(record, fmt::format("{}: the resync line moved from {} to {}", name("unit", unit), p.first, p.last));
  }
  p = {};
}

std::string Timeline::name(const char* what, uint64_t number) const {
  if (number > UINT32_MAX) return fmt::format("{} {}", what, number);
  return file.name_of(what, static_cast<uint32_t>(number));
}

std::string Timeline::device(uint64_t number) const {
  return number == no_device ? "no device" : file.name_of("device", static_cast<uint32_t>(number));
}

std::string Timeline::spare_or_unit(uint64_t number) const {
  const auto devices = file.names.find("device");
  const bool spare = devices != file.names.end() && devices->second.contains(static_cast<uint32_t>(number));
  return spare ? device(number) : name("minor", number);
}

std::string Timeline::requests_in_flight() const {
  std::string out;
  size_t named = 0;
  for (const auto& [client, request] : in_flight) {
    if (named++ == requests_named) break;
    out += (out.empty() ? "" : ", ") + text_of(*this, client, request);
  }
  if (in_flight.size() > requests_named) out += fmt::format(" and {} more", in_flight.size() - requests_named);
  return out;
}

Timeline timeline_of(const TraceFile& file) {
  Timeline timeline(file);
  const std::map<TraceKind, Teller> tellers = tellers_for(file);
  timeline.event = file.log.first_event;
  TraceRecord last;
  for (const TraceRecord& record : file.log.records) {
    if (const auto it = tellers.find(record.kind); it != tellers.end()) it->second(timeline, record);
    ++timeline.event;
    last = record;
  }
  std::vector<uint32_t> units;
  for (const auto& [unit, p] : timeline.progress) units.push_back(unit);
  for (const uint32_t unit : units) timeline.end_progress(last, unit);
  return timeline;
}

}  // namespace raidsim::reports
