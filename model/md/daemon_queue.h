// model/md/daemon_queue.h: a named FIFO of work with one or more daemon fibers (spec/metadevice.md 9.1, 9.2).
//
//   completion, ioctl, timer ──> enqueue(element) ──> [ oldest ... newest ] ──> daemon: unlink, run element.function
//
// An element is embedded in the object that needs the work; it is on at most one queue and is unlinked
// before its function runs, so the function may queue it again. Enqueuing allocates nothing and never
// blocks: disk completions do it from the event loop. With one daemon, functions run in strict order.
#pragma once

#include <cstdint>
#include <span>

#include "engine/host.h"
#include "engine/sync/semaphore.h"

namespace raidsim::md {

class DaemonQueue;

class DaemonElement {
 public:
  using Function = void (*)(DaemonElement&);
  explicit constexpr DaemonElement(Function run = nullptr, void* with = nullptr) : function(run), owner(with) {}
  DaemonElement(const DaemonElement&) = delete;
  DaemonElement& operator=(const DaemonElement&) = delete;

  Function function;  ///< may be changed while not queued
  void* owner;        ///< free for `function`
  [[nodiscard]] const DaemonQueue* queued_on() const noexcept { return queue_; }

 private:
  friend class DaemonQueue;
  DaemonElement* next_ = nullptr;
  DaemonQueue* queue_ = nullptr;
};

class DaemonQueue {
 public:
  /// `name` must outlive the queue.
  explicit DaemonQueue(const char* name);
  DaemonQueue(const DaemonQueue&) = delete;
  DaemonQueue& operator=(const DaemonQueue&) = delete;

  void start(Host& host, uint32_t daemons = 1);
  /// Daemons end once the queue is empty (MD_GBL_DAEMONS_DIE).
  void stop();

  /// Appends. A scheduling point for a fiber, but never blocks; allowed in the event loop.
  /// Shape  `element` is on no queue and has a function
  void enqueue(DaemonElement& element);
  /// The same for a whole chain in one step: no daemon sees a part of it.
  void enqueue(std::span<DaemonElement* const> chain);

  [[nodiscard]] const char* name() const noexcept { return name_; }
  [[nodiscard]] uint32_t length() const noexcept { return length_; }
  [[nodiscard]] uint32_t length_max() const noexcept { return length_max_; }
  [[nodiscard]] uint64_t total() const noexcept { return total_; }
  [[nodiscard]] uint32_t running() const noexcept { return running_; }  ///< functions that have not returned yet
  [[nodiscard]] uint32_t daemons() const noexcept { return daemons_; }
  [[nodiscard]] bool idle() const noexcept { return length_ == 0 && running_ == 0; }

 private:
  void serve();
  void append(DaemonElement& element);
  DaemonElement* take_oldest();

  const char* name_;
  Semaphore work_;  // one unit per element, one per daemon that shall end
  DaemonElement* oldest_ = nullptr;
  DaemonElement* newest_ = nullptr;
  uint32_t length_ = 0;
  uint32_t length_max_ = 0;
  uint64_t total_ = 0;
  uint32_t running_ = 0;
  uint32_t daemons_ = 0;
  bool dying_ = false;
};

}  // namespace raidsim::md
