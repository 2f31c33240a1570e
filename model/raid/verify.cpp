// model/raid/verify.cpp
#include "model/raid/verify.h"

#include <algorithm>
#include <cerrno>

#include "model/raid/io_error.h"
#include "model/raid/open_close.h"
#include "model/raid/parity.h"
#include "model/raid/scoped_hold.h"

namespace raidsim::raid {
namespace {

struct Buffers {
  explicit Buffers(uint64_t blocks) : sum(blocks * block_bytes), column(sum.size()) {}
  std::vector<std::byte> sum;
  std::vector<std::byte> column;
};

bool all_okay(const Unit& unit) { return unit.count(RCS_OKAY) == unit.columns.size(); }

/// XOR of all columns but `without` over the rows. The column that could not be read, or no_column.
int64_t sum_rows(RaidUnit& unit, uint64_t row, uint32_t blocks, int64_t without, Buffers& buffers) {
  const size_t bytes = size_t{blocks} * block_bytes;
  std::fill_n(buffers.sum.begin(), bytes, std::byte{0});
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    if (index == without) continue;
    const uint64_t block = unit.un.columns[i].now.devstart + row;
    if (unit.read_sync(ColumnIndex{i}, Target::now, block, blocks, buffers.column.data()) != 0) return index;
    xor_into(buffers.sum.data(), buffers.column.data(), bytes);
  }
  return no_column;
}

class Verify {
 public:
  Verify(RaidUnit& unit, VerifyReport& report, OnMismatch on_mismatch)
      : unit_(unit),
        report_(report),
        on_mismatch_(on_mismatch),
        chunk_(std::min(unit.un.un_maxio, unit.un.un_segsize)),
        buffers_(chunk_) {}

  void run() {
    for (uint64_t line = 0; line < unit_.un.un_segsincolumn; ++line) {
      const size_t before = report_.mismatches.size();
      check_line(line);
      if (on_mismatch_ == OnMismatch::rewrite_parity && report_.mismatches.size() != before) rewrite(line);
    }
  }

 private:
  void check_line(uint64_t line) {
    const ScopedRead io(unit_.io_lock.read());
    const uint64_t first = line * unit_.un.un_segsize;
    RowReaderLock rows(unit_, RowIndex{first}, unit_.un.un_segsize);
    ScopedRead held(unit_.unit_lock.read());
    if (!all_okay(unit_.un)) {
      ++report_.lines_skipped;
      return;
    }
    std::vector<Mismatch> found;
    for (uint64_t at = 0; at < unit_.un.un_segsize; at += chunk_) {
      const auto blocks = static_cast<uint32_t>(std::min(chunk_, unit_.un.un_segsize - at));
      const int64_t unread = sum_rows(unit_, first + at, blocks, no_column, buffers_);
      if (unread != no_column) return record_error(held, static_cast<uint64_t>(unread));
      for (uint32_t row = 0; row < blocks; ++row) {
        if (all_zero(buffers_.sum.data() + size_t{row} * block_bytes, block_bytes)) continue;
        found.push_back({.line = LineIndex{line}, .row = RowIndex{first + at + row}});
      }
    }
    ++report_.lines_checked;
    report_.mismatches.insert(report_.mismatches.end(), found.begin(), found.end());
  }

  /// raid-io.md 8, with the line lock and io lock (R) kept.
  void record_error(ScopedRead& held, uint64_t column) {
    ++report_.lines_unread;
    const DeviceNumber device = unit_.un.columns[column].now.dev;
    held.release();
    {
      const ScopedWrite writer(unit_.unit_lock.write());
      raid_error_state(unit_, writer, device, Purpose::read);
    }
    unit_.system.poke_hot_spares();
  }

  /// The io lock (W) keeps every writer of the line out, as its line lock (W) would.
  void rewrite(uint64_t line) {
    const ScopedWrite io(unit_.io_lock.write());
    const ScopedWrite held(unit_.unit_lock.write());
    if (!all_okay(unit_.un)) return;
    const ColumnIndex parity = parity_column(LineIndex{line}, unit_.geometry());
    const uint64_t first = line * unit_.un.un_segsize;
    for (uint64_t at = 0; at < unit_.un.un_segsize; at += chunk_) {
      const auto blocks = static_cast<uint32_t>(std::min(chunk_, unit_.un.un_segsize - at));
      const int64_t unread = sum_rows(unit_, first + at, blocks, static_cast<int64_t>(parity.value), buffers_);
      if (unread != no_column) {
        return raid_error_state(unit_, held, unit_.un.columns[static_cast<size_t>(unread)].now.dev, Purpose::read);
      }
      const uint64_t block = unit_.column(parity).now.devstart + first + at;
      if (unit_.write_sync(parity, Target::now, block, blocks, buffers_.sum.data(), true) != 0) {
        return raid_error_state(unit_, held, unit_.column(parity).now.dev, Purpose::unlogged_home);
      }
    }
    ++report_.lines_repaired;
  }

  RaidUnit& unit_;
  VerifyReport& report_;
  OnMismatch on_mismatch_;
  uint64_t chunk_;
  Buffers buffers_;
};

}  // namespace

md::Error raid_verify(md::System& system, md::Minor minor, VerifyReport& report, OnMismatch on_mismatch) {
  ScopedRead array(system.md_unit_array_rw.read());  // LK-13: until the open keeps the unit where it is
  if (system.dying()) return md::mdsyserror(ENXIO);
  md::UnitFrame* const frame = system.unit(minor);
  if (frame == nullptr) return md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor);
  if (frame->type != md::UnitType::MD_METARAID) return md::mdmderror(md::MDE_NOT_RAID, minor);
  auto& unit = *static_cast<RaidUnit*>(frame);
  if (open_for_driver(unit) != 0) return md::mdmderror(md::MDE_RAID_OPEN_FAILURE, minor);
  array.release();
  Verify(unit, report, on_mismatch).run();
  const ScopedWrite io(unit.io_lock.write());
  close_for_driver(unit);
  return md::no_error;
}

}  // namespace raidsim::raid
