// model/disk/write_log.h: every change of a medium, in order, with its bytes.
//
// Crash enumeration rebuilds the image of any moment from a snapshot and this log, instead of running up to
// it again. A disk writes here only while a log is attached; the order of entries is the order of effects
// over all disks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/disk/page_store.h"
#include "model/disk/types.h"

namespace raidsim::disk {

enum class LogLayer : uint8_t { medium, cache };

struct LoggedWrite {
  DiskIndex disk = 0;
  LogLayer layer{};
  uint32_t blocks = 0;
  uint64_t block = 0;
  uint64_t number = 0;  ///< of the transfer that brought the bytes
  size_t offset = 0;    ///< of the bytes in the log
};

class WriteLog {
 public:
  void add(DiskIndex disk, LogLayer layer, uint64_t number, uint64_t block, uint32_t blocks, const std::byte* data);
  [[nodiscard]] const std::vector<LoggedWrite>& entries() const noexcept { return entries_; }
  [[nodiscard]] const std::byte* data(const LoggedWrite& entry) const { return bytes_.data() + entry.offset; }
  /// Applies the medium's entries [from, to) of `disk` to `store`.
  void apply(PageStore& store, DiskIndex disk, size_t from, size_t to) const;
  void clear();

 private:
  std::vector<LoggedWrite> entries_;
  std::vector<std::byte> bytes_;
};

}  // namespace raidsim::disk
