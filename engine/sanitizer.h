// engine/sanitizer.h: what AddressSanitizer must be told when a thread changes its stack. Debian's
// Boost.Context is built without these calls; without them the first exception on a fiber can look like
// a stack-buffer-overflow. In other builds everything here is empty.
#pragma once

#include <cstddef>

#include "engine/stack.h"

#if defined(__SANITIZE_ADDRESS__)
#define RAIDSIM_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RAIDSIM_ASAN 1
#endif
#endif

#ifdef RAIDSIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define RAIDSIM_UNINSTRUMENTED __attribute__((no_sanitize_address))
#else
#define RAIDSIM_UNINSTRUMENTED
#endif

namespace raidsim::sanitizer {

#ifdef RAIDSIM_ASAN
inline constexpr size_t stack_factor = 4;

/// Just before leaving a stack for `to`; `slot` keeps the old stack's shadow frames. Never null: null means
/// that the old stack dies, and ours are recycled.
RAIDSIM_UNINSTRUMENTED inline void start_switch(void** slot, const StackRange& to) noexcept {
  __sanitizer_start_switch_fiber(slot, to.low, to.bytes);
}
/// First thing on the new stack; `slot` is null on a stack's first entry.
RAIDSIM_UNINSTRUMENTED inline void finish_switch(void* slot) noexcept {
  __sanitizer_finish_switch_fiber(slot, nullptr, nullptr);
}
inline void forget_stack(const StackRange& stack) noexcept { __asan_unpoison_memory_region(stack.low, stack.bytes); }
#else
inline constexpr size_t stack_factor = 1;
inline void start_switch(void**, const StackRange&) noexcept {}
inline void finish_switch(void*) noexcept {}
inline void forget_stack(const StackRange&) noexcept {}
#endif

}  // namespace raidsim::sanitizer
