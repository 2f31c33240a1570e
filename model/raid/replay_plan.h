// model/raid/replay_plan.h: which log entries a replay puts home; pure (spec/raid-replay.md 3 to 5).
//
//   entries, any order ──> elements, ascending by id: a single half, a pair, or a full line's group (RH-10)
//   element, who is up, which halves are good ──> the halves to write
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/raid/prewrite_header.h"

namespace raidsim::raid {

/// A header that passed the checks, and where it was found.
struct LogEntry {
  PreWriteHeader header;
  ColumnIndex column;
  SlotIndex slot;
  bool operator==(const LogEntry&) const = default;
};

/// Entries that are judged together.
struct ReplayElement {
  enum class Kind : uint8_t {
    single,  ///< one half: colcount 1, or 2 without its partner
    pair,    ///< both halves of a read-modify-write
    line,    ///< entries of a full line, whichever were found
  };
  Kind kind = Kind::single;
  std::vector<LogEntry> halves;
  [[nodiscard]] int64_t id() const { return halves.front().header.rpw_id; }
  bool operator==(const ReplayElement&) const = default;
};

/// Groups the entries; elements come out in ascending order of id, equal ids in order of arrival.
/// Shape  every header is plausible() for `unit`
[[nodiscard]] std::vector<ReplayElement> group_entries(std::span<const LogEntry> entries, const Unit& unit);

/// What is known of a half when its element's turn comes.
struct HalfState {
  bool up = false;
  bool good = false;  ///< read, and its checksums hold; false when not up
};

/// Which halves of the element to write, in order.
///
///   pair     both up and good: both; one up and good, the other not up: that one; else none
///   single   colcount 1: if good. colcount 2: if good and the partner column is not up
///   line     every up column of the unit has a good half, all agree on rows and count, and at most one column
///            is not up: all; else none
///
/// `halves` by position in the element, `columns_up` by column.
[[nodiscard]] std::vector<size_t> halves_to_write(const ReplayElement& element, std::span<const HalfState> halves,
                                                  std::span<const bool> columns_up);

}  // namespace raidsim::raid
