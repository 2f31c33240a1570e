// RE-01 to RE-05.
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "harness/invariants/committed.h"
#include "harness/invariants/event_rules.h"
#include "harness/invariants/families.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using md::EventSubclass;
using md::EventTag;
using md::SvmEvent;
using raid::RaidUnit;
using raid::Unit;

struct Meaning {
  EventSubclass subclass;
  EventPairs::Kind kind;
  bool begins;
};
constexpr Meaning meanings[] = {
    {EventSubclass::ESC_SVM_RESYNC_START, EventPairs::Kind::resync, true},
    {EventSubclass::ESC_SVM_RESYNC_DONE, EventPairs::Kind::resync, false},
    {EventSubclass::ESC_SVM_RESYNC_FAILED, EventPairs::Kind::resync, false},
    {EventSubclass::ESC_SVM_INIT_START, EventPairs::Kind::init, true},
    {EventSubclass::ESC_SVM_INIT_SUCCESS, EventPairs::Kind::init, false},
    {EventSubclass::ESC_SVM_INIT_FAILED, EventPairs::Kind::init, false},
    {EventSubclass::ESC_SVM_INIT_FATAL, EventPairs::Kind::init, false},
    {EventSubclass::ESC_SVM_REGEN_START, EventPairs::Kind::regen, true},
    {EventSubclass::ESC_SVM_REGEN_DONE, EventPairs::Kind::regen, false},
    {EventSubclass::ESC_SVM_REGEN_FAILED, EventPairs::Kind::regen, false},
};

const char* word_of(EventPairs::Kind kind) {
  switch (kind) {
    case EventPairs::Kind::resync:
      return "resync";
    case EventPairs::Kind::init:
      return "initialisation";
    case EventPairs::Kind::regen:
      return "regeneration";
  }
  return "?";
}

bool of_kind(EventSubclass subclass, EventPairs::Kind kind) {
  return std::any_of(std::begin(meanings), std::end(meanings),
                     [&](const Meaning& m) { return m.subclass == subclass && m.kind == kind; });
}

/// Index of the unit that an event is about.
std::optional<uint32_t> unit_of(const World& world, const SvmEvent& event) {
  for (uint32_t i = 0; i < world.ports().size(); ++i) {
    if (world.ports()[i]->minor() == event.device) return i;
  }
  return std::nullopt;
}

std::optional<Unit> record_of(const World& world, uint32_t index) {
  const RaidUnit* unit = world.unit(index);
  if (unit == nullptr || world.machine()->manager().view().stale()) return std::nullopt;
  return read_unit_record(world.machine()->manager().view().committed_bytes(unit->un.un_record_id));
}

class StartAndEnd final : public NamedInvariant {
 public:
  StartAndEnd(const InvariantInfo& info, bool resync)
      : NamedInvariant(info, at_event | at_host_death | at_quiescence), resync_(resync) {}
  void on_event(const Judgement& judgement, const SvmEvent& event) override {
    if (event.tag != EventTag::SVM_TAG_METADEVICE || of_kind(event.subclass, EventPairs::Kind::resync) != resync_)
      return;
    const Broken broken = pairs_.on_event(event);
    if (!broken.empty()) judgement.broken("events", broken);
  }
  void on_host_died(const Judgement&) override { pairs_.host_died(); }
  void on_quiescent(const Judgement& judgement) override {
    const Broken broken = pairs_.at_rest();
    if (!broken.empty()) judgement.broken("events", broken);
  }

 private:
  EventPairs pairs_;
  bool resync_;
};

class AnnouncedIsRecorded final : public NamedInvariant {
 public:
  AnnouncedIsRecorded()
      : NamedInvariant({"RE-03", When::always, "ERRED and LASTERRED are announced after the commit of that state"},
                       at_event) {}
  void on_event(const Judgement& judgement, const SvmEvent& event) override {
    if (event.tag != EventTag::SVM_TAG_METADEVICE) return;
    const auto index = unit_of(judgement.world(), event);
    const auto record = index ? record_of(judgement.world(), *index) : std::nullopt;
    if (record) report_unit(judgement, *index, unrecorded_event(event.subclass, *record));
  }
};

/// RE-04. The resync may be over before its daemon gets to announce it.
class HotSparedIsSo final : public NamedInvariant {
 public:
  HotSparedIsSo()
      : NamedInvariant({"RE-04", When::always, "HOTSPARED means that a spare is reserved and its resync started"},
                       at_event | at_host_death) {}
  void on_event(const Judgement& judgement, const SvmEvent& event) override {
    if (of_kind(event.subclass, EventPairs::Kind::resync)) resyncs_[event.device] = true;
    if (event.subclass != EventSubclass::ESC_SVM_HOTSPARED) return;
    const auto index = unit_of(judgement.world(), event);
    const RaidUnit* unit = index ? judgement.world().unit(*index) : nullptr;
    if (unit == nullptr) return;
    const auto spared = [](const raid::Column& c) { return c.hot_spared(); };
    const bool reserved = std::any_of(unit->un.columns.begin(), unit->un.columns.end(), spared);
    if (!reserved && !std::exchange(resyncs_[event.device], false))
      report_unit(judgement, *index, "HOTSPARED, but no column has a spare");
  }
  void on_host_died(const Judgement&) override { resyncs_.clear(); }

 private:
  std::map<uint64_t, bool> resyncs_;
};

/// RE-05. The hold that ends the resync is the one that commits: what the record said at its end counts, whatever
/// errors came before the announcement. An event in the middle of the commit (a replica erred) is no such moment.
class DoneIsRecorded final : public NamedInvariant {
 public:
  DoneIsRecorded()
      : NamedInvariant({"RE-05", When::always, "RESYNC_DONE means that the column is OKAY on record"},
                       at_unit | at_event | at_host_death) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit&, const RaidUnit& now) override {
    if (!at_rest(now)) return;
    if (now.un.has(raid::MD_UN_RESYNC_ACTIVE)) {
      running_[now.minor] = now.un.un_resync_index;
      return;
    }
    const auto ended = running_.extract(now.minor);
    if (ended.empty() || ended.mapped() < 0) return;
    const auto record = record_of(judgement.world(), index);
    const auto column = static_cast<size_t>(ended.mapped());
    if (record && column < record->columns.size())
      okay_[now.minor] = record->columns[column].un_devstate == raid::RCS_OKAY;
  }
  void on_event(const Judgement& judgement, const SvmEvent& event) override {
    if (event.subclass != EventSubclass::ESC_SVM_RESYNC_DONE) return;
    const auto index = unit_of(judgement.world(), event);
    const auto known = okay_.find(event.device);
    if (index && known != okay_.end() && !known->second)
      report_unit(judgement, *index, "RESYNC_DONE, but the column is not OKAY on record");
  }
  void on_host_died(const Judgement&) override {
    okay_.clear();
    running_.clear();
  }

 private:
  std::map<uint64_t, bool> okay_;
  std::map<md::Minor, int64_t> running_;  ///< units in a resync: of which column
};

}  // namespace

Broken EventPairs::on_event(const SvmEvent& event) {
  for (const Meaning& m : meanings) {
    if (m.subclass != event.subclass) continue;
    bool& running = running_[{event.device, m.kind}];
    const bool was = std::exchange(running, m.begins);
    if (m.begins && was)
      return fmt::format("unit {}: a second {} is announced before the end of the first", event.device,
                         word_of(m.kind));
    const bool needs_start = m.kind != Kind::init;
    if (!m.begins && !was && needs_start)
      return fmt::format("unit {}: the end of a {} that was not announced", event.device, word_of(m.kind));
  }
  return {};
}

Broken EventPairs::at_rest() const {
  for (const auto& [key, running] : running_) {
    if (running) return fmt::format("unit {}: a {} was announced, its end was not", key.first, word_of(key.second));
  }
  return {};
}

// The announcement follows the commit without a lock: what has happened to the unit since may already be on record.
Broken unrecorded_event(EventSubclass subclass, const Unit& record) {
  const bool about_errors = subclass == EventSubclass::ESC_SVM_ERRED || subclass == EventSubclass::ESC_SVM_LASTERRED;
  constexpr uint32_t any = raid::RCS_ERRED | raid::RCS_LAST_ERRED | raid::RCS_INIT_ERRED | raid::RCS_RESYNC;
  if (!about_errors || record.count(any) != 0) return {};
  return fmt::format("{} is announced, and no column is errored on record", md::word_of(subclass));
}

void add_event_invariants(InvariantList& all) {
  all.push_back(std::make_unique<StartAndEnd>(
      InvariantInfo{"RE-01", When::always, "each RESYNC_START is followed by one RESYNC_DONE or RESYNC_FAILED"}, true));
  all.push_back(std::make_unique<StartAndEnd>(
      InvariantInfo{"RE-02", When::always, "each start of an initialisation or regeneration is followed by one end"},
      false));
  all.push_back(std::make_unique<AnnouncedIsRecorded>());
  all.push_back(std::make_unique<HotSparedIsSo>());
  all.push_back(std::make_unique<DoneIsRecorded>());
}

}  // namespace raidsim::harness
