#include "harness/inspect/inspection_json.h"

#include <nlohmann/json.hpp>

#include "harness/inspect/words.h"

namespace raidsim::harness {
namespace {

using Json = nlohmann::ordered_json;
using statedb::BlockFault;

const char* word_of(JournalState state) {
  switch (state) {
    case JournalState::empty:
      return "empty";
    case JournalState::whole:
      return "whole";
    case JournalState::torn:
      return "torn or damaged";
    case JournalState::unreadable:
      return "cannot be read";
  }
  return "?";
}

template <class List, class Make>
Json array_of(const List& list, Make make) {
  Json out = Json::array();
  for (const auto& each : list) out.push_back(make(each));
  return out;
}

Json time_of(statedb::Timeval32 time) { return {{"seconds", time.seconds}, {"microseconds", time.microseconds}}; }

Json disk_json(const ImageDisk& disk) {
  return {{"name", shown(disk.name)},
          {"blocks", disk.blocks},
          {"slice0", disk.slice0},
          {"dead", disk.dead},
          {"pages", disk.pages.size()},
          {"unreadable", array_of(disk.unreadable,
                                  [](const BlockRange& r) { return Json{{"first", r.first}, {"blocks", r.blocks}}; })}};
}

Json group_json(const DiskImage& image, const raid::DeviceGroup& group) {
  if (group.dev == no_device) return nullptr;
  return {{"device", device_name(image, group.dev)},
          {"number", group.dev},
          {"pwstart", group.pwstart},
          {"devstart", group.devstart}};
}

Json column_json(const DiskImage& image, const raid::Column& c) {
  return {{"state", raid::word_of(c.un_devstate)},
          {"un_devstate", c.un_devstate},
          {"flags", column_flag_words(c.un_devflags)},
          {"un_devflags", c.un_devflags},
          {"timestamp_ns", c.un_devtimestamp_ns},
          {"in_use", group_json(image, c.now)},
          {"original", group_json(image, c.orig)},
          {"alternate", group_json(image, c.alt)},
          {"orig_key", c.un_orig_key},
          {"hs_id", c.un_hs_id},
          {"hs_key", c.un_hs_key},
          {"hs_pwstart", c.un_hs_pwstart},
          {"hs_devstart", c.un_hs_devstart}};
}

Json unit_json(const DiskImage& image, const raid::Unit& u) {
  return {{"name", unit_name(u.un_self_id)},
          {"state", raid::word_of(u.un_state)},
          {"un_state", u.un_state},
          {"un_status", u.un_status},
          {"un_record_id", u.un_record_id},
          {"un_flag", u.un_flag},
          {"un_total_blocks", u.un_total_blocks},
          {"un_actual_tb", u.un_actual_tb},
          {"un_capabilities", u.un_capabilities},
          {"un_parent", u.un_parent},
          {"timestamp_ns", u.un_timestamp_ns},
          {"un_origcolumncnt", u.un_origcolumncnt},
          {"un_totalcolumncnt", u.un_totalcolumncnt},
          {"un_segsize", u.un_segsize},
          {"un_segsincolumn", u.un_segsincolumn},
          {"un_maxio", u.un_maxio},
          {"un_iosize", u.un_iosize},
          {"un_pwcnt", u.un_pwcnt},
          {"un_pwsize", u.un_pwsize},
          {"un_pwid", u.un_pwid},
          {"un_percent_done", u.un_percent_done},
          {"un_resync_copysize", u.un_resync_copysize},
          {"pool", pool_name(u.un_hsp_id)},
          {"un_hsp_id", u.un_hsp_id},
          {"un_resync_line_index", u.un_resync_line_index},
          {"un_resync_index", u.un_resync_index},
          {"un_grow_tb", u.un_grow_tb},
          {"un_init_colcnt", u.un_init_colcnt},
          {"un_init_iocnt", u.un_init_iocnt},
          {"columns", array_of(u.columns, [&](const raid::Column& c) { return column_json(image, c); })}};
}

Json component_json(const DiskImage& image, const stripe::Component& c) {
  const stripe::Shared& shared = c.un_mirror;
  return {{"un_key", c.un_key},
          {"device", device_name(image, c.un_dev)},
          {"un_dev", c.un_dev},
          {"un_start_block", c.un_start_block},
          {"ms_flags", shared.ms_flags},
          {"ms_state", static_cast<uint32_t>(shared.ms_state)},
          {"ms_lasterrcnt", shared.ms_lasterrcnt},
          {"ms_orig_dev", shared.ms_orig_dev},
          {"ms_orig_blk", shared.ms_orig_blk},
          {"ms_hs_key", shared.ms_hs_key},
          {"ms_hs_id", shared.ms_hs_id},
          {"timestamp_ns", shared.ms_timestamp_ns}};
}

Json stripe_json(const DiskImage& image, const stripe::Unit& u) {
  return {{"name", unit_name(u.un_self_id)},
          {"un_status", u.un_status},
          {"un_record_id", u.un_record_id},
          {"un_flag", u.un_flag},
          {"un_total_blocks", u.un_total_blocks},
          {"un_actual_tb", u.un_actual_tb},
          {"un_capabilities", u.un_capabilities},
          {"un_parent", u.un_parent},
          {"pool", pool_name(u.un_hsp_id)},
          {"un_hsp_id", u.un_hsp_id},
          {"rows", array_of(u.rows,
                            [](const stripe::Row& r) {
                              return Json{{"un_icomp", r.un_icomp},
                                          {"un_ncomp", r.un_ncomp},
                                          {"un_blocks", r.un_blocks},
                                          {"un_cum_blocks", r.un_cum_blocks},
                                          {"un_interlace", r.un_interlace}};
                            })},
          {"components", array_of(u.components, [&](const stripe::Component& c) { return component_json(image, c); })}};
}

struct ContentJson {
  const DiskImage& image;
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const raid::Unit& unit) const { return unit_json(image, unit); }
  Json operator()(const stripe::Unit& unit) const { return stripe_json(image, unit); }
  Json operator()(const hotspare::HotSpare& s) const {
    return {{"state", hotspare::word_of(s.hs_state)},
            {"hs_record_id", s.hs_record_id},
            {"device", device_name(image, s.hs_devnum)},
            {"hs_devnum", s.hs_devnum},
            {"hs_key", s.hs_key},
            {"hs_start_blk", s.hs_start_blk},
            {"hs_has_label", s.hs_has_label},
            {"hs_number_blks", s.hs_number_blks},
            {"hs_refcount", s.hs_refcount},
            {"timestamp_ns", s.hs_timestamp_ns}};
  }
  Json operator()(const hotspare::Pool& p) const {
    return {{"name", pool_name(p.hsp_self_id)},
            {"hsp_record_id", p.hsp_record_id},
            {"hsp_refcount", p.hsp_refcount},
            {"hsp_hotspares", p.hsp_hotspares}};
  }
  Json operator()(const StoredNames& names) const {
    return array_of(names, [&](const StoredName& n) {
      return Json{{"key", n.key},
                  {"name", shown(n.entry.name)},
                  {"device", device_name(image, n.entry.number)},
                  {"number", n.entry.number},
                  {"device_id", n.entry.device_id},
                  {"slice", n.entry.slice},
                  {"references", n.entry.references}};
    });
  }
};

void add_content(const DiskImage& image, const RecordContent& content, Json& out) {
  out["type"] = type_word(content.type);
  if (!content.wrong.empty()) out["wrong"] = content.wrong;
  out["content"] = std::visit(ContentJson{image}, content.is);
}

Json record_json(const DiskImage& image, const RecordReport& r) {
  Json out{{"number", r.entry.de_recid},   {"de_type1", r.entry.de_type1}, {"de_type2", r.entry.de_type2},
           {"de_flags", r.entry.de_flags}, {"bytes", r.entry.de_reqsize},  {"blocks", r.entry.de_blks},
           {"fault", words_of(r.fault)}};
  if (r.fault == BlockFault::unread) return out;
  out["commits"] = r.image.commitcnt();
  out["operation"] = r.image.sequence();
  out["revision"] = r.image.revision();
  out["checksum"] = r.image.sum();
  out["fiddle"] = r.image.fiddle();
  out["time"] = time_of(r.image.timestamp());
  add_content(image, r.content, out);
  return out;
}

Json locators_json(const DiskImage& image, const ReplicaReport& r) {
  Json out{{"fault", words_of(r.locators_fault)}};
  if (r.locators_fault != BlockFault::none) return out;
  const statedb::LocatorBlock& lb = r.locators;
  out["commits"] = lb.lb_commitcnt;
  out["everywhere"] = lb.lb_listcnt;
  out["identifier"] = identifier_of(lb.lb_ident);
  out["set"] = lb.lb_setno;
  out["flags"] = lb.lb_flags;
  out["made"] = time_of(lb.lb_inittime);
  out["time"] = time_of(lb.lb_timestamp);
  if (r.device_id_style()) {
    out["device_ids"] = {
        {"first", lb.lb_didfirstblk}, {"blocks", lb.lb_didblkcnt}, {"fault", words_of(r.device_ids_fault)}};
  }
  out["journal"] = {{"first", lb.lb_jlfirstblk}, {"blocks", lb.lb_jlblkcnt}};
  out["locator_names"] = {{"first", lb.lb_lnfirstblk}, {"blocks", lb.lb_lnblkcnt}};
  out["directory_first"] = lb.lb_dbfirstblk;
  out["drivers"] = array_of(lb.lb_drvnm, [](const std::string& name) { return shown(name); });
  out["locators"] = Json::array();
  for (size_t i = 0; i < lb.lb_locators.size(); ++i) {
    const statedb::Locator& l = lb.lb_locators[i];
    out["locators"].push_back({{"device", device_name(image, statedb::expanded_device(l.l_dev))},
                               {"id", l.did},
                               {"block", l.l_blkno},
                               {"flags", letters_of(l.l_flags)},
                               {"l_flags", l.l_flags},
                               {"deleted", l.deleted()},
                               {"joining", l.has(statedb::MDDB_F_JOINING)},
                               {"leaving", l.has(statedb::MDDB_F_LEAVING)},
                               {"name", shown(r.names.name(i))}});
  }
  return out;
}

Json replica_json(const DiskImage& image, const ReplicaReport& r) {
  Json out{{"disk", shown(image.disks[r.disk].name)},
           {"block", r.block},
           {"sound", r.sound()},
           {"damage", r.damage},
           {"master_block", {{"fault", words_of(r.master_fault)}}}};
  if (r.master_fault != BlockFault::none) return out;
  Json& master = out["master_block"];
  master["set"] = r.master.mb_setno;
  master["blocks"] = r.master.mb_blkcnt;
  master["first"] = r.master.m_firstblk;
  master["consecutive"] = r.master.m_consecutive;
  master["time"] = time_of(r.master.mb_timestamp);
  master["devid_bytes"] = r.master.mb_devid.size();
  out["journal"] = {{"state", word_of(r.journal.state)},
                    {"operation", r.journal.sequence},
                    {"targets", r.journal.targets},
                    {"in_place", r.journal.in_place}};
  out["locator_block"] = locators_json(image, r);
  out["locator_names"] = {{"fault", words_of(r.names_fault)}};
  out["directory"] = array_of(r.directory, [](const DirectoryReport& d) {
    return Json{{"block", d.logical},          {"fault", words_of(d.fault)},
                {"next", d.block.db_nextblk},  {"operation", d.block.sequence},
                {"recsum", d.block.db_recsum}, {"entries", d.block.entries.size()}};
  });
  out["records"] = array_of(r.records, [&](const RecordReport& record) { return record_json(image, record); });
  out["global_xor"] = r.xor_known ? Json(r.imbalance) : Json(nullptr);
  return out;
}

Json log_json(const DiskImage& image, const ColumnLog& log) {
  Json out{{"column", log.column}, {"on_disk", log.on_disk}, {"counts", log.counts}};
  if (!log.on_disk) return out;
  out["disk"] = shown(image.disks[log.disk].name);
  out["first_block"] = log.first_block;
  out["blank"] = log.blank;
  out["empty"] = log.empty;
  out["slots"] = array_of(log.entries, [](const SlotReport& s) {
    const raid::PreWriteHeader& h = s.header;
    return Json{
        {"slot", s.slot},         {"state", word_of(s.state)},  {"pwid", h.rpw_id},          {"row", h.rpw_blkno},
        {"blocks", h.rpw_blkcnt}, {"partner", h.rpw_columnnum}, {"entries", h.rpw_colcount}, {"column", h.rpw_column},
        {"unit", h.rpw_unit},     {"sum", h.rpw_sum},           {"crc", h.rpw_crc}};
  });
  return out;
}

}  // namespace

Json to_json(const DiskImage& image, const Inspection& seen) {
  Json out{{"sound", seen.sound()}, {"damage", seen.damage}, {"notes", seen.notes}};
  out["disks"] = array_of(image.disks, disk_json);
  out["replicas"] = array_of(seen.replicas, [&](const ReplicaReport& r) { return replica_json(image, r); });
  out["reference"] = seen.set.reference ? Json(*seen.set.reference) : Json(nullptr);
  out["differences"] = array_of(seen.set.others, [](const Comparison& c) {
    return Json{{"replica", c.replica}, {"blocks", array_of(c.blocks, [](const BlockDifference& b) {
                                           return Json{{"block", b.logical}, {"what", b.what}};
                                         })}};
  });
  out["units"] = array_of(seen.units, [&](const UnitReport& u) {
    return Json{{"record", u.record},
                {"unit", unit_json(image, u.unit)},
                {"logs", array_of(u.logs, [&](const ColumnLog& log) { return log_json(image, log); })}};
  });
  return out;
}

}  // namespace raidsim::harness
