#include "model/md/event.h"

namespace raidsim::md {

const char* word_of(EventSubclass subclass) noexcept {
  switch (subclass) {
    case EventSubclass::ESC_SVM_CREATE:
      return "create";
    case EventSubclass::ESC_SVM_DELETE:
      return "delete";
    case EventSubclass::ESC_SVM_GROW:
      return "grow";
    case EventSubclass::ESC_SVM_REPLACE:
      return "replace";
    case EventSubclass::ESC_SVM_CHANGE:
      return "change";
    case EventSubclass::ESC_SVM_ENABLE:
      return "enable";
    case EventSubclass::ESC_SVM_ERRED:
      return "errored";
    case EventSubclass::ESC_SVM_LASTERRED:
      return "last-errored";
    case EventSubclass::ESC_SVM_OPEN_FAIL:
      return "open-fail";
    case EventSubclass::ESC_SVM_RESYNC_START:
      return "resync-start";
    case EventSubclass::ESC_SVM_RESYNC_DONE:
      return "resync-done";
    case EventSubclass::ESC_SVM_RESYNC_FAILED:
      return "resync-failed";
    case EventSubclass::ESC_SVM_HOTSPARED:
      return "hotspared";
    case EventSubclass::ESC_SVM_HS_FREED:
      return "hs-freed";
    case EventSubclass::ESC_SVM_INIT_START:
      return "init-start";
    case EventSubclass::ESC_SVM_INIT_SUCCESS:
      return "init-success";
    case EventSubclass::ESC_SVM_INIT_FAILED:
      return "init-failed";
    case EventSubclass::ESC_SVM_INIT_FATAL:
      return "init-fatal";
    case EventSubclass::ESC_SVM_REGEN_START:
      return "regen-start";
    case EventSubclass::ESC_SVM_REGEN_DONE:
      return "regen-done";
    case EventSubclass::ESC_SVM_REGEN_FAILED:
      return "regen-failed";
    case EventSubclass::ESC_SVM_ADD:
      return "add";
    case EventSubclass::ESC_SVM_REMOVE:
      return "remove";
  }
  return "unknown";
}

}  // namespace raidsim::md
