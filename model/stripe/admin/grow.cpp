#include "model/stripe/admin/grow.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "engine/assert.h"
#include "engine/sync/step_down.h"
#include "model/md/lookup.h"
#include "model/statedb/db_status.h"
#include "model/stripe/admin/create.h"
#include "model/stripe/layout.h"
#include "model/stripe/open_close.h"
#include "model/stripe/record.h"

namespace raidsim::stripe {
namespace {

using md::Error;

/// The new structure, until it is the unit's.
struct Grown final : statedb::RecordOwner {
  Unit un;
  void encode(std::vector<std::byte>& out) const override { encode_record(un, out); }
};

class Grow {
 public:
  Grow(StripeUnit& unit, const md::GrowRequest& request)
      : unit_(unit), system_(unit.system), request_(request), image_(static_cast<const Unit&>(*request.image)) {}

  Error run() {
    if (const Error error = parents_usable(); !error.is_ok()) return error;
    const WriteHold array = system_.md_unit_array_rw.write();
    return lock_parents(0);
  }

 private:
  /// Step 4.
  Error parents_usable() {
    const std::vector<md::Minor>& par = request_.parents;
    const bool ascending = std::adjacent_find(par.begin(), par.end(), std::greater_equal<>()) == par.end();
    if (!ascending || std::find(par.begin(), par.end(), unit_.minor) != par.end()) return md::mdsyserror(EINVAL);
    for (const md::Minor minor : par) {
      if (!md::in_range(minor)) return md::mdmderror(md::MDE_INVAL_UNIT, minor);
      if (system_.unit(minor) == nullptr) return md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor);
      parents_.push_back(system_.unit(minor));
    }
    // From the top down (docs/decisions/0048): a request to an upper unit that already has its lock may be waiting for
    // a lower one's.
    std::stable_sort(parents_.begin(), parents_.end(),
                     [this](const auto* a, const auto* b) { return height(*a) < height(*b); });
    return md::no_error;
  }

  /// Units above it.
  [[nodiscard]] uint32_t height(const md::UnitFrame& unit) const {
    uint32_t above = 0;
    const md::UnitFrame* at = &unit;
    while (md::md_has_parent(at->header().un_parent) && above < md::md_maxunits) {
      at = system_.unit(at->header().un_parent);
      if (at == nullptr) break;
      ++above;
    }
    return above;
  }

  /// Step 6, one after the other; each is given back on every way out.
  Error lock_parents(size_t index) {
    if (index == parents_.size()) {
      const WriteHold own = unit_.unit_lock.write();
      return grow_held();
    }
    const WriteHold held = parents_[index]->unit_lock.write();
    const StepDown lower;
    return lock_parents(index + 1);
  }

  [[nodiscard]] bool parent_is_still() const {
    const md::Minor parent = unit_.un.un_parent;
    return !md::md_has_parent(parent) || std::binary_search(request_.parents.begin(), request_.parents.end(), parent);
  }

  [[nodiscard]] bool based_on_present_rows() const {
    const std::vector<Row>& now = unit_.un.rows;
    return now.size() == request_.nrows && image_.rows.size() >= now.size() &&
           std::equal(now.begin(), now.end(), image_.rows.begin());
  }

  Error grow_held() {
    if (!parent_is_still()) return md::mdmderror(md::MDE_IN_USE, unit_.minor);  // GR-04
    if (!based_on_present_rows()) return md::mdsyserror(EINVAL);
    if (!system_.store.has_room(record_bytes(image_.rows.size(), image_.components.size()))) {
      return statedb::mddbstatus2error(statedb::DbStatus::nospace, unit_.minor, 0);
    }
    const md::RecordId record = system_.store.create(statedb::RecordType::stripe);
    if (record < 0) return statedb::mddbstatus2error(static_cast<statedb::DbStatus>(record), unit_.minor, 0);
    if (const Error error = unsound(); !error.is_ok()) return system_.discard(record, error);
    carry_out(record);
    return md::no_error;
  }

  Error unsound() {
    if (broken_structure(image_) != nullptr) return md::mdmderror(md::MDE_INVAL_UNIT, unit_.minor);
    for (size_t c = unit_.un.components.size(); c < image_.components.size(); ++c) {
      if (const Error error = refuse_child(system_, image_.components[c]); !error.is_ok()) return error;
    }
    return md::no_error;
  }

  // ---- from here on nothing is refused ----

  void carry_out(md::RecordId record) {
    take_over(record);
    system_.set_nblocks(unit_.minor, grown_.un.un_total_blocks);  // MD-10, the first time
    std::vector<md::RecordId> group{record};
    std::vector<OpenComponent> opened = unit_.devices;
    opened.resize(grown_.un.components.size());
    add_components(group, opened);
    system_.store.set_owner(record, &grown_);
    system_.commit_group(group);
    const md::RecordId old = std::exchange(unit_.un.un_record_id, record);
    system_.store.set_owner(old, nullptr);
    static_cast<void>(system_.store.remove(std::array{old}));
    system_.set_nblocks(unit_.minor, grown_.un.un_total_blocks);
    unit_.un = std::move(grown_.un);
    unit_.devices = std::move(opened);
    system_.store.set_owner(record, &unit_);
    system_.notify(md::EventClass::EC_SVM_CONFIG, md::EventSubclass::ESC_SVM_GROW, md::EventTag::SVM_TAG_METADEVICE,
                   unit_.minor);
  }

  /// Steps 14 to 17: totals and new rows from the caller, all else as it is.
  void take_over(md::RecordId record) {
    grown_.un = unit_.un;
    grown_.un.un_record_id = record;
    grown_.un.un_total_blocks = image_.un_total_blocks;
    grown_.un.un_actual_tb = image_.un_actual_tb;
    grown_.un.un_flag |= md::MD_EFILABEL;
    grown_.un.rows = image_.rows;
    for (size_t c = unit_.un.components.size(); c < image_.components.size(); ++c) {
      grown_.un.components.push_back(image_.components[c]);
      grown_.un.components.back().un_mirror.ms_flags &= ~in_core_flags;
    }
  }

  /// Step 19. What cannot be opened now is opened, or not, with the unit's next first open.
  void add_components(std::vector<md::RecordId>& group, std::vector<OpenComponent>& opened) {
    for (uint32_t c = static_cast<uint32_t>(unit_.un.components.size()); c < grown_.un.components.size(); ++c) {
      group.push_back(system_.md_set_parent(grown_.un.components[c].own_device(), unit_.minor));
      if (unit_.is_open()) static_cast<void>(open_component(system_, grown_.un, c, opened[c], md::MD_OFLG_NULL));
    }
  }

  StripeUnit& unit_;
  md::System& system_;
  const md::GrowRequest& request_;
  const Unit& image_;
  std::vector<md::UnitFrame*> parents_;
  Grown grown_;
};

}  // namespace

md::Error stripe_grow(StripeUnit& unit, const md::GrowRequest& request) {
  RAIDSIM_ASSERT(request.image != nullptr && request.image->un_type == md::UnitType::MD_DEVICE);
  return Grow(unit, request).run();
}

}  // namespace raidsim::stripe
