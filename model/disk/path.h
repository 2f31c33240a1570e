// model/disk/path.h: the ways from host to disk (F43). A disk has one or more; a transfer goes by one.
#pragma once

#include <cstdint>

#include "model/disk/types.h"

namespace raidsim::disk {

/// Up to 32 paths of one disk, numbered from 0.
class Paths {
 public:
  explicit Paths(uint32_t count = 1) : count_(count) {}
  [[nodiscard]] uint32_t count() const noexcept { return count_; }
  [[nodiscard]] bool up(uint32_t path) const { return (down_ >> path & 1U) == 0; }
  [[nodiscard]] bool any_up() const { return down_ != all(); }
  /// The next path after `path`, in turn, that is up; `path` itself when none is.
  [[nodiscard]] uint32_t after(uint32_t path) const;
  [[nodiscard]] uint32_t all() const { return count_ >= 32 ? UINT32_MAX : (1U << count_) - 1; }
  void lose(uint32_t mask) { down_ |= mask & all(); }
  void regain(uint32_t mask) { down_ &= ~mask; }
  [[nodiscard]] uint32_t lost() const noexcept { return down_; }

 private:
  uint32_t count_;
  uint32_t down_ = 0;
};

}  // namespace raidsim::disk
