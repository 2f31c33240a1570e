// model/md/environment.h: everything the volume manager may ask of the machine it runs on
// (spec/decisions.md D-11). Locks, spawn, now and sleep come from engine/ directly.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/host.h"
#include "model/disk/block_device.h"
#include "model/md/event.h"
#include "model/md/message.h"

namespace raidsim::md {

/// Memory that may run out (F53). Ordinary C++ allocation is not subject to it.
class Memory {
 public:
  /// Null when nothing is to be had without waiting. `site` names the call site ("raid-data-buffer").
  [[nodiscard]] virtual std::byte* try_allocate(size_t bytes, const char* site) = 0;
  /// Suspends until memory is there.
  [[nodiscard]] virtual std::byte* allocate(size_t bytes, const char* site) = 0;
  virtual void free(std::byte* memory, size_t bytes) noexcept = 0;

 protected:
  ~Memory() = default;
};

/// Wall time in ns since 1970; may jump and repeat (F54). Ordering never depends on it.
class WallClock {
 public:
  [[nodiscard]] virtual int64_t wall_ns() = 0;

 protected:
  ~WallClock() = default;
};

/// Console messages: identity, severity and arguments are normative, the wording is the reader's.
class Console {
 public:
  virtual void message(MessageId id, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0) = 0;

 protected:
  ~Console() = default;
};

/// System event channel; delivery never calls back into the volume manager.
class Notifier {
 public:
  virtual void notify(const SvmEvent& event) = 0;

 protected:
  ~Notifier() = default;
};

struct Environment {
  Host* host = nullptr;
  DeviceTable* devices = nullptr;
  Memory* memory = nullptr;
  WallClock* wall = nullptr;
  Console* console = nullptr;
  Notifier* notifier = nullptr;
  /// Stops the system (a crash decided by the code under test, D-03). Does not return: ends the fiber.
  void (*panic)(void* context, const char* why) = nullptr;
  void* panic_context = nullptr;
};

}  // namespace raidsim::md
