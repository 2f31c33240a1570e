#include "model/md/unit_frame.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/assert.h"

namespace raidsim::md {

void OpenClose::to_writer() {
  reader_.release();
  writer_ = unit_->unit_lock.write();
}

void OpenClose::to_reader() {
  writer_.release();
  reader_ = unit_->unit_lock.read();
}

void OpenClose::leave() {
  if (!flag_) return;
  if (reader_) reader_.release();
  if (writer_) writer_.release();
  flag_.release();
}

UnitFrame::UnitFrame(Minor unit_minor, UnitType unit_type)
    : minor(unit_minor),
      type(unit_type),
      io_lock(locks::io_lock, unit_minor),
      open_close(locks::open_close, unit_minor),
      unit_lock(locks::unit_lock, unit_minor) {}

UnitFrame::~UnitFrame() = default;

OpenClose UnitFrame::enter_open_close() {
  WriteHold flag = open_close.write();
  ReadHold reader = unit_lock.read();
  return OpenClose(*this, std::move(flag), std::move(reader));
}

bool UnitFrame::open_by_callers() const noexcept {
  return std::any_of(ui_ocnt_.begin(), ui_ocnt_.end(), [](uint32_t count) { return count != 0; });
}

bool UnitFrame::is_open() const noexcept { return internal_ != 0 || open_by_callers(); }

int UnitFrame::count_open(uint32_t flags, OpenType how, Opener opener) {
  if (how >= OTYPCNT) return EINVAL;
  if (opener == Opener::internal) {
    RAIDSIM_ASSERT(how == OTYP_LYR);
    ++internal_;
    return 0;
  }
  if (exclusive_ || ((flags & FEXCL) != 0 && open_by_callers())) return EBUSY;
  ++ui_ocnt_[how];
  if ((flags & FEXCL) != 0) exclusive_ = true;
  return 0;
}

int UnitFrame::count_close(OpenType how, Opener opener) {
  if (how >= OTYPCNT) return EINVAL;
  uint32_t& count = opener == Opener::internal ? internal_ : ui_ocnt_[how];
  if (count == 0) return ENXIO;
  count = how == OTYP_LYR ? count - 1 : 0;
  if (!open_by_callers()) exclusive_ = false;
  return 0;
}

}  // namespace raidsim::md
