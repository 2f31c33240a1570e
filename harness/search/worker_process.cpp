#include "harness/search/worker_process.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace raidsim::harness {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(fmt::format("cannot make a worker process: {}: {}", what, std::strerror(errno)));
}

/// Ctrl-C reaches the whole foreground group, but the parent alone decides what it means; and no worker outlives
/// a parent that was killed.
void depend_on(pid_t parent) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(3);  // it died before prctl
}

}  // namespace

void WorkerProcess::start(const std::function<void(int out)>& life) {
  end();
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) fail("pipe");
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    depend_on(parent);
    life(ends[1]);
    _exit(0);
  }
  close(ends[1]);
  if (pid < 0) {
    const int error = errno;
    close(ends[0]);
    errno = error;
    fail("fork");
  }
  pid_ = pid;
  in_ = ends[0];
  unfinished_.clear();
}

bool WorkerProcess::listen(const std::function<void(std::string_view line)>& heard) {
  std::array<char, 65'536> chunk;
  const ssize_t n = read(in_, chunk.data(), chunk.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (n <= 0) {
    reap();
    return false;
  }
  unfinished_.append(chunk.data(), static_cast<size_t>(n));
  size_t from = 0;
  for (size_t end; (end = unfinished_.find('\n', from)) != std::string::npos; from = end + 1) {
    heard(std::string_view(unfinished_).substr(from, end - from));
  }
  unfinished_.erase(0, from);
  return true;
}

std::string WorkerProcess::how_it_ended() const {
  return WIFSIGNALED(status_) ? fmt::format("signal {}", WTERMSIG(status_))
                              : fmt::format("status {}", WEXITSTATUS(status_));
}

void WorkerProcess::kill() noexcept {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

void WorkerProcess::end() noexcept {
  kill();
  reap();
}

void WorkerProcess::reap() noexcept {
  if (in_ >= 0) close(in_);
  in_ = -1;
  if (pid_ > 0) {
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
  }
  pid_ = -1;
}

std::chrono::nanoseconds WorkerProcess::cpu_time() const noexcept {
  clockid_t clock{};
  timespec used{};
  if (pid_ <= 0 || clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace raidsim::harness
