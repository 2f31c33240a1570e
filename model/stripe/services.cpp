#include "model/stripe/services.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/assert.h"
#include "engine/sync/step_down.h"
#include "model/stripe/open_close.h"

namespace raidsim::stripe {

using hotspare::ReleaseAs;

/// One component that gets another device. Locks  unit lock (W), from the caller, until finish() or a failure
class Replacement {
 public:
  Replacement(StripeUnit& unit, uint32_t c, WriteHold held) : unit_(unit), system_(unit.system), c_(c) {
    out_.held_ = std::move(held);
    out_.unit_ = &unit;
  }

  Replaced run(const NewDevice* device) {
    if (device != nullptr && device->hot_spare == 0) {
      plain_ = *device;
      if (too_small()) return fail(md::MDE_COMP_TOO_SMALL);
      device = &plain_;
    }
    close_component(unit_, c_);
    give_spare_back();
    if (!open(device)) return left_on_its_own(device);
    if (device == nullptr) return done(0, 0);
    return device->hot_spare != 0 ? hot_spared(*device) : replaced(*device);
  }

  /// The lock, when the change did not come about and the caller goes on.
  WriteHold take_lock() { return std::move(out_.held_); }

 private:
  [[nodiscard]] Component& component() { return unit_.un.components[c_]; }

  /// Step 2. A label on the first component is part of the unit.
  bool too_small() {
    const bool label = (unit_.un.un_flag & md::MD_LABELED) != 0 && c_ == 0 && plain_.has_label;
    if (label) plain_.start_block = 0;
    const uint64_t available = plain_.number_blks - std::min(plain_.number_blks, plain_.start_block);
    return unit_.un.row_of(c_).component_blocks() > available;
  }

  /// Step 4.
  void give_spare_back() {
    if (!component().hot_spared()) return;
    Shared& shared = component().un_mirror;
    const bool good = shared.ms_state == CS_OKAY || shared.ms_state == CS_RESYNC;
    out_.given_back_ =
        system_.hs().release(unit_.un.un_hsp_id, shared.ms_hs_key, good ? ReleaseAs::HS_FREE : ReleaseAs::HS_BAD);
    component().un_dev = shared.ms_orig_dev;
    component().un_start_block = shared.ms_orig_blk;
    shared.ms_hs_id = 0;
    shared.ms_hs_key = 0;
    shared.ms_orig_dev = 0;
    shared.ms_orig_blk = 0;
  }

  /// Steps 5 and 6: what is to be in use, opened if the unit is open.
  bool open(const NewDevice* device) {
    const DeviceNumber asked = device == nullptr ? component().un_dev : device->device;
    md::NameKey key = device == nullptr ? component().un_key : device->key;
    const uint64_t start = device == nullptr ? component().un_start_block : device->start_block;
    number_ = system_.names.md_resolve_bydevid(unit_.minor, asked, key);
    if (device == nullptr && number_ == no_device) {  // a new disk in the same slot
      number_ = system_.names.md_getdevnum(key, md::Trust::MD_TRUST_DEVT);
      key = 0;
    }
    if (!unit_.is_open()) {
      if (device == nullptr && number_ != no_device) component().un_dev = number_;
      return true;
    }
    const uint64_t needed = start + unit_.un.row_of(c_).component_blocks();
    const DeviceTable::Opened opened = system_.md_layered_open(unit_.minor, number_, key, needed);
    if (opened.device == nullptr) return false;
    unit_.devices[c_].ordinary = opened.device;
    component().un_mirror.ms_flags |= MDM_S_ISOPEN;
    if (device == nullptr) component().un_dev = number_;
    return true;
  }

  Replaced left_on_its_own(const NewDevice* device) {
    system_.commit_group(std::array{unit_.un.un_record_id, out_.given_back_});
    if (device != nullptr && device->hot_spare != 0) {
      system_.message(md::MessageId::HS_OPEN_ERROR, unit_.minor, device->device);
      system_.notify(md::EventClass::EC_SVM_STATE, md::EventSubclass::ESC_SVM_OPEN_FAIL, md::EventTag::SVM_TAG_HS,
                     device->device);
    }
    if (out_.given_back_ != 0) system_.hs().release_committed(std::exchange(out_.given_back_, 0));
    return fail(md::MDE_COMP_OPEN_ERR);
  }

  Replaced hot_spared(const NewDevice& spare) {
    Shared& shared = component().un_mirror;
    shared.ms_orig_dev = component().un_dev;
    shared.ms_orig_blk = component().un_start_block;
    shared.ms_hs_id = spare.hot_spare;
    shared.ms_hs_key = spare.key;
    component().un_dev = number_ != no_device ? number_ : spare.device;
    component().un_start_block = spare.start_block;
    system_.message(md::MessageId::HOTSPARED, unit_.minor, shared.ms_orig_dev, component().un_dev);
    return done(0, 0);
  }

  /// Step 9.
  Replaced replaced(const NewDevice& device) {
    const md::RecordId old_child = system_.md_reset_parent(component().un_dev);
    out_.old_key_ = std::exchange(component().un_key, device.key);
    component().un_dev = number_ != no_device ? number_ : device.device;
    component().un_start_block = device.start_block;
    return done(old_child, system_.md_set_parent(component().un_dev, unit_.minor));
  }

  Replaced done(md::RecordId old_child, md::RecordId new_child) {
    for (const md::RecordId id : {old_child, new_child, unit_.un.un_record_id, out_.given_back_}) {
      if (id != 0) out_.records.push_back(id);
    }
    return std::move(out_);
  }

  /// The lock stays with this object; who does not take it lets it go.
  Replaced fail(int code) {
    Replaced failed;
    failed.code = code;
    return failed;
  }

  StripeUnit& unit_;
  md::System& system_;
  uint32_t c_;
  NewDevice plain_;
  DeviceNumber number_ = no_device;
  Replaced out_;
};

void Replaced::finish() {
  RAIDSIM_ASSERT(held_);  // once, and only of what succeeded
  md::System& system = unit_->system;
  if (old_key_ != 0) system.names.remove(old_key_);
  if (given_back_ != 0) system.hs().release_committed(given_back_);  // HL-06
  held_.release();
}

Shared& shared_by_blk(StripeUnit& unit, uint64_t block, uint64_t& count) {
  const Place place = place_of(unit.un, block);
  count = std::min(count, place.run);
  return unit.un.components[place.component].un_mirror;
}

Shared& shared_by_indx(StripeUnit& unit, uint32_t component) { return unit.un.components[component].un_mirror; }

Devices get_device(StripeUnit& unit, uint32_t c) {
  Component& component = unit.un.components[c];
  if (component.un_dev == no_device) {
    component.un_dev = unit.system.names.md_getdevnum(component.key_in_use(), md::Trust::MD_NOTRUST_DEVT);
  }
  return {.now = component.un_dev, .original = component.own_device()};
}

Replaced replace_device(StripeUnit& unit, uint32_t component, const NewDevice* device) {
  const StepDown lower;
  return Replacement(unit, component, unit.unit_lock.write()).run(device);
}

HotSpared hotspare_device(StripeUnit& unit, uint32_t c) {
  md::System& system = unit.system;
  if (system.stale() || unit.un.un_hsp_id == md::MD_HSP_NONE) return {};
  const StepDown lower;
  WriteHold held = unit.unit_lock.write();  // HS-S1
  const uint64_t needed = unit.un.row_of(c).component_blocks();
  const bool labelled = (unit.un.un_flag & md::MD_LABELED) != 0 && c == 0;
  for (;;) {
    const hotspare::Reservation spare = system.hs().get(unit.un.un_hsp_id, needed, labelled);
    const bool back = unit.un.components[c].hot_spared() || unit.un.components[c].has(MDM_S_ISOPEN);
    if (!spare.ok && !back) {  // HS-S2
      held.release();
      return {};
    }
    const NewDevice device{.device = spare.device,
                           .key = spare.key,
                           .start_block = spare.start_block,
                           .number_blks = 0,
                           .has_label = false,
                           .hot_spare = spare.record};
    Replacement replacement(unit, c, std::move(held));
    Replaced replaced = replacement.run(spare.ok ? &device : nullptr);
    if (!spare.ok) {
      if (replaced.code == 0) {
        system.commit_group(replaced.records);
        replaced.finish();
      }
      return {};
    }
    if (replaced.code == 0) {
      replaced.records.push_back(spare.record);
      return {.accepted = true, .replaced = std::move(replaced)};
    }
    held = replacement.take_lock();
    const md::RecordId broken = system.hs().release(unit.un.un_hsp_id, spare.key, ReleaseAs::HS_BAD);
    system.commit_group(std::array{broken});
    if (broken != 0) system.hs().release_committed(broken);
  }
}

}  // namespace raidsim::stripe
