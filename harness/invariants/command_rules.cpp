#include "harness/invariants/command_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace raidsim::harness {
namespace {

using md::EventClass;
using md::EventSubclass;
using md::EventTag;
using scenarios::IoctlVerb;

template <class Id, class Value>
Broken differing(const char* what, const std::map<Id, Value>& before, const std::map<Id, Value>& after) {
  for (const auto& [id, value] : before) {
    const auto now = after.find(id);
    if (now == after.end()) return fmt::format("{} {} is gone", what, id);
    if (!(now->second == value)) return fmt::format("{} {} is another", what, id);
  }
  for (const auto& [id, value] : after) {
    if (!before.contains(id)) return fmt::format("{} {} is new", what, id);
  }
  return {};
}

// ---- B.5 ----

constexpr uint32_t bit(EventTag tag) { return 1U << static_cast<uint32_t>(tag); }
constexpr uint32_t unit = bit(EventTag::SVM_TAG_METADEVICE), spare = bit(EventTag::SVM_TAG_HS),
                   pool = bit(EventTag::SVM_TAG_HSP), replica = bit(EventTag::SVM_TAG_REPLICA);

struct EventRow {
  EventSubclass subclass;
  EventClass event_class;
  uint32_t tags;
};
constexpr EventRow rows[] = {
    {EventSubclass::ESC_SVM_CREATE, EventClass::EC_SVM_CONFIG, unit | pool | replica},
    {EventSubclass::ESC_SVM_DELETE, EventClass::EC_SVM_CONFIG, unit | pool | replica},
    {EventSubclass::ESC_SVM_GROW, EventClass::EC_SVM_CONFIG, unit},
    {EventSubclass::ESC_SVM_REPLACE, EventClass::EC_SVM_CONFIG, unit | pool},
    {EventSubclass::ESC_SVM_ADD, EventClass::EC_SVM_CONFIG, pool},
    {EventSubclass::ESC_SVM_REMOVE, EventClass::EC_SVM_CONFIG, pool},
    {EventSubclass::ESC_SVM_CHANGE, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_ENABLE, EventClass::EC_SVM_STATE, unit | spare},
    {EventSubclass::ESC_SVM_ERRED, EventClass::EC_SVM_STATE, unit | spare | replica},
    {EventSubclass::ESC_SVM_LASTERRED, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_OPEN_FAIL, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_RESYNC_START, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_RESYNC_DONE, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_RESYNC_FAILED, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_HOTSPARED, EventClass::EC_SVM_STATE, spare},
    {EventSubclass::ESC_SVM_HS_FREED, EventClass::EC_SVM_STATE, unit | spare},
    {EventSubclass::ESC_SVM_INIT_START, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_INIT_SUCCESS, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_INIT_FAILED, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_INIT_FATAL, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_REGEN_START, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_REGEN_DONE, EventClass::EC_SVM_STATE, unit},
    {EventSubclass::ESC_SVM_REGEN_FAILED, EventClass::EC_SVM_STATE, unit},
};

bool names_a_unit(const md::SvmEvent& event, const View& view) {
  const bool gone = event.subclass == EventSubclass::ESC_SVM_DELETE;
  return gone ? event.device < md::md_maxunits : view.system().unit(static_cast<md::Minor>(event.device)) != nullptr;
}

// A spare whose disk is away has no number.
bool names_a_spare(const md::SvmEvent& event, const View& view) {
  const auto& spares = view.spares();
  return event.device == no_device ||
         std::any_of(spares.begin(), spares.end(), [&](const auto& s) { return s->hs_devnum == event.device; });
}

bool device_fits(const md::SvmEvent& event, const View& view) {
  switch (event.tag) {
    case EventTag::SVM_TAG_METADEVICE:
      return names_a_unit(event, view);
    case EventTag::SVM_TAG_HS:
      return event.subclass == EventSubclass::ESC_SVM_HOTSPARED ? names_a_unit(event, view)
                                                                : names_a_spare(event, view);
    case EventTag::SVM_TAG_HSP:
      return event.subclass == EventSubclass::ESC_SVM_DELETE ||
             view.pool(static_cast<md::PoolId>(event.device)) != nullptr;
    case EventTag::SVM_TAG_REPLICA:
    case EventTag::SVM_TAG_SET:
      return true;
  }
  return false;
}

/// What a success of the command stands for. Empty: nothing but states.
std::vector<EventSubclass> due_to(IoctlVerb verb) {
  switch (verb) {
    case IoctlVerb::replace:
      return {EventSubclass::ESC_SVM_REPLACE};
    case IoctlVerb::enable:
      return {EventSubclass::ESC_SVM_ENABLE};
    case IoctlVerb::pool_add:
      return {EventSubclass::ESC_SVM_ADD};
    case IoctlVerb::pool_delete:
      return {EventSubclass::ESC_SVM_REMOVE};
    default:
      return {};
  }
}

}  // namespace

Configuration configuration_of(const View& view) {
  Configuration out{.units = {}, .pools = {}, .spares = {}, .names = {}, .s_un_avail = view.system().s_un_avail()};
  for (const raid::RaidUnit* each : view.units()) {
    const raid::Unit& un = each->un;
    Configuration::OfUnit row{.record = un.un_record_id,
                              .pool = un.un_hsp_id,
                              .parent = un.un_parent,
                              .blocks = un.un_total_blocks,
                              .keys = {}};
    for (const raid::Column& column : un.columns) row.keys.push_back(column.un_orig_key);
    out.units.emplace(each->minor, std::move(row));
  }
  for (const auto& each : view.pools()) {
    out.pools[each->hsp_self_id] = {
        .record = each->hsp_record_id, .references = each->hsp_refcount, .spares = each->hsp_hotspares};
  }
  for (const auto& each : view.spares()) out.spares[each->hs_record_id] = each->hs_refcount;
  for (const auto& [key, entry] : view.system().names.entries()) out.names[key] = entry.references;
  return out;
}

Broken difference(const Configuration& before, const Configuration& after) {
  Broken broken = differing("unit", before.units, after.units);
  if (broken.empty()) broken = differing("pool", before.pools, after.pools);
  if (broken.empty()) broken = differing("spare", before.spares, after.spares);
  if (broken.empty()) broken = differing("name", before.names, after.names);
  if (!broken.empty() || before.s_un_avail == after.s_un_avail) return broken;
  return fmt::format("{} slots were free, {} are", before.s_un_avail, after.s_un_avail);
}

bool may_have_changed(const md::Error& error) noexcept {
  return error.is(md::MDE_RAID_OPEN_FAILURE) || error.is(md::MDE_RAID_THREAD_FAILURE);
}

Broken unfitting_events(const scenarios::Ioctl& request, const md::Error& error, std::span<const md::SvmEvent> events) {
  const std::vector<EventSubclass> due =
      error.is_ok() || may_have_changed(error) ? due_to(request.verb) : std::vector<EventSubclass>{};
  for (const EventSubclass subclass : due) {
    const auto times = std::count_if(events.begin(), events.end(),
                                     [&](const md::SvmEvent& event) { return event.subclass == subclass; });
    if (times != 1) return fmt::format("{} was announced {} times", word_of(subclass), times);
  }
  for (const md::SvmEvent& event : events) {
    const bool expected = std::find(due.begin(), due.end(), event.subclass) != due.end();
    const bool pool_with_it =
        request.verb == IoctlVerb::pool_add && event.subclass == EventSubclass::ESC_SVM_CREATE && error.is_ok();
    if (!expected && !pool_with_it) return fmt::format("{} was announced for nothing", word_of(event.subclass));
  }
  return {};
}

Broken misnamed(const md::SvmEvent& event, const View& view) {
  const auto row = std::find_if(std::begin(rows), std::end(rows),
                                [&](const EventRow& each) { return each.subclass == event.subclass; });
  if (row == std::end(rows)) return "an event that no table has";
  const char* const word = word_of(event.subclass);
  if (row->event_class != event.event_class) return fmt::format("{} of the wrong class", word);
  if ((row->tags & bit(event.tag)) == 0) return fmt::format("{} with tag {}", word, static_cast<int>(event.tag));
  if (event.set != 0 || !device_fits(event, view)) return fmt::format("{} about device {:#x}", word, event.device);
  return {};
}

}  // namespace raidsim::harness
