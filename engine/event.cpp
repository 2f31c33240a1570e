#include "engine/event.h"

#include "engine/event_queue.h"
#include "engine/run_end.h"

namespace raidsim {

void Event::died_pending() noexcept {
  queue_->remove(*this);
  note_broken("an event that is destroyed is not pending");
}

}  // namespace raidsim
