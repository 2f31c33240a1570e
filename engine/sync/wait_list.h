// engine/sync/wait_list.h: fibers that wait for one thing, first come first. The links lie in the
// fibers, so waiting allocates nothing.
#pragma once

#include <cstddef>

namespace raidsim {

struct FiberBlock;

class WaitList {
 public:
  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  ~WaitList() { detach_all(); }

  [[nodiscard]] bool empty() const noexcept { return head_ == nullptr; }
  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] FiberBlock* front() const noexcept { return head_; }

  void push_back(FiberBlock& fiber) noexcept;
  FiberBlock& pop_front() noexcept;
  void remove(FiberBlock& fiber) noexcept;
  /// Lets go of all waiters without waking them: the thing they wait for is dying.
  void detach_all() noexcept;

 private:
  FiberBlock* head_ = nullptr;
  FiberBlock* tail_ = nullptr;
  size_t size_ = 0;
};

}  // namespace raidsim
