#include "harness/cli/interrupt.h"

#include <signal.h>

#include <csignal>
#include <cstdio>

namespace raidsim::cli {
namespace {

std::atomic<bool> asked{false};
std::atomic<int> which{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler may touch no other atomics");

void on_signal(int number) {
  which = number;
  asked = true;
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return asked;
}

void die_of_interrupt() {
  if (which == 0) return;
  std::fflush(nullptr);
  signal(which, SIG_DFL);
  raise(which);
}

}  // namespace raidsim::cli
