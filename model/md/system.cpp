#include "model/md/system.h"

#include <algorithm>
#include <cerrno>

#include "engine/assert.h"
#include "engine/sync/step_down.h"
#include "model/md/unit_device.h"
#include "model/md/unit_driver.h"

namespace raidsim::md {

/// HL-03: while no pool module is loaded every call fails, after a console warning.
class NoPools final : public hotspare::Service {
 public:
  explicit NoPools(System& system) : system_(system) {}
  hotspare::Reservation get(PoolId, uint64_t, bool) override { return warned<hotspare::Reservation>(); }
  RecordId release(PoolId, NameKey, hotspare::ReleaseAs) override { return warned<RecordId>(); }
  void release_committed(RecordId) override {}
  Counted increment(PoolId) override { return warned<Counted>(); }
  Counted decrement(PoolId) override { return warned<Counted>(); }
  DeviceNumber device_of(RecordId, DeviceNumber otherwise) override {
    system_.message(MessageId::HSP_SERVICE_MISSING);
    return otherwise;
  }

 private:
  template <class Result>
  Result warned() {
    system_.message(MessageId::HSP_SERVICE_MISSING);
    return Result{};
  }
  System& system_;
};

System::System(const Environment& environment, statedb::RecordStore& record_store)
    : env(environment),
      store(record_store),
      names(*environment.devices, record_store),
      queues(environment),
      no_pools_(std::make_unique<NoPools>(*this)) {}

System::~System() = default;

void System::start_daemons() {
  daemons_die_ = false;
  md_done_daemon.start(*env.host);
  md_mstr_daemon.start(*env.host);
  md_hs_daemon.start(*env.host);
  md_ff_daemonq.start(*env.host, 3);
}

void System::stop_daemons() {
  daemons_die_ = true;
  md_hs_daemon.stop();
  md_ff_daemonq.stop();
  md_mstr_daemon.stop();
  md_done_daemon.stop();
}

bool System::daemons_idle() const noexcept {
  return md_done_daemon.idle() && md_mstr_daemon.idle() && md_hs_daemon.idle() && md_ff_daemonq.idle();
}

uint32_t System::live_daemons() const noexcept {
  return md_done_daemon.daemons() + md_mstr_daemon.daemons() + md_hs_daemon.daemons() + md_ff_daemonq.daemons();
}

void System::add_driver(UnitDriver& driver) {
  drivers_.push_back(&driver);
  by_type_[static_cast<size_t>(driver.type)] = &driver;
}

UnitFrame& System::install(std::unique_ptr<UnitFrame> unit) {
  RAIDSIM_ASSERT(snarfing || (md_unit_array_rw.write_held() && md_link_rw.write_held()));
  const Minor minor = unit->minor;
  RAIDSIM_ASSERT(set_of_minor(minor) == 0 && this->unit(minor) == nullptr);
  if (units_.size() <= minor) units_.resize(minor + 1);
  units_[minor] = std::move(unit);
  list_.insert(list_.begin(), units_[minor].get());
  --s_un_avail_;
  return *units_[minor];
}

std::unique_ptr<UnitFrame> System::remove(Minor minor) {
  RAIDSIM_ASSERT(md_unit_array_rw.write_held() && md_link_rw.write_held());
  RAIDSIM_ASSERT(unit(minor) != nullptr);
  std::erase(list_, units_[minor].get());
  clear_nblocks(minor);  // MD-09
  ++s_un_avail_;
  return std::move(units_[minor]);
}

void System::make_visible(std::unique_ptr<UnitFrame> unit) {
  const Minor minor = unit->minor;
  const uint64_t size = unit->header().un_total_blocks;
  WriteHold array = md_unit_array_rw.write();
  WriteHold list = md_link_rw.write();
  install(std::move(unit));
  set_nblocks(minor, size);
  list.release();
  array.release();
}

std::unique_ptr<UnitFrame> System::take_out(Minor minor) {
  const WriteHold list = md_link_rw.write();
  return remove(minor);
}

uint32_t System::md_get_nextunit() noexcept {
  for (uint32_t tried = 0; s_un_avail_ != 0 && tried < md_maxunits; ++tried) {
    const uint32_t slot = s_un_next_;
    s_un_next_ = (slot + 1) % md_maxunits;
    if (unit(make_minor(0, slot)) == nullptr) return slot;
  }
  return MD_UNITBAD;
}

bool System::give_back_nextunit() noexcept {
  if (s_un_next_ == 0) return false;
  --s_un_next_;
  return true;
}

void System::search_from_first_free() noexcept {
  s_un_next_ = 0;
  while (s_un_avail_ != 0 && unit(make_minor(0, s_un_next_)) != nullptr) ++s_un_next_;
}

void System::set_nblocks(Minor minor, uint64_t blocks) { nblocks_[minor] = blocks; }
void System::clear_nblocks(Minor minor) { nblocks_.erase(minor); }

uint64_t System::nblocks(Minor minor) const noexcept {
  const auto found = nblocks_.find(minor);
  return found == nblocks_.end() ? 0 : found->second;
}

DeviceTable::Opened System::md_layered_open(Minor, DeviceNumber& device, NameKey key, uint64_t blocks_needed,
                                            uint32_t flags) {
  if (device == no_device) return {.error = ENODEV};
  if (major_of(device) == md_major) return open_unit(minor_of(device), blocks_needed, flags);
  const DeviceId expected = key == 0 ? 0 : names.device_id(key);
  DeviceTable::Opened opened = env.devices->open(device, expected, blocks_needed);
  if (opened.device != nullptr) device = opened.device->number();
  return opened;
}

DeviceTable::Opened System::open_unit(Minor minor, uint64_t blocks_needed, uint32_t flags) {
  UnitFrame* const frame = unit(minor);
  if (frame == nullptr || nblocks(minor) < blocks_needed) return {.error = ENXIO};
  const StepDown lower;
  const int error = driver(frame->type).open(*frame, FREAD | FWRITE, OTYP_LYR, flags, Opener::caller);
  if (error != 0) return {.error = error};
  std::unique_ptr<UnitDevice>& device = unit_devices_[minor];
  if (device == nullptr) device = std::make_unique<UnitDevice>(*this, minor);
  return {.device = device.get()};
}

void System::md_layered_close(BlockDevice& device, uint32_t flags) {
  if (major_of(device.number()) != md_major) return env.devices->close(device);
  UnitFrame* const frame = unit(minor_of(device.number()));
  RAIDSIM_ASSERT(frame != nullptr);  // it was open
  const StepDown lower;
  static_cast<void>(driver(frame->type).close(*frame, OTYP_LYR, flags, Opener::caller));
}

RecordId System::md_set_parent(DeviceNumber device, Minor parent) {
  if (device == no_device || major_of(device) != md_major) return 0;
  UnitFrame* const frame = unit(minor_of(device));
  if (frame == nullptr) return 0;
  const StepDown lower;
  const WriteHold held = frame->unit_lock.write();
  frame->header().un_parent = parent;
  return frame->header().un_record_id;
}

void System::notify(EventClass event_class, EventSubclass subclass, EventTag tag, uint64_t device) {
  deliver({.event_class = event_class, .subclass = subclass, .tag = tag, .set = 0, .device = device});
}

void System::deliver(const SvmEvent& event) {
  queues.put(notify_event(event));
  if (env.notifier != nullptr) env.notifier->notify(event);
}

void System::message(MessageId id, uint64_t a, uint64_t b, uint64_t c) {
  if (env.console != nullptr) env.console->message(id, a, b, c);
}

void System::unregister_services() {
  hot_spares = nullptr;
  pokes_.clear();
}

void System::poke_hot_spares() {
  for (const PokeService& service : pokes_) service.poke(service.context);
}

hotspare::Service& System::hs() { return hot_spares != nullptr ? *hot_spares : *no_pools_; }

void System::commit(RecordId record, std::initializer_list<RecordId> extras) {
  if (stale()) return;
  std::vector<RecordId> ids{record};
  ids.insert(ids.end(), extras.begin(), extras.end());
  static_cast<void>(store.commit(ids));
}

void System::commit_group(std::span<const RecordId> ids) {
  if (stale()) return;
  std::vector<RecordId> once;
  for (const RecordId id : ids) {
    if (id != 0 && std::find(once.begin(), once.end(), id) == once.end()) once.push_back(id);
  }
  static_cast<void>(store.commit(once));
}

Error System::discard(RecordId record, const Error& error) {
  store.set_owner(record, nullptr);
  static_cast<void>(store.remove(std::array{record}));
  return error;
}

}  // namespace raidsim::md
