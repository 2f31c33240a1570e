// engine/sync/held_locks.h: the locks that one fiber holds, in order of taking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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
      for (; i < size_; ++i) locks_[i] = locks_[i + 1];
      leaves_ -= lock.lock_class->leaf;
      return;
    }
  }
  void clear() noexcept {
    size_ = 0;
    leaves_ = 0;
  }

 private:
  static constexpr size_t inline_most = 16;  ///< kept by the worker, so that the steady state never allocates
  std::vector<const Lock*> locks_;
  size_t size_ = 0;
  uint32_t leaves_ = 0;
};

}  // namespace raidsim
