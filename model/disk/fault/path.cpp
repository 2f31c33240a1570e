#include "model/disk/fault/path.h"

#include <algorithm>
#include <utility>

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

namespace {

void describe_links(FaultLine& line, const Links& links) {
  for (const Link& link : links) {
    line.add("of", static_cast<int64_t>(link.disk));
    if (link.paths != UINT32_MAX) line.add("path_mask", static_cast<int64_t>(link.paths));
  }
}

}  // namespace

void PathLoss::armed(FaultContext& at) {
  const Paths& present = at.bay.paths(at.disk.index());
  uint32_t wanted = paths.empty() ? present.all() : 0;
  for (const uint32_t path : paths) wanted |= path < present.count() ? 1U << path : 0;
  taken = wanted & ~present.lost();
  at.bay.lose_paths(at.disk.index(), taken);
}
void PathLoss::lifted(FaultContext& at) { at.bay.regain_paths(at.disk.index(), taken); }
void PathLoss::describe(FaultLine& line) const {
  for (const uint32_t path : paths) line.add("path", static_cast<int64_t>(path));
}

void AdapterReset::reset(FaultContext& at) {
  ++resets;
  for (const Link& link : links) at.bay.reset_link(link, at.handle);
}
std::optional<Duration> AdapterReset::next_tick() const {
  if (match.count && resets >= *match.count) return std::nullopt;
  return period;
}
void AdapterReset::describe(FaultLine& line) const {
  describe_links(line, links);
  line.add("period", period);
}

void Flapping::go_down(FaultContext& at) {
  for (const Link& link : links) {
    const Paths& present = at.bay.paths(link.disk);
    taken.push_back({link.disk, link.paths & present.all() & ~present.lost()});
    at.bay.lose_paths(link.disk, taken.back().paths);
  }
}
void Flapping::come_back(FaultContext& at) {
  for (const Link& link : std::exchange(taken, {})) at.bay.regain_paths(link.disk, link.paths);
}
std::optional<Duration> Flapping::next_tick() const {
  const auto down = std::max(1ns, Duration{static_cast<int64_t>(static_cast<double>(to_ns(period)) * duty)});
  return taken.empty() ? std::max<Duration>(1ns, period - down) : down;
}
void Flapping::tick(FaultContext& at) { taken.empty() ? go_down(at) : come_back(at); }
void Flapping::describe(FaultLine& line) const {
  describe_links(line, links);
  line.add("period", period);
  line.add("duty", duty);
}

}  // namespace raidsim::disk
