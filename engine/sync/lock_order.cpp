#include "engine/sync/lock_order.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim {

std::string described(const Waitable& waitable) {
  std::string text = waitable.name;
  if (waitable.instance != 0) text += " " + std::to_string(waitable.instance);
  return text;
}

inline size_t LockOrder::index_of(const Lock& lock) {
  // A lock that outlives a run brings the number of another run's table: it must fit ours.
  if (lock.order_index != 0 && lock.order_index <= rows_.size() &&
      rows_[lock.order_index - 1u].lock_class == lock.lock_class) [[likely]] {
    return lock.order_index - 1u;
  }
  const auto same = [&](const Row& row) { return row.lock_class == lock.lock_class; };
  auto row = std::find_if(rows_.begin(), rows_.end(), same);
  if (row == rows_.end()) {
    RAIDSIM_ASSERT(rows_.size() < most_classes);
    rows_.emplace_back().lock_class = lock.lock_class;
    row = rows_.end() - 1;
  }
  lock.order_index = static_cast<uint16_t>(row - rows_.begin() + 1);
  return lock.order_index - 1u;
}

void LockOrder::note_request(const Lock& lock, const HeldLocks& held, FiberId fiber, SimTime now) {
  constexpr size_t unknown = SIZE_MAX;
  size_t to = unknown;
  size_t above_us = held.upper();
  for (const Lock* other : held.all()) {
    if (above_us != 0) {
      --above_us;
      if (other->lock_class->nests && lock.lock_class->nests) continue;
    }
    const size_t from = index_of(*other);
    if (to == unknown) to = index_of(lock);
    Row& row = rows_[from];
    const LockClass& above = *other->lock_class;
    const LockClass& below = *lock.lock_class;
    const bool leveled = above.level != 0 && below.level != 0;
    const bool same_level = leveled && above.level == below.level;
    const bool known = ((row.seen[to / 64] >> (to % 64)) & 1) != 0;
    if (known && !same_level && from != to && !(leveled && above.level > below.level)) [[likely]]
      continue;

    const LockOrderEdge edge{&above, &below, other->instance, lock.instance, fiber, now};
    if (from == to) {
      (lock.instance > other->instance ? row.ascending : row.descending) = true;
    } else if (!known) {
      row.seen[to / 64] |= uint64_t{1} << (to % 64);
      edges_.push_back(edge);
    }
    const bool out_of_order =
        leveled && (above.level > below.level || (same_level && other->instance >= lock.instance));
    if (out_of_order) violate(LockOrderViolation::Rule::level, edge, nullptr);
  }
}

void LockOrder::leaf_held_in_wait(const Lock& leaf, const Waitable* waits_for, FiberId fiber, SimTime now) {
  const LockOrderEdge edge{leaf.lock_class, nullptr, leaf.instance, 0, fiber, now};
  violate(LockOrderViolation::Rule::leaf_wait, edge, waits_for);
}

void LockOrder::violate(LockOrderViolation::Rule rule, const LockOrderEdge& edge, const Waitable* waits_for) {
  for (LockOrderViolation& known : violations_) {
    if (known.rule == rule && known.edge.held == edge.held && known.edge.requested == edge.requested) {
      ++known.times;
      return;
    }
  }
  violations_.push_back({rule, edge, waits_for == nullptr ? "time" : described(*waits_for), 1});
}

namespace {

/// Depth-first search for cycles through the class with index `start` that use no class before it.
class CycleSearch {
 public:
  CycleSearch(const std::vector<std::vector<size_t>>& next, size_t start, std::vector<std::vector<size_t>>& found)
      : next_(next), start_(start), found_(found), visited_(next.size(), false) {}

  bool go(size_t at) {
    path_.push_back(at);
    visited_[at] = true;
    for (size_t to : next_[at]) {
      if (to == start_) {
        found_.push_back(path_);
        return true;
      }
      if (to > start_ && !visited_[to] && go(to)) return true;
    }
    path_.pop_back();
    return false;
  }

 private:
  const std::vector<std::vector<size_t>>& next_;
  size_t start_;
  std::vector<std::vector<size_t>>& found_;
  std::vector<bool> visited_;
  std::vector<size_t> path_;
};

}  // namespace

std::vector<std::vector<const LockClass*>> LockOrder::cycles() const {
  std::vector<std::vector<size_t>> next(rows_.size());
  for (size_t from = 0; from < rows_.size(); ++from) {
    for (size_t to = 0; to < rows_.size(); ++to) {
      if (((rows_[from].seen[to / 64] >> (to % 64)) & 1) != 0) next[from].push_back(to);
    }
  }
  std::vector<std::vector<const LockClass*>> result;
  for (size_t start = 0; start < rows_.size(); ++start) {
    if (rows_[start].ascending && rows_[start].descending) result.push_back({rows_[start].lock_class});
    std::vector<std::vector<size_t>> found;
    CycleSearch(next, start, found).go(start);
    for (const auto& cycle : found) {
      auto& names = result.emplace_back();
      for (size_t index : cycle) names.push_back(rows_[index].lock_class);
    }
  }
  return result;
}

static std::string with_instance(const LockClass& lock_class, uint32_t instance) {
  return described({lock_class.name, instance});
}

std::string LockOrder::report() const {
  std::string text;
  for (const LockOrderViolation& each : violations_) {
    const LockOrderEdge& edge = each.edge;
    text += "fiber " + std::to_string(static_cast<uint32_t>(edge.fiber)) + " held " +
            with_instance(*edge.held, edge.held_instance);
    if (each.rule == LockOrderViolation::Rule::level) {
      text += " and asked for " + with_instance(*edge.requested, edge.requested_instance) +
              ", which comes before it in the lock table";
    } else {
      text += ", a leaf lock, and waited for " + each.waits_for;
    }
    text += " (" + std::to_string(each.times) + " times)\n";
  }
  for (const auto& cycle : cycles()) {
    text += "potential deadlock: ";
    for (const LockClass* lock_class : cycle) text += std::string(lock_class->name) + " -> ";
    text += std::string(cycle.front()->name) + "\n";
  }
  return text;
}

}  // namespace raidsim
