// The queue and the steps of a transfer. What a step does to bytes is in virtual_disk_effect.cpp, what
// crashes and power cuts do in virtual_disk_power.cpp.
#include "model/disk/virtual_disk.h"

#include <algorithm>
#include <limits>

#include "engine/assert.h"
#include "model/disk/disk_bay.h"
#include "model/disk/fault/fault.h"
#include "model/disk/late_write.h"
#include "model/disk/trace_kinds.h"

namespace raidsim::disk {

namespace {

constexpr Duration refusal_time = 10us;  // a disk without power, seen from the host; chosen

ChoiceStream& stream_of(DiskBay& bay, DiskIndex index, const char* use) {
  return bay.simulation().choices().stream("disk/" + std::to_string(index) + "/" + use);
}

uint16_t flags_of(const Transfer& t) {
  return static_cast<uint16_t>(static_cast<uint32_t>(t.op) | (t.fua ? trace_flag_fua : 0U) |
                               (t.preflush ? trace_flag_preflush : 0U));
}

}  // namespace

Transfer::Transfer() : timer(&VirtualDisk::on_timer, *this) {}

VirtualDisk::VirtualDisk(DiskBay& bay, DiskIndex index, const DiskOptions& options)
    : bay_(bay),
      simulation_(bay.simulation()),
      index_(index),
      options_(options),
      id_(options.id),
      blocks_(options.blocks),
      medium_(bay.pool(), options.blocks),
      damage_(bay.damage().of(index)),
      latency_(make_latency_model(options.latency, options.blocks)),
      latency_choices_(stream_of(bay, index, "latency")),
      fault_choices_(stream_of(bay, index, "fault")),
      queue_choices_(stream_of(bay, index, "queue")),
      cache_choices_(stream_of(bay, index, "cache")),
      power_choices_(stream_of(bay, index, "power")),
      serving_limit_(latency_->one_at_a_time() ? 1 : options.depth),
      queue_watch_(&VirtualDisk::on_queue_watch, *this) {
  RAIDSIM_ASSERT(options.depth >= 1 && options.depth <= 32);
  RAIDSIM_ASSERT(options.atom_bytes == 0 || options.atom_bytes == 512 || options.atom_bytes == 4096);
}

VirtualDisk::~VirtualDisk() {
  simulation_.cancel(queue_watch_);
  for (const auto& late : late_writes_) simulation_.cancel(*late);
}

void VirtualDisk::List::push(Transfer& t) {
  t.next = nullptr;
  t.previous = tail;
  (tail == nullptr ? head : tail->next) = &t;
  tail = &t;
  ++size;
}

void VirtualDisk::List::remove(Transfer& t) {
  (t.previous == nullptr ? head : t.previous->next) = t.next;
  (t.next == nullptr ? tail : t.next->previous) = t.previous;
  --size;
}

TransferView VirtualDisk::view(const Transfer& t, bool with_data) const {
  return {index_, t.op, t.fua, t.preflush, t.again, t.blocks, t.block, t.number, with_data ? t.data : nullptr};
}

void VirtualDisk::submit(Transfer& t) {
  RAIDSIM_ASSERT(t.stage == TransferStage::idle);
  t.disk = this;
  t.number = ++numbers_;
  t.issue_moment = ++moments_;
  t.issued = simulation_.now();
  t.error = 0;
  t.residual = 0;
  t.error_kind = TransferError::none;
  t.faulted = false;
  t.cache_slot = WriteCache::no_slot;
  t.stage = TransferStage::queued;
  queue_.push(t);
  ++outstanding_;
  simulation_.recorder().add(t.issued, trace_disk_issue, index_, t.block, t.number << 24 | t.blocks, flags_of(t));
  if (bay_.observer() != nullptr) [[unlikely]] {
    bay_.observer()->on_issue(view(t, t.op == IoOp::write));
    if (t.stage != TransferStage::queued) return;  // the observer crashed the host
  }
  start_next();
}

Transfer& VirtualDisk::take_next() {
  Transfer* chosen = queue_.head;
  if (queue_.size > 1 && options_.queue != QueuePolicy::fifo) {
    const uint32_t seen = std::min(queue_.size, options_.depth);
    if (options_.queue == QueuePolicy::scheduler) {
      for (uint64_t skip = queue_choices_.below(seen, ChoiceKind::schedule); skip > 0; --skip) chosen = chosen->next;
    } else {
      uint64_t best = UINT64_MAX;
      Transfer* t = queue_.head;
      for (uint32_t i = 0; i < seen; ++i, t = t->next) {
        // C-LOOK: upwards from the arm, then from the front again.
        const uint64_t cost =
            options_.queue == QueuePolicy::elevator ? t->block - head_ : latency_->distance(head_, t->block);
        if (cost >= best) continue;
        best = cost;
        chosen = t;
      }
    }
  }
  queue_.remove(*chosen);
  return *chosen;
}

void VirtualDisk::start_next() {
  while (queue_.size != 0 && serving_ < serving_limit_) start(take_next());
  watch_queue();
}

void VirtualDisk::start(Transfer& t) {
  const SimTime now = simulation_.now();
  in_service_.push(t);
  t.stage = TransferStage::in_service;
  t.started = now;
  if (serving_++ == 0) busy_since_ = now;
  if (now != t.issued) simulation_.recorder().add(now, trace_disk_start, index_, t.number);
  if ((armed_instants_ & bit(Instant::start)) != 0 || !powered_ || t.attention) [[unlikely]] {
    t.verdict = {};
    if (!powered_) {
      refuse(t, ENXIO, TransferError::transport);
    } else if (t.attention) {
      refuse(t, EIO, TransferError::media);
      bay_.faults().attention_met(*this, t);
    } else {
      bay_.faults().at_start(*this, t);
    }
  }
  const Duration service = service_time(t);
  stats_.service += service;
  longest_service_ = std::max(longest_service_, service);
  arm_timer(t, t.faulted && t.verdict.hung ? sim_never : now + service);
  if (bay_.observer() != nullptr) [[unlikely]]
    bay_.observer()->on_start(view(t, false));
}

/// Ends soon, without effect.
void VirtualDisk::refuse(Transfer& t, int error, TransferError kind) {
  t.faulted = true;
  t.verdict.error = error;
  t.verdict.error_kind = kind;
  t.verdict.done_blocks = 0;
  t.verdict.fixed_service = refusal_time;
}

Duration VirtualDisk::service_time(const Transfer& t) {
  if (t.faulted && to_ns(t.verdict.fixed_service) >= 0) [[unlikely]]
    return t.verdict.fixed_service;
  Service what{.op = t.op, .block = t.block, .blocks = t.blocks, .issued = t.issued, .start = t.started};
  if (options_.cache == CacheKind::volatile_write_back && t.op != IoOp::read) {
    const bool fua = t.fua && !(t.faulted && t.verdict.lies_about_fua);  // a liar answers at once (F22)
    const bool flush = (t.op == IoOp::flush || t.preflush) && !(t.faulted && t.verdict.lies_about_flush);
    what.to_cache = t.op == IoOp::write && !fua && cache_.blocks() + t.blocks <= options_.cache_blocks;
    if (flush) {
      const WriteCache::Dirty dirty = cache_.dirty(t.issue_moment);
      what.dirty_writes = dirty.writes;
      what.dirty_blocks = dirty.blocks;
    }
  }
  Duration time = latency_->service(what, latency_choices_);
  if (t.op != IoOp::flush) head_ = t.block + t.blocks;
  if (t.faulted) [[unlikely]]
    time = time / 1000 * t.verdict.factor_milli + time % 1000 * t.verdict.factor_milli / 1000 + t.verdict.extra;
  return time;
}

void VirtualDisk::arm_timer(Transfer& t, SimTime step_due) {
  t.step_due = step_due;
  const SimTime due = std::min(step_due, t.deadline);
  if (due != sim_never) simulation_.schedule(t.timer, std::max(due, simulation_.now()));
  if (step_due > t.deadline) longest_service_ = std::chrono::hours{1'000'000};  // the queue must be watched from now on
}

void VirtualDisk::on_timer(Event& event) {
  Transfer& t = static_cast<Transfer::Timer&>(event).transfer;
  if (t.deadline < t.step_due) [[unlikely]] {
    t.client->transfer_late(t);
  } else {
    t.disk->step(t);
  }
}

void VirtualDisk::step(Transfer& t) {
  if (t.stage == TransferStage::in_service) {
    effect(t);
    end_service();
    t.stage = TransferStage::held;
    if (bay_.observer() != nullptr) [[unlikely]] {
      bay_.observer()->on_effect(view(t, t.op == IoOp::write));
      if (t.stage != TransferStage::held) return;  // the observer crashed the host
    }
    if (t.faulted && (t.verdict.silent || t.verdict.hold != Duration{})) [[unlikely]] {
      arm_timer(t, t.verdict.silent ? sim_never : simulation_.now() + t.verdict.hold);
      start_next();
      return;
    }
  }
  complete(t);
}

void VirtualDisk::end_service() {
  if (--serving_ == 0) stats_.busy += simulation_.now() - busy_since_;
}

void VirtualDisk::leave(Transfer& t) {
  if (t.timer.pending()) simulation_.cancel(t.timer);
  (t.stage == TransferStage::queued ? queue_ : in_service_).remove(t);
  t.stage = TransferStage::idle;
  --outstanding_;
}

void VirtualDisk::complete(Transfer& t) {
  leave(t);
  ++moments_;
  if (t.cache_slot != WriteCache::no_slot) cache_.completed(t.cache_slot, t.number, moments_);
  const uint64_t how = uint64_t{static_cast<uint32_t>(t.error)} << 32 | t.residual;
  simulation_.recorder().add(simulation_.now(), trace_disk_complete, index_, t.number, how, flags_of(t));
  if (bay_.observer() != nullptr) [[unlikely]]
    bay_.observer()->on_complete(view(t, t.op == IoOp::read), t.error, t.residual);
  start_next();
  t.client->transfer_done(t);
}

// Waiting transfers have no timer of their own. A timer at the oldest one's deadline is needed only when no
// place in service can be free before; that is known, since every service time is.
void VirtualDisk::watch_queue() {
  if (queue_watch_.pending()) [[unlikely]]
    simulation_.cancel(queue_watch_);
  if (queue_.size == 0 || queue_.head->deadline == sim_never) return;
  const SimTime deadline = queue_.head->deadline;
  if (deadline - simulation_.now() > longest_service_) [[likely]]
    return;
  SimTime next_free = sim_never;
  for (const Transfer* t = in_service_.head; t != nullptr; t = t->next) {
    if (t->stage == TransferStage::in_service) next_free = std::min({next_free, t->step_due, t->deadline});
  }
  if (deadline <= next_free) simulation_.schedule(queue_watch_, std::max(deadline, simulation_.now()));
}

void VirtualDisk::on_queue_watch(Event& event) {
  VirtualDisk& disk = static_cast<QueueWatch&>(event).disk;
  while (disk.queue_.size != 0 && disk.queue_.head->deadline <= disk.simulation_.now()) {
    disk.queue_.head->client->transfer_late(*disk.queue_.head);
  }
  disk.watch_queue();
}

}  // namespace raidsim::disk
