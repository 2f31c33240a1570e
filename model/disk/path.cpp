#include "model/disk/path.h"

namespace raidsim::disk {

uint32_t Paths::after(uint32_t path) const {
  for (uint32_t step = 1; step <= count_; ++step) {
    const uint32_t candidate = (path + step) % count_;
    if (up(candidate)) return candidate;
  }
  return path;
}

}  // namespace raidsim::disk
