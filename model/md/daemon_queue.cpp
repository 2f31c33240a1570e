#include "model/md/daemon_queue.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim::md {

DaemonQueue::DaemonQueue(const char* queue_name) : name_(queue_name), work_(queue_name) {}

void DaemonQueue::start(Host& host, uint32_t daemons) {
  RAIDSIM_ASSERT(daemons >= 1);
  if (daemons_ != 0) return;  // already live
  dying_ = false;
  daemons_ = daemons;
  for (uint32_t i = 0; i < daemons; ++i) host.spawn(name_, [this] { serve(); }, {.daemon = true});
}

void DaemonQueue::stop() {
  if (daemons_ == 0 || dying_) return;
  dying_ = true;
  work_.release(daemons_);
}

void DaemonQueue::enqueue(DaemonElement& element) {
  append(element);
  work_.release();
}

void DaemonQueue::enqueue(std::span<DaemonElement* const> chain) {
  for (DaemonElement* element : chain) append(*element);
  work_.release(chain.size());
}

void DaemonQueue::append(DaemonElement& element) {
  RAIDSIM_ASSERT(element.queue_ == nullptr);  // INV-M18
  RAIDSIM_ASSERT(element.function != nullptr);
  element.queue_ = this;
  element.next_ = nullptr;
  (newest_ != nullptr ? newest_->next_ : oldest_) = &element;
  newest_ = &element;
  ++length_;
  ++total_;
  length_max_ = std::max(length_max_, length_);
}

DaemonElement* DaemonQueue::take_oldest() {
  DaemonElement* element = oldest_;
  if (element == nullptr) return nullptr;
  oldest_ = element->next_;
  if (oldest_ == nullptr) newest_ = nullptr;
  element->next_ = nullptr;
  element->queue_ = nullptr;
  --length_;
  return element;
}

// A daemon that finds nothing was woken by stop(): every element brought a unit of its own. One whose host dies while
// it is idle simply ends.
void DaemonQueue::serve() {
  while (work_.acquire_unless_killed()) {
    DaemonElement* element = take_oldest();
    if (element == nullptr) {
      RAIDSIM_ASSERT(dying_);
      --daemons_;
      return;
    }
    ++running_;
    element->function(*element);
    --running_;
  }
}

}  // namespace raidsim::md
