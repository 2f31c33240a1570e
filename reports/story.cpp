#include "reports/story.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/judgement.h"
#include "reports/record_text.h"
#include "reports/time_text.h"
#include "reports/timeline.h"

namespace raidsim::reports {
namespace {

/// Script lines without a record: a trigger that never came true explains more than most that did.
std::string idle_lines(const TraceFile& file, const Timeline& timeline) {
  std::string out;
  const auto lines = file.names.find("line");
  if (lines == file.names.end() || !file.log.complete()) return out;
  for (const auto& [number, text] : lines->second) {
    if (!timeline.script_lines.contains(number)) out += fmt::format("never acted: /script/{}: {}\n", number, text);
  }
  return out;
}

std::string setting(const TraceFile& file, const Timeline& timeline, const Ink& ink) {
  return fmt::format("{}\n{} Seed {}; {} requests, {} events.\n{}", ink.bold(std::string(file.meta_value("name"))),
                     file.meta_value("setup"), file.meta_value("seed"), timeline.requests, file.log.count,
                     idle_lines(file, timeline));
}

std::string line_of(const Moment& moment, const Ink& ink) {
  std::string text = moment.bad ? ink.bad(moment.text) : moment.text;
  if (moment.again > 0) text += fmt::format(" (and {} more, until {})", moment.again, time_text(moment.last_ns));
  return fmt::format("  {:>12}  {:>7}  {}\n", time_text(moment.time_ns), moment.event, text);
}

std::string happened(const TraceFile& file, const Timeline& timeline, const StoryOptions& options) {
  std::string out = "\n" + options.ink.bold("What happened (time, event):") + "\n";
  if (!file.log.complete()) {
    out += fmt::format("  the records before event {} were not kept\n", file.log.first_event);
  }
  const size_t most = options.most_lines;
  const size_t n = timeline.moments.size();
  const size_t head = n > most ? most / 2 : n;
  const size_t tail = n > most ? most - head : 0;
  for (size_t i = 0; i < head; ++i) out += line_of(timeline.moments[i], options.ink);
  if (n > most) {
    const Moment& first = timeline.moments[head];
    const Moment& last = timeline.moments[n - tail - 1];
    out +=
        fmt::format("  ({} lines are left out here, of events {} to {})\n", n - head - tail, first.event, last.event);
  }
  for (size_t i = n - tail; i < n; ++i) out += line_of(timeline.moments[i], options.ink);
  return out;
}

std::string faults(const Timeline& timeline) {
  std::string out;
  for (const auto& [key, times] : timeline.bites) {
    const auto& [disk, handle, fault] = key;
    out += fmt::format("  {} on {}: {} {}\n", timeline.name("fault", fault), timeline.name("disk", disk), times,
                       times == 1 ? "hit" : "hits");
  }
  return out.empty() ? out : "\nFaults that bit:\n" + out;
}

/// The raw end of the run up to where it first broke. An expectation is judged at the end and has no such moment.
std::string just_before(const TraceFile& file, const std::vector<BrokenRule>& rules, const StoryOptions& options) {
  const auto first = std::find_if(rules.begin(), rules.end(), [](const BrokenRule& r) { return r.id != "EXPECT"; });
  const TraceLog& log = file.log;
  if (first == rules.end() || first->event <= log.first_event || options.last_records == 0) return {};
  const uint64_t end = std::min<uint64_t>(first->event - log.first_event, log.records.size());
  const uint64_t begin = end > options.last_records ? end - options.last_records : 0;
  std::string out = "\n" + options.ink.bold(fmt::format("Just before {} broke:", first->id)) + "\n";
  for (uint64_t i = begin; i < end; ++i) out += "  " + record_text(file, log.first_event + i, log.records[i]) + "\n";
  return out;
}

std::string broken(const TraceFile& file, const StoryOptions& options) {
  const std::vector<BrokenRule> rules = violations_of(file);
  if (rules.empty()) return "\nNothing broke.\n";
  std::string out = "\n" + options.ink.bold("Where it broke:") + "\n";
  for (const BrokenRule& rule : rules) {
    out += fmt::format("  {} at event {}, {}: {}\n", options.ink.bad(rule.id), rule.event, time_text(rule.time_ns),
                       rule.sentence);
    out += fmt::format("    seen: {}\n", rule.observed);
  }
  const std::string replay = options.replay.empty() ? std::string(file.meta_value("replay")) : options.replay;
  return out + just_before(file, rules, options) + "\n" + options.ink.bold("replay:") + " " + replay + "\n";
}

std::string allowed(const TraceFile& file) {
  std::string out;
  for (const Alike& group : grouped(lines_of(file.meta_value("findings")))) {
    out += fmt::format("  {}{}\n", group.first,
                       group.count == 1 ? "" : fmt::format(" (and {} more like it)", group.count - 1));
  }
  return out.empty() ? out : "\nLosses and exposures that the fault model allows:\n" + out;
}

}  // namespace

std::string story(const TraceFile& file, const StoryOptions& options) {
  const Timeline timeline = timeline_of(file);
  return setting(file, timeline, options.ink) + happened(file, timeline, options) + faults(timeline) + allowed(file) +
         broken(file, options);
}

}  // namespace raidsim::reports
