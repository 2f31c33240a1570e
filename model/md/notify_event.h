// model/md/notify_event.h: an event as processes on the host read it (spec/events-errors.md B.3, B.4, B.6).
#pragma once

#include <cstdint>

#include "model/disk/block_device.h"
#include "model/md/event.h"

namespace raidsim::md {

enum NotifyTag : uint32_t {
  TAG_EMPTY = 0,
  TAG_METADEVICE = 1,
  TAG_REPLICA = 2,
  TAG_HSP = 3,
  TAG_HS = 4,
  TAG_SET = 5,
};

/// EQ_*: configuration below 0x400, states from there on.
enum NotifyType : uint32_t {
  EQ_EMPTY = 0,
  EQ_CREATE = 1,
  EQ_DELETE = 2,
  EQ_ADD = 3,
  EQ_REMOVE = 4,
  EQ_REPLACE = 5,
  EQ_GROW = 6,
  EQ_INIT_START = 0x400,
  EQ_INIT_FAILED = 0x401,
  EQ_INIT_FATAL = 0x402,
  EQ_INIT_SUCCESS = 0x403,
  EQ_ERRED = 0x405,
  EQ_LASTERRED = 0x406,
  EQ_ENABLE = 0x408,
  EQ_RESYNC_START = 0x409,
  EQ_RESYNC_FAILED = 0x40a,
  EQ_RESYNC_DONE = 0x40c,
  EQ_HOTSPARED = 0x40d,
  EQ_HS_FREED = 0x40e,
  EQ_OPEN_FAIL = 0x412,
  EQ_CHANGE = 0x419,
  EQ_REGEN_START = 0x41b,
  EQ_REGEN_DONE = 0x41c,
  EQ_REGEN_FAILED = 0x41d,
  EQ_USER = 0x100000,
  EQ_NOTIFY_LOST = 0x100001,
};

/// As it is, the empty answer.
struct NotifyEvent {
  uint32_t tag = TAG_EMPTY;
  uint32_t type = EQ_EMPTY;
  uint32_t set = ~uint32_t{0};
  DeviceNumber device = no_device;
  uint64_t user = 0;
  int64_t wall_ns = 0;
  bool operator==(const NotifyEvent&) const = default;
};

[[nodiscard]] NotifyType notify_type(EventSubclass subclass) noexcept;
[[nodiscard]] NotifyTag notify_tag(EventTag tag) noexcept;
/// Without its time.
[[nodiscard]] inline NotifyEvent notify_event(const SvmEvent& event) noexcept {
  return {.tag = notify_tag(event.tag), .type = notify_type(event.subclass), .set = event.set, .device = event.device};
}

}  // namespace raidsim::md
