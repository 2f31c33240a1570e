#include "model/disk/fault/time.h"

namespace raidsim::disk {

void LimpingDisk::start(FaultContext& at, Transfer& t) {
  at.blame(t).factor_milli = static_cast<uint32_t>(factor * 1000);
}
void LimpingDisk::describe(FaultLine& line) const { line.add("factor", factor); }

void RetryStall::start(FaultContext& at, Transfer& t) { at.blame(t).extra += stall; }
void RetryStall::describe(FaultLine& line) const { line.add("stall", stall); }

void HungRequest::start(FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  v.hung = true;
  v.on_abort = effect;
  t.deadline = t.issued + timeout;
  t.timeout_retries = retries;
}
void HungRequest::describe(FaultLine& line) const {
  constexpr const char* words[] = {"old-data", "new-data", "torn"};
  line.add("timeout", timeout);
  line.add("retries", static_cast<int64_t>(retries));
  line.add("effect", std::string(words[static_cast<size_t>(effect)]));
}

void LateEffect::start(FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  v.hung = true;
  v.late_effect = delay;
  t.deadline = t.issued + timeout;
}
void LateEffect::describe(FaultLine& line) const {
  line.add("timeout", timeout);
  line.add("delay", delay);
}

void LostCompletion::start(FaultContext& at, Transfer& t) {
  at.blame(t).silent = true;
  t.deadline = t.issued + timeout;
}
void LostCompletion::describe(FaultLine& line) const { line.add("timeout", timeout); }

void CompletionReordering::start(FaultContext& at, Transfer& t) {
  const Duration late = at.choices.duration_between(Duration{}, window);
  at.blame(t).hold += late;
}
void CompletionReordering::describe(FaultLine& line) const { line.add("window", window); }

}  // namespace raidsim::disk
