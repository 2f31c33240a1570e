#include <bit>
#include <utility>

#include "harness/invariants/invariant.h"
#include "harness/world.h"

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
  for (const auto& invariant : all_) {
    for (size_t bit = 0; bit < occasion_count; ++bit) {
      if ((invariant->occasions() >> bit & 1u) == 0) continue;
      called_[bit].push_back({invariant.get(), Judgement(world_, invariant->info().id)});
    }
  }
}
InvariantSet::~InvariantSet() = default;

template <class Call>
void InvariantSet::each(Occasion occasion, Call call) {
  for (const Called& called : called_[static_cast<size_t>(std::countr_zero(static_cast<uint32_t>(occasion)))]) {
    call(*called.invariant, called.judgement);
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
  each(transfer.view.op == IoOp::read ? at_read_issue : at_write_issue,
       [&](Invariant& i, const Judgement& j) { i.on_issue(j, transfer); });
}
void InvariantSet::on_complete(const ClassifiedTransfer& transfer, int error) {
  each(transfer.view.op == IoOp::read ? at_read_complete : at_write_complete,
       [&](Invariant& i, const Judgement& j) { i.on_complete(j, transfer, error); });
}
void InvariantSet::on_durable(const ClassifiedTransfer& transfer) {
  each(at_durable, [&](Invariant& i, const Judgement& j) { i.on_durable(j, transfer); });
}
void InvariantSet::on_event(const md::SvmEvent& event) {
  each(at_event, [&](Invariant& i, const Judgement& j) { i.on_event(j, event); });
}
void InvariantSet::on_answer(md::Minor unit, const md::Buffer& buffer) {
  each(at_answer, [&](Invariant& i, const Judgement& j) { i.on_answer(j, unit, buffer); });
}
void InvariantSet::host_died() {
  each(at_host_death, [](Invariant& i, const Judgement& j) { i.on_host_died(j); });
  seen_in_epoch_.assign(seen_in_epoch_.size(), false);
}
void InvariantSet::restarted() {
  each(at_restart, [](Invariant& i, const Judgement& j) { i.on_restart(j); });
}
void InvariantSet::quiescent() {
  each(at_quiescence, [](Invariant& i, const Judgement& j) { i.on_quiescent(j); });
}

}  // namespace raidsim::harness
