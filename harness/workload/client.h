// harness/workload/client.h: an application on the host that sends one request after the other.
//
// A client belongs to the world, not to the host: when the host dies its fiber ends, and after the boot a
// new one goes on with the requests that are left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/host.h"
#include "harness/workload/request_source.h"
#include "harness/workload/unit_port.h"
#include "model/disk/block_device.h"

namespace raidsim::harness {

class Client {
 public:
  Client(const scenarios::Workload& workload, UnitPort& port, ChoiceStream& stream, uint32_t number, uint32_t index);

  /// Goes on in a new fiber of `host`; nothing when all requests are sent.
  void start(Host& host);
  void host_died() noexcept { running_ = false; }
  [[nodiscard]] bool done() const noexcept { return remaining_ == 0; }
  [[nodiscard]] bool running() const noexcept { return running_; }
  [[nodiscard]] uint32_t number() const noexcept { return number_; }
  /// Told when the last request is through; must not suspend.
  void set_on_done(void (*action)(void*), void* context) noexcept;

 private:
  void run();
  [[nodiscard]] bool perform(const Request& request);  ///< false: the host died meanwhile

  const scenarios::Workload& workload_;
  UnitPort& port_;
  RequestSource source_;
  uint32_t number_;
  uint64_t remaining_;
  bool running_ = false;
  bool started_ = false;
  std::vector<std::byte> data_;
  void (*on_done_)(void*) = nullptr;
  void* on_done_context_ = nullptr;
};

}  // namespace raidsim::harness
