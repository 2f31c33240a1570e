#include "model/disk/fault/identity.h"

#include <array>

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

// The odd factor and the handle keep it from being the old one.
DeviceId id_of_replacement(DeviceId old, FaultHandle handle) { return (old ^ handle) * 0x9e3779b97f4a7c15U | 1U; }

void ReplacedBlank::armed(FaultContext& at) {
  const DeviceId derived = id_of_replacement(at.disk.id(), at.handle);
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

void DeviceNumberChange::armed(FaultContext& at) { at.bay.next_tree().rotate(disks); }
void DeviceNumberChange::describe(FaultLine& line) const {
  for (const DiskIndex disk : disks) line.add("of", static_cast<int64_t>(disk));
}

void NameReuse::armed(FaultContext& at) {
  const std::array exchanged{at.disk.index(), by};
  at.disk.pull(at.handle);
  at.bay.next_tree().rotate(exchanged);
}
void NameReuse::lifted(FaultContext& at) { at.disk.put_back(); }
void NameReuse::describe(FaultLine& line) const { line.add("by", static_cast<int64_t>(by)); }

void IdChange::armed(FaultContext& at) { at.disk.set_id(none ? 0 : id_of_replacement(at.disk.id(), at.handle)); }
void IdChange::describe(FaultLine& line) const { line.add("none", none); }

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
