// engine/stack.h: one fiber's stack: pages of its own and a guard page below them, so that an overflow
// stops the program instead of changing a neighbour.
#pragma once

#include <cstddef>

namespace raidsim {

struct StackRange {
  std::byte* low = nullptr;  ///< lowest usable byte; the guard page ends here
  size_t bytes = 0;
  unsigned registration = 0;  ///< valgrind's number for it
};

/// Maps a stack of at least `bytes` usable bytes (four times as many under AddressSanitizer, whose frames
/// are larger). Errors  std::bad_alloc when the system gives no more memory or mappings
[[nodiscard]] StackRange map_stack(size_t bytes);
void unmap_stack(const StackRange& stack) noexcept;

}  // namespace raidsim
