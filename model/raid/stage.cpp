// model/raid/stage.cpp
#include "model/raid/stage.h"

#include <utility>

#include "engine/assert.h"

namespace raidsim::raid {
namespace {

void run_stage_call(md::DaemonElement& element) {
  Child& cs = *static_cast<Child*>(element.owner);
  cs.is(MD_RCS_ERROR) ? cs.cs_error_call(cs) : cs.cs_call(cs);
}

void drop_frag(Child& cs) {
  RAIDSIM_ASSERT(cs.cs_frags > 0);
  if (--cs.cs_frags == 0) run_on(cs.unit->system.md_done_daemon, cs, run_stage_call);
}

/// RL-13: a home write may fail while other pieces keep the caller waiting. The child takes its share of the
/// answer back, so that the caller is told only when the failure is on record.
void hold_answer(Child& cs) noexcept {
  Parent& ps = *cs.cs_ps;
  if (!cs.is(MD_RCS_PWDONE) || (ps.ps_flags & MD_RPS_IODONE) != 0) return;
  cs.cs_flags &= ~uint32_t{MD_RCS_PWDONE};
  ++ps.ps_pwfrags;
}

void mark_failed(Transfer& transfer) noexcept {
  transfer.failed = true;
  transfer.child->cs_flags |= MD_RCS_ERROR;
  hold_answer(*transfer.child);
}

/// Event loop.
void transfer_done(IoRequest& request) {
  Transfer& transfer = *static_cast<Transfer*>(request.owner);
  if (!request.failed() && transfer.purpose == Purpose::home) {
    RaidUnit& unit = *transfer.child->unit;
    BlockDevice* device = unit.device(transfer.column, transfer.target);
    RAIDSIM_ASSERT(device != nullptr);  // RL-14: the child holds the unit lock until it is done
    if (device->cache() == CacheKind::volatile_write_back) {
      OpenColumn& column = unit.devices[transfer.column.value];
      (transfer.target == Target::now ? column.flush_now : column.flush_alt).join(*device, transfer);
      return;
    }
  }
  transfer_ended(transfer);
}

}  // namespace

void run_on(md::DaemonQueue& queue, Child& cs, void (*call)(md::DaemonElement&)) {
  cs.element.function = call;
  cs.element.owner = &cs;
  queue.enqueue(cs.element);
}

void begin_stage(Child& cs, Stage stage, Child::Call done, Child::Call failed, Child::Call retry) {
  each_transfer(cs, [](Transfer& transfer) { transfer.used = transfer.failed = false; });
  cs.cs_flags &= ~uint32_t{MD_RCS_ERROR};
  cs.cs_stage = stage;
  cs.cs_call = done;
  cs.cs_error_call = failed;
  cs.cs_retry_call = retry;
  cs.cs_frags = 1;  // kept by the issuer until stage_issued
}

void issue(Child& cs, Transfer& transfer, IoOp op, ColumnIndex column, Target target, Purpose purpose, uint64_t block,
           uint32_t blocks, std::byte* data) {
  RaidUnit& unit = *cs.unit;
  RAIDSIM_ASSERT(cs.is(MD_RCS_LLOCKD) && cs.unit_hold);  // RL-03
  transfer.child = &cs;
  transfer.column = column;
  transfer.target = target;
  transfer.purpose = purpose;
  transfer.used = true;
  transfer.failed = false;
  transfer.device = unit.group(column, target).dev;
  IoRequest& io = transfer.io;
  io.op = op;
  io.fua = purpose == Purpose::pre_write || purpose == Purpose::erase;  // RH-12.1
  io.preflush = false;
  io.purpose = static_cast<uint8_t>(purpose);
  io.block = block;
  io.blocks = blocks;
  io.data = data;
  io.done = transfer_done;
  io.owner = &transfer;
  io.error = 0;
  io.residual = 0;
  BlockDevice* device = unit.device(column, target);
  if (device == nullptr) {
    io.error = ENXIO;
    mark_failed(transfer);
    return;
  }
  ++cs.cs_frags;
  device->submit(io);
}

void stage_issued(Child& cs) {
  cs.unit_hold.detach();  // whoever finds the stage complete goes on with it
  drop_frag(cs);
}

void transfer_ended(Transfer& transfer) {
  if (transfer.io.failed()) mark_failed(transfer);
  drop_frag(*transfer.child);
}

Child& make_child(RaidUnit& unit, Parent& ps) {
  Child& cs = unit.pool.child();
  cs.unit = &unit;
  cs.cs_ps = &ps;
  cs.cs_dbuf.used = cs.cs_pbuf.used = cs.cs_hbuf.used = false;
  return cs;
}

void free_child(Child& cs) {
  if (cs.unit_hold) cs.unit_hold.release();
  if (cs.is(MD_RCS_LLOCKD)) raid_line_exit(cs);
  free_buffers(cs);
  cs.unit->pool.put(cs);
}

void record_error(Parent& ps, int error) noexcept {
  ps.ps_flags |= MD_RPS_ERROR;
  ps.ps_error = error;
}

void give_back_pwfrag(Parent& ps) {
  RAIDSIM_ASSERT(ps.ps_pwfrags > 0 && ps.ps_frags >= ps.ps_pwfrags);  // RL-10
  if (--ps.ps_pwfrags > 0) return;
  RAIDSIM_ASSERT((ps.ps_flags & MD_RPS_IODONE) == 0);
  ps.ps_flags |= MD_RPS_IODONE;
  md::Buffer& buffer = *std::exchange(ps.ps_bp, nullptr);
  const bool failed = (ps.ps_flags & MD_RPS_ERROR) != 0;
  md::complete(buffer, failed ? ps.ps_error : 0, ps.residual_bytes);
}

void give_back_frag(Parent& ps) {
  RAIDSIM_ASSERT(ps.ps_frags > ps.ps_pwfrags);  // RL-10
  if (--ps.ps_frags > 0) return;
  RAIDSIM_ASSERT((ps.ps_flags & MD_RPS_IODONE) != 0);
  RaidUnit& unit = *ps.unit;
  const bool poke = (ps.ps_flags & MD_RPS_HSREQ) != 0;
  md::System& system = unit.system;
  ReadHold io = std::move(ps.io_hold);
  unit.pool.put(ps);
  io.release();  // the unit may be gone once a writer gets in
  if (poke) system.poke_hot_spares();
}

void finish(Child& cs) {
  Parent& ps = *cs.cs_ps;
  const bool told = cs.is(MD_RCS_PWDONE);
  free_child(cs);
  if (!told) give_back_pwfrag(ps);
  give_back_frag(ps);
}

}  // namespace raidsim::raid
