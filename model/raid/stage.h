// model/raid/stage.h: a child's device transfers, stage by stage, and the end of children and parents.
//
//   begin_stage ──> issue ... issue ──> stage_issued ──> (event loop: each completion) ──> md_done_daemon:
//        all well: cs_call;  some failed: cs_error_call
//
// A home write to a disk with a volatile cache counts as complete when a flush after it has ended (RH-12).
// RL-03  transfers are issued only under the line lock, the unit lock (R) and the parent's io lock (R).
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Forgets the last stage's transfers and errors. Suspends at no point.
void begin_stage(Child& cs, Stage stage, Child::Call done, Child::Call failed, Child::Call retry);
/// One transfer of the stage. A device that is not open fails it with ENXIO.
void issue(Child& cs, Transfer& transfer, IoOp op, ColumnIndex column, Target target, Purpose purpose, uint64_t block,
           uint32_t blocks, std::byte* data);
/// No more will be issued. The child may be gone when it returns.
void stage_issued(Child& cs);
/// A transfer has ended, its flush included; in the event loop.
void transfer_ended(Transfer& transfer);

/// Runs `call` for the child on a daemon.
void run_on(md::DaemonQueue& queue, Child& cs, void (*call)(md::DaemonElement&));

/// All transfers in use in the present stage, in the order of error handling: data, parity, alternate, further
/// columns, erasures.
template <class Visit>
void each_transfer(Child& cs, Visit visit) {
  for (Transfer* transfer : {&cs.cs_dbuf, &cs.cs_pbuf, &cs.cs_hbuf}) {
    if (transfer->used) visit(*transfer);
  }
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    if (cs.cs_buflist[i].transfer.used) visit(cs.cs_buflist[i].transfer);
  }
  for (SlotErase* erase = cs.erases; erase != nullptr; erase = erase->next) {
    if (erase->now.used) visit(erase->now);
    if (erase->alt.used) visit(erase->alt);
  }
}

/// A pooled child for one piece; holds nothing yet.
[[nodiscard]] Child& make_child(RaidUnit& unit, Parent& ps);
/// Drops unit lock (R) and line lock as far as held, frees buffers, returns the child to the pool.
void free_child(Child& cs);
/// The last error recorded before completion is reported (RH-05).
void record_error(Parent& ps, int error) noexcept;
/// One ps_pwfrags: the caller is completed with the last of them.
void give_back_pwfrag(Parent& ps);
/// One ps_frags: the parent ends with the last of them (io lock dropped, hot-spare daemon poked if asked for).
void give_back_frag(Parent& ps);
/// Ends a child: free_child, then its frag, and its pwfrag unless PWDONE.
void finish(Child& cs);

}  // namespace raidsim::raid
