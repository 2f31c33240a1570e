#include "engine/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0
#define VALGRIND_STACK_DEREGISTER(number)
#endif

#include "engine/sanitizer.h"

namespace raidsim {

static size_t page_bytes() noexcept {
  static const auto bytes = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

StackRange map_stack(size_t bytes) {
  const size_t page = page_bytes();
  const size_t usable = (bytes * sanitizer::stack_factor + page - 1) / page * page;
  void* const memory = ::mmap(nullptr, usable + page, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (::mprotect(memory, page, PROT_NONE) != 0) {
    ::munmap(memory, usable + page);
    throw std::bad_alloc();
  }
  auto* const low = static_cast<std::byte*>(memory) + page;
  return {.low = low, .bytes = usable, .registration = VALGRIND_STACK_REGISTER(low, low + usable)};
}

void unmap_stack(const StackRange& stack) noexcept {
  VALGRIND_STACK_DEREGISTER(stack.registration);
  sanitizer::forget_stack(stack);
  const size_t page = page_bytes();
  ::munmap(stack.low - page, stack.bytes + page);
}

}  // namespace raidsim
