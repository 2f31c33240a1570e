// harness/world/script.h: which line of the script acts when.
//
// A line waits for its trigger, then for its delay, then acts. Triggers are seen in awkward places (inside
// a disk's event, under a lock), so nothing acts there: the line is put in the queue `ready`, the simulation
// stops before it takes another step, and the runner calls act(). Bytes that change in the same event have
// changed then; "side": "before" therefore waits for the instant before (issue or start of the transfer).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/simulation.h"
#include "scenarios/script_spec.h"

namespace raidsim::harness {

/// What a script line may do to the world. Called between two steps of the simulation.
class ScriptActions {
 public:
  virtual void inject(const scenarios::Fault& fault, uint32_t line) = 0;
  virtual void act_on_host(const scenarios::HostAction& action, uint32_t line) = 0;
  virtual void ioctl(const scenarios::Ioctl& request, uint32_t line) = 0;
  /// Whether the predicate holds now.
  [[nodiscard]] virtual bool holds(const scenarios::AtState& state) const = 0;

 protected:
  ~ScriptActions() = default;
};

/// A protocol point that was reached (D-10), as protocol_points.h classifies it.
struct PointSeen {
  scenarios::ProtocolPoint point{};
  scenarios::Side side = scenarios::Side::after;
  uint32_t unit = 0;  ///< index in the scenario
  uint32_t column = 0;
  uint32_t disk = 0;  ///< index in the scenario
};

/// A device request that was issued, with what it is for.
struct RequestSeen {
  uint32_t disk = 0;
  scenarios::Op op{};
  scenarios::RequestKind kind{};
  uint64_t block = 0;  ///< of the whole disk
  uint32_t blocks = 0;
};

class Script {
 public:
  Script(Simulation& simulation, const std::vector<scenarios::ScriptEntry>& lines,
         const std::vector<std::string>& units, const std::vector<std::string>& disks, ScriptActions& actions);
  ~Script();
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  void start();  ///< arms the lines that wait for a time
  void end();    ///< faults stop: no line acts any more

  void point_reached(const PointSeen& seen);
  void request_issued(const RequestSeen& seen);
  void states_changed();

  /// Acts for every line in the queue. Called by the runner between runs.
  void act();
  [[nodiscard]] bool has_ready() const noexcept { return !ready_.empty(); }
  /// Step at which a line wants to act (nth event, delay in events); UINT64_MAX for none.
  [[nodiscard]] uint64_t next_step() const noexcept;
  void step_reached(uint64_t step);

  /// Lines that wait for a moment in time which is still to come.
  [[nodiscard]] bool waits_for_time() const noexcept;
  /// A line waits for something that can still come (a state, a point, another line).
  [[nodiscard]] bool may_still_act() const noexcept;
  /// A line that boots the host can still act.
  [[nodiscard]] bool may_boot() const noexcept;
  [[nodiscard]] bool wants_points() const noexcept { return wants_points_; }
  [[nodiscard]] const std::vector<uint64_t>& fired() const noexcept { return fired_; }

 private:
  struct Line;
  void triggered(Line& line);
  void delayed(Line& line);
  void enqueue(Line& line);
  void perform(Line& line);
  void labelled(const std::string& label);
  [[nodiscard]] static bool spent(const Line& line);
  static void timer_due(Event& event);

  Simulation& simulation_;
  const std::vector<std::string>& units_;
  const std::vector<std::string>& disks_;
  ScriptActions& actions_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::deque<Line*> ready_;
  std::vector<uint64_t> fired_;
  bool wants_points_ = false;
  bool ended_ = false;
};

}  // namespace raidsim::harness
