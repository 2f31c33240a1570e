// harness/bench/queueing.h: one small program on several engines.
//
//   64 clients:  lock the FIFO mutex, hold it 1 us, unlock, wait for one of 5 FIFO disks (exponential, mean 100 us)
//
// Every client draws disk and service time from a generator of its own, so that all engines serve the same requests
// and end at comparable virtual times.
#pragma once

#include <cstdint>
#include <string>

#include "engine/choice.h"
#include "engine/distributions.h"
#include "engine/policy/policy.h"
#include "engine/random.h"
#include "engine/time.h"

namespace raidsim::bench {

inline constexpr uint32_t queueing_clients = 64;
inline constexpr uint32_t queueing_disks = 5;
inline constexpr Duration queueing_hold = 1us;
inline constexpr Duration queueing_service = 100us;

struct QueueingResult {
  uint64_t ios = 0;
  int64_t end_ns = 0;  ///< virtual
  int64_t cpu_ns = 0;  ///< of the run, without what goes before and after it
};

inline std::string queueing_stream(uint32_t client) { return "client/" + std::to_string(client); }

/// What a client draws, for the engines that do not bring streams; the same values as ours.
class QueueingDraws {
 public:
  explicit QueueingDraws(uint32_t client) : random_(stream_seed(1, queueing_stream(client))) {}
  [[nodiscard]] uint32_t disk() { return static_cast<uint32_t>(random_.below(queueing_disks)); }
  [[nodiscard]] Duration service() {
    return distributions::exponential(queueing_service, random_.below(distributions::draw_bound));
  }

 private:
  Random random_;
};

[[nodiscard]] QueueingResult queueing_on_raidsim(uint64_t ios_per_client, PolicyKind policy);
[[nodiscard]] QueueingResult queueing_on_callbacks(uint64_t ios_per_client);
[[nodiscard]] QueueingResult queueing_on_simgrid(uint64_t ios_per_client);  ///< where libsimgrid-dev is installed

}  // namespace raidsim::bench
