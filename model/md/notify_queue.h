// model/md/notify_queue.h: named queues of events for processes on the host (spec/events-errors.md B.6).
//
// Each holds at most 512 events; a full queue loses its oldest one and says so once at the next read.
//   INV-E01  size = number of events <= 512
//   INV-E02  events are read in the order of append; a gap is preceded by exactly one EQ_NOTIFY_LOST
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/md/event.h"

namespace raidsim::md {

inline constexpr uint32_t notify_queue_limit = 512;

struct NotifyEntry {
  SvmEvent event;
  int64_t wall_ns = 0;
};

enum class NotifyRead : uint8_t { event, lost, empty };

class NotifyQueues {
 public:
  /// EQ_ON. False: a queue of that name is there already (EEXIST).
  [[nodiscard]] bool create(std::string_view name);
  /// EQ_OFF. False: no such queue (ENOENT).
  [[nodiscard]] bool destroy(std::string_view name);
  /// Appends to every queue; never blocks on a reader (INV-E06).
  void put(const SvmEvent& event, int64_t wall_ns);
  /// EQ_GET_NOWAIT. `lost` consumes no event. `empty` also for an unknown queue.
  [[nodiscard]] NotifyRead read(std::string_view name, NotifyEntry& out);
  [[nodiscard]] std::optional<uint32_t> size(std::string_view name) const;

 private:
  struct Queue {
    std::array<NotifyEntry, notify_queue_limit> ring{};
    uint32_t first = 0;
    uint32_t count = 0;
    bool full = false;  ///< FULL: an event was dropped since the last read that said so
  };
  std::map<std::string, Queue, std::less<>> queues_;
};

}  // namespace raidsim::md
