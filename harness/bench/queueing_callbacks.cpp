// The yardstick: events are plain values on a heap, clients are hand-written state machines. No fibers, no trace.
#include <array>
#include <vector>

#include "harness/bench/cpu_time.h"
#include "harness/bench/queueing.h"

namespace raidsim::bench {
namespace {

struct Callback {
  int64_t at;
  uint64_t sequence;
  void (*run)(void* engine, uint32_t number);
  uint32_t number;
  [[nodiscard]] bool before(const Callback& o) const { return at != o.at ? at < o.at : sequence < o.sequence; }
};

/// Binary heap with holes instead of swaps.
class CallbackQueue {
 public:
  void push(Callback c) {
    heap_.push_back(c);
    size_t hole = heap_.size() - 1;
    for (; hole > 0 && c.before(heap_[(hole - 1) / 2]); hole = (hole - 1) / 2) heap_[hole] = heap_[(hole - 1) / 2];
    heap_[hole] = c;
  }
  [[nodiscard]] Callback pop() {
    const Callback first = heap_.front();
    const Callback last = heap_.back();
    heap_.pop_back();
    const size_t n = heap_.size();
    size_t hole = 0;
    for (size_t child = 1; child < n; child = 2 * hole + 1) {
      if (child + 1 < n && heap_[child + 1].before(heap_[child])) ++child;
      if (!heap_[child].before(last)) break;
      heap_[hole] = heap_[child];
      hole = child;
    }
    if (n > 0) heap_[hole] = last;
    return first;
  }
  [[nodiscard]] bool empty() const { return heap_.empty(); }

 private:
  std::vector<Callback> heap_;
};

/// FIFO of clients, each in it at most once.
class ClientQueue {
 public:
  void push(uint32_t client) { ring_[(head_ + count_++) % queueing_clients] = client; }
  uint32_t pop() {
    const uint32_t client = ring_[head_];
    head_ = (head_ + 1) % queueing_clients;
    --count_;
    return client;
  }
  [[nodiscard]] uint32_t front() const { return ring_[head_]; }
  [[nodiscard]] bool empty() const { return count_ == 0; }

 private:
  std::array<uint32_t, queueing_clients> ring_{};
  uint32_t head_ = 0, count_ = 0;
};

class CallbackWorld {
 public:
  explicit CallbackWorld(uint64_t ios_per_client) {
    for (uint32_t i = 0; i < queueing_clients; ++i) clients_.push_back({QueueingDraws(i), ios_per_client, {}, 0});
  }
  int64_t run() {
    for (uint32_t i = 0; i < queueing_clients; ++i) want_mutex(i);
    while (!queue_.empty()) {
      const Callback next = queue_.pop();
      now_ = next.at;
      next.run(this, next.number);
    }
    return now_;
  }

 private:
  struct Client {
    QueueingDraws draws;
    uint64_t left;
    Duration service;
    uint32_t disk;
  };
  void after(Duration delay, void (*action)(void*, uint32_t), uint32_t number) {
    queue_.push({now_ + delay.count(), sequence_++, action, number});
  }
  void want_mutex(uint32_t client) {
    mutex_.push(client);
    if (mutex_.front() == client) after(queueing_hold, held, client);
  }
  static void held(void* self, uint32_t client) { static_cast<CallbackWorld*>(self)->release(client); }
  void release(uint32_t client) {
    mutex_.pop();
    if (!mutex_.empty()) after(queueing_hold, held, mutex_.front());
    Client& c = clients_[client];
    c.disk = c.draws.disk();
    c.service = c.draws.service();
    ClientQueue& disk = disks_[c.disk];
    const bool idle = disk.empty();
    disk.push(client);
    if (idle) after(c.service, served, c.disk);
  }
  static void served(void* self, uint32_t disk) { static_cast<CallbackWorld*>(self)->complete(disk); }
  void complete(uint32_t number) {
    ClientQueue& disk = disks_[number];
    const uint32_t client = disk.pop();
    if (!disk.empty()) after(clients_[disk.front()].service, served, number);
    if (--clients_[client].left > 0) want_mutex(client);
  }

  CallbackQueue queue_;
  int64_t now_ = 0;
  uint64_t sequence_ = 0;
  std::vector<Client> clients_;
  ClientQueue mutex_;
  std::array<ClientQueue, queueing_disks> disks_;
};

}  // namespace

QueueingResult queueing_on_callbacks(uint64_t ios_per_client) {
  CallbackWorld world(ios_per_client);
  int64_t end = 0;
  const int64_t cpu = cpu_ns_of([&] { end = world.run(); });
  return {ios_per_client * queueing_clients, end, cpu};
}

}  // namespace raidsim::bench
