#include "model/disk/fault/presence.h"

#include "model/disk/disk_bay.h"
#include "model/disk/fault/identity.h"

namespace raidsim::disk {

namespace {

void fails(const FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  v.error = EIO;
  v.error_kind = TransferError::media;
  v.done_blocks = 0;
  v.residual = t.blocks;
}

}  // namespace

void ReturnedStale::armed(FaultContext& at) { at.disk.pull(at.handle); }
void ReturnedStale::lifted(FaultContext& at) { at.disk.put_back(); }

void ReplacedForeign::armed(FaultContext& at) {
  at.bay.faults().lift_of(at.disk.index(), at.handle);
  const DeviceId other = id != 0 ? id : id_of_replacement(at.disk.id(), at.handle);
  at.disk.swap_in(other, at.disk.options().blocks, BlankContent::random, at.choices);
  for (const auto& [block, bytes] : content) {
    at.disk.poke(block, static_cast<uint32_t>(bytes.size() / block_bytes), bytes.data());
  }
}
void ReplacedForeign::describe(FaultLine& line) const { line.add("commits", commits); }

void WrongSize::armed(FaultContext& at) {
  before = at.disk.blocks();
  at.disk.resize(size_blocks);
}
void WrongSize::lifted(FaultContext& at) { at.disk.resize(before); }
bool WrongSize::applies(const Transfer& t) const { return t.op != IoOp::flush && t.block + t.blocks > size_blocks; }
void WrongSize::start(FaultContext& at, Transfer& t) { fails(at, t); }
void WrongSize::describe(FaultLine& line) const { line.add("size_blocks", static_cast<int64_t>(size_blocks)); }

void FirstIoError::opened(FaultContext&) { waits = true; }
bool FirstIoError::applies(const Transfer& t) const { return waits && t.op != IoOp::flush; }
void FirstIoError::start(FaultContext& at, Transfer& t) {
  waits = false;
  fails(at, t);
}

}  // namespace raidsim::disk
