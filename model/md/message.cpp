#include "model/md/message.h"

namespace raidsim::md {

Severity severity_of(MessageId id) noexcept {
  switch (id) {
    case MessageId::WRITE_TO_LABEL:
    case MessageId::HOTSPARED:
    case MessageId::SNARF_REPAIRED:
      return Severity::notice;
    default:
      return Severity::warning;
  }
}

const char* name_of(MessageId id) noexcept {
  switch (id) {
    case MessageId::NEEDS_MAINT:
      return "NEEDS_MAINT";
    case MessageId::LAST_ERRED_NOTE:
      return "LAST_ERRED_NOTE";
    case MessageId::READ_ERROR:
      return "READ_ERROR";
    case MessageId::WRITE_ERROR:
      return "WRITE_ERROR";
    case MessageId::WRITE_TO_LABEL:
      return "WRITE_TO_LABEL";
    case MessageId::OPEN_FAILED:
      return "OPEN_FAILED";
    case MessageId::ALT_OPEN_FAILED:
      return "ALT_OPEN_FAILED";
    case MessageId::COPY_WRITE_ERROR:
      return "COPY_WRITE_ERROR";
    case MessageId::RESYNC_WRITE_ERROR:
      return "RESYNC_WRITE_ERROR";
    case MessageId::COPY_STATE_CHANGED:
      return "COPY_STATE_CHANGED";
    case MessageId::HS_ERRED_RELEASED:
      return "HS_ERRED_RELEASED";
    case MessageId::HS_OPEN_ERROR:
      return "HS_OPEN_ERROR";
    case MessageId::HOTSPARED:
      return "HOTSPARED";
    case MessageId::NAMESPACE:
      return "NAMESPACE";
    case MessageId::COMMIT_FAILED:
      return "COMMIT_FAILED";
    case MessageId::RESYNC_RUNNING:
      return "RESYNC_RUNNING";
    case MessageId::HSP_SERVICE_MISSING:
      return "HSP_SERVICE_MISSING";
    case MessageId::SNARF_REPAIRED:
      return "SNARF_REPAIRED";
    case MessageId::BAD_RECORD:
      return "BAD_RECORD";
    case MessageId::DATABASE_STALE:
      return "DATABASE_STALE";
    case MessageId::SUSPEND_REFUSED:
      return "SUSPEND_REFUSED";
    case MessageId::PROBE_NO_UNIT:
      return "PROBE_NO_UNIT";
    case MessageId::PROBE_FAILED:
      return "PROBE_FAILED";
  }
  return "unknown";
}

}  // namespace raidsim::md
