// RL-03, RL-11 to RL-13, V5, V9: what a write may do when. Judged by its transfers, with the row locks as the
// thread that ties a transfer to its request.
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "harness/invariants/committed.h"
#include "harness/invariants/families.h"
#include "harness/invariants/log_entry.h"
#include "harness/invariants/log_tracker.h"
#include "harness/invariants/write_tracker.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using raid::Child;
using raid::RaidUnit;
using scenarios::RequestKind;

bool volatile_cache(World& world, uint32_t disk) { return world.bay()[disk].options().cache != CacheKind::none; }

bool in_use(const ClassifiedTransfer& t) { return t.unit != nullptr && !t.unit->un.columns[t.place.column].absent(); }

/// Parity made anew, or a repair: no log entry stands behind such a write.
bool regenerates(const RaidUnit& unit, const ClassifiedTransfer& t) {
  const auto line = raid::line_of(raid::RowIndex{t.place.offset}, unit.geometry());
  const bool parity = raid::parity_column(line, unit.geometry()).value == t.place.column;
  return parity && (unit.un.un_state == raid::RUS_REGEN || unit.io_lock.write_held());
}

const Child* writer_of(const RaidUnit& unit, const raid::RowRange& rows) {
  for (const Child* cs = unit.lines.chain(); cs != nullptr; cs = cs->chain_next) {
    if (cs->is(raid::MD_RCS_WRITER) && !cs->line_only && cs->rows == rows) return cs;
  }
  return nullptr;
}

raid::RowRange rows_of(const ClassifiedTransfer& t) { return {t.place.offset, t.place.offset + t.view.blocks - 1}; }

/// RL-11, and the tracker's eyes.
class HomeAfterPreWrites final : public NamedInvariant {
 public:
  explicit HomeAfterPreWrites(std::shared_ptr<WriteTracker> tracker)
      : NamedInvariant(
            {"RL-11", When::always, "a home write goes out only after all pre-writes of its write are durable"},
            at_issue | at_complete | at_durable | at_host_death,
            kinds(RequestKind::log_write, RequestKind::log_clear, RequestKind::home_write)),
        tracker_(std::move(tracker)) {}

  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    const RaidUnit* unit = t.unit;
    if (unit == nullptr) return;
    if (t.kind == RequestKind::log_write) note_pre_write(*unit, t);
    if (t.kind != RequestKind::home_write || !in_use(t) || regenerates(*unit, t)) return;
    const Child* cs = writer_of(*unit, rows_of(t));
    if (cs == nullptr) return;  // RL-03's
    report_unit(judgement, t.place.unit, tracker_->home_issued(t.place.unit, cs->cs_pwid, t.place.column));
  }
  void on_complete(const Judgement& judgement, const ClassifiedTransfer& t, int error) override {
    if (t.kind != RequestKind::log_write) return;
    tracker_->completed(t.view.disk, t.view.number, error != 0,
                        t.view.fua || !volatile_cache(judgement.world(), t.view.disk));
  }
  void on_durable(const Judgement&, const ClassifiedTransfer& t) override {
    if (t.place.role == Role::log) tracker_->durable(t.view.disk, t.view.number, t.view.blocks);
  }
  void on_host_died(const Judgement&) override { tracker_->host_died(); }

 private:
  void note_pre_write(const RaidUnit& unit, const ClassifiedTransfer& t) {
    const LogEntryHeader header = read_log_header(t.view.data);
    const Child* cs = writer_of(unit, {header.row, header.row + header.blocks - 1});
    if (cs == nullptr || cs->cs_pwid != header.id || cs->cs_ps == nullptr) return;
    const bool line = cs->is(raid::MD_RCS_LINE);
    const uint32_t segments = line ? static_cast<uint32_t>(unit.un.columns.size() - 1) : 1;
    tracker_->pre_write_issued({.unit = t.place.unit,
                                .pwid = header.id,
                                .buffer = cs->cs_ps->ps_bp,
                                .colcount = header.colcount,
                                .column = t.place.column,
                                .alternate = !t.place.current,
                                .again = t.view.again,
                                .disk = t.view.disk,
                                .number = t.view.number,
                                .blocks = t.view.blocks,
                                .user_blocks = cs->cs_blkcnt * segments});
  }
  std::shared_ptr<WriteTracker> tracker_;
};

/// RL-03: home writes and pre-writes happen under row lock, unit lock (R) and io lock (R).
class WritesUnderLocks final : public NamedInvariant {
 public:
  WritesUnderLocks()
      : NamedInvariant(
            {"RL-03", When::always, "pre-writes and home writes happen under row lock, unit lock and io lock"},
            at_issue, kinds(RequestKind::log_write, RequestKind::home_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    if (t.kind != RequestKind::log_write && t.kind != RequestKind::home_write) return;
    const RaidUnit* unit = t.unit;
    if (unit == nullptr || !in_use(t)) return;
    if (t.kind == RequestKind::home_write && regenerates(*unit, t)) return;
    raid::RowRange rows = rows_of(t);
    if (t.kind == RequestKind::log_write) {
      const LogEntryHeader header = read_log_header(t.view.data);
      rows = {header.row, header.row + header.blocks - 1};
    }
    Broken broken;
    if (writer_of(*unit, rows) == nullptr) broken = "no writer holds their lock";
    if (unit->unit_lock.readers() == 0) broken = "nobody reads under the unit lock";
    if (unit->io_lock.readers() == 0) broken = "nobody holds the io lock";
    if (broken.empty()) return;
    report_unit(judgement, t.place.unit,
                fmt::format("column {} rows {}..{} are written: {}", t.place.column, rows.first, rows.last, broken));
  }
};

/// RL-12.
class AnswerAfterPreWrites final : public NamedInvariant {
 public:
  explicit AnswerAfterPreWrites(std::shared_ptr<WriteTracker> tracker)
      : NamedInvariant(
            {"RL-12", When::always, "success is reported only after all pre-writes of the request are durable"},
            at_answer),
        tracker_(std::move(tracker)) {}
  void on_answer(const Judgement& judgement, md::Minor minor, const md::Buffer& buffer) override {
    if (buffer.op != md::BufferOp::write) return;
    const uint32_t unit = unit_of(judgement.world(), minor);
    const bool logs = judgement.world().scenario().units[unit].kind == scenarios::UnitKind::raid5;
    if (logs && buffer.error == 0 && buffer.residual == 0) {
      report_unit(judgement, unit, tracker_->answered(&buffer, buffer.bytes / block_bytes));
    }
    tracker_->forget(&buffer);
  }

 private:
  static uint32_t unit_of(const World& world, md::Minor minor) {
    for (uint32_t i = 0; i < world.ports().size(); ++i) {
      if (world.ports()[i]->minor() == minor) return i;
    }
    return 0;
  }
  std::shared_ptr<WriteTracker> tracker_;
};

/// RL-13, V14: a request that survived a failure is answered after the failure is on record.
class FailureOnRecord final : public NamedInvariant {
 public:
  FailureOnRecord()
      : NamedInvariant({"RL-13", When::always,
                        "success in spite of a failed transfer comes after the commit of the failing column's state"},
                       at_issue | at_complete | at_answer | at_host_death,
                       data_writes | kinds(RequestKind::log_write, RequestKind::data_read, RequestKind::parity_read,
                                           RequestKind::resync_read, RequestKind::replay_read)) {}

  void on_issue(const Judgement&, const ClassifiedTransfer& t) override {
    if (t.place.role != Role::data && t.place.role != Role::log) return;
    if (!t.place.current) return;  // a failed alternate is no column's state
    const RaidUnit* unit = t.unit;
    if (unit == nullptr) return;
    const void* buffer = request_of(*unit, t);
    if (buffer != nullptr) {
      if (t.view.disk >= under_way_.size()) under_way_.resize(t.view.disk + 1);
      if (under_way_[t.view.disk].empty()) under_way_[t.view.disk].reserve(32);  // a disk's depth
      ++sent_;
      under_way_[t.view.disk].push_back({.unit = t.place.unit,
                                         .column = t.place.column,
                                         .device = unit->un.columns[t.place.column].now.dev,
                                         .buffer = buffer,
                                         .disk = t.view.disk,
                                         .number = t.view.number,
                                         .block = t.view.block,
                                         .op = t.view.op,
                                         .home = t.place.role == Role::data && t.view.op == IoOp::write});
    }
  }
  void on_complete(const Judgement&, const ClassifiedTransfer& t, int error) override {
    if (t.view.disk >= under_way_.size()) return;
    std::vector<Sent>& list = under_way_[t.view.disk];
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].number != t.view.number) continue;
      const Sent sent = list[i];
      list[i] = list.back();
      list.pop_back();
      // The driver sends again what failed, or what it gave up.
      const auto again = [&](const Sent& f) {
        return f.block == sent.block && f.disk == sent.disk && f.op == sent.op && f.buffer == sent.buffer;
      };
      if (!failed_.empty()) std::erase_if(failed_, again);
      sent_ -= 1 + std::erase_if(list, again);
      if (error != 0) failed_.push_back(sent);
      return;
    }
  }
  void on_answer(const Judgement& judgement, md::Minor, const md::Buffer& buffer) override {
    // What has not come back by now, home writes apart, never will: the host driver gave it up.
    if (sent_ != 0) give_up(buffer);
    if (failed_.empty()) return;
    World& world = judgement.world();
    const bool success = buffer.error == 0 && buffer.residual == 0;
    for (const Sent& sent : failed_) {
      const RaidUnit* unit = world.unit(sent.unit);
      if (unit == nullptr || sent.buffer != &buffer || !success || world.machine()->manager().view().stale()) continue;
      if (world.machine()->driver().sends_again(sent.disk, sent.block, sent.op)) continue;  // it has not failed yet
      const auto record = read_unit_record(world.machine()->manager().view().committed_bytes(unit->un.un_record_id));
      if (record && failure_recorded(*record, sent.column, sent.device)) continue;
      report_unit(
          judgement, sent.unit,
          fmt::format("column {}: its {} of disk {}, block {} failed, the request succeeds, and the record says "
                      "the column is okay",
                      sent.column, sent.op == IoOp::read ? "read" : "write", sent.disk, sent.block));
    }
    std::erase_if(failed_, [&](const Sent& s) { return s.buffer == &buffer; });
  }
  void on_host_died(const Judgement&) override {
    for (auto& list : under_way_) list.clear();
    sent_ = 0;
    failed_.clear();
  }

 private:
  struct Sent {
    uint32_t unit, column;
    DeviceNumber device;
    const void* buffer;
    uint32_t disk;
    uint64_t number, block;
    IoOp op;
    bool home;
  };
  /// The request that a transfer is for, where only one can be meant. Home writes may fail after the answer.
  static const void* request_of(const RaidUnit& unit, const ClassifiedTransfer& t) {
    raid::RowRange rows = rows_of(t);
    if (t.place.role == Role::log) {
      if (t.kind != RequestKind::log_write) return nullptr;
      const LogEntryHeader header = read_log_header(t.view.data);
      rows = {header.row, header.row + header.blocks - 1};
    }
    const Child* found = nullptr;
    for (const Child* cs = unit.lines.chain(); cs != nullptr; cs = cs->chain_next) {
      if (!cs->rows.overlaps(rows)) continue;
      if (found != nullptr || cs->line_only || cs->cs_ps == nullptr) return nullptr;
      found = cs;
    }
    return found == nullptr ? nullptr : found->cs_ps->ps_bp;
  }
  void give_up(const md::Buffer& buffer) {
    for (auto& list : under_way_) {
      for (const Sent& sent : list) {
        if (sent.buffer == &buffer && !sent.home) failed_.push_back(sent);
      }
      // What fails from here on comes after the answer; the user's next request may lie at the same address.
      sent_ -= std::erase_if(list, [&](const Sent& s) { return s.buffer == &buffer; });
    }
  }
  std::vector<std::vector<Sent>> under_way_;  // by disk: a read-back has a hundred under way at once
  size_t sent_ = 0;                           // in all of them
  std::vector<Sent> failed_;
};

/// V5's last clause, RH-04: nothing new is logged while two columns are gone.
class LastErredStopsWrites final : public NamedInvariant {
 public:
  LastErredStopsWrites()
      : NamedInvariant({"V5", When::always, "while a unit is last errored no write is logged"}, at_issue,
                       kinds(RequestKind::log_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    if (t.kind != RequestKind::log_write) return;
    const RaidUnit* unit = t.unit;
    if (unit == nullptr || unit->un.un_state != raid::RUS_LAST_ERRED) return;
    report_unit(judgement, t.place.unit,
                fmt::format("column {}: a pre-write while the unit is last errored", t.place.column));
  }
};

/// V9.
class LogKept final : public NamedInvariant {
 public:
  LogKept()
      : NamedInvariant({"V9", When::always, "no log entry goes while its home write, or its replay, is not durable"},
                       at_issue | at_complete | at_durable | at_host_death, column_writes) {}

  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    World& world = judgement.world();
    if (t.view.op != IoOp::write || !in_use(t)) return;
    if (t.place.role == Role::data) return note_home(t);
    if (t.place.role != Role::log) return;
    Broken broken = t.kind == RequestKind::log_write ? entry(t) : empty(t);
    if (broken.empty() || excused(world)) return;
    report_unit(judgement, t.place.unit, broken);
  }
  void on_complete(const Judgement&, const ClassifiedTransfer& t, int error) override {
    if (t.place.role == Role::data && t.view.op == IoOp::write && error != 0)
      tracker_.failed(t.view.disk, t.view.number);
  }
  void on_durable(const Judgement&, const ClassifiedTransfer& t) override {
    if (t.place.role == Role::data) tracker_.durable(t.view.disk, t.view.number, t.view.block, t.view.blocks);
  }
  void on_host_died(const Judgement&) override { tracker_.host_died(); }

 private:
  void note_home(const ClassifiedTransfer& t) {
    const bool logged = t.kind == RequestKind::home_write || t.kind == RequestKind::replay_write;
    if (!logged || !t.place.current || regenerates(*t.unit, t)) return;
    tracker_.home_issued({.unit = t.place.unit,
                          .column = t.place.column,
                          .disk = t.view.disk,
                          .block = t.view.block,
                          .row = t.place.offset,
                          .blocks = t.view.blocks,
                          .number = t.view.number});
  }
  Broken entry(const ClassifiedTransfer& t) {
    const LogEntryHeader header = read_log_header(t.view.data);
    return tracker_.entry_issued(t.place.unit, t.place.column, t.view.disk, t.view.block, header.row, header.blocks);
  }
  Broken empty(const ClassifiedTransfer& t) {
    const uint64_t slot = t.unit->un.un_iosize;
    if (t.view.blocks < slot) return tracker_.erase_issued(t.place.unit, t.place.column, t.view.disk, t.view.block);
    return tracker_.clear_issued(t.place.unit, t.view.disk, t.view.block);
  }
  /// The home write was reported durable by a disk that lies, or its column has been given up since.
  bool excused(World& world) const {
    const HomeWrite* culprit = tracker_.last_culprit();
    if (culprit == nullptr) return true;
    const raid::Unit& unit = world.unit(culprit->unit)->un;
    const raid::Column& column = unit.columns[culprit->column];
    if (world.roles().disk_of(column.now.dev) != culprit->disk || column.un_devstate != raid::RCS_OKAY) return true;
    if (world.bay()[culprit->disk].damage().any(culprit->block, culprit->blocks)) return true;
    for (disk::FaultHandle h = 1; h <= world.bay().faults().size(); ++h) {
      const disk::ArmedFault& fault = world.bay().faults().at(h);
      const bool lies_about_cache = fault.info().number == 21 || fault.info().number == 22;
      const bool misplaces = fault.info().number == 12 || fault.info().number == 13 || fault.info().number == 28;
      if (fault.disk == culprit->disk && (lies_about_cache || misplaces)) return true;
    }
    return false;
  }
  LogTracker tracker_;
};

}  // namespace

bool failure_recorded(const raid::Unit& record, uint32_t column, DeviceNumber device) {
  if (column >= record.columns.size()) return true;
  const raid::Column& c = record.columns[column];
  return c.un_devstate != raid::RCS_OKAY || c.now.dev != device;
}

void add_write_invariants(InvariantList& all) {
  const auto tracker = std::make_shared<WriteTracker>();
  all.push_back(std::make_unique<WritesUnderLocks>());
  all.push_back(std::make_unique<HomeAfterPreWrites>(tracker));
  all.push_back(std::make_unique<AnswerAfterPreWrites>(tracker));
  all.push_back(std::make_unique<FailureOnRecord>());
  all.push_back(std::make_unique<LastErredStopsWrites>());
  all.push_back(std::make_unique<LogKept>());
}

}  // namespace raidsim::harness
