// model/raid/admin/replace.cpp
#include "model/raid/admin/replace.h"

#include <optional>

#include "engine/assert.h"
#include "model/raid/admin/lookup.h"
#include "model/raid/admin/replace_checks.h"
#include "model/raid/column_device.h"
#include "model/raid/init.h"
#include "model/raid/resync.h"
#include "model/raid/resync_request.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

enum class Command : uint8_t { replace, enable };

/// What a replace or enable does to one column, from the checks to the start of the resync.
class ColumnCommand {
 public:
  ColumnCommand(md::System& system, const ReplaceRequest& request, Command command)
      : system_(system), request_(request), command_(command) {}

  md::Error run() {
    if (const md::Error error = check(); !error.is_ok()) return error;
    saved_ = column().un_devstate;
    hot_spared_ = column().hot_spared();
    RAIDSIM_ASSERT(column().alt.dev == no_device && !column().has(MD_RAID_ALT_ISOPEN));
    if (const md::Error error = command_ == Command::replace ? open_new() : open_own(); !error.is_ok()) return error;
    claim();
    command_ == Command::replace ? put_new_in_place() : put_own_in_place();
    set_label();
    unit_->commit(looked_.locks.unit_w, {old_child_, new_child_});
    if (old_key_ != 0) system_.names.remove(old_key_);
    looked_.locks.drop();
    announce();
    return start();
  }

 private:
  [[nodiscard]] Column& column() { return unit_->column(col_); }
  [[nodiscard]] md::Error comp(md::CompCode code, DeviceNumber device) const {
    return md::mdcomperror(code, request_.minor, device);
  }
  [[nodiscard]] bool claims_resync() const { return saved_ != RCS_INIT_ERRED && !request_.no_resync; }

  // ---- 5.1, 5.2 ----

  md::Error check() {
    {
      const Looked early = raid_getun(system_, request_.minor, LockSet::read);
      if (early.unit == nullptr) return early.error;
      if (const md::Error error = refused_before_locking(early.unit->un); !error.is_ok()) return error;
    }
    looked_ = raid_getun(system_, request_.minor, LockSet::writers);
    if (looked_.unit == nullptr) return looked_.error;
    unit_ = looked_.unit;
    const md::KeysOfDevice keys = system_.names.md_getkeyfromdev(request_.old_device);
    if (!keys.ok) return md::mddeverror(md::MDE_NAME_SPACE, request_.old_device);
    if (const md::Error error = find(keys); !error.is_ok()) return error;
    return refused_by_state(unit_->un, col_, request_.force);
  }

  md::Error find(const md::KeysOfDevice& keys) {
    bool unresolved = false;
    for (uint64_t i = 0; i < unit_->un.columns.size(); ++i) {
      Column& candidate = unit_->un.columns[i];
      if (candidate.orig.dev == no_device) {
        candidate.orig.dev = system_.names.md_resolve_bydevid(request_.minor, no_device, candidate.un_orig_key);
      }
      unresolved = unresolved || candidate.orig.dev == no_device;
      if (candidate.orig.dev == no_device || candidate.orig.dev != request_.old_device) continue;
      col_ = ColumnIndex{i};
      return md::no_error;
    }
    return unresolved ? find_by_key(keys) : comp(md::MDE_CANT_FIND_COMP, request_.old_device);
  }

  md::Error find_by_key(const md::KeysOfDevice& keys) {
    for (uint64_t i = 0; i < unit_->un.columns.size(); ++i) {
      const Column& candidate = unit_->un.columns[i];
      if (candidate.orig.dev != no_device || keys.nkeys == 0 || candidate.un_orig_key != keys.key) continue;
      if (keys.nkeys > 1) return md::mddeverror(md::MDE_MULTNM, request_.old_device);
      col_ = ColumnIndex{i};
      return md::no_error;
    }
    return find_by_last_number();
  }

  /// What is away is meant by the number that it had last, whoever has come into its slot since.
  md::Error find_by_last_number() {
    std::optional<ColumnIndex> found;
    for (uint64_t i = 0; i < unit_->un.columns.size() && request_.old_device != no_device; ++i) {
      const Column& candidate = unit_->un.columns[i];
      if (candidate.orig.dev != no_device) continue;
      if (system_.names.md_getdevnum(candidate.un_orig_key, md::Trust::MD_TRUST_DEVT) != request_.old_device) continue;
      if (found) return md::mddeverror(md::MDE_MULTNM, request_.old_device);
      found = ColumnIndex{i};
    }
    if (!found) return comp(md::MDE_CANT_FIND_COMP, request_.old_device);
    col_ = *found;
    return md::no_error;
  }

  // ---- 5.3 step 7: everything that can be refused ----

  md::Error admissible() {
    if (claims_resync() && resync_refused(unit_->un, col_)) {
      return md::mdmderror(md::MDE_RESYNC_ACTIVE, request_.minor);
    }
    return md::no_error;
  }

  md::Error open_new() {
    if (const md::Error error = admissible(); !error.is_ok()) return error;
    const NewComponent& component = request_.component;
    new_number_ = system_.names.md_resolve_bydevid(request_.minor, component.device, component.key);
    const DeviceTable::Opened opened = system_.md_layered_open(request_.minor, new_number_, component.key, 0);
    if (opened.device == nullptr) return comp(md::MDE_COMP_OPEN_ERR, component.device);
    const Unit& un = unit_->un;
    const bool large = opened.device->blocks() >= component.start_blk + un.un_pwsize + un.rows();
    const bool fast = opened.device->longest_transfer() >= un.un_maxio;
    if (!large || !fast || hot_spared_) system_.md_layered_close(*opened.device);  // RH-27
    if (!large) return comp(md::MDE_COMP_TOO_SMALL, component.device);
    if (!fast) return comp(md::MDE_MAXIO, component.device);
    if (!hot_spared_) opened_ = opened.device;
    return md::no_error;
  }

  md::Error open_own() {
    if (const md::Error error = admissible(); !error.is_ok()) return error;
    new_number_ = system_.names.md_resolve_bydevid(request_.minor, column().orig.dev, column().un_orig_key);
    if (new_number_ == no_device) new_number_ = request_.old_device;  // whatever has the number that is meant
    const md::KeysOfDevice keys = system_.names.md_getkeyfromdev(new_number_);
    if (!keys.ok) return md::mddeverror(md::MDE_NAME_SPACE, new_number_);
    if (keys.nkeys > 1) return md::mddeverror(md::MDE_MULTNM, new_number_);
    if (keys.key != column().un_orig_key) return comp(md::MDE_CANT_FIND_COMP, new_number_);
    if (hot_spared_ || column().has(MD_RAID_DEV_ISOPEN)) return md::no_error;
    // Whatever disk is in the slot now: its id is entered below.
    const uint64_t needed = blocks_needed(unit_->un, column().orig);
    const DeviceTable::Opened opened = system_.md_layered_open(request_.minor, new_number_, 0, needed);
    if (opened.device == nullptr) return comp(md::MDE_COMP_OPEN_ERR, new_number_);
    opened_ = opened.device;
    return md::no_error;
  }

  // ---- from here on nothing is refused ----

  void claim() {
    if (saved_ == RCS_INIT_ERRED) {
      unit_->un.un_status |= MD_UN_GROW_PENDING;
      unit_->un.un_percent_done = 0;
      set_state(*unit_, looked_.locks.unit_w, col_, RCS_INIT);
    } else if (claims_resync()) {
      accept_loss();
      const ResyncKind kind = hot_spared_ ? ResyncKind::copy : ResyncKind::regen;
      const RequestResult requested = resync_request(unit_->un, col_, kind, system_.wall_ns());
      RAIDSIM_ASSERT(requested.granted);
      carry_out(*unit_, requested.change);
    }
  }

  /// D-17: by force, last-errored columns serve as sources for what they are; the administrator is told which.
  /// One whose log is complete is left to the resync, which replays first.
  void accept_loss() {
    if (!request_.force || unit_->un.un_state != RUS_LAST_ERRED) return;
    unit_->un.un_status |= MD_UN_RESYNC_FORCED;
    for (uint64_t i = 0; i < unit_->un.columns.size(); ++i) {
      Column& other = unit_->un.columns[i];
      const bool missed = other.un_devstate == RCS_LAST_ERRED && other.has(MD_RAID_MISSED_WRITE);
      if (!missed || ColumnIndex{i} == col_ || other.has(MD_RAID_LOG_COMPLETE)) continue;
      other.un_devflags &= ~uint32_t{MD_RAID_MISSED_WRITE};
      unit_->message(md::MessageId::LAST_ERRED_NOTE, other.now.dev);
    }
  }

  void put_new_in_place() {
    old_key_ = column().un_orig_key;
    old_child_ = system_.md_reset_parent(column().orig.dev);
    new_child_ = system_.md_set_parent(new_number_, request_.minor);
    column().orig = {.dev = new_number_,
                     .pwstart = request_.component.start_blk,
                     .devstart = request_.component.start_blk + unit_->un.un_pwsize};
    column().un_orig_key = request_.component.key;
    if (hot_spared_) {
      column().alt = claims_resync() ? column().orig : DeviceGroup{};
      return;
    }
    close_column(*unit_, col_);
    column().now = column().orig;
    take_opened();
  }

  void put_own_in_place() {
    if (opened_ != nullptr && !system_.names.update_device_id(column().un_orig_key, new_number_)) {
      unit_->message(md::MessageId::NAMESPACE);
    }
    column().orig.dev = new_number_;
    if (hot_spared_) {
      column().alt = claims_resync() ? column().orig : DeviceGroup{};
      return;
    }
    column().now = column().orig;
    take_opened();
  }

  void take_opened() {
    if (opened_ == nullptr) return;
    unit_->set_device(col_, Target::now, opened_);
    column().un_devflags |= MD_RAID_DEV_ISOPEN;
  }

  void set_label() {
    const bool label = command_ == Command::replace ? request_.component.has_label : request_.has_label;
    column().un_devflags &= ~uint32_t{MD_RAID_HAS_LABEL};
    if (label) column().un_devflags |= MD_RAID_HAS_LABEL;
  }

  void announce() {
    const bool enable = command_ == Command::enable;
    system_.notify(enable ? md::EventClass::EC_SVM_STATE : md::EventClass::EC_SVM_CONFIG,
                   enable ? md::EventSubclass::ESC_SVM_ENABLE : md::EventSubclass::ESC_SVM_REPLACE,
                   md::EventTag::SVM_TAG_METADEVICE, request_.minor);
  }

  md::Error start() {
    if (!claims_resync() && saved_ != RCS_INIT_ERRED) return md::no_error;
    const md::Error error =
        saved_ == RCS_INIT_ERRED ? raid_init_unit(system_, request_.minor) : raid_resync_unit(system_, request_.minor);
    if (error.is_ok()) return error;
    restore();
    system_.poke_hot_spares();  // RH-22
    return error;               // RH-28
  }

  /// Step 14. A state that the attempt itself recorded for the column stands.
  void restore() {
    const ScopedWrite held(unit_->unit_lock.write());
    if (claims_resync()) release_resync_request(unit_->un);
    drop_alternate(*unit_, col_);
    if (opened_ != nullptr && !unit_->is_open()) close_column(*unit_, col_);
    const ColumnState now = column().un_devstate;
    if (now == RCS_INIT) set_state(*unit_, held, col_, RCS_INIT_ERRED, Flavour::forced);
    if (now == RCS_RESYNC) restore_resync(held);
    column().un_devflags &= ~uint32_t{MD_RAID_DEV_ERRED};
    recompute_state(*unit_, held);
    unit_->commit(held);
  }

  void restore_resync(const WriteHold& held) {
    if (saved_ == RCS_OKAY) return set_state(*unit_, held, col_, hot_spared_ ? RCS_OKAY : RCS_ERRED);
    set_state(*unit_, held, col_, saved_, Flavour::forced);
    // A new device holds nothing: what its predecessor was worth as last errored does not pass to it.
    if (command_ == Command::replace && !hot_spared_) column().un_devflags |= MD_RAID_MISSED_WRITE;
  }

  md::System& system_;
  const ReplaceRequest& request_;
  Command command_;
  Looked looked_;
  RaidUnit* unit_ = nullptr;
  ColumnIndex col_;
  ColumnState saved_ = RCS_UNUSED;
  bool hot_spared_ = false;
  DeviceNumber new_number_ = no_device;
  BlockDevice* opened_ = nullptr;  ///< opened by this command, not yet a column's
  md::NameKey old_key_ = 0;
  md::RecordId old_child_ = 0, new_child_ = 0;  ///< units whose parent has changed: their records
};

}  // namespace

md::Error raid_replace(md::System& system, const ReplaceRequest& request) {
  return ColumnCommand(system, request, Command::replace).run();
}

md::Error raid_enable(md::System& system, const ReplaceRequest& request) {
  return ColumnCommand(system, request, Command::enable).run();
}

}  // namespace raidsim::raid
