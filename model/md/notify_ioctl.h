// model/md/notify_ioctl.h: MD_IOCNOTIFY, by which a process makes, reads and feeds queues (spec/events-errors.md B.6).
#pragma once

#include <cstdint>
#include <string>

#include "model/md/notify_queues.h"

namespace raidsim::md {

enum NotifyCommand : uint32_t {
  EQ_ON = 0x01,
  EQ_OFF = 0x02,
  EQ_GET_NOWAIT = 0x10,
  EQ_PUT = 0x20,
  EQ_GET_WAIT = 0x40,
};

inline constexpr uint32_t notify_magic = 0xda1eab1e;
inline constexpr uint32_t notify_revision = 1;
inline constexpr uint32_t EQ_Q_PERM = 1;

struct NotifyRequest {
  uint32_t magic = notify_magic;
  uint32_t revision = notify_revision;
  std::string name{};  ///< of the queue; its first 64 bytes count
  uint32_t flags = 0;  ///< EQ_ON: EQ_Q_PERM
  uint32_t command = 0;
  NotifyEvent event{};  ///< in: EQ_PUT; out: the others that have an answer
};

/// Locks   `held`: the ioctl lock; free while EQ_GET_WAIT waits. Suspends
/// Errors  EINVAL, ENOENT; EEXIST, ENOMEM: EQ_ON; EAGAIN: EQ_GET_NOWAIT; EINTR: EQ_GET_WAIT
[[nodiscard]] int notify_ioctl(NotifyQueues& queues, IoctlLock& ioctl, WriteHold& held, NotifyRequest& request,
                               ProcessId caller);

}  // namespace raidsim::md
