#include "model/md/notify_ioctl.h"

#include <cerrno>

namespace raidsim::md {
namespace {

/// An unknown command for a queue that is there, and ENOENT with the empty answer for one that is not.
int unknown_command(NotifyQueues& queues, std::string_view name, NotifyEvent& out) {
  return queues.exists(name) ? EINVAL : queues.read(name, out);
}

}  // namespace

int notify_ioctl(NotifyQueues& queues, IoctlLock& ioctl, WriteHold& held, NotifyRequest& request, ProcessId caller) {
  if (request.revision != notify_revision || request.magic != notify_magic) return EINVAL;
  const std::string_view name = std::string_view(request.name).substr(0, notify_name_longest);
  switch (request.command) {
    case EQ_ON:
      return queues.create(name, (request.flags & EQ_Q_PERM) != 0, caller);
    case EQ_PUT:
      return queues.put_from_user(request.event);
    case EQ_OFF:
      return queues.exists(name) ? queues.destroy(name) : queues.read(name, request.event);
    case EQ_GET_NOWAIT:
      return queues.read(name, request.event);
    case EQ_GET_WAIT:
      return queues.get_wait(name, ioctl, held, request.event);
    default:
      return unknown_command(queues, name, request.event);
  }
}

}  // namespace raidsim::md
