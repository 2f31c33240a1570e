#include "model/view.h"

#include <algorithm>

namespace raidsim {

std::vector<const raid::RaidUnit*> View::units() const {
  std::vector<const raid::RaidUnit*> found;
  for (const md::UnitFrame* frame : system_->unit_list()) {
    if (frame->type == md::UnitType::MD_METARAID) found.push_back(static_cast<const raid::RaidUnit*>(frame));
  }
  return found;
}

std::vector<const stripe::StripeUnit*> View::stripes() const {
  std::vector<const stripe::StripeUnit*> found;
  for (const md::UnitFrame* frame : system_->unit_list()) {
    if (frame->type == md::UnitType::MD_DEVICE) found.push_back(static_cast<const stripe::StripeUnit*>(frame));
  }
  return found;
}

bool View::quiescent() const {
  if (system_->ioctl_lock.owned() || !system_->daemons_idle() || system_->resync.md_raid_resync != 0) return false;
  const auto& all = system_->unit_list();
  return std::all_of(all.begin(), all.end(),
                     [this](const md::UnitFrame* unit) { return system_->driver(unit->type).quiescent(*unit); });
}

}  // namespace raidsim
