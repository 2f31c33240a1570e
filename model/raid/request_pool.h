// model/raid/request_pool.h: parents, children and slot erasures of a unit, recycled.
//
// An object leaves the pool as good as new and comes back when its request ends; memory is returned with
// the unit. Children in use are linked, so that a judge can look at them.
#pragma once

#include <cstdint>
#include <span>

#include "engine/slabs.h"
#include "model/raid/request.h"

namespace raidsim::raid {

class RequestPool {
 public:
  RequestPool() = default;
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  [[nodiscard]] Parent& parent();
  [[nodiscard]] Child& child();
  [[nodiscard]] SlotErase& erase();
  void put(Parent& parent) noexcept;
  void put(Child& child) noexcept;
  void put(SlotErase& erase) noexcept;

  [[nodiscard]] uint32_t parents_in_use() const noexcept { return parents_in_use_; }
  [[nodiscard]] uint32_t children_in_use() const noexcept { return children_in_use_; }
  /// Every child ever made; those with a unit are in use.
  [[nodiscard]] std::span<Child* const> all_children() const noexcept { return children_.all(); }

 private:
  Slabs<Parent> parents_;
  Slabs<Child> children_;
  Slabs<SlotErase> erases_;
  Parent* free_parents_ = nullptr;
  Child* free_children_ = nullptr;
  SlotErase* free_erases_ = nullptr;
  uint32_t parents_in_use_ = 0;
  uint32_t children_in_use_ = 0;
};

}  // namespace raidsim::raid
