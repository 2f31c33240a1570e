// model/disk/fault/path.h: links between host and disk (spec/fault-model.md 4.6).
#pragma once

#include "model/disk/enclosure.h"
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

/// F44 adapter reset: at one instant every request in flight on these links fails with a transport error. The links
/// stay up. `match.count` resets, the first one at once, the others a `period` apart.
///
/// Seen as  nothing: the host driver sends each request again (D-04). Of each write the disk has taken all, nothing
///          or a part before, by draw. A request that meets one reset more than the driver has retries fails with EIO
/// Allowed  MASKED; no column is errored by one reset, let alone two
struct AdapterReset {
  static constexpr FaultInfo info{.number = 44, .word = "adapter-reset"};
  Links links{};
  Duration period = 1s;
  Match match{};
  void armed(FaultContext& at) { reset(at); }
  [[nodiscard]] std::optional<Duration> next_tick() const;
  void tick(FaultContext& at) { reset(at); }
  void describe(FaultLine& line) const;

  uint64_t resets = 0;  ///< state

 private:
  void reset(FaultContext& at);
};

/// F46 flapping: all these links go down and come back, again and again: down for `duty` of each `period`, first at
/// once.
///
/// Seen as  as F43 while they are down; requests that find them up succeed
/// Allowed  a bounded number of spares consumed, never DIVERGED: a column that failed stays errored, whatever its
///          path does then
struct Flapping {
  static constexpr FaultInfo info{.number = 46, .word = "flapping"};
  Links links{};
  Duration period = 1s;
  double duty = 0.5;  ///< above 0, below 1
  Match match{.count = {}};
  void armed(FaultContext& at) { go_down(at); }
  void lifted(FaultContext& at) { come_back(at); }
  [[nodiscard]] std::optional<Duration> next_tick() const;
  void tick(FaultContext& at);
  void describe(FaultLine& line) const;

  Links taken{};  ///< state: those that were up before; empty: they are up now

 private:
  void go_down(FaultContext& at);
  void come_back(FaultContext& at);
};

}  // namespace raidsim::disk
