#include "model/stripe/request.h"

#include <utility>

namespace raidsim::stripe {

Parent& RequestPool::parent() {
  if (free_parents_ == nullptr) free_parents_ = &parents_.make();
  Parent& ps = *std::exchange(free_parents_, free_parents_->next_free);
  ps.next_free = nullptr;
  ps.ps_frags = 0;
  ps.blocks = 0;
  ps.residual_bytes = 0;
  ps.ps_error = 0;
  ps.error_residual_bytes = 0;
  ps.flushing = false;
  ++parents_in_use_;
  return ps;
}

Child& RequestPool::child(Parent& ps) {
  if (free_children_ == nullptr) free_children_ = &children_.make();
  Child& cs = *std::exchange(free_children_, free_children_->next);
  cs.next = nullptr;
  cs.ps = &ps;
  cs.io = IoRequest{};
  return cs;
}

void RequestPool::put(Parent& ps) noexcept {
  ps.unit = nullptr;
  ps.ps_bp = nullptr;
  ps.next_free = std::exchange(free_parents_, &ps);
  --parents_in_use_;
}

void RequestPool::put(Child& cs) noexcept {
  cs.ps = nullptr;
  cs.next = std::exchange(free_children_, &cs);
}

}  // namespace raidsim::stripe
