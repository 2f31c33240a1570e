// engine/sync/held_locks.h: the locks that one fiber holds, in order of taking.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/sync/waitable.h"

namespace raidsim {

class HeldLocks {
 public:
  HeldLocks() : locks_(inline_most) {}

  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<const Lock* const> all() const noexcept { return {locks_.data(), size_}; }
  /// How many of them are of a leaf class.
  [[nodiscard]] uint32_t leaves() const noexcept { return leaves_; }

  /// The first so many are those of objects above the one that the fiber works on now (step_down.h).
  [[nodiscard]] size_t upper() const noexcept { return upper_; }
  [[nodiscard]] size_t step_down() noexcept { return std::exchange(upper_, size_); }
  void step_up(size_t before) noexcept { upper_ = std::min(before, size_); }

  void add(const Lock& lock) {
    if (size_ == locks_.size()) [[unlikely]]
      locks_.resize(2 * size_);
    locks_[size_++] = &lock;
    leaves_ += lock.lock_class->leaf;
  }
  /// Forgets one holding of `lock`; nothing when there is none (the token was taken elsewhere).
  void remove(const Lock& lock) noexcept {
    for (size_t i = size_; i-- > 0;) {
      if (locks_[i] != &lock) continue;
      --size_;
      if (i < upper_) --upper_;
      for (; i < size_; ++i) locks_[i] = locks_[i + 1];
      leaves_ -= lock.lock_class->leaf;
      return;
    }
  }
  void clear() noexcept {
    size_ = 0;
    upper_ = 0;
    leaves_ = 0;
  }

 private:
  static constexpr size_t inline_most = 16;  ///< kept by the worker, so that the steady state never allocates
  std::vector<const Lock*> locks_;
  size_t size_ = 0;
  size_t upper_ = 0;
  uint32_t leaves_ = 0;
};

}  // namespace raidsim
