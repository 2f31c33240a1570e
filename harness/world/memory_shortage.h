// harness/world/memory_shortage.h: memory that cannot be had (F53).
//
//   try-allocate  ──> nothing
//   allocate      ──> waits ──> memory is freed, or the shortage is over: then it is had
//
// A shortage that lasts is over when its time is; one of so many calls holds a call no longer than `relief`: it is not
// the volume manager alone that frees memory on a host.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/simulation.h"
#include "scenarios/fault_spec.h"

namespace raidsim::harness {

class MemoryShortage {
 public:
  explicit MemoryShortage(Simulation& simulation);
  ~MemoryShortage();
  MemoryShortage(const MemoryShortage&) = delete;
  MemoryShortage& operator=(const MemoryShortage&) = delete;

  void begin(const scenarios::FaultParameters& with);
  void end_all();  ///< faults stop: whoever waits goes on

  /// This call gets nothing: it is one of those that a shortage is about. Draws from "host/memory".
  [[nodiscard]] bool refuses(std::string_view site) { return !running_.empty() && refused(site); }
  /// Of a call that was refused. Suspends until it may have its memory after all.
  void wait();
  void freed() noexcept;  ///< somebody gave memory back

  [[nodiscard]] uint64_t refusals() const noexcept { return refusals_; }

 private:
  static constexpr Duration relief = 20ms;  ///< Source  chosen: many transfers, and below all time-outs
  struct Running;
  [[nodiscard]] bool refused(std::string_view site);
  void drop_spent();
  static void over(Event& event);

  Simulation& simulation_;
  std::vector<std::unique_ptr<Running>> running_;
  Running* last_ = nullptr;  ///< that refused a call
  uint64_t refusals_ = 0;
};

}  // namespace raidsim::harness
