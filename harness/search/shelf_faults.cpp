#include "harness/search/shelf_faults.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "scenarios/fault_table.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

/// One, two, about half of them, or all.
std::vector<std::string> some_disks(const Scenario& scenario, ChoiceStream& stream) {
  std::vector<std::string> left;
  for (const Disk& disk : scenario.disks) left.push_back(disk.name);
  const std::array<uint64_t, 4> sizes{1, 2, left.size() / 2, left.size()};
  const uint64_t wanted = std::clamp<uint64_t>(sizes.at(stream.below(sizes.size())), 1, left.size());
  std::vector<std::string> out;
  for (uint64_t i = 0; i < wanted; ++i) {
    const uint64_t at = stream.below(left.size());
    out.push_back(left[at]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return out;
}

/// What is left when the majority of the replicas has to stay out of it.
std::vector<std::string> without_a_majority(std::vector<std::string> disks, const Scenario& scenario) {
  size_t touched = 0;
  std::vector<std::string> out;
  for (std::string& disk : disks) {
    const auto here = static_cast<size_t>(std::ranges::count(scenario.replicas, disk));
    if (2 * (touched + here) >= scenario.replicas.size() && here > 0) continue;
    touched += here;
    out.push_back(std::move(disk));
  }
  return out;
}

void draw_nvram(FaultParameters& with, bool liars, ChoiceStream& stream) {
  const bool adversarial = stream.chance(0.3);
  const uint64_t count = uint64_t{1} << stream.below(8);
  const Duration age = Duration{1ms} * (uint64_t{1} << stream.below(12));
  with.form = liars ? NvramForm::stale_contents : NvramForm::battery_dead;
  if (!liars) {
    with.adversarial = adversarial;
    return;
  }
  with.count = count;
  with.age = age;
}

}  // namespace

void draw_shared(Fault& fault, const Scenario& scenario, bool liars, ChoiceStream& stream) {
  const unsigned number = number_of(fault.id);
  const std::vector<std::string> disks = some_disks(scenario, stream);
  const Duration period = Duration{1ms} * (uint64_t{1} << stream.below(12));
  const Duration lasts = stream.duration_between(1ms, 30s);
  const auto tenths = static_cast<double>(stream.between(1, 9));
  fault.target = {};
  fault.target.disks = disks;
  fault.with = fault_row(fault.id).defaults_of(false);
  if (number == 24) {
    draw_nvram(fault.with, liars, stream);
    if (liars) fault.target.disks = without_a_majority(disks, scenario);
    if (fault.target.disks.empty()) fault.target.disks = {scenario.disks.back().name};
    return;
  }
  if (number == 44) fault.with.count = stream.between(1, 20);
  if (number == 44 || number == 46) fault.with.period = period;
  if (number == 46) fault.with.duty = tenths / 10;
  if (number != 44) fault.with.lasts = lasts;
}

}  // namespace raidsim::harness
