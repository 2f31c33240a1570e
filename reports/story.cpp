#include "reports/story.h"

#include <fmt/core.h>

#include "reports/judgement.h"
#include "reports/time_text.h"
#include "reports/timeline.h"

namespace raidsim::reports {
namespace {

std::string setting(const TraceFile& file, const Timeline& timeline) {
  return fmt::format("{}\n{} Seed {}; {} requests, {} events.\n", file.meta_value("name"), file.meta_value("setup"),
                     file.meta_value("seed"), timeline.requests, file.log.count);
}

std::string line_of(const Moment& moment) {
  return fmt::format("  {:>12}  {:>7}  {}\n", time_text(moment.time_ns), moment.event, moment.text);
}

std::string happened(const TraceFile& file, const Timeline& timeline, size_t most) {
  std::string out = "\nWhat happened (time, event):\n";
  if (!file.log.complete()) {
    out += fmt::format("  the records before event {} were not kept\n", file.log.first_event);
  }
  const size_t n = timeline.moments.size();
  const size_t head = n > most ? most / 2 : n;
  const size_t tail = n > most ? most - head : 0;
  for (size_t i = 0; i < head; ++i) out += line_of(timeline.moments[i]);
  if (n > most) out += fmt::format("  ({} lines are left out here)\n", n - head - tail);
  for (size_t i = n - tail; i < n; ++i) out += line_of(timeline.moments[i]);
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

std::string broken(const TraceFile& file) {
  std::string out;
  for (const BrokenRule& rule : violations_of(file)) {
    out += fmt::format("  {} at event {}, {}: {}\n", rule.id, rule.event, time_text(rule.time_ns), rule.sentence);
    out += fmt::format("    seen: {}\n", rule.observed);
    out += fmt::format("    replay: {}\n", file.meta_value("replay"));
  }
  return out.empty() ? "\nNothing broke.\n" : "\nWhere it broke:\n" + out;
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
  return setting(file, timeline) + happened(file, timeline, options.most_lines) + faults(timeline) + broken(file) +
         allowed(file);
}

}  // namespace raidsim::reports
