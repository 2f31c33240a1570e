#include "model/disk/fault/power.h"

#include <algorithm>

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

void TornWrite::armed(FaultContext& at) {
  before = at.disk.options().torn;
  at.disk.set_torn({.rule = torn, .split_sector = split_sector, .neighbours = neighbours, .chance = 1.0});
}
void TornWrite::lifted(FaultContext& at) { at.disk.set_torn(before); }
void TornWrite::describe(FaultLine& line) const {
  constexpr const char* words[] = {"none", "prefix", "suffix", "subset"};
  line.add("torn", std::string(words[static_cast<size_t>(torn)]));
  line.add("split_sector", split_sector);
  line.add("neighbours", neighbours);
}

void EnclosurePowerLoss::armed(FaultContext& at) {
  for (const DiskIndex disk : disks) {
    if (at.bay[disk].supplied()) taken.push_back(disk);
  }
  std::ranges::sort(taken);
  for (const DiskIndex disk : taken) at.bay[disk].lose_supply(at.handle);
}
void EnclosurePowerLoss::lifted(FaultContext& at) {
  for (const DiskIndex disk : taken) at.bay[disk].regain_supply();
}
void EnclosurePowerLoss::describe(FaultLine& line) const {
  for (const DiskIndex disk : disks) line.add("of", static_cast<int64_t>(disk));
}

}  // namespace raidsim::disk
