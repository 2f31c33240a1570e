#include <fmt/core.h>

#include <algorithm>

#include "harness/cli/inspect_text.h"
#include "harness/cli/text_table.h"
#include "harness/inspect/words.h"

namespace raidsim::cli {
namespace {

using namespace harness;
using statedb::BlockFault;

std::string verdict(BlockFault fault, const reports::Ink& ink) {
  return fault == BlockFault::none ? "good" : ink.bad(words_of(fault));
}

/// "46..47, 60"
std::string ranges(const std::vector<uint32_t>& blocks) {
  std::string out;
  for (size_t i = 0; i < blocks.size();) {
    size_t end = i + 1;
    while (end < blocks.size() && blocks[end] == blocks[end - 1] + 1) ++end;
    out += out.empty() ? "" : ", ";
    out += end - i == 1 ? fmt::format("{}", blocks[i]) : fmt::format("{}..{}", blocks[i], blocks[end - 1]);
    i = end;
  }
  return out;
}

std::string journal_text(const JournalReport& j, const reports::Ink& ink) {
  switch (j.state) {
    case JournalState::empty:
      return "empty";
    case JournalState::torn:
      return ink.bad("torn or damaged, counts as empty");
    case JournalState::unreadable:
      return ink.bad("cannot be read");
    case JournalState::whole:
      break;
  }
  const size_t all = j.targets.size();
  const std::string place = j.in_place == all ? "all in place" : fmt::format("{} in place", j.in_place);
  return fmt::format("operation {}, {} block{} ({}), {}", j.sequence, all, all == 1 ? "" : "s", ranges(j.targets),
                     j.in_place == all ? place : ink.warn(place));
}

Cell flags_cell(const statedb::Locator& l) {
  if (l.deleted()) return Cell("deleted", Tone::warn);
  const std::string letters = letters_of(l.l_flags);
  if (!l.in_force()) return Cell(letters + " joining", Tone::warn);
  if (!l.announced()) return Cell(letters + " leaving", Tone::warn);
  return Cell(letters, l.has(statedb::MDDB_F_ACTIVE) ? Tone::plain : Tone::warn);
}

std::string locators_text(const DiskImage& image, const ReplicaReport& r, const reports::Ink& ink) {
  if (r.locators_fault != BlockFault::none) return "  locator block   " + verdict(r.locators_fault, ink) + "\n";
  const statedb::LocatorBlock& lb = r.locators;
  std::string out =
      fmt::format("  locator block   {}, identifier \"{}\", made at {}.{:06} s\n",
                  lb.lb_commitcnt == 0 ? ink.warn("commit 0: a deleted replica")
                                       : fmt::format("commit {} (all in use have {})", lb.lb_commitcnt, lb.lb_listcnt),
                  identifier_of(lb.lb_ident), lb.lb_inittime.seconds, lb.lb_inittime.microseconds);
  TextTable table({"locator", "device", "id", "block", "flags", "name"});
  for (size_t i = 0; i < lb.lb_locators.size(); ++i) {
    const statedb::Locator& l = lb.lb_locators[i];
    table.add({fmt::format("{}", i), device_name(image, statedb::expanded_device(l.l_dev)),
               l.did == 0 ? "-" : fmt::format("{:#x}", l.did), fmt::format("{}", l.l_blkno), flags_cell(l),
               shown(r.names.name(i))});
  }
  return out + table.text(18, ink);
}

std::string directory_text(const ReplicaReport& r, const reports::Ink& ink) {
  std::string out;
  for (const DirectoryReport& d : r.directory) {
    const size_t entries = d.block.entries.size();
    out += fmt::format("{}{}: {}", out.empty() ? "  directory       " : "; ", d.logical,
                       d.fault == BlockFault::none ? fmt::format("{} {}", entries, entries == 1 ? "entry" : "entries")
                                                   : verdict(d.fault, ink));
  }
  return out + "\n";
}

std::string records_text(const DiskImage& image, const ReplicaReport& r, const reports::Ink& ink) {
  TextTable table({"record", "type", "commits", "bytes", "blocks", "checksum", "holds"});
  for (const RecordReport& record : r.records) {
    const bool good = record.fault == BlockFault::none, fits = record.content.wrong.empty();
    const bool committed = good && record.image.commitcnt() != 0;
    table.add({fmt::format("{}", record.entry.de_recid), type_word(record.content.type),
               record.fault == BlockFault::unread ? "?" : fmt::format("{}", record.image.commitcnt()),
               fmt::format("{}", record.entry.de_reqsize), ranges(record.entry.de_blks),
               good ? Cell("good") : Cell(words_of(record.fault), Tone::bad),
               !fits       ? Cell(record.content.wrong, Tone::bad)
               : committed ? Cell(content_text(image, record.content))
               : good      ? Cell("created, never committed", Tone::warn)
                           : Cell("")});
  }
  return table.empty() ? std::string() : table.text(2, ink);
}

struct ContentText {
  const DiskImage& image;
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const raid::Unit& u) const {
    return fmt::format("{} {}, {} columns", unit_name(u.un_self_id), raid::word_of(u.un_state), u.columns.size());
  }
  std::string operator()(const stripe::Unit& u) const {
    std::string rows;
    for (const stripe::Row& row : u.rows) {
      rows += rows.empty() ? "" : " +";
      for (uint32_t c = row.un_icomp; c < row.un_icomp + row.un_ncomp; ++c) {
        rows += " " + device_name(image, u.components[c].un_dev);
      }
    }
    return fmt::format("{} stripe of {} blocks:{}", unit_name(u.un_self_id), u.un_total_blocks, rows);
  }
  std::string operator()(const hotspare::HotSpare& s) const {
    return fmt::format("{} {}, key {}, in {} pool{}, from block {} of {}", device_name(image, s.hs_devnum),
                       hotspare::word_of(s.hs_state), s.hs_key, s.hs_refcount, s.hs_refcount == 1 ? "" : "s",
                       s.hs_start_blk, s.hs_number_blks);
  }
  std::string operator()(const hotspare::Pool& p) const {
    std::string spares;
    for (const md::RecordId id : p.hsp_hotspares) spares += fmt::format(" {}", id);
    return fmt::format("{}, spares{}, of {} unit{}", pool_name(p.hsp_self_id), spares.empty() ? " none" : spares,
                       p.hsp_refcount, p.hsp_refcount == 1 ? "" : "s");
  }
  std::string operator()(const StoredNames& names) const {
    constexpr size_t most = 12;
    std::string out;
    for (size_t i = 0; i < std::min(most, names.size()); ++i) {
      out += fmt::format("{}{}={}", i == 0 ? "" : " ", names[i].key, shown(names[i].entry.name));
    }
    return names.size() > most ? out + " ..." : out;
  }
};

}  // namespace

std::string content_text(const DiskImage& image, const RecordContent& content) {
  return std::visit(ContentText{image}, content.is);
}

std::string replica_text(const DiskImage& image, const ReplicaReport& r, const reports::Ink& ink) {
  std::string out = fmt::format("replica {}: {}", ink.bold(place_name(image, r.disk, r.block)),
                                r.sound() ? ink.good("sound") : ink.bad("DAMAGED"));
  if (r.master_fault != BlockFault::none) return out + "\n  master block    " + verdict(r.master_fault, ink) + "\n";
  out += fmt::format(", set {}, {} blocks from {} on, last operation {}\n", r.master.mb_setno, r.master.m_consecutive,
                     r.master.m_firstblk, r.sequence());
  out += locators_text(image, r, ink);
  if (r.device_id_style()) out += "  device ids      " + verdict(r.device_ids_fault, ink) + "\n";
  out += "  locator names   " + verdict(r.names_fault, ink) + "\n";
  out += "  journal         " + journal_text(r.journal, ink) + "\n";
  out += directory_text(r, ink);
  const std::string off = fmt::format("off by {:#010x}", r.imbalance);
  out += "  global XOR      " +
         (!r.xor_known       ? ink.bad("not known")
          : r.imbalance == 0 ? std::string("holds")
                             : ink.bad(off)) +
         "\n";
  return out + records_text(image, r, ink);
}

}  // namespace raidsim::cli
