// model/md/message.h: console messages by identity (spec/raid-events-locks.md 2).
#pragma once

#include <cstdint>

namespace raidsim::md {

enum class MessageId : uint8_t {
  NEEDS_MAINT,
  LAST_ERRED_NOTE,
  READ_ERROR,
  WRITE_ERROR,
  WRITE_TO_LABEL,
  OPEN_FAILED,
  ALT_OPEN_FAILED,
  COPY_WRITE_ERROR,
  RESYNC_WRITE_ERROR,
  COPY_STATE_CHANGED,
  HS_ERRED_RELEASED,
  HS_OPEN_ERROR,
  HOTSPARED,
  NAMESPACE,
  COMMIT_FAILED,
  RESYNC_RUNNING,
  HSP_SERVICE_MISSING,
  SNARF_REPAIRED,
  BAD_RECORD,
  DATABASE_STALE,
  SUSPEND_REFUSED,
  PROBE_NO_UNIT,
  PROBE_FAILED,
};

enum class Severity : uint8_t { notice, warning };
[[nodiscard]] Severity severity_of(MessageId id) noexcept;
[[nodiscard]] const char* name_of(MessageId id) noexcept;

}  // namespace raidsim::md
