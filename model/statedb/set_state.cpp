#include "model/statedb/set_state.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/layout.h"

namespace raidsim::statedb {
namespace {

constexpr uint32_t blocks_when_none_is_there = 100;

uint32_t count_with(const std::vector<Locator>& locators, uint32_t flags) {
  const auto counts = [flags](const Locator& each) { return !each.deleted() && (flags == 0 || each.has(flags)); };
  return static_cast<uint32_t>(std::count_if(locators.begin(), locators.end(), counts));
}

}  // namespace

uint32_t SetState::replicas() const noexcept { return count_with(lb.lb_locators, 0); }
uint32_t SetState::active() const noexcept { return count_with(lb.lb_locators, MDDB_F_ACTIVE); }

Timeval32 Services::now() {
  last_us_ = std::max(last_us_ + 1, env.wall->wall_ns() / 1000);
  return {.seconds = static_cast<uint32_t>(last_us_ / 1'000'000),
          .microseconds = static_cast<uint32_t>(last_us_ % 1'000'000)};
}

void Services::replica_event(md::EventSubclass what, const Locator& locator, uint32_t set) const {
  env.notifier->notify({.event_class = what == md::EventSubclass::ESC_SVM_ERRED ? md::EventClass::EC_SVM_STATE
                                                                                : md::EventClass::EC_SVM_CONFIG,
                        .subclass = what,
                        .tag = md::EventTag::SVM_TAG_REPLICA,
                        .set = set,
                        .device = expanded_device(locator.l_dev)});
}

uint32_t blocks_of(const SetState& set) {
  uint32_t smallest = MDDB_MAXBLKS;
  bool any = false;
  for (size_t i = 0; i < set.members.size(); ++i) {
    const auto& replica = set.members[i].replica;
    if (replica == nullptr || set.lb.lb_locators[i].deleted()) continue;
    any = true;
    smallest = std::min(smallest, replica->master().mb_blkcnt);
  }
  return any ? smallest : blocks_when_none_is_there;
}

FreeSpace free_space_of(SetState& set) {
  const uint32_t needed = std::max(set.contents.highest_block() + 1, set.lb.lb_jlfirstblk + set.lb.lb_jlblkcnt);
  for (size_t i = 0; i < set.members.size(); ++i) {
    const auto& replica = set.members[i].replica;
    if (replica == nullptr || set.lb.lb_locators[i].deleted() || replica->master().mb_blkcnt >= needed) continue;
    set.lb.lb_locators[i].l_flags |= MDDB_F_TOOSMALL;
    set.lb.lb_locators[i].l_flags &= ~MDDB_F_ACTIVE;
  }
  // A replica that is too small still counts in the minimum: then only what lies below it is given out.
  FreeSpace space(std::max(blocks_of(set), needed));
  for (uint32_t block = 1; block < set.lb.lb_jlfirstblk + set.lb.lb_jlblkcnt; ++block) {
    if (block != directory_first) RAIDSIM_ASSERT(space.take(block));
  }
  RAIDSIM_ASSERT(set.contents.take_blocks(space));
  for (uint32_t block = std::max(1U, blocks_of(set)); block < space.blocks(); ++block) {
    static_cast<void>(space.take(block));
  }
  return space;
}

}  // namespace raidsim::statedb
