// harness/search/worker_process.h: one forked worker as its parent sees it: a pipe, lines, an end.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace raidsim::harness {

/// Killed and reaped by its destructor, so that no worker outlives its campaign, however that ends.
class WorkerProcess {
 public:
  WorkerProcess() = default;
  ~WorkerProcess() { end(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Forks; `life` is all that the new process does, with the end of the pipe it speaks into.
  /// Errors  std::runtime_error when the machine gives no pipe or no process
  void start(const std::function<void(int out)>& life);

  [[nodiscard]] bool alive() const noexcept { return pid_ > 0; }
  [[nodiscard]] int input() const noexcept { return in_; }

  /// Reads what is there and hands on each whole line; what follows the last one waits for its end. Reads at most once,
  /// so it blocks only where nothing is there. False: the process has ended (and is reaped; how_it_ended() says how).
  [[nodiscard]] bool listen(const std::function<void(std::string_view line)>& heard);
  [[nodiscard]] std::string how_it_ended() const;  ///< "signal 11", "status 3"

  void kill() noexcept;  ///< its end is then heard by listen
  void end() noexcept;   ///< kills and reaps at once

  /// CPU time that it has used so far: a stopped or starved process is not a slow one.
  [[nodiscard]] std::chrono::nanoseconds cpu_time() const noexcept;

 private:
  void reap() noexcept;

  pid_t pid_ = -1;
  int in_ = -1;
  int status_ = 0;
  std::string unfinished_;  ///< begins a line whose end has not come yet
};

}  // namespace raidsim::harness
