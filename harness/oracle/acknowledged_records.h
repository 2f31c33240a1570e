// harness/oracle/acknowledged_records.h: what a boot has to find in the state database (INV-D20, INV-D21).
//
// Kept across crashes: the records as the last acknowledged commit left them, and those as they would be with the whole
// of what is undetermined: what was under way when the host died, or failed in a boot. A boot that can commit has found
// the one or one of the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/view.h"

namespace raidsim::harness {

/// Content of every record, by number.
using RecordTexts = std::map<uint32_t, std::vector<std::byte>>;
[[nodiscard]] RecordTexts texts_of(const std::map<md::RecordId, statedb::StoredRecord>& committed);
[[nodiscard]] RecordTexts texts_of(const std::vector<statedb::StoredRecord>& loaded);
[[nodiscard]] RecordTexts texts_of(const statedb::SetState& set);  ///< what is in memory, durable or not

/// The first record that was not found as it was acknowledged. Empty: all were.
[[nodiscard]] std::string lost(const RecordTexts& found, const RecordTexts& acknowledged);

class AcknowledgedRecords {
 public:
  /// After a boot, and at events: a first replica begins a database. A set that a commit of the boot made STALE had its
  /// majority before.
  void look(const View& view) { writable_ = view.loaded_database() && !view.replicas().minority; }
  void host_died(const View& view);

  /// What a boot that can commit lost. Empty: nothing, or there was nothing yet.
  [[nodiscard]] std::string lost_by(const View& view) const;
  /// What this boot found is what counts from now on.
  void go_on_with(const View& view);

 private:
  std::optional<RecordTexts> acknowledged_;
  std::vector<RecordTexts> undetermined_;
  bool writable_ = false;  ///< this epoch can commit, or could
};

}  // namespace raidsim::harness
