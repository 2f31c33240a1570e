// model/disk/fault/path.h: links between host and disk (spec/fault-model.md 4.6).
#pragma once

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// F43 path loss: every request through these paths fails with a transport error; the disk is fine behind
/// another path, or behind none. One fault takes paths of one disk: arm it on each disk of the set.
///
/// Seen as  nothing while another path is up (the host driver switches); else EIO after its retries. What was
///          in flight has taken effect or not, by draw
/// Allowed  as F01 for one disk; several columns at once: one errored, the rest last-errored
struct PathLoss {
  static constexpr FaultInfo info{.number = 43, .word = "path-loss"};
  std::vector<uint32_t> paths{};  ///< numbers from 0; empty: all
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  uint32_t taken = 0;  ///< state: the paths that were up before
};

}  // namespace raidsim::disk
