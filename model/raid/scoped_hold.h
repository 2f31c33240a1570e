// model/raid/scoped_hold.h: a lock's token that is given back at the end of a scope, or earlier.
#pragma once

#include <utility>

#include "engine/sync/rwlock.h"

namespace raidsim::raid {

template <class Hold>
class Scoped {
 public:
  explicit Scoped(Hold hold) : hold_(std::move(hold)) {}
  ~Scoped() { release(); }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;
  void release() {
    if (hold_) hold_.release();
  }
  [[nodiscard]] const Hold& token() const noexcept { return hold_; }
  operator const Hold&() const noexcept { return hold_; }  // NOLINT: it is the witness that functions demand

 private:
  Hold hold_;
};

using ScopedRead = Scoped<ReadHold>;
using ScopedWrite = Scoped<WriteHold>;

}  // namespace raidsim::raid
