// harness/workload/unit_port.h: a unit as its users reach it, with the data oracle standing in between.
//
//   client fiber ──> UnitPort ──> Manager::strategy ──> ... ──> done ──> UnitPort checks ──> client
//
// One per unit for the whole run; the manager behind it changes with each host epoch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "engine/simulation.h"
#include "harness/oracle/legal_values.h"
#include "model/md/buffer.h"
#include "model/md/numbering.h"

namespace raidsim {
class Manager;
}

namespace raidsim::harness {

class Tolerance;
class Verdicts;

/// Told of each answer, before its user is. Must not suspend.
class AnswerListener {
 public:
  virtual void on_answer(md::Minor unit, const md::Buffer& buffer) = 0;

 protected:
  ~AnswerListener() = default;
};

struct PortCounters {
  uint64_t reads = 0, writes = 0, failed = 0, skipped = 0;
};

class UnitPort {
 public:
  UnitPort(Simulation& simulation, Verdicts& verdicts, Tolerance& tolerance, std::string name, md::Minor minor,
           uint64_t blocks);

  /// Every write asks for FUA from now on: the unit by itself promises nothing before a flush (D-12), and what users
  /// are told to be there has to be judged.
  void write_through() noexcept { fua_ = true; }
  /// The manager of this epoch; null while the host is down or the unit was refused.
  void attach(Manager* manager) noexcept { manager_ = manager; }
  void set_answer_listener(AnswerListener* listener) noexcept { answers_ = listener; }
  /// The host goes down in order: who sends a request from now on is told that the host is gone.
  void pause() noexcept { paused_ = true; }
  [[nodiscard]] bool paused() const noexcept { return paused_; }
  /// Every request in flight is interrupted.
  void host_died();
  [[nodiscard]] bool available() const noexcept { return manager_ != nullptr; }

  /// What a request returns whose host died before the answer, or goes down: the calling fiber is killed. It lets go of
  /// what it has and ends, as an exception would have made it do; ending a host's users by exceptions costs more than
  /// their requests.
  static constexpr int host_gone = -1;

  /// Sends one request and waits for it. Returns its errno, or host_gone. Suspends.
  /// Shape  within the unit; `data` holds blocks * 512 bytes; a write's content is filled in here
  [[nodiscard]] int write(uint32_t client, uint64_t block, uint32_t blocks, std::byte* data);
  [[nodiscard]] int read(uint32_t client, uint64_t block, uint32_t blocks, std::byte* data);
  [[nodiscard]] int flush(uint32_t client);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] md::Minor minor() const noexcept { return minor_; }
  [[nodiscard]] uint64_t blocks() const noexcept { return legal_.blocks(); }
  [[nodiscard]] const PortCounters& counters() const noexcept { return counters_; }
  [[nodiscard]] uint64_t in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] uint64_t completed() const noexcept { return completed_; }
  [[nodiscard]] const LegalValues& legal() const noexcept { return legal_; }
  /// For who knows what was given up: LegalValues::lose, losses_may_come_back.
  bool lose(uint64_t block, std::span<const std::byte> content) { return legal_.lose(block, content); }
  void losses_may_come_back(const std::function<bool(uint64_t block)>& of) { legal_.losses_may_come_back(of); }

 private:
  /// False: the host died before the answer.
  [[nodiscard]] bool send(md::Buffer& buffer, WriteId write = initial_zeroes);
  static void answered(md::Buffer& buffer);
  void trace(uint16_t kind, uint32_t client, const md::Buffer& buffer, uint16_t flags, WriteId id);
  void check_read(LegalValues::Read read, SimTime began, uint64_t block, uint32_t blocks, const std::byte* data);
  void report_wrong_block(SimTime began, uint64_t block, const std::byte* data);
  void check_error(SimTime began, md::BufferOp op, uint64_t block, uint32_t blocks, int error);

  Simulation& simulation_;
  Verdicts& verdicts_;
  Tolerance& tolerance_;
  std::string name_;
  md::Minor minor_;
  LegalValues legal_;
  Manager* manager_ = nullptr;
  AnswerListener* answers_ = nullptr;
  PortCounters counters_;
  uint64_t in_flight_ = 0, completed_ = 0;
  bool paused_ = false;
  bool fua_ = false;
};

}  // namespace raidsim::harness
