// harness/oracle/missed_rows.h: which rows of a column's device may lack a write, seen from the transfers alone.
//
//   logged for the column, or on its way ──> missed, until a data write of the row is on the medium of that device
//   a data write of the row to another column while this one is out ──> missed
//   a device that comes into service, or another disk in its place ──> all rows missed
//
// It says "may": of a request that ended before its home writes began, or of rows that a write left as they were, a row
// stays in although nothing is wrong with it. Who goes by it looks at the media too.
#pragma once

#include <map>
#include <vector>

#include "harness/oracle/row_set.h"
#include "harness/world/protocol_points.h"
#include "model/disk/disk_bay.h"

namespace raidsim::harness {

class MissedRows {
 public:
  explicit MissedRows(const disk::DiskBay& bay) : bay_(bay) {}

  /// The unit as it stands: whose devices are in service. What serves at the first look lacks nothing.
  void look(uint32_t unit, const raid::Unit& now);
  /// Shape  `now` is the unit of the transfer's place
  void issued(const ClassifiedTransfer& transfer, const raid::Unit& now);
  /// `transfer` is on the medium, or a part of it. What an older one had there is overtaken.
  void durable(const ClassifiedTransfer& transfer, const raid::Unit& now);

  /// Of the device that serves the column now.
  [[nodiscard]] RowSet of(uint32_t unit, const raid::Unit& now, uint32_t column);

 private:
  struct Device {
    uint32_t unit = 0;
    DeviceId id = 0;  ///< of the disk that the rest is about
    uint64_t rows = 0;
    bool serves = false;
    RowSet missed;
    std::map<uint64_t, RowSet> on_way;  ///< by number of the transfer: what is not on the medium yet, or never will be
  };
  /// What is known of a disk that serves the unit, as the disk that stands there now.
  Device& device(uint32_t disk, uint32_t unit, uint64_t rows);

  const disk::DiskBay& bay_;
  std::map<uint32_t, Device> devices_;  // by disk
  std::vector<bool> seen_;              // by unit
};

}  // namespace raidsim::harness
