#include "model/md/notify_queues.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <new>
#include <utility>

#include "engine/assert.h"
#include "engine/simulation.h"

namespace raidsim::md {
namespace {

enum QueueFlag : uint32_t { DESTROY = 0x1, PERM = 0x4, FULL = 0x8 };

using Events = std::array<NotifyEvent, notify_queue_limit>;
constexpr int unload_rounds = 4;

}  // namespace

struct NotifyQueues::Queue {
  std::string name;
  uint32_t flags = 0;
  ProcessId creator = 0;
  bool creator_gone = false;
  Events* events = nullptr;
  uint32_t front = 0;
  uint32_t size = 0;
  uint32_t readers = 0;  ///< inside get_wait; one that was called and has not looked yet still counts
  uint32_t asleep = 0;   ///< of them, those that nobody has called
  uint32_t called = 0;   ///< of them, those that are to be woken
  Semaphore bell{"notify queue"};
};

NotifyQueues::NotifyQueues(const Environment& environment) : memory_(*environment.memory), wall_(*environment.wall) {}

NotifyQueues::~NotifyQueues() {
  for (const auto& queue : queues_) free_storage(*queue);
}

void NotifyQueues::free_storage(Queue& queue) {
  memory_.free(reinterpret_cast<std::byte*>(queue.events), sizeof(Events));
  queue.events = nullptr;
}

NotifyQueues::Queue* NotifyQueues::find(std::string_view name) const {
  const auto found = std::find_if(queues_.begin(), queues_.end(),
                                  [name](const auto& q) { return (q->flags & DESTROY) == 0 && q->name == name; });
  return found == queues_.end() ? nullptr : found->get();
}

NotifyEvent NotifyQueues::empty_answer() const { return {.wall_ns = wall_.wall_ns()}; }

uint32_t NotifyQueues::size(std::string_view name) const {
  const Queue* queue = find(name);
  return queue == nullptr ? 0 : queue->size;
}

int NotifyQueues::create(std::string_view name, bool permanent, ProcessId creator) {
  reap();
  ring();
  if (find(name) != nullptr) return EEXIST;
  std::byte* const storage = memory_.try_allocate(sizeof(Events), "notify-queue");
  if (storage == nullptr) return ENOMEM;
  auto queue = std::make_unique<Queue>();
  queue->name = name;
  queue->flags = permanent ? uint32_t{PERM} : 0;
  queue->creator = creator;
  queue->events = new (storage) Events{};
  queues_.insert(queues_.begin(), std::move(queue));
  return 0;
}

int NotifyQueues::destroy(std::string_view name) {
  Queue* const queue = find(name);
  if (queue == nullptr) return ENOENT;
  queue->flags = DESTROY;
  reap();
  ring();
  return 0;
}

void NotifyQueues::process_gone(ProcessId process) {
  for (const auto& queue : queues_) queue->creator_gone = queue->creator_gone || queue->creator == process;
}

// A queue is freed only when no reader is in it.
void NotifyQueues::reap() {
  for (const auto& queue : queues_) {
    if ((queue->flags & PERM) == 0 && queue->creator_gone) queue->flags |= DESTROY;
    if ((queue->flags & DESTROY) != 0) call(*queue, queue->asleep);
  }
  std::erase_if(queues_, [this](const auto& queue) {
    const bool unused = (queue->flags & DESTROY) != 0 && queue->readers == 0;
    if (unused) free_storage(*queue);
    return unused;
  });
  puts_ = 0;
}

void NotifyQueues::append(Queue& queue, const NotifyEvent& event) {
  if (queue.size == notify_queue_limit) {
    queue.front = (queue.front + 1) % notify_queue_limit;
    --queue.size;
    queue.flags |= FULL;
  }
  (*queue.events)[(queue.front + queue.size) % notify_queue_limit] = event;
  ++queue.size;
  RAIDSIM_ASSERT(queue.size <= notify_queue_limit);  // INV-E01
  call(queue, 1);
}

void NotifyQueues::call(Queue& queue, uint32_t readers) {
  const uint32_t now = std::min(readers, queue.asleep);
  queue.asleep -= now;
  queue.called += now;
}

// Whoever is woken may run at once and change the list; the search begins anew after each.
void NotifyQueues::ring() {
  for (;;) {
    const auto called = std::find_if(queues_.begin(), queues_.end(), [](const auto& q) { return q->called != 0; });
    if (called == queues_.end()) return;
    const uint32_t readers = std::exchange((*called)->called, 0);
    (*called)->bell.release(readers);
  }
}

void NotifyQueues::put(const NotifyEvent& event) {
  if (queues_.empty()) return;
  NotifyEvent stamped = event;
  stamped.wall_ns = wall_.wall_ns();
  for (const auto& queue : queues_) append(*queue, stamped);
  if (++puts_ > notify_puts_per_reap) reap();
  ring();
}

int NotifyQueues::put_from_user(const NotifyEvent& event) {
  if (queues_.empty()) return ENOENT;
  put(event);
  return 0;
}

int NotifyQueues::take(Queue& queue, NotifyEvent& out) const {
  if ((queue.flags & FULL) != 0) {
    queue.flags &= ~uint32_t{FULL};
    out = empty_answer();
    out.type = EQ_NOTIFY_LOST;
    return 0;
  }
  if (queue.size == 0) {
    out = empty_answer();
    return EAGAIN;
  }
  out = (*queue.events)[queue.front];
  queue.front = (queue.front + 1) % notify_queue_limit;
  --queue.size;
  return 0;
}

int NotifyQueues::read(std::string_view name, NotifyEvent& out) {
  if (puts_ >= notify_puts_per_reap) {
    reap();
    ring();
  }
  Queue* const queue = find(name);
  if (queue != nullptr) return take(*queue, out);
  out = empty_answer();
  return ENOENT;
}

int NotifyQueues::get_wait(std::string_view name, IoctlLock& ioctl, WriteHold& held, NotifyEvent& out) {
  Queue* const queue = find(name);
  out = empty_answer();
  if (queue == nullptr) return ENOENT;
  for (;;) {
    if ((queue->flags & DESTROY) != 0) {
      out = empty_answer();
      return EINTR;
    }
    if (const int error = take(*queue, out); error != EAGAIN) return error;
    ++queue->readers;
    ++queue->asleep;
    held.release();
    queue->bell.acquire();
    held = ioctl.enter();
    --queue->readers;
  }
}

bool NotifyQueues::unload() {
  const auto in_use = [](const auto& queue) { return queue->readers != 0; };
  for (int round = 0; round < unload_rounds && std::any_of(queues_.begin(), queues_.end(), in_use); ++round) {
    for (const auto& queue : queues_) call(*queue, queue->asleep);
    ring();
    sleep_for(std::chrono::seconds{1});
  }
  if (std::any_of(queues_.begin(), queues_.end(), in_use)) return false;
  for (const auto& queue : queues_) free_storage(*queue);
  queues_.clear();
  return true;
}

}  // namespace raidsim::md
