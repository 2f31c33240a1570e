#include "model/md/notify_event.h"

namespace raidsim::md {

NotifyTag notify_tag(EventTag tag) noexcept {
  switch (tag) {
    case EventTag::SVM_TAG_METADEVICE:
      return TAG_METADEVICE;
    case EventTag::SVM_TAG_HS:
      return TAG_HS;
    case EventTag::SVM_TAG_HSP:
      return TAG_HSP;
    case EventTag::SVM_TAG_REPLICA:
      return TAG_REPLICA;
    case EventTag::SVM_TAG_SET:
      return TAG_SET;
  }
  return TAG_EMPTY;
}

NotifyType notify_type(EventSubclass subclass) noexcept {
  switch (subclass) {
    case EventSubclass::ESC_SVM_CREATE:
      return EQ_CREATE;
    case EventSubclass::ESC_SVM_DELETE:
      return EQ_DELETE;
    case EventSubclass::ESC_SVM_GROW:
      return EQ_GROW;
    case EventSubclass::ESC_SVM_REPLACE:
      return EQ_REPLACE;
    case EventSubclass::ESC_SVM_CHANGE:
      return EQ_CHANGE;
    case EventSubclass::ESC_SVM_ENABLE:
      return EQ_ENABLE;
    case EventSubclass::ESC_SVM_ERRED:
      return EQ_ERRED;
    case EventSubclass::ESC_SVM_LASTERRED:
      return EQ_LASTERRED;
    case EventSubclass::ESC_SVM_OPEN_FAIL:
      return EQ_OPEN_FAIL;
    case EventSubclass::ESC_SVM_RESYNC_START:
      return EQ_RESYNC_START;
    case EventSubclass::ESC_SVM_RESYNC_DONE:
      return EQ_RESYNC_DONE;
    case EventSubclass::ESC_SVM_RESYNC_FAILED:
      return EQ_RESYNC_FAILED;
    case EventSubclass::ESC_SVM_HOTSPARED:
      return EQ_HOTSPARED;
    case EventSubclass::ESC_SVM_HS_FREED:
      return EQ_HS_FREED;
    case EventSubclass::ESC_SVM_INIT_START:
      return EQ_INIT_START;
    case EventSubclass::ESC_SVM_INIT_SUCCESS:
      return EQ_INIT_SUCCESS;
    case EventSubclass::ESC_SVM_INIT_FAILED:
      return EQ_INIT_FAILED;
    case EventSubclass::ESC_SVM_INIT_FATAL:
      return EQ_INIT_FATAL;
    case EventSubclass::ESC_SVM_REGEN_START:
      return EQ_REGEN_START;
    case EventSubclass::ESC_SVM_REGEN_DONE:
      return EQ_REGEN_DONE;
    case EventSubclass::ESC_SVM_REGEN_FAILED:
      return EQ_REGEN_FAILED;
    case EventSubclass::ESC_SVM_ADD:
      return EQ_ADD;
    case EventSubclass::ESC_SVM_REMOVE:
      return EQ_REMOVE;
  }
  return EQ_EMPTY;
}

}  // namespace raidsim::md
