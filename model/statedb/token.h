// model/statedb/token.h: the single-thread token of a set: one operation at a time, over all its I/O (5.5, INV-D12).
//
// Waiters are all woken and race; the set mutex is held for the look at the token only, never over a wait (INV-D13).
#pragma once

#include "engine/sync/condition.h"
#include "engine/sync/mutex.h"
#include "model/md/locks.h"

namespace raidsim::statedb {

class Token {
 public:
  [[nodiscard]] bool taken() const noexcept { return taken_; }

 private:
  friend class TokenHold;
  Mutex s_dbmx_{md::locks::database};
  CondVar given_back_{"single-thread token"};
  bool taken_ = false;
};

/// Has the token for a scope. Suspends.
class TokenHold {
 public:
  explicit TokenHold(Token& token) : token_(token) {
    MutexLock lock(token.s_dbmx_);
    while (token.taken_) token.given_back_.wait(lock);
    token.taken_ = true;
  }
  // Without the mutex: between the two statements nobody else runs, and a dying fiber may not wait for it.
  ~TokenHold() {
    token_.taken_ = false;
    token_.given_back_.notify_all();
  }
  TokenHold(const TokenHold&) = delete;
  TokenHold& operator=(const TokenHold&) = delete;

 private:
  Token& token_;
};

}  // namespace raidsim::statedb
