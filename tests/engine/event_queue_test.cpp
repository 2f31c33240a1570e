// The queue against a multimap: whatever is pushed, popped and cancelled, in either shape of the queue.
#include "engine/event_queue.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <deque>
#include <map>

namespace raidsim {
namespace {

void no_action(Event&) {}

struct Pending {
  Event event{no_action};
  std::multimap<SimTime, Event*>::iterator place;
};

SimTime at(int64_t ns) { return SimTime{Duration{ns}}; }

// Events of one moment run in the order in which they were scheduled, in the sorted array and in the heap.
TEST(EventQueue, TiesRunInOrderOfScheduling) {
  for (const size_t count : {3u, 64u, 65u, 1000u}) {
    EventQueue queue;
    std::deque<Event> events;
    for (size_t i = 0; i < count; ++i) queue.push(events.emplace_back(no_action), at(static_cast<int64_t>(i % 2)));
    for (size_t i = 0; i < count; i += 2) EXPECT_EQ(&queue.pop(), &events[i]) << count;
    for (size_t i = 1; i < count; i += 2) EXPECT_EQ(&queue.pop(), &events[i]) << count;
    EXPECT_TRUE(queue.empty());
  }
}

// A driver arms a time-out with each of a million transfers and cancels it when the transfer completes.
TEST(EventQueue, CancelledTimeOutsDoNotPileUp) {
  EventQueue queue;
  std::deque<Event> outstanding;
  for (int i = 0; i < 100; ++i) queue.push(outstanding.emplace_back(no_action), at(60'000'000'000 + i));
  for (int i = 0; i < 1'000'000; ++i) {
    Event& oldest = outstanding.front();
    queue.remove(oldest);
    EXPECT_FALSE(oldest.pending());
    outstanding.pop_front();
    queue.push(outstanding.emplace_back(no_action), at(60'000'000'100 + i));
    ASSERT_EQ(queue.size(), 100u);
  }
  int64_t last = 0;
  while (!queue.empty()) {
    const int64_t due = to_ns(queue.pop().due());
    EXPECT_LT(last, due);
    last = due;
  }
}

TEST(EventQueue, DyingQueueLetsGoOfItsEvents) {
  Event event(no_action);
  {
    EventQueue queue;
    queue.push(event, at(5));
    EXPECT_TRUE(event.pending());
  }
  EXPECT_FALSE(event.pending());
}

// Operations: an even number pushes at a time below 50, so ties are many; 1 mod 4 pops, 3 mod 4 cancels.
RC_GTEST_PROP(EventQueue, ActsAsAMultimap, ()) {
  const auto operations = *rc::gen::scale(4.0, rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange(0u, 4000u)));
  const size_t filling = *rc::gen::element<size_t>(0, 60, 100, 300);
  EventQueue queue;
  std::multimap<SimTime, Event*> model;
  std::deque<Pending> all;
  std::vector<Pending*> pending;
  const auto push = [&](int64_t ns) {
    Pending& one = all.emplace_back();
    queue.push(one.event, at(ns));
    one.place = model.emplace(at(ns), &one.event);
    pending.push_back(&one);
  };
  const auto forget = [&](const Event* event) {
    std::erase_if(pending, [event](const Pending* one) { return &one->event == event; });
  };
  for (size_t i = 0; i < filling; ++i) push(static_cast<int64_t>(i * 7 % 50));
  for (const uint32_t operation : operations) {
    if (operation % 2 == 0) {
      push(operation / 2 % 50);
    } else if (model.empty()) {
      RC_ASSERT(queue.empty());
    } else if (operation % 4 == 1) {
      RC_ASSERT(queue.next_due() == model.begin()->first);
      const Event* const expected = model.begin()->second;
      model.erase(model.begin());
      RC_ASSERT(&queue.pop() == expected);
      forget(expected);
    } else {
      Pending* const victim = pending[operation / 4 % pending.size()];
      queue.remove(victim->event);
      model.erase(victim->place);
      forget(&victim->event);
    }
    RC_ASSERT(queue.size() == model.size());
  }
  std::vector<Candidate> candidates;
  std::vector<Event*> events;
  queue.list_until(at(25), candidates, events);
  size_t index = 0;
  for (auto it = model.begin(); it != model.end() && it->first <= at(25); ++it, ++index) {
    RC_ASSERT(index < events.size());
    RC_ASSERT(events[index] == it->second);
    RC_ASSERT(candidates[index].due == it->first);
  }
  RC_ASSERT(index == events.size());
  for (const auto& [due, event] : model) RC_ASSERT(&queue.pop() == event);
}

}  // namespace
}  // namespace raidsim
