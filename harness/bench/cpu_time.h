// harness/bench/cpu_time.h: CPU time of this thread. Two things that are compared are measured in turns within one
// benchmark, so that the machine's load meets both alike; only their ratio is to be trusted.
#pragma once

#include <ctime>

#include <cstdint>

namespace raidsim::bench {

[[nodiscard]] inline int64_t cpu_now_ns() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

template <class Work>
[[nodiscard]] int64_t cpu_ns_of(Work work) {
  const int64_t began = cpu_now_ns();
  work();
  return cpu_now_ns() - began;
}

[[nodiscard]] inline double per(int64_t ns, uint64_t count) {
  return count == 0 ? 0 : static_cast<double>(ns) / static_cast<double>(count);
}

}  // namespace raidsim::bench
