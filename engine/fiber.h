// engine/fiber.h: identities of fibers and what can be said about them.
#pragma once

#include <cstdint>
#include <string>

namespace raidsim {

/// Logical number of a fiber in its simulation, from 1 in order of spawning. Never reused, never an
/// address, independent of which pooled worker runs it.
enum class FiberId : uint32_t { none = 0 };

/// Thrown through a fiber that is ended from outside (host crash, end of the simulation). Code must
/// let it pass; destructors that run meanwhile find every scheduling point doing nothing.
struct FiberKilled {};

enum class WaitReason : uint8_t { none, ready, sleep, mutex, condition, read_lock, write_lock, semaphore };

struct BlockedFiber {
  FiberId id{};
  std::string name;
  FiberId parent{};
  WaitReason reason{};
  std::string waits_for;   ///< name of the lock or condition, "" for a sleep
  std::string held_locks;  ///< names, comma separated
};

}  // namespace raidsim
