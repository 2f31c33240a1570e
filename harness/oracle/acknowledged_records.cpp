#include "harness/oracle/acknowledged_records.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {
namespace {

uint32_t number_of(md::RecordId id) { return static_cast<uint32_t>(id) & statedb::record_number_most; }

}  // namespace

RecordTexts texts_of(const std::map<md::RecordId, statedb::StoredRecord>& committed) {
  RecordTexts out;
  for (const auto& [id, record] : committed) out[number_of(id)] = record.bytes;
  return out;
}

RecordTexts texts_of(const std::vector<statedb::StoredRecord>& loaded) {
  RecordTexts out;
  for (const statedb::StoredRecord& record : loaded) out[number_of(record.id)] = record.bytes;
  return out;
}

RecordTexts texts_of(const statedb::SetState& set) {
  RecordTexts out;
  for (const auto& [number, image] : set.contents.images) {
    if (image.commitcnt() == 0) continue;
    const auto bytes = image.user_data(set.contents.at(*set.contents.find(number)).de_reqsize);
    out[number] = {bytes.begin(), bytes.end()};
  }
  return out;
}

std::string lost(const RecordTexts& found, const RecordTexts& acknowledged) {
  for (const auto& [number, bytes] : acknowledged) {
    const auto here = found.find(number);
    if (here == found.end()) return fmt::format("record {} is not there", number);
    if (here->second != bytes) return fmt::format("record {} is not as it was committed last", number);
  }
  for (const auto& [number, bytes] : found) {
    if (!acknowledged.contains(number)) return fmt::format("record {} was deleted", number);
  }
  return {};
}

// An epoch that found no majority commits nothing: what was acknowledged before stays so. One that lost it in its boot,
// before any commit was acknowledged, settled nothing either: what the replicas held that it did not reach may come
// yet.
void AcknowledgedRecords::host_died(const View& view) {
  const bool halted = writable_ && view.system().halted;
  writable_ = false;
  if (!halted && (!view.loaded_database() || view.replicas().minority)) return;
  const bool settled = halted || !view.stale() || view.commits() != 0;
  if (settled || !acknowledged_) {
    acknowledged_ = texts_of(view.committed());
    undetermined_.clear();
  }
  if (!halted) undetermined_.push_back(texts_of(view.replicas()));
}

std::string AcknowledgedRecords::lost_by(const View& view) const {
  if (!writable_ || !acknowledged_) return {};
  const RecordTexts found = texts_of(view.loaded());
  const bool determined = std::find(undetermined_.begin(), undetermined_.end(), found) != undetermined_.end();
  return determined ? std::string{} : lost(found, *acknowledged_);
}

void AcknowledgedRecords::go_on_with(const View& view) {
  acknowledged_ = texts_of(view.loaded());
  undetermined_.clear();
}

}  // namespace raidsim::harness
