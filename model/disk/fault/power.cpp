#include "model/disk/fault/power.h"

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

}  // namespace raidsim::disk
