#include "scenarios/fault_table.h"
#include "scenarios/saving.h"

namespace raidsim::scenarios::saving {
namespace {

Json save_when(const AtEvent& at) { return {{"events", at.nth}}; }

Json save_when(const AtPoint& at) {
  Json out = {{"event", word(at.point)}};
  if (at.nth != 1) out["nth"] = at.nth;
  if (at.unit) out["unit"] = *at.unit;
  if (at.column) out["column"] = *at.column;
  if (at.disk) out["disk"] = *at.disk;
  if (at.side != Side::after) out["side"] = word(at.side);
  if (!at.since.empty()) out["since"] = at.since;
  return out;
}

Json save_when(const AtRequest& at) {
  Json out = {{"disk", at.disk}};
  if (at.op != Op::any) out["op"] = word(at.op);
  if (at.kind != RequestKind::any) out["kind"] = word(at.kind);
  if (at.range) out["range"] = range(*at.range);
  if (at.nth != 1) out["nth"] = at.nth;
  if (!at.since.empty()) out["since"] = at.since;
  return out;
}

Json save_when(const AtState& at) {
  if (at.spare) return {{"spare", *at.spare}, {"state", word(*at.spare_state)}};
  Json out = {{"unit", *at.unit}};
  if (at.column) {
    out["column"] = *at.column;
    out["state"] = word(*at.column_state);
    if (at.unit_state) out["unit_state"] = word(*at.unit_state);
  } else if (at.unit_state) {
    out["state"] = word(*at.unit_state);
  }
  if (at.resync_line) out["resync_line"] = *at.resync_line;
  return out;
}

Json save_when(const AfterEntry& at) { return {{"after", at.label}}; }

void save_trigger(const Trigger& trigger, Json& out) {
  if (const auto* at = std::get_if<AtTime>(&trigger)) {
    out["at"] = time(at->at);
    return;
  }
  std::visit(
      [&](const auto& when) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(when)>, AtTime>) out["when"] = save_when(when);
      },
      trigger);
}

void save_target(const FaultTarget& target, Json& out) {
  if (target.disk) out["disk"] = *target.disk;
  if (!target.disks.empty()) out["disks"] = target.disks;
  if (!target.shelf.empty()) out["shelf"] = target.shelf;
  if (!target.adapter.empty()) out["adapter"] = target.adapter;
  if (target.unit) out["unit"] = *target.unit;
  if (target.column) out["column"] = *target.column;
  if (target.range) out["range"] = range(*target.range);
  if (target.lines && target.lines->end == target.lines->first + 1) {
    out["line"] = target.lines->first;
  } else if (target.lines) {
    out["lines"] = {target.lines->first, target.lines->end};
  }
  if (target.area != Area::whole) out["area"] = word(target.area);
}

void save_action(const Fault& fault, Json& out) {
  const FaultRow& row = fault_row(fault.id);
  out["fault"] = row.word;
  save_target(fault.target, out);
  const FaultParameters plain = row.defaults_of(fault.with.lasts.has_value());
  for (const ParameterRow* parameter : row.parameters) {
    nlohmann::json value;
    nlohmann::json default_value;
    parameter->write(fault.with, value);
    parameter->write(plain, default_value);
    if (value != default_value) out[std::string(parameter->key)] = value;
  }
}

void save_action(const HostAction& action, Json& out) {
  out["do"] = word(action.verb);
  if (action.outstanding != OutstandingFate::drawn) out["outstanding"] = word(action.outstanding);
  if (action.keep) out["keep"] = *action.keep;
  if (action.adversarial) out["adversarial"] = true;
  if (action.torn) out["torn"] = word(*action.torn);
  if (!action.disks.empty()) out["disks"] = action.disks;
}

void save_action(const Ioctl& ioctl, Json& out) {
  out["ioctl"] = word(ioctl.verb);
  if (!ioctl.unit.empty()) out["unit"] = ioctl.unit;
  if (ioctl.column) out["column"] = *ioctl.column;
  if (!ioctl.with.empty()) out["with"] = ioctl.with;
  if (!ioctl.pool.empty()) out["pool"] = ioctl.pool;
  if (!ioctl.spare.empty()) out["spare"] = ioctl.spare;
  if (!ioctl.disk.empty()) out["disk"] = ioctl.disk;
  if (ioctl.index != 0) out["index"] = ioctl.index;
  if (ioctl.force) out["force"] = true;
  if (ioctl.error) out["error"] = *ioctl.error;
}

}  // namespace

Json save_script_entry(const ScriptEntry& entry) {
  Json out = Json::object();
  if (!entry.label.empty()) out["label"] = entry.label;
  save_trigger(entry.trigger, out);
  if (entry.after.events != 0) {
    out["after"] = {{"events", entry.after.events}};
  } else if (entry.after.time != Duration{}) {
    out["after"] = time(entry.after.time);
  }
  std::visit([&](const auto& action) { save_action(action, out); }, entry.action);
  if (!entry.times) {
    out["times"] = "unlimited";
  } else if (*entry.times != 1) {
    out["times"] = *entry.times;
  }
  return out;
}

}  // namespace raidsim::scenarios::saving
