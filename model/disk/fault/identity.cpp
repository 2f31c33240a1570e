#include "model/disk/fault/identity.h"

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

void ReplacedBlank::armed(FaultContext& at) {
  // Derived, so that the same line makes the same disk; odd factor and handle keep it from being the old one.
  const DeviceId derived = (at.disk.id() ^ at.handle) * 0x9e3779b97f4a7c15U | 1U;
  at.bay.faults().lift_of(at.disk.index(), at.handle);
  at.disk.swap_in(id != 0 ? id : derived, size_blocks.value_or(at.disk.blocks()), content, at.choices);
}
void ReplacedBlank::describe(FaultLine& line) const {
  line.add("content", std::string(content == BlankContent::zero ? "zero" : "random"));
  if (size_blocks) line.add("size_blocks", static_cast<int64_t>(*size_blocks));
  if (id != 0) line.add("id", static_cast<int64_t>(id));
}

int OpenFailure::open_error(FaultContext&) { return error; }
void OpenFailure::describe(FaultLine& line) const { line.add("error", static_cast<int64_t>(error)); }

void DuplicateId::armed(FaultContext& at) {
  before = at.disk.id();
  at.disk.set_id(at.bay[of].id());
  if (copy_content) at.disk.copy_content(at.bay[of]);
}
void DuplicateId::lifted(FaultContext& at) { at.disk.set_id(before); }
void DuplicateId::describe(FaultLine& line) const {
  line.add("of", static_cast<int64_t>(of));
  line.add("copy_content", copy_content);
}

void ReadOnlyMedium::start(FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  v.error = EIO;
  v.error_kind = TransferError::media;
  v.done_blocks = 0;
  v.residual = t.blocks;
}

}  // namespace raidsim::disk
