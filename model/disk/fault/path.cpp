#include "model/disk/fault/path.h"

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

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

}  // namespace raidsim::disk
