// harness/bench/queueing_ns3.h: the border between C++20 and ns-3's C++17; plain types only.
#pragma once

#include <cstdint>
#include <functional>

namespace raidsim::bench {

struct Ns3Program {
  uint32_t clients = 0, disks = 0;
  uint64_t ios_per_client = 0;
  int64_t hold_ns = 0;
  std::function<uint32_t(uint32_t client)> draw_disk;
  std::function<int64_t(uint32_t client)> draw_service_ns;
};

struct Ns3Result {
  int64_t end_ns = 0, cpu_ns = 0;
};

[[nodiscard]] Ns3Result run_on_ns3(const Ns3Program& program);

}  // namespace raidsim::bench
