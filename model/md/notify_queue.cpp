#include "model/md/notify_queue.h"

namespace raidsim::md {

bool NotifyQueues::create(std::string_view name) { return queues_.try_emplace(std::string(name)).second; }

bool NotifyQueues::destroy(std::string_view name) {
  const auto found = queues_.find(name);
  if (found == queues_.end()) return false;
  queues_.erase(found);
  return true;
}

void NotifyQueues::put(const SvmEvent& event, int64_t wall_ns) {
  for (auto& [name, queue] : queues_) {
    if (queue.count == notify_queue_limit) {
      queue.first = (queue.first + 1) % notify_queue_limit;
      --queue.count;
      queue.full = true;
    }
    queue.ring[(queue.first + queue.count) % notify_queue_limit] = {.event = event, .wall_ns = wall_ns};
    ++queue.count;
  }
}

NotifyRead NotifyQueues::read(std::string_view name, NotifyEntry& out) {
  const auto found = queues_.find(name);
  if (found == queues_.end()) return NotifyRead::empty;
  Queue& queue = found->second;
  if (queue.full) {
    queue.full = false;
    return NotifyRead::lost;
  }
  if (queue.count == 0) return NotifyRead::empty;
  out = queue.ring[queue.first];
  queue.first = (queue.first + 1) % notify_queue_limit;
  --queue.count;
  return NotifyRead::event;
}

std::optional<uint32_t> NotifyQueues::size(std::string_view name) const {
  const auto found = queues_.find(name);
  if (found == queues_.end()) return std::nullopt;
  return found->second.count;
}

}  // namespace raidsim::md
