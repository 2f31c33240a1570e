// engine/event_queue.h: pending events in order of (due, sequence).
//
// A run keeps few events pending, so a short sorted array is the fastest queue there is; past
// `sorted_most` entries a 4-ary heap takes over. Both hold one 128-bit key per event:
//
//   127            64 63              24 23           0
//   | due, ns       | sequence         | slot         |      slot -> Event*
//
// The sequence breaks ties of time, so order never depends on addresses or on the queue's history. A
// heap entry of a cancelled event stays until it surfaces or until such entries outnumber the others.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/event.h"
#include "engine/policy/candidates.h"
#include "engine/random.h"

namespace raidsim {

class EventQueue {
 public:
  EventQueue();
  ~EventQueue();  ///< leaves all events not pending
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  [[nodiscard]] size_t size() const noexcept { return keys_.size() - cancelled_; }
  [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
  /// Due moment of the first event. Shape  not empty
  [[nodiscard]] SimTime next_due() const noexcept { return due_of(heap_ ? keys_.front() : keys_.back()); }

  /// Adds `event` behind all that are due at the same time. Shape  not pending; at >= sim_start
  void push(Event& event, SimTime at);
  /// Takes the first event out. Shape  not empty
  Event& pop() noexcept;
  /// Takes `event` out. Shape  pending in this queue
  void remove(Event& event) noexcept;

  static void act(Event& event) { event.action_(event); }

  /// Appends every event due at or before `last` to `out`, in order; `events` gets the same in step.
  void list_until(SimTime last, std::vector<Candidate>& out, std::vector<Event*>& events) const;

 private:
  using Key = Uint128;
  static constexpr size_t sorted_most = 64;   ///< measured: engine-notes 4
  static constexpr size_t sorted_again = 24;  ///< well below, so that a queue near the limit settles
  static constexpr unsigned slot_bits = 24;
  static constexpr uint64_t slot_mask = (uint64_t{1} << slot_bits) - 1;

  [[nodiscard]] static SimTime due_of(Key key) noexcept {
    return SimTime{Duration{static_cast<int64_t>(static_cast<uint64_t>(key >> 64))}};
  }
  [[nodiscard]] static uint32_t slot_of(Key key) noexcept {
    return static_cast<uint32_t>(static_cast<uint64_t>(key) & slot_mask);
  }
  [[nodiscard]] static Key key_of(const Event& event) noexcept;

  uint32_t take_slot(Event& event);
  uint32_t new_slot(Event& event);
  void free_slot(uint32_t slot) noexcept;
  void push_sorted(Key key);
  void push_heap(Key key);
  void pop_heap() noexcept;
  void sift_down(size_t at, Key key) noexcept;
  void drop_cancelled_front() noexcept;
  void compact() noexcept;
  void to_heap() noexcept;
  void to_sorted() noexcept;

  std::vector<Key> keys_;       ///< sorted: descending, the first event at the back; heap: root at the front
  std::vector<Event*> slots_;   ///< null: free, or cancelled while its key is in the heap
  std::vector<uint32_t> free_;  ///< slots to use again
  uint64_t sequence_ = 0;
  size_t cancelled_ = 0;  ///< keys in the heap without an event
  bool heap_ = false;
};

inline EventQueue::Key EventQueue::key_of(const Event& event) noexcept {
  return (Key{static_cast<uint64_t>(to_ns(event.due_))} << 64) | (event.sequence_ << slot_bits) | event.slot_;
}

inline uint32_t EventQueue::take_slot(Event& event) {
  if (free_.empty()) [[unlikely]] {
    return new_slot(event);
  }
  const uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot] = &event;
  return slot;
}

inline void EventQueue::free_slot(uint32_t slot) noexcept {
  slots_[slot] = nullptr;
  free_.push_back(slot);
}

inline void EventQueue::push(Event& event, SimTime at) {
  event.due_ = at;
  event.sequence_ = ++sequence_;
  event.queue_ = this;
  event.slot_ = take_slot(event);
  const Key key = key_of(event);
  if (heap_) [[unlikely]]
    return push_heap(key);
  if (keys_.size() == sorted_most) [[unlikely]] {
    to_heap();
    return push_heap(key);
  }
  push_sorted(key);
}

inline void EventQueue::push_sorted(Key key) {
  // Sooner events move up by one place. Room for sorted_most keys is reserved, so nothing moves house.
  keys_.push_back(key);
  Key* const first = keys_.data();
  size_t at = keys_.size() - 1;
  for (; at > 0 && first[at - 1] < key; --at) first[at] = first[at - 1];
  first[at] = key;
}

inline Event& EventQueue::pop() noexcept {
  const Key key = heap_ ? keys_.front() : keys_.back();
  const uint32_t slot = slot_of(key);
  Event& event = *slots_[slot];
  free_slot(slot);
  event.queue_ = nullptr;
  if (heap_) [[unlikely]] {
    pop_heap();
    drop_cancelled_front();
  } else {
    keys_.pop_back();
  }
  return event;
}

}  // namespace raidsim
