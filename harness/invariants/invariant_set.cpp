#include <bit>
#include <utility>

#include "engine/assert.h"
#include "harness/invariants/invariant.h"
#include "harness/world/world.h"

namespace raidsim::harness {

const char* word_of(When when) noexcept {
  switch (when) {
    case When::always:
      return "always";
    case When::unit_lock:
      return "unit-lock";
    case When::quiescent:
      return "quiescent";
    case When::restart:
      return "restart";
    case When::at_end:
      return "at-end";
  }
  return "?";
}

void Judgement::broken(std::string place, std::string text) const {
  world_.verdicts().violation(std::string(id_), std::move(place), std::move(text));
}

InvariantSet::InvariantSet(World& world)
    : world_(world), all_(make_invariants()), seen_in_epoch_(world.scenario().units.size()) {
  called_[static_cast<size_t>(std::countr_zero(uint32_t{at_unit}))].reserve(all_.size());
  constexpr uint32_t transfers = at_issue | at_complete | at_durable;
  for (const auto& invariant : all_) {
    const Called called{invariant.get(), Judgement(world_, invariant->info().id)};
    const uint32_t occasions = invariant->occasions();
    for (uint32_t rest = occasions & ~transfers; rest != 0; rest &= rest - 1) {
      called_[static_cast<size_t>(std::countr_zero(rest))].push_back(called);
    }
    if ((occasions & at_issue) != 0) issue_.add(called, invariant->follows());
    if ((occasions & at_complete) != 0) complete_.add(called, invariant->follows());
    if ((occasions & at_durable) != 0) durable_.add(called, invariant->follows());
  }
}
InvariantSet::~InvariantSet() = default;

template <class Call>
void InvariantSet::each(Occasion occasion, Call call) {
  for (const Called& called : called_[static_cast<size_t>(std::countr_zero(static_cast<uint32_t>(occasion)))]) {
    call(*called.invariant, called.judgement);
  }
}

void InvariantSet::Followers::add(const Called& follower, Kinds follows) {
  RAIDSIM_ASSERT(called.size() < 64);  // a bit for each
  for (Kinds rest = follows; rest != 0; rest &= rest - 1) {
    by_kind[static_cast<size_t>(std::countr_zero(rest))] |= uint64_t{1} << called.size();
  }
  called.push_back(follower);
}

template <class Call>
void InvariantSet::Followers::each(scenarios::RequestKind kind, Call call) {
  for (uint64_t rest = by_kind[static_cast<size_t>(kind)]; rest != 0; rest &= rest - 1) {
    const Called& one = called[static_cast<size_t>(std::countr_zero(rest))];
    call(*one.invariant, one.judgement);
  }
}

// What was seen before a crash is no predecessor of what the next epoch starts with.
void InvariantSet::on_unit_looked_at(uint32_t unit, const raid::Unit& before, const raid::RaidUnit& now) {
  static const raid::Unit nothing;
  const raid::Unit& last = seen_in_epoch_[unit] ? before : nothing;
  seen_in_epoch_[unit] = true;
  each(at_unit, [&](Invariant& i, const Judgement& j) { i.on_unit(j, unit, last, now); });
}
void InvariantSet::on_issue(const ClassifiedTransfer& transfer) {
  issue_.each(transfer.kind, [&](Invariant& i, const Judgement& j) { i.on_issue(j, transfer); });
}
void InvariantSet::on_complete(const ClassifiedTransfer& transfer, int error) {
  complete_.each(transfer.kind, [&](Invariant& i, const Judgement& j) { i.on_complete(j, transfer, error); });
}
void InvariantSet::on_durable(const ClassifiedTransfer& transfer) {
  durable_.each(transfer.kind, [&](Invariant& i, const Judgement& j) { i.on_durable(j, transfer); });
}
void InvariantSet::on_event(const md::SvmEvent& event) {
  each(at_event, [&](Invariant& i, const Judgement& j) { i.on_event(j, event); });
}
void InvariantSet::on_answer(md::Minor unit, const md::Buffer& buffer) {
  each(at_answer, [&](Invariant& i, const Judgement& j) { i.on_answer(j, unit, buffer); });
}
void InvariantSet::command_begins() {
  each(at_command, [](Invariant& i, const Judgement& j) { i.on_command_begins(j); });
}
void InvariantSet::command_ended(const scenarios::Ioctl& request, const md::Error& error) {
  each(at_command, [&](Invariant& i, const Judgement& j) { i.on_command_ended(j, request, error); });
}
void InvariantSet::host_died() {
  each(at_host_death, [](Invariant& i, const Judgement& j) { i.on_host_died(j); });
  seen_in_epoch_.assign(seen_in_epoch_.size(), false);
}
void InvariantSet::booting() {
  each(at_boot, [](Invariant& i, const Judgement& j) { i.on_boot(j); });
}
void InvariantSet::restarted() {
  each(at_restart, [](Invariant& i, const Judgement& j) { i.on_restart(j); });
}
void InvariantSet::quiescent() {
  each(at_quiescence, [](Invariant& i, const Judgement& j) { i.on_quiescent(j); });
}

}  // namespace raidsim::harness
