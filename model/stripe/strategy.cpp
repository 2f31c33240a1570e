#include "model/stripe/strategy.h"

#include <cerrno>
#include <utility>

#include "engine/assert.h"
#include "model/md/range_check.h"
#include "model/stripe/layout.h"

namespace raidsim::stripe {
namespace {

void child_done(IoRequest& request);
void start_transfers(Parent& ps);

IoOp op_of(const Parent& ps) { return static_cast<IoOp>(ps.ps_bp->op); }

/// 5.3. The flags tell a parent mirror which components to look at; nothing else happens to a stripe.
void note_failures(Parent& ps) {
  StripeUnit& unit = *ps.unit;
  const bool read = ps.ps_bp->op == md::BufferOp::read;
  while (ps.failed != nullptr) {
    Child& cs = *std::exchange(ps.failed, ps.failed->next);
    Component& component = unit.un.components[cs.component];
    component.un_mirror.ms_flags |= read ? MDM_S_READERR : MDM_S_WRTERR;
    unit.system.message(read ? md::MessageId::READ_ERROR : md::MessageId::WRITE_ERROR, unit.minor, component.un_dev);
    unit.pool.put(cs);
  }
}

/// The last fragment has ended. Event loop, or the fiber that issued it.
void finish(Parent& ps) {
  note_failures(ps);
  md::Buffer& buffer = *ps.ps_bp;
  ReadHold hold = std::move(ps.unit_hold);
  const int error = ps.ps_error;
  const uint32_t residual = error != 0 ? ps.error_residual_bytes : ps.residual_bytes;
  ps.unit->pool.put(ps);
  hold.release();
  md::complete(buffer, error, residual);
}

void drop_frag(Parent& ps) {
  RAIDSIM_ASSERT(ps.ps_frags > 0);  // INV-S15
  if (--ps.ps_frags != 0) return;
  if (ps.flushing && ps.ps_error == 0) {
    ps.flushing = false;
    return start_transfers(ps);
  }
  finish(ps);
}

/// 5.2. Event loop, or inside of issue().
void ended(Child& cs) {
  Parent& ps = *cs.ps;
  const IoRequest& io = cs.io;
  if (io.failed()) {
    ps.ps_error = io.error != 0 ? io.error : EIO;  // F08
    ps.error_residual_bytes = (io.residual != 0 ? io.residual : io.blocks) * block_bytes;
    cs.next = std::exchange(ps.failed, &cs);
  } else {
    ps.unit->pool.put(cs);
  }
  drop_frag(ps);
}

void child_done(IoRequest& request) { ended(*static_cast<Child*>(request.owner)); }

/// IO-02: it may complete inside of this call. IO-04: a write to a NOWRITE component has nothing to do.
void issue(Child& cs) {
  StripeUnit& unit = *cs.ps->unit;
  cs.io.done = &child_done;
  cs.io.owner = &cs;
  if (cs.io.op != IoOp::read && unit.un.components[cs.component].has(MDM_S_NOWRITE)) return ended(cs);
  BlockDevice* const device = unit.device(cs.component);
  if (device == nullptr) {
    cs.io.error = ENXIO;
    return ended(cs);
  }
  device->submit(cs.io);
}

/// A flush to every component that can have something to flush.
void start_flushes(Parent& ps) {
  StripeUnit& unit = *ps.unit;
  ps.ps_frags = 1;
  for (uint32_t c = 0; c < unit.un.components.size(); ++c) {
    const BlockDevice* const device = unit.device(c);
    if (device != nullptr && device->cache() == CacheKind::none) continue;
    Child& cs = unit.pool.child(ps);
    cs.component = c;
    cs.io.op = IoOp::flush;
    ++ps.ps_frags;
    issue(cs);
  }
  drop_frag(ps);
}

void start_transfers(Parent& ps) {
  StripeUnit& unit = *ps.unit;
  const md::Buffer& buffer = *ps.ps_bp;
  uint64_t block = buffer.block;
  std::byte* data = buffer.data;
  uint64_t left = ps.blocks;
  ps.ps_frags = 1;
  for (bool more = true; more;) {
    const Place place = place_of(unit.un, block);
    const BlockDevice* const device = unit.device(place.component);
    const Fragment fragment = cut(place, left, device == nullptr ? 0 : device->longest_transfer());
    Child& cs = unit.pool.child(ps);
    cs.component = fragment.component;
    cs.io.op = op_of(ps);
    cs.io.fua = buffer.fua;
    cs.io.block = fragment.block;
    cs.io.blocks = static_cast<uint32_t>(fragment.blocks);
    cs.io.data = data;
    block += fragment.blocks;
    left -= fragment.blocks;
    data += fragment.blocks * block_bytes;
    more = fragment.more;
    if (more) ++ps.ps_frags;
    issue(cs);  // the request may be gone after the last one
  }
}

}  // namespace

void md_stripe_strategy(StripeUnit& unit, md::Buffer& buffer, uint32_t flag) {
  RAIDSIM_ASSERT(buffer.bytes % block_bytes == 0);
  ReadHold hold = unit.unit_lock.read();
  const bool flush = buffer.op == md::BufferOp::flush;
  md::Admission verdict = md::whole(buffer);
  if (flush) {
    verdict.go = true;
  } else if ((flag & md::MD_STR_NOTTOP) == 0) {
    verdict = md::range_check(unit.un, buffer, unit.system.stale());
    if (verdict.label) unit.system.message(md::MessageId::WRITE_TO_LABEL, unit.minor);
  } else if (buffer.block > unit.un.un_actual_tb || verdict.blocks > unit.un.un_actual_tb - buffer.block) {
    verdict = {.go = false, .error = ENXIO, .blocks = 0, .residual = verdict.blocks};  // no component has such blocks
  }
  if (!verdict.go || (verdict.blocks == 0 && !flush)) {
    hold.release();
    return md::complete(buffer, verdict.error, verdict.residual * block_bytes);
  }
  Parent& ps = unit.pool.parent();
  ps.unit = &unit;
  ps.ps_bp = &buffer;
  ps.unit_hold = std::move(hold);
  ps.unit_hold.detach();  // the request's from here on: the caller may send another one before it ends
  ps.blocks = verdict.blocks;
  ps.residual_bytes = verdict.residual * block_bytes;
  ps.flushing = buffer.preflush && !flush;
  flush || ps.flushing ? start_flushes(ps) : start_transfers(ps);
}

}  // namespace raidsim::stripe
