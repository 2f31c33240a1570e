// model/raid/resync_outcome.cpp
#include "model/raid/resync_outcome.h"

namespace raidsim::raid {
namespace {

using OfColumn = ResyncOutcome::OfColumn;

/// RH-14: what the final locks show overrides a loop that ended well.
ResyncResult last_check(const ResyncFacts& facts) noexcept {
  if (facts.result != ResyncResult::OKAY) return facts.result;
  if (!facts.still_resync || facts.state_changed) return ResyncResult::STATE;
  if (facts.alternate_failed) return ResyncResult::WRERROR;
  return ResyncResult::OKAY;
}

/// The spare of a copy still holds all the data and no error was recorded for it (RH-15).
bool keeps_spare(const ResyncFacts& facts) noexcept {
  return facts.hot_spared && facts.single_read && facts.copy && facts.still_resync;
}

void succeeded(const ResyncFacts& facts, ResyncOutcome& out) noexcept {
  out.column = OfColumn::okay;
  if (!facts.alternate) return;  // REGEN: un_dev is the target, a spare stays in use
  out.adopt_alternate = true;
  out.release_spare = facts.hot_spared;
  out.release_as = facts.hs_state;
}

void failed(const ResyncFacts& facts, ResyncOutcome& out) noexcept {
  if (facts.hot_spared && facts.copy && !facts.still_resync) {  // RH-15: the daemon will release it as broken
    out.column = OfColumn::as_recorded;
    return;
  }
  out.column = OfColumn::errored;
  out.release_spare = facts.hot_spared;
  // RH-19: during a rebuild to a spare, an error recorded for the column was the spare's.
  out.release_as = facts.still_resync ? facts.hs_state : hotspare::ReleaseAs::HS_BAD;
}

}  // namespace

ResyncOutcome outcome_of(const ResyncFacts& facts) noexcept {
  ResyncOutcome out;
  out.result = last_check(facts);
  switch (out.result) {
    case ResyncResult::OKAY:
      succeeded(facts, out);
      break;
    case ResyncResult::WRERROR:
      if (keeps_spare(facts)) {
        out.column = OfColumn::okay;
        out.message = ResyncMessage::COPY_WRITE_ERROR;
      } else {
        failed(facts, out);
        out.message = ResyncMessage::RESYNC_WRITE_ERROR;
      }
      break;
    case ResyncResult::STATE:
      if (keeps_spare(facts)) {
        out.column = OfColumn::okay;
        out.message = ResyncMessage::COPY_STATE_CHANGED;
      } else {
        failed(facts, out);
      }
      break;
    case ResyncResult::RDERROR:
      failed(facts, out);
      out.err_read_column = true;
      break;
  }
  return out;
}

}  // namespace raidsim::raid
