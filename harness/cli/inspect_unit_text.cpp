#include <fmt/core.h>

#include "harness/cli/inspect_text.h"
#include "harness/cli/text_table.h"
#include "harness/inspect/words.h"
#include "scenarios/quantity.h"

namespace raidsim::cli {
namespace {

using namespace harness;

std::string columns_text(const DiskImage& image, const UnitReport& unit, const reports::Ink& ink) {
  TextTable table({"column", "state", "device", "log", "data", "spare", "writes also to", "flags"});
  for (size_t c = 0; c < unit.unit.columns.size(); ++c) {
    const raid::Column& column = unit.unit.columns[c];
    const bool okay = column.un_devstate == raid::RCS_OKAY;
    const bool resyncs = column.un_devstate == raid::RCS_RESYNC;
    table.add(
        {fmt::format("{}", c),
         {raid::word_of(column.un_devstate), okay      ? Tone::plain
                                             : resyncs ? Tone::warn
                                                       : Tone::bad},
         device_name(image, column.now.dev),
         fmt::format("{}", column.now.pwstart),
         fmt::format("{}", column.now.devstart),
         column.hot_spared() ? fmt::format("{}, for {}", column.un_hs_id, device_name(image, column.orig.dev)) : "",
         column.alt.dev == no_device ? "" : device_name(image, column.alt.dev),
         column_flag_words(column.un_devflags)});
  }
  return table.text(2, ink);
}

/// A record may say more than a size can be written for.
std::string size_of(uint64_t blocks) {
  constexpr uint64_t most = uint64_t{1} << 53;
  return blocks < most ? scenarios::size_text(blocks * block_bytes) : fmt::format("{} blocks", blocks);
}

/// "8..15", as far as the header can be believed.
std::string rows_of(const raid::PreWriteHeader& h) {
  if (h.rpw_blkcnt == 0) return fmt::format("{}", h.rpw_blkno);
  return fmt::format("{}..{}", h.rpw_blkno, h.rpw_blkno + h.rpw_blkcnt - 1);
}

std::string slots_text(const UnitReport& unit, const reports::Ink& ink) {
  TextTable table({"column", "slot", "pwid", "rows", "blocks", "partner", "entries", "checksum"});
  for (const ColumnLog& log : unit.logs) {
    for (const SlotReport& s : log.entries) {
      const raid::PreWriteHeader& h = s.header;
      const bool read = s.state != SlotState::unreadable || h.rpw_magic != 0;
      const bool live = s.state == SlotState::live;
      const auto number = [&](auto value) { return read ? fmt::format("{}", value) : std::string("?"); };
      table.add({fmt::format("{}", log.column),
                 fmt::format("{}", s.slot),
                 number(h.rpw_id),
                 read ? rows_of(h) : "?",
                 number(h.rpw_blkcnt),
                 h.rpw_columnnum < 0 ? "-" : number(h.rpw_columnnum),
                 number(h.rpw_colcount),
                 {live ? "good" : word_of(s.state), live         ? Tone::plain
                                                    : log.counts ? Tone::bad
                                                                 : Tone::warn}});
    }
  }
  if (table.empty()) return "  no slot of a log holds an entry\n";
  return "  slots that hold an entry\n" + table.text(2, ink);
}

}  // namespace

std::string unit_text(const DiskImage& image, const UnitReport& report, const reports::Ink& ink) {
  const raid::Unit& u = report.unit;
  const std::string state = raid::word_of(u.un_state);
  std::string out = fmt::format("unit {}: {}, record {}, {}, pool {}\n", ink.bold(unit_name(u.un_self_id)),
                                u.un_state == raid::RUS_OKAY ? ink.good(state) : ink.bad(state), report.record,
                                size_of(u.un_total_blocks), pool_name(u.un_hsp_id));
  out += fmt::format("  {} lines of {} blocks a column, {} slots of {} blocks, next pwid {}{}\n", u.un_segsincolumn,
                     u.un_segsize, u.un_pwcnt, u.un_iosize, u.un_pwid,
                     u.count(raid::RCS_RESYNC) == 0 ? "" : fmt::format(", resync line {}", u.un_resync_line_index));
  out += columns_text(image, report, ink);
  return out + slots_text(report, ink);
}

}  // namespace raidsim::cli
