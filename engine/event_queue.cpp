#include "engine/event_queue.h"

#include <algorithm>
#include <functional>

#include "engine/assert.h"

namespace raidsim {

EventQueue::EventQueue() {
  keys_.reserve(sorted_most);
  slots_.reserve(sorted_most);
  free_.reserve(sorted_most);
}

EventQueue::~EventQueue() {
  for (Event* event : slots_) {
    if (event != nullptr) event->queue_ = nullptr;
  }
}

uint32_t EventQueue::new_slot(Event& event) {
  RAIDSIM_ASSERT(slots_.size() <= slot_mask);                   // pending at one time
  RAIDSIM_ASSERT(sequence_ < uint64_t{1} << (64 - slot_bits));  // scheduled in all
  slots_.push_back(&event);
  free_.reserve(slots_.capacity());  // freeing a slot must never allocate
  return static_cast<uint32_t>(slots_.size() - 1);
}

void EventQueue::remove(Event& event) noexcept {
  const Key key = key_of(event);
  const uint32_t slot = event.slot_;
  event.queue_ = nullptr;
  if (!heap_) {
    keys_.erase(std::lower_bound(keys_.begin(), keys_.end(), key, std::greater<>{}));
    free_slot(slot);
    return;
  }
  slots_[slot] = nullptr;  // the slot stays taken until its key leaves the heap
  ++cancelled_;
  drop_cancelled_front();
  if (cancelled_ > keys_.size() / 2) compact();
}

void EventQueue::push_heap(Key key) {
  keys_.push_back(key);
  size_t at = keys_.size() - 1;
  while (at > 0) {
    const size_t parent = (at - 1) / 4;
    if (keys_[parent] < key) break;
    keys_[at] = keys_[parent];
    at = parent;
  }
  keys_[at] = key;
}

void EventQueue::pop_heap() noexcept {
  const Key last = keys_.back();
  keys_.pop_back();
  if (!keys_.empty()) sift_down(0, last);
}

void EventQueue::sift_down(size_t at, Key key) noexcept {
  const size_t size = keys_.size();
  for (;;) {
    const size_t child = 4 * at + 1;
    if (child >= size) break;
    // Conditional moves instead of branches: which child is smallest cannot be predicted.
    size_t smallest = child;
    Key smallest_key = keys_[child];
    const size_t end = std::min(child + 4, size);
    for (size_t i = child + 1; i < end; ++i) {
      const bool less = keys_[i] < smallest_key;
      smallest = less ? i : smallest;
      smallest_key = less ? keys_[i] : smallest_key;
    }
    if (key < smallest_key) break;
    keys_[at] = smallest_key;
    at = smallest;
  }
  keys_[at] = key;
}

void EventQueue::drop_cancelled_front() noexcept {
  while (!keys_.empty() && slots_[slot_of(keys_.front())] == nullptr) {
    free_slot(slot_of(keys_.front()));
    pop_heap();
    --cancelled_;
  }
  if (keys_.size() <= sorted_again) to_sorted();
}

void EventQueue::compact() noexcept {
  const auto dead = [this](Key key) {
    const uint32_t slot = slot_of(key);
    if (slots_[slot] != nullptr) return false;
    free_slot(slot);
    return true;
  };
  std::erase_if(keys_, dead);
  cancelled_ = 0;
  std::sort(keys_.begin(), keys_.end());  // a sorted array is a heap
  if (keys_.size() <= sorted_again) to_sorted();
}

void EventQueue::to_heap() noexcept {
  std::reverse(keys_.begin(), keys_.end());
  heap_ = true;
}

void EventQueue::to_sorted() noexcept {
  if (!heap_) return;
  if (cancelled_ != 0) {
    std::erase_if(keys_, [this](Key key) {
      const uint32_t slot = slot_of(key);
      if (slots_[slot] != nullptr) return false;
      free_slot(slot);
      return true;
    });
    cancelled_ = 0;
  }
  std::sort(keys_.begin(), keys_.end(), std::greater<>{});
  heap_ = false;
}

void EventQueue::list_until(SimTime last, std::vector<Candidate>& out, std::vector<Event*>& events) const {
  const auto append = [&](Key key) {
    Event* event = slots_[slot_of(key)];
    if (event == nullptr) return;
    out.push_back({.fiber = FiberId::none, .due = event->due_, .sequence = event->sequence_});
    events.push_back(event);
  };
  if (!heap_) {
    for (size_t i = keys_.size(); i > 0 && due_of(keys_[i - 1]) <= last; --i) append(keys_[i - 1]);
    return;
  }
  // A subtree whose root is later holds nothing; what is found is sorted afterwards.
  std::vector<Key> due;
  std::vector<size_t> open{0};
  while (!open.empty()) {
    const size_t at = open.back();
    open.pop_back();
    if (at >= keys_.size() || due_of(keys_[at]) > last) continue;
    due.push_back(keys_[at]);
    for (size_t child = 4 * at + 1; child <= 4 * at + 4; ++child) open.push_back(child);
  }
  std::sort(due.begin(), due.end());
  for (Key key : due) append(key);
}

}  // namespace raidsim
