// harness/status/status.h: what a host says of its units, pools and replicas at one moment, as plain values: what an
// administrator would be shown by the status command of a volume manager.
//
// It is what the host knows, not what is true: a disk that died unnoticed is still in use here. Words of states are the
// scenario's (D-10).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/time.h"

namespace raidsim::harness {

class World;  // harness/world/world.h

/// A column of a RAID-5 unit or a component of a stripe, and the device that stands in for it.
struct ComponentStatus {
  std::string device;        ///< its own
  std::string spare;         ///< in use instead of it; empty: none
  uint64_t start_block = 0;  ///< of the data, on the device in use
  bool has_replica = false;  ///< a replica of the state database lies on that disk too
  std::string state;         ///< of a column. A component of a stripe has one for a parent mirror only: empty
  std::string errors;        ///< of a component, since it was opened: "read", "write", "read write"
};

struct UnitStatus {
  std::string name;
  std::string state;
  uint64_t blocks = 0;
  uint64_t interlace_blocks = 0;
  std::string pool;  ///< "none"
  bool open = false;
  std::string running;  ///< "resync", "initialisation", "regeneration"; empty: none
  uint32_t per_mille = 0;
  std::vector<ComponentStatus> columns;
};

struct RowStatus {
  uint64_t interlace_blocks = 0;
  std::vector<ComponentStatus> components;
};

/// A stripe or concatenation: it has no state of its own.
struct StripeStatus {
  std::string name;
  uint64_t blocks = 0;
  std::string pool;  ///< "none"
  bool open = false;
  std::vector<RowStatus> rows;
};

struct SpareStatus {
  std::string device;
  std::string state;
  uint64_t blocks = 0;
};

struct PoolStatus {
  std::string name;
  uint32_t units = 0;               ///< that are associated with it
  std::vector<SpareStatus> spares;  ///< in the order in which they are tried
};

struct ReplicaRow {
  std::string flags;  ///< letters of statedb.md 3.1
  std::string device;
  uint64_t first_block = 0;
  uint64_t blocks = 0;  ///< 0: its master block could not be read
};

enum class DatabaseStatus : uint8_t { none, writable, stale, too_few };
[[nodiscard]] const char* word_of(DatabaseStatus status) noexcept;

struct HostStatus {
  SimTime at{};
  uint32_t boots = 0;
  bool running = false;  ///< it has booted, or is about to
  bool up = false;       ///< and its units are open
  DatabaseStatus database = DatabaseStatus::none;
  std::vector<ReplicaRow> replicas;  ///< in index order
  std::vector<UnitStatus> units;     ///< RAID-5, by minor
  std::vector<StripeStatus> stripes;
  std::vector<PoolStatus> pools;  ///< by id
};

/// Between two steps of the simulation.
[[nodiscard]] HostStatus status_of(World& world);

}  // namespace raidsim::harness
