// Clients are fibers, disks are state machines in the event loop. Hash and a fault hook are in place, as in model/disk.
#include "engine/simulation.h"
#include "engine/sync/mutex.h"
#include "engine/sync/semaphore.h"
#include "harness/bench/cpu_time.h"
#include "harness/bench/queueing.h"

#include <array>
#include <memory>
#include <vector>

namespace raidsim::bench {
namespace {

constexpr LockClass queue_lock{.name = "queueing mutex", .level = 0};
constexpr TraceKind kind_submit = harness_kinds, kind_complete = harness_kinds + 1;

struct Request {
  Duration service{};
  uint32_t client = 0;
  Semaphore done{"request"};
  Request* next = nullptr;
};

struct FaultHook {
  virtual ~FaultHook() = default;
  virtual void at(Request& request) = 0;
};

class QueueDisk : private Event {
 public:
  explicit QueueDisk(Simulation& simulation)
      : Event([](Event& e) { static_cast<QueueDisk&>(e).complete(); }), simulation_(simulation) {}

  void submit(Request& request) {
    if (fault_ != nullptr) [[unlikely]]
      fault_->at(request);
    simulation_.recorder().add(simulation_.now(), kind_submit, request.client);
    request.next = nullptr;
    if (head_ == nullptr) {
      head_ = tail_ = &request;
      start();
    } else {
      tail_ = tail_->next = &request;
    }
  }

 private:
  void start() { simulation_.schedule_after(*this, head_->service); }
  void complete() {
    Request& request = *head_;
    if (fault_ != nullptr) [[unlikely]]
      fault_->at(request);
    simulation_.recorder().add(simulation_.now(), kind_complete, request.client);
    head_ = request.next;
    if (head_ != nullptr) start();
    request.done.release();
  }

  Simulation& simulation_;
  Request* head_ = nullptr;
  Request* tail_ = nullptr;
  FaultHook* fault_ = nullptr;
};

struct World {
  World(PolicyKind policy, uint64_t per_client)
      : simulation({.seed = 1, .policy = {.kind = policy}}), ios_per_client(per_client) {
    for (auto& disk : disks) disk = std::make_unique<QueueDisk>(simulation);
  }
  void client(uint32_t number) {
    ChoiceStream& choices = simulation.choices().stream(queueing_stream(number));
    Request request;
    request.client = number;
    for (uint64_t n = 0; n < ios_per_client; ++n) {
      {
        MutexLock held(mutex);
        sleep_for(queueing_hold);
      }
      QueueDisk& disk = *disks[choices.below(queueing_disks, ChoiceKind::index)];
      request.service = choices.exponential(queueing_service);
      disk.submit(request);
      request.done.acquire();
    }
  }
  Simulation simulation;
  Mutex mutex{queue_lock};
  std::array<std::unique_ptr<QueueDisk>, queueing_disks> disks;
  uint64_t ios_per_client;
};

}  // namespace

QueueingResult queueing_on_raidsim(uint64_t ios_per_client, PolicyKind policy) {
  World world(policy, ios_per_client);
  for (uint32_t i = 0; i < queueing_clients; ++i) world.simulation.spawn("client", [&world, i] { world.client(i); });
  const int64_t cpu = cpu_ns_of([&] { world.simulation.run(); });
  return {ios_per_client * queueing_clients, to_ns(world.simulation.now()), cpu};
}

}  // namespace raidsim::bench
