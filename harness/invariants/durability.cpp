// RC: what the records say, and when. The records are read by the judge's own reader.
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "harness/invariants/committed.h"
#include "harness/invariants/durability_rules.h"
#include "harness/invariants/families.h"
#include "harness/invariants/unit_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using raid::RaidUnit;
using raid::Unit;

std::optional<Unit> record_of(const World& world, const RaidUnit& unit) {
  return read_unit_record(world.machine()->manager().view().committed_bytes(unit.un.un_record_id));
}

/// A unit's record, read again only after a commit.
class LastRecord {
 public:
  const std::optional<Unit>& of(const World& world, const RaidUnit& unit) {
    const uint64_t commits = world.machine()->manager().view().commits();
    if (id_ != unit.un.un_record_id || commits_ != commits) record_ = record_of(world, unit);
    id_ = unit.un.un_record_id;
    commits_ = commits;
    return record_;
  }
  void forget() { id_ = 0; }

 private:
  md::RecordId id_ = 0;  ///< 0 is no record's
  uint64_t commits_ = 0;
  std::optional<Unit> record_;
};

bool stale(const World& world) { return world.machine() == nullptr || world.machine()->manager().view().stale(); }

/// RC-01: no request succeeds while an error is known in core alone. Under the writer lock the commit may be on its
/// way.
class ErrorsOnRecord final : public NamedInvariant {
 public:
  ErrorsOnRecord()
      : NamedInvariant(
            {"RC-01", When::always, "a column's error is on record before a request that depends on it ends"},
            at_answer | at_host_death) {}
  void on_answer(const Judgement& judgement, md::Minor minor, const md::Buffer& buffer) override {
    World& world = judgement.world();
    if (buffer.error != 0 || stale(world)) return;
    for (uint32_t i = 0; i < world.ports().size(); ++i) {
      const RaidUnit* unit = world.ports()[i]->minor() == minor ? world.unit(i) : nullptr;
      if (unit == nullptr || unit->un.un_state == raid::RUS_OKAY || !at_rest(*unit)) continue;
      const auto& record = record_.of(world, *unit);
      if (record) report_unit(judgement, i, unrecorded_error(unit->un, *record));
    }
  }
  void on_host_died(const Judgement&) override { record_.forget(); }

 private:
  LastRecord record_;
};

/// RC-03. What the last acknowledged commit left is whole.
class OneCommit final : public NamedInvariant {
 public:
  OneCommit()
      : NamedInvariant({"RC-03", When::always, "a spare's reservation or release and its column are in one commit"},
                       at_unit | at_issue | at_host_death, kinds(scenarios::RequestKind::replica_write)) {}
  void on_unit(const Judgement& judgement, uint32_t, const Unit&, const RaidUnit&) override { look(judgement); }
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    if (t.kind == scenarios::RequestKind::replica_write) look(judgement);
  }
  void on_host_died(const Judgement& judgement) override {
    look(judgement);
    seen_ = 0;
  }

 private:
  void look(const Judgement& judgement) {
    if (judgement.world().machine() == nullptr) return;
    const View view = judgement.world().machine()->manager().view();
    if (view.commits() == seen_ || view.spares().empty()) return;
    seen_ = view.commits();
    const std::string broken = broken_reservations(read_committed(view.committed()));
    if (!broken.empty()) judgement.broken("records", broken);
  }
  uint64_t seen_ = 0;
};

/// RC-04: the rules for states hold for what a boot brought back.
class BootedLegally final : public NamedInvariant {
 public:
  BootedLegally()
      : NamedInvariant({"RC-04", When::restart, "the unit that a boot brings back is in a legal state"}, at_restart) {}
  void on_restart(const Judgement& judgement) override {
    for (uint32_t i = 0; i < judgement.world().scenario().units.size(); ++i) {
      const RaidUnit* unit = judgement.world().unit(i);
      if (unit == nullptr || !at_rest(*unit)) continue;
      for (const UnitRule& rule : state_rules()) {
        const Broken broken = rule.info.when == When::quiescent ? Broken{} : rule.ask(unit->un);
        if (!broken.empty()) report_unit(judgement, i, fmt::format("{}: {}", rule.info.id, broken));
      }
    }
  }
};

/// RC-05: what the record says of a column is what a boot goes by. A commit that was on its way when the host died
/// may be there or not: it said what the unit in core did.
class RecordsAreBelieved final : public NamedInvariant {
 public:
  RecordsAreBelieved()
      : NamedInvariant({"RC-05", When::restart, "a boot trusts no column that the records do not"},
                       at_unit | at_host_death) {}
  void on_host_died(const Judgement& judgement) override {
    World& world = judgement.world();
    died_.assign(world.scenario().units.size(), {});
    for (uint32_t i = 0; i < died_.size(); ++i) {
      const RaidUnit* unit = world.unit(i);
      if (unit == nullptr) continue;
      const auto record = record_of(world, *unit);
      if (record) died_[i] = {*record, unit->un};
    }
  }
  void on_unit(const Judgement& judgement, uint32_t index, const Unit& before, const RaidUnit& now) override {
    if (!before.columns.empty() || index >= died_.size() || died_[index].record.columns.empty()) return;
    report_unit(judgement, index, wrong_boot(died_[index].record, died_[index].in_core, now.un));
    died_[index] = {};
  }

 private:
  struct Died {
    Unit record, in_core;
  };
  std::vector<Died> died_;
};

/// RT-18.
class InCoreIsRecorded final : public NamedInvariant {
 public:
  InCoreIsRecorded()
      : NamedInvariant(
            {"RT-18", When::quiescent, "the unit in core equals its record, but for time stamps and progress"},
            at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    if (stale(world)) return;
    for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
      const RaidUnit* unit = world.unit(i);
      if (unit == nullptr) continue;
      const auto record = record_of(world, *unit);
      report_unit(judgement, i, record ? difference(unit->un, *record) : "there is no record of it");
    }
  }
};

}  // namespace

Broken unrecorded_error(const Unit& in_core, const Unit& record) {
  constexpr uint32_t errored = raid::RCS_ERRED | raid::RCS_LAST_ERRED;
  for (size_t c = 0; c < std::min(in_core.columns.size(), record.columns.size()); ++c) {
    const raid::Column& now = in_core.columns[c];
    const raid::Column& was = record.columns[c];
    if ((now.un_devstate & errored) != 0 && (was.un_devstate & errored) == 0) {
      return fmt::format("column {}: {} in core, {} on record, and a request succeeds", c, word_of(now.un_devstate),
                         word_of(was.un_devstate));
    }
    if (now.has(raid::MD_RAID_MISSED_WRITE) && !was.has(raid::MD_RAID_MISSED_WRITE)) {
      return fmt::format("column {}: missed a write that is not on record, and a request succeeds", c);
    }
  }
  return {};
}

Broken wrong_boot(const Unit& record, const Unit& in_core, const Unit& now) {
  for (size_t c = 0; c < std::min(record.columns.size(), now.columns.size()); ++c) {
    const raid::ColumnState state = now.columns[c].un_devstate;
    const bool on_its_way = c < in_core.columns.size() && may_boot_as(in_core.columns[c], state);
    if (may_boot_as(record.columns[c], state) || on_its_way) continue;
    return fmt::format("column {}: recorded as {}, {} after the boot", c, word_of(record.columns[c].un_devstate),
                       word_of(state));
  }
  return {};
}

void add_durability_invariants(InvariantList& all) {
  all.push_back(std::make_unique<ErrorsOnRecord>());
  all.push_back(std::make_unique<OneCommit>());
  all.push_back(std::make_unique<BootedLegally>());
  all.push_back(std::make_unique<RecordsAreBelieved>());
  all.push_back(std::make_unique<InCoreIsRecorded>());
}

}  // namespace raidsim::harness
