// model/disk/fault/fault.h: what a fault is, and when a disk asks it.
//
//   instant        asked             may
//   start          when matched      fail, delay, hang, lose, move or shorten the transfer (its Verdict)
//   before_write   for every write   look at what is about to be overwritten
//   after_effect   when matched      change the bytes that were read or stored
//   open           when matched      fail the host's open; told of one that succeeds
//   starts         host boots, or    change the disk before anybody opens it
//                  power is back
//   armed, lifted  once              change the disk itself
//   tick           when due          the same, later and again
//
// A fault is a plain struct of parameters with the hooks that it needs, one family a file:
//
//   struct LostWrite {
//     static constexpr FaultInfo info{...};
//     static constexpr OpFilter op = OpFilter::write;     what it can hit at all
//     Match match;                                        what it shall hit of that
//     void start(FaultContext& at, Transfer& transfer);
//     void describe(FaultLine& line) const;
//   };
//
// and FaultPlan::arm(disk, LostWrite{...}) does the rest. A fault bites a matched transfer at one instant;
// each bite is counted, traced and told to the observer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/choice.h"
#include "engine/event.h"
#include "engine/time.h"
#include "model/disk/damage.h"
#include "model/disk/transfer.h"
#include "model/disk/types.h"

namespace raidsim::disk {

class DiskBay;
class VirtualDisk;

/// One row of the catalogue.
struct FaultInfo {
  uint8_t number;      ///< F12 is 12
  const char* word;    ///< as a script line names it: "lost-write"
  bool liar = false;   ///< wrong data as good, or a broken durability promise (fault-model.md 1)
  bool lasts = false;  ///< stays when faults stop at the end of a run (D-09 b): dead disks stay dead
};

enum class OpFilter : uint8_t { any, read, write, flush };

/// Which transfers of its disk a fault hits.
struct Match {
  BlockRange range{};                 ///< transfers that touch it; a flush touches everything
  OpFilter op = OpFilter::any;        ///< narrowed further by what the fault is about
  uint64_t skip = 0;                  ///< so many matching ones pass first: the nth is skip n - 1
  std::optional<uint64_t> count = 1;  ///< hits; nothing: unlimited
  double probability = 1.0;           ///< per matching transfer, drawn from "disk/<n>/fault"
  std::optional<Duration> lasts{};    ///< lifted after so long; nothing: never
};

/// A fault as the script line that repeats it. Values as a scenario file means them: blocks, durations.
struct FaultParameter {
  std::string name;
  std::variant<bool, int64_t, double, Duration, std::string> value;
  bool operator==(const FaultParameter&) const = default;
};
struct FaultLine {
  std::string word;
  DiskIndex disk = 0;
  std::vector<FaultParameter> with;  ///< in the order of the fault's description
  template <class Value>
  void add(const char* name, Value value) {
    with.push_back({name, std::move(value)});
  }
  void add(const Match& match);  ///< what differs from a match's defaults
};

enum class Instant : uint8_t { start, before_write, after_effect, open, opened };
[[nodiscard]] constexpr uint32_t bit(Instant instant) { return 1U << static_cast<uint32_t>(instant); }

/// What a hook gets to work with.
struct FaultContext {
  VirtualDisk& disk;
  DiskBay& bay;
  ChoiceStream& choices;  ///< "disk/<n>/fault"
  FaultHandle handle;
  uint8_t number;
  /// Declares sectors of this disk damaged by this fault.
  void damage(uint64_t block, uint64_t blocks, DamageKind kind) const;
  /// Puts the blame for what the transfer does from here on.
  Verdict& blame(Transfer& transfer) const;
};

/// A fault on its disk; made by FaultPlan.
class ArmedFault {
 public:
  virtual ~ArmedFault() = default;

  [[nodiscard]] virtual const FaultInfo& info() const = 0;
  [[nodiscard]] virtual FaultLine line() const = 0;
  [[nodiscard]] virtual const Match& match() const = 0;
  [[nodiscard]] virtual uint32_t instants() const = 0;
  [[nodiscard]] virtual OpFilter op() const = 0;
  /// Beyond op and Match: whether the fault has anything to do to this transfer.
  [[nodiscard]] virtual bool applies(const Transfer& transfer) const = 0;

  virtual void armed(FaultContext& at) = 0;
  virtual void lifted(FaultContext& at) = 0;
  virtual void start(FaultContext& at, Transfer& transfer) = 0;
  virtual void before_write(FaultContext& at, uint64_t block, uint32_t blocks) = 0;
  virtual void after_effect(FaultContext& at, Transfer& transfer) = 0;
  [[nodiscard]] virtual int open_error(FaultContext& at) = 0;
  virtual void opened(FaultContext& at) = 0;
  /// The disk starts: the host boots, or the disk's own power is back. Answers whether the fault is over.
  [[nodiscard]] virtual bool starts(FaultContext& at) = 0;
  /// Over when the host boots.
  [[nodiscard]] virtual bool until_boot() const = 0;
  [[nodiscard]] virtual std::optional<Duration> next_tick() const = 0;
  virtual void tick(FaultContext& at) = 0;

  FaultHandle handle = 0;
  DiskIndex disk = 0;
  uint64_t seen = 0;  ///< matching transfers so far
  uint64_t hits = 0;
  bool spent = false;  ///< lifted, or its count is used up
};

/// Turns a struct of parameters into an ArmedFault: hooks that it lacks do nothing and are never asked.
template <class F>
class Armed final : public ArmedFault {
 public:
  explicit Armed(F fault) : fault_(std::move(fault)) {}
  [[nodiscard]] const FaultInfo& info() const override { return F::info; }
  [[nodiscard]] const Match& match() const override { return fault_.match; }
  [[nodiscard]] FaultLine line() const override {
    FaultLine result{.word = F::info.word, .disk = disk, .with = {}};
    fault_.describe(result);
    result.add(fault_.match);
    return result;
  }
  [[nodiscard]] uint32_t instants() const override {
    uint32_t result = 0;
    if constexpr (requires { &F::start; }) result |= bit(Instant::start);
    if constexpr (requires { &F::before_write; }) result |= bit(Instant::before_write);
    if constexpr (requires { &F::after_effect; }) result |= bit(Instant::after_effect);
    if constexpr (requires { &F::open_error; }) result |= bit(Instant::open);
    if constexpr (requires { &F::opened; }) result |= bit(Instant::opened);
    return result;
  }
  [[nodiscard]] OpFilter op() const override {
    if constexpr (requires { F::op; }) {
      return F::op;
    } else {
      return OpFilter::any;
    }
  }
  [[nodiscard]] bool applies(const Transfer& transfer) const override {
    if constexpr (requires { &F::applies; }) {
      return fault_.applies(transfer);
    } else {
      return true;
    }
  }
  void armed(FaultContext& at) override {
    if constexpr (requires { &F::armed; }) fault_.armed(at);
  }
  void lifted(FaultContext& at) override {
    if constexpr (requires { &F::lifted; }) fault_.lifted(at);
  }
  void start(FaultContext& at, Transfer& transfer) override {
    if constexpr (requires { &F::start; }) fault_.start(at, transfer);
  }
  void before_write(FaultContext& at, uint64_t block, uint32_t blocks) override {
    if constexpr (requires { &F::before_write; }) fault_.before_write(at, block, blocks);
  }
  void after_effect(FaultContext& at, Transfer& transfer) override {
    if constexpr (requires { &F::after_effect; }) fault_.after_effect(at, transfer);
  }
  [[nodiscard]] int open_error(FaultContext& at) override {
    if constexpr (requires { &F::open_error; }) {
      return fault_.open_error(at);
    } else {
      return 0;
    }
  }
  void opened(FaultContext& at) override {
    if constexpr (requires { &F::opened; }) fault_.opened(at);
  }
  [[nodiscard]] bool starts(FaultContext& at) override {
    if constexpr (requires { &F::starts; }) {
      return fault_.starts(at);
    } else {
      return false;
    }
  }
  [[nodiscard]] bool until_boot() const override {
    if constexpr (requires { &F::until_boot; }) {
      return fault_.until_boot();
    } else {
      return false;
    }
  }
  [[nodiscard]] std::optional<Duration> next_tick() const override {
    if constexpr (requires { &F::next_tick; }) {
      return fault_.next_tick();
    } else {
      return std::nullopt;
    }
  }
  void tick(FaultContext& at) override {
    if constexpr (requires { &F::tick; }) fault_.tick(at);
  }
  [[nodiscard]] const F& fault() const { return fault_; }

 private:
  F fault_;
};

}  // namespace raidsim::disk
