// engine/slabs.h: objects that are made one by one, never move, and go together.
//
//   all()    [ a  b  c  d  e  f ... ]            in order of making
//             |  |  |  |  |  |
//   slabs    [a  b  c  d][e  f  g  h  .  .  .  .]  each as big as all before it
//
// For pools whose owner keeps a free list of its own: memory costs a few allocations instead of one for each object,
// and objects used together lie together. An order by address is nobody's: walk all().
//
// Locks     none; one thread. Suspends  never
// Errors    std::bad_alloc, and what T's constructor throws: then nothing was made
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace raidsim {

template <class T>
class Slabs {
 public:
  Slabs() = default;
  Slabs(const Slabs&) = delete;
  Slabs& operator=(const Slabs&) = delete;
  ~Slabs() {  ///< ends the objects in order of making
    for (T* object : all_) std::destroy_at(object);
    for (const Slab& slab : slabs_) std::allocator<T>().deallocate(slab.first, slab.room);
  }

  template <class... Arguments>
  T& make(Arguments&&... arguments) {
    if (left_ == 0) open_slab();
    T* const made = std::construct_at(next_, std::forward<Arguments>(arguments)...);
    ++next_;
    --left_;
    all_.push_back(made);
    return *made;
  }
  [[nodiscard]] std::span<T* const> all() const noexcept { return all_; }

 private:
  static constexpr size_t first_room = 4;  ///< chosen: most owners stay small
  static constexpr size_t room_most = 64;
  struct Slab {
    T* first;
    size_t room;
  };
  void open_slab() {
    const size_t room = std::clamp(all_.size(), first_room, room_most);
    all_.reserve(all_.size() + room);
    slabs_.reserve(slabs_.size() + 1);
    next_ = std::allocator<T>().allocate(room);
    left_ = room;
    slabs_.push_back({next_, room});
  }

  std::vector<T*> all_;
  std::vector<Slab> slabs_;
  T* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace raidsim
