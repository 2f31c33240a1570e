// harness/workload/trace_client.h: a recorded fio iolog, sent to a unit.
//
// Several workers take entries in order from one cursor, so that at most `clients` requests are outstanding;
// a sync waits for all requests before it, as the recorder's did. Recorded sizes and places are kept; what is
// written is the oracle's pattern, since an iolog holds no data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/host.h"
#include "engine/sync/condition.h"
#include "harness/workload/unit_port.h"
#include "scenarios/iolog.h"
#include "scenarios/workload_spec.h"

namespace raidsim::harness {

class TraceClient {
 public:
  TraceClient(const scenarios::Workload& workload, std::shared_ptr<const scenarios::Iolog> log, UnitPort& port,
              uint32_t number);
  ~TraceClient();

  void start(Host& host);  ///< goes on where the log was when the host died
  void host_died() noexcept;
  [[nodiscard]] bool done() const noexcept { return next_ >= requests_.size() && busy_ == 0; }
  void set_on_done(void (*action)(void*), void* context) noexcept;
  [[nodiscard]] uint64_t left_out() const noexcept { return left_out_; }  ///< beyond the unit's end

 private:
  struct Step {
    scenarios::IologAction action;
    Duration at;
    uint64_t block;
    uint32_t blocks;
  };
  void build(const scenarios::Iolog& log);
  [[nodiscard]] bool fit(Step& step);
  void worker();
  [[nodiscard]] bool perform(const Step& step, std::vector<std::byte>& data);  ///< false: the host died meanwhile

  const scenarios::Workload& workload_;
  UnitPort& port_;
  uint32_t number_;
  std::vector<Step> requests_;
  uint64_t left_out_ = 0;
  size_t next_ = 0;
  uint32_t busy_ = 0;     ///< requests outstanding
  bool syncing_ = false;  ///< a sync is waiting or running: nobody else starts
  struct Gate;
  std::unique_ptr<Gate> gate_;
  SimTime started_{};
  bool ever_started_ = false;
  void (*on_done_)(void*) = nullptr;
  void* on_done_context_ = nullptr;
};

}  // namespace raidsim::harness
