#include "harness/invariants/unit_rules.h"

#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

class AskUnit final : public NamedInvariant {
 public:
  explicit AskUnit(const UnitRule& rule)
      : NamedInvariant(rule.info, rule.info.when == When::quiescent ? at_quiescence : at_unit), rule_(rule) {}
  void on_unit(const Judgement& judgement, uint32_t unit, const raid::Unit&, const raid::RaidUnit& now) override {
    if (info().when == When::always || at_rest(now)) report_unit(judgement, unit, rule_.ask(now.un));
  }
  void on_quiescent(const Judgement& judgement) override {
    for (uint32_t i = 0; i < judgement.world().scenario().units.size(); ++i) {
      if (const raid::RaidUnit* unit = judgement.world().unit(i)) report_unit(judgement, i, rule_.ask(unit->un));
    }
  }

 private:
  UnitRule rule_;
};

class AskChange final : public NamedInvariant {
 public:
  explicit AskChange(const ChangeRule& rule) : NamedInvariant(rule.info, at_unit), rule_(rule) {}
  void on_unit(const Judgement& judgement, uint32_t unit, const raid::Unit& before,
               const raid::RaidUnit& now) override {
    if (!before.columns.empty()) report_unit(judgement, unit, rule_.ask(before, now.un));
  }

 private:
  ChangeRule rule_;
};

}  // namespace

void report_unit(const Judgement& judgement, uint32_t unit, const Broken& broken) {
  if (broken.empty()) return;
  const std::string& name = judgement.world().scenario().units[unit].name;
  judgement.broken(name, name + " " + broken);
}

void add_rules(std::vector<std::unique_ptr<Invariant>>& all, std::span<const UnitRule> rules) {
  for (const UnitRule& rule : rules) all.push_back(std::make_unique<AskUnit>(rule));
}

void add_rules(std::vector<std::unique_ptr<Invariant>>& all, std::span<const ChangeRule> rules) {
  for (const ChangeRule& rule : rules) all.push_back(std::make_unique<AskChange>(rule));
}

}  // namespace raidsim::harness
