// INV-S: stripes and concatenations (spec/stripe.md 11).
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/invariants/families.h"
#include "harness/invariants/stripe_rules.h"
#include "harness/world/world.h"
#include "model/stripe/layout.h"

namespace raidsim::harness {
namespace {

using stripe::Component;
using stripe::StripeUnit;
using stripe::Unit;

/// Asked of every stripe after a boot and at quiescence.
class StripeRule : public NamedInvariant {
 public:
  StripeRule(const InvariantInfo& info, Broken (*ask)(World&, uint32_t, const StripeUnit&))
      : NamedInvariant(info, at_restart | at_quiescence), ask_(ask) {}
  void on_restart(const Judgement& judgement) override { look(judgement); }
  void on_quiescent(const Judgement& judgement) override { look(judgement); }

 private:
  void look(const Judgement& judgement) {
    World& world = judgement.world();
    for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
      const StripeUnit* unit = world.stripe(i);
      if (unit == nullptr || unit->unit_lock.write_held()) continue;
      report_unit(judgement, i, ask_(world, i, *unit));
    }
  }
  Broken (*ask_)(World&, uint32_t, const StripeUnit&);
};

template <Broken (*Ask)(const Unit&)>
Broken of_structure(World&, uint32_t, const StripeUnit& unit) {
  return Ask(unit.un);
}

/// INV-S04. A disk that is away has no size.
Broken fits(World& world, uint32_t, const StripeUnit& unit) {
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const uint32_t disk = world.roles().disk_of(unit.un.components[c].un_dev);
    if (disk >= world.roles().slices().size()) continue;
    const SliceLayout& slice = world.roles().slices()[disk];
    if (unit.un.blocks_needed(c) > slice.blocks - slice.slice0)
      return fmt::format("component {} ends behind its disk", c);
  }
  return {};
}

/// INV-S05, between units too.
Broken map_holds(World& world, uint32_t index, const StripeUnit& unit) {
  const auto own = scenarios::stripe_layout_of(world.scenario(), world.scenario().units[index]);
  if (!own || own->rows.size() != unit.un.rows.size()) return {};  // it has grown
  std::vector<uint64_t> slice0;
  for (const scenarios::StripeLayout::Row& row : own->rows) {
    for (const scenarios::Disk* disk : row.disks) {
      slice0.push_back(world.roles().slices()[disk_index(world.scenario(), disk->name)].slice0);
    }
  }
  return broken_stripe_map(unit.un, *own, slice0);
}

Broken extents_apart(World& world, uint32_t, const StripeUnit& unit) {
  for (const StripeUnit* other : world.machine()->manager().view().stripes()) {
    for (uint32_t a = 0; a < unit.un.components.size(); ++a) {
      for (uint32_t b = 0; b < other->un.components.size(); ++b) {
        const Component &x = unit.un.components[a], &y = other->un.components[b];
        const bool same = other == &unit && a == b;
        if (same || x.un_dev == no_device || x.un_dev != y.un_dev) continue;
        if (x.un_start_block < other->un.blocks_needed(b) && y.un_start_block < unit.un.blocks_needed(a)) {
          return fmt::format("component {} shares blocks with component {} of unit {}", a, b, other->minor);
        }
      }
    }
  }
  return {};
}

Broken map_and_extents(World& world, uint32_t index, const StripeUnit& unit) {
  Broken broken = map_holds(world, index, unit);
  return broken.empty() ? extents_apart(world, index, unit) : broken;
}

/// INV-S07
Broken spares_are_reserved(World& world, uint32_t, const StripeUnit& unit) {
  const View view = world.machine()->manager().view();
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const Component& component = unit.un.components[c];
    if (!component.hot_spared()) continue;
    const hotspare::HotSpare* spare = view.spare(component.un_mirror.ms_hs_id);
    if (spare == nullptr) return fmt::format("the spare of component {} does not exist", c);
    if (spare->hs_state != hotspare::SpareState::HSS_RESERVED)
      return fmt::format("the spare of component {} is free", c);
    if (spare->hs_key != component.un_mirror.ms_hs_key)
      return fmt::format("component {} knows its spare by another key", c);
  }
  return {};
}

/// INV-S09, INV-S10: a flag is set where a device is held, and a probe is over.
Broken opens(World&, uint32_t, const StripeUnit& unit) {
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const bool flag = unit.un.components[c].has(stripe::MDM_S_ISOPEN);
    if (flag != (unit.devices[c].ordinary != nullptr)) return fmt::format("component {} is open, or says so", c);
    if (flag && !unit.is_open() && !unit.open_close.write_held()) {
      return fmt::format("component {} of a closed unit is open", c);
    }
  }
  return {};
}

Broken probes(World&, uint32_t, const StripeUnit& unit) {
  if (unit.open_close.write_held()) return {};
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const bool flag = unit.un.components[c].has(stripe::MDM_S_PROBEOPEN);
    if (flag || unit.devices[c].probe != nullptr) return fmt::format("component {} is still open for a probe", c);
  }
  return {};
}

/// INV-S14
Broken children(World&, uint32_t, const StripeUnit& unit) {
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const DeviceNumber device = unit.un.components[c].un_dev;
    if (device == no_device || major_of(device) != md_major) continue;
    const md::UnitFrame* child = unit.system.unit(minor_of(device));
    if (child == nullptr || child->type != md::UnitType::MD_METASP || child->header().un_parent != unit.minor) {
      return fmt::format("component {} is no soft partition of this unit", c);
    }
  }
  return {};
}

/// INV-S18
Broken names_exist(World&, uint32_t, const StripeUnit& unit) {
  const auto& entries = unit.system.names.entries();
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const Component& component = unit.un.components[c];
    if (!entries.contains(component.un_key)) return fmt::format("component {} has no name", c);
    if (component.hot_spared() && !entries.contains(component.un_mirror.ms_hs_key)) {
      return fmt::format("the spare of component {} has no name", c);
    }
  }
  return {};
}

/// INV-S15: at each answer, of the requests that go on.
class FragmentsAreCounted final : public NamedInvariant {
 public:
  FragmentsAreCounted()
      : NamedInvariant({"INV-S15", When::always, "a request in progress has a fragment out"}, at_answer) {}
  void on_answer(const Judgement& judgement, md::Minor minor, const md::Buffer&) override {
    World& world = judgement.world();
    const StripeUnit* unit = world.machine() == nullptr ? nullptr : world.machine()->manager().view().stripe(minor);
    if (unit == nullptr) return;
    uint32_t in_use = 0;
    for (const stripe::Parent* ps : unit->pool.all_parents()) {
      if (ps->unit == nullptr) continue;
      ++in_use;
      if (ps->ps_frags == 0 || ps->ps_frags > (1u << 30)) judgement.broken("fragments", "a request waits for nothing");
    }
    if (in_use != unit->pool.parents_in_use()) {
      judgement.broken("fragments",
                       fmt::format("{} requests are counted, {} are there", unit->pool.parents_in_use(), in_use));
    }
  }
};

}  // namespace

Broken broken_rows(const Unit& unit) {
  uint32_t next = 0;
  for (size_t r = 0; r < unit.rows.size(); ++r) {
    if (unit.rows[r].un_icomp != next || unit.rows[r].un_ncomp == 0)
      return fmt::format("row {} begins at another's", r);
    next += unit.rows[r].un_ncomp;
  }
  return next == unit.components.size() && next != 0 ? "" : "not every component is a row's";
}

Broken broken_sums(const Unit& unit) {
  uint64_t sum = 0;
  for (size_t r = 0; r < unit.rows.size(); ++r) {
    sum += unit.rows[r].un_blocks;
    if (unit.rows[r].un_cum_blocks != sum)
      return fmt::format("row {} ends at {}, not {}", r, unit.rows[r].un_cum_blocks, sum);
  }
  return unit.un_actual_tb == sum ? "" : fmt::format("{} blocks of {}", unit.un_actual_tb, sum);
}

Broken broken_interlaces(const Unit& unit) {
  for (size_t r = 0; r < unit.rows.size(); ++r) {
    const stripe::Row& row = unit.rows[r];
    if (row.un_ncomp > 1 && row.un_blocks % (row.un_ncomp * row.un_interlace) != 0) {
      return fmt::format("row {} ends within an interlace", r);
    }
  }
  return {};
}

Broken broken_spare_fields(const Unit& unit) {
  for (size_t c = 0; c < unit.components.size(); ++c) {
    const stripe::Shared& shared = unit.components[c].un_mirror;
    if ((shared.ms_hs_id == 0) != (shared.ms_hs_key == 0) || (shared.ms_hs_id == 0 && shared.ms_orig_dev != 0)) {
      return fmt::format("component {} is half hot spared", c);
    }
  }
  return {};
}

Broken broken_pool(const Unit& unit) {
  const auto spared = [](const Component& component) { return component.hot_spared(); };
  const bool any = std::any_of(unit.components.begin(), unit.components.end(), spared);
  return any && unit.un_hsp_id == md::MD_HSP_NONE ? "hot spared, and of no pool" : "";
}

Broken broken_top_level(const Unit& unit) {
  if (md::md_has_parent(unit.un_parent)) return {};
  for (size_t c = 0; c < unit.components.size(); ++c) {
    const Component& component = unit.components[c];
    if (component.un_mirror.ms_state != stripe::CS_OKAY || component.has(stripe::MDM_S_NOWRITE)) {
      return fmt::format("component {} has a state, and no mirror above", c);
    }
  }
  return {};
}

Broken broken_nowrite(const Unit& unit) {
  for (size_t c = 0; c < unit.components.size(); ++c) {
    const Component& component = unit.components[c];
    if (component.has(stripe::MDM_S_NOWRITE) != (component.un_mirror.ms_state == stripe::CS_ERRED)) {
      return fmt::format("component {} is written to, or not, against its state", c);
    }
  }
  return {};
}

Broken broken_erred_open(const Unit& unit) {
  for (size_t c = 0; c < unit.components.size(); ++c) {
    const Component& component = unit.components[c];
    if (component.un_mirror.ms_state == stripe::CS_ERRED && component.has(stripe::MDM_S_ISOPEN)) {
      return fmt::format("component {} is errored and open", c);
    }
  }
  return {};
}

Broken broken_stripe_map(const Unit& unit, const scenarios::StripeLayout& own,
                         std::span<const uint64_t> slice0_of_component) {
  const auto same = [&](uint64_t block) {
    const stripe::Place place = stripe::place_of(unit, block);
    const scenarios::StripeLayout::Piece piece = own.piece_at(block);
    return place.block + slice0_of_component[place.component] == piece.block && place.run == piece.blocks;
  };
  for (uint64_t block = 0; block < unit.un_actual_tb;) {
    const uint64_t run = stripe::place_of(unit, block).run;
    if (run == 0) return fmt::format("block {} lies nowhere", block);
    for (const uint64_t at : {block, block + run - 1}) {
      if (!same(at)) return fmt::format("block {} lies where another does", at);
    }
    block += run;
  }
  return {};
}

void add_stripe_invariants(InvariantList& all) {
  const auto rule = [&](const char* id, When when, const char* sentence, auto ask) {
    all.push_back(std::make_unique<StripeRule>(InvariantInfo{id, when, sentence}, ask));
  };
  const When q = When::quiescent;
  rule("INV-S01", q, "every component is one row's, in the order of rows", of_structure<broken_rows>);
  rule("INV-S02", q, "rows add up to the unit", of_structure<broken_sums>);
  rule("INV-S03", q, "an interlaced row ends with a whole round", of_structure<broken_interlaces>);
  rule("INV-S04", q, "every component ends within its device", fits);
  rule("INV-S05", q, "blocks lie where the judge's own map has them, and no two in one place", map_and_extents);
  rule("INV-S06", q, "a component is hot spared in all its fields or in none", of_structure<broken_spare_fields>);
  rule("INV-S07", q, "a component's spare exists, is reserved and is known by its key", spares_are_reserved);
  rule("INV-S08", q, "only a unit with a pool is hot spared", of_structure<broken_pool>);
  rule("INV-S09", q, "a component says that it is open where a device is held for it", opens);
  rule("INV-S10", q, "a probe leaves nothing open", probes);
  rule("INV-S11", q, "components of a unit without a parent have no state but OKAY", of_structure<broken_top_level>);
  rule("INV-S12", q, "an ERRED component, and no other, is not written to", of_structure<broken_nowrite>);
  rule("INV-S13", q, "an ERRED component is closed", of_structure<broken_erred_open>);
  rule("INV-S14", q, "a unit below a stripe is its soft partition", children);
  rule("INV-S18", q, "every component has a name", names_exist);
  all.push_back(std::make_unique<FragmentsAreCounted>());
}

}  // namespace raidsim::harness
