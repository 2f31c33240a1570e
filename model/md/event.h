// model/md/event.h: administrative events (spec/raid-events-locks.md 1, spec/events-errors.md B).
#pragma once

#include <cstdint>

#include "model/disk/block_device.h"

namespace raidsim::md {

enum class EventClass : uint8_t { EC_SVM_CONFIG, EC_SVM_STATE };

enum class EventSubclass : uint8_t {
  ESC_SVM_CREATE,
  ESC_SVM_DELETE,
  ESC_SVM_GROW,
  ESC_SVM_REPLACE,
  ESC_SVM_CHANGE,
  ESC_SVM_ENABLE,
  ESC_SVM_ERRED,
  ESC_SVM_LASTERRED,
  ESC_SVM_OPEN_FAIL,
  ESC_SVM_RESYNC_START,
  ESC_SVM_RESYNC_DONE,
  ESC_SVM_RESYNC_FAILED,
  ESC_SVM_HOTSPARED,
  ESC_SVM_HS_FREED,
  ESC_SVM_INIT_START,
  ESC_SVM_INIT_SUCCESS,
  ESC_SVM_INIT_FAILED,
  ESC_SVM_INIT_FATAL,
  ESC_SVM_REGEN_START,
  ESC_SVM_REGEN_DONE,
  ESC_SVM_REGEN_FAILED,
  ESC_SVM_ADD,
  ESC_SVM_REMOVE,
};

enum class EventTag : uint8_t { SVM_TAG_METADEVICE, SVM_TAG_HS, SVM_TAG_HSP, SVM_TAG_REPLICA, SVM_TAG_SET };

struct SvmEvent {
  EventClass event_class{};
  EventSubclass subclass{};
  EventTag tag = EventTag::SVM_TAG_METADEVICE;
  uint32_t set = 0;
  uint64_t device = 0;  ///< minor of a metadevice, id of a pool, device number of a spare
};

/// "raid-resync-start" style word of scenarios and reports: lower case without prefix (D-10).
[[nodiscard]] const char* word_of(EventSubclass subclass) noexcept;

}  // namespace raidsim::md
