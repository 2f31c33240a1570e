#include "model/disk/fault/fault.h"

#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

void FaultLine::add(const Match& match) {
  constexpr const char* words[] = {"any", "read", "write", "flush"};
  if (match.range != BlockRange{}) {
    add("first_block", static_cast<int64_t>(match.range.first));
    add("end_block", static_cast<int64_t>(match.range.end));
  }
  if (match.op != OpFilter::any) add("op", std::string(words[static_cast<size_t>(match.op)]));
  if (match.skip != 0) add("nth", static_cast<int64_t>(match.skip + 1));
  if (!match.count) {
    add("count", std::string("unlimited"));
  } else if (*match.count != 1) {
    add("count", static_cast<int64_t>(*match.count));
  }
  if (match.probability < 1.0) add("probability", match.probability);
  if (match.lasts) add("lasts", *match.lasts);
}

void FaultContext::damage(uint64_t block, uint64_t blocks, DamageKind kind) const {
  disk.mark_damaged(block, blocks, kind, handle, number);
}

Verdict& FaultContext::blame(Transfer& transfer) const {
  transfer.faulted = true;
  transfer.verdict.by = handle;
  transfer.verdict.by_number = number;
  return transfer.verdict;
}

}  // namespace raidsim::disk
