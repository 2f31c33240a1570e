// scenarios/loading.h: the loader's parts, one file per subject, and what they share. Only load*.cpp include it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load.h"
#include "scenarios/node.h"
#include "scenarios/scenario.h"
#include "scenarios/unit_layout.h"

namespace raidsim::scenarios {
struct FaultRow;
}
namespace raidsim::scenarios::loading {

inline constexpr size_t disks_max = 1024;
inline constexpr size_t units_max = 128;
inline constexpr size_t columns_max = 64;
inline constexpr size_t pools_max = 100;
inline constexpr size_t workloads_max = 1000;
inline constexpr size_t script_max = 10'000;
inline constexpr uint64_t blocks_max = bytes_max / block_bytes;

// In the order in which they must run: each looks up what earlier ones filled in.
void load_disks(const Object& top, Scenario& out);
void load_replicas(const Object& top, Scenario& out);
void load_pools(const Object& top, Scenario& out);
void load_units(const Object& top, Scenario& out);
void check_spares(const Object& top, const Scenario& scenario);
void load_workload(const Object& top, Scenario& out, const std::filesystem::path& folder);
void load_script(const Object& top, Scenario& out);
void load_expect(const Object& top, Scenario& out);
void load_run(const Object& top, Scenario& out);  ///< profile, schedule, tape, limits

/// What a disk shares with others. Shape  its paths are known
void load_enclosure(const Object& from, Disk& out);
[[nodiscard]] std::vector<std::string_view> shared_keys(const FaultRow& row);
void load_shared(const Object& line, const Scenario& scenario, FaultTarget& out);
void check_shared(const Object& line, const FaultRow& row, const Scenario& scenario, const Fault& fault);
/// Disks that a target may mean: those that it names, those that share what it names, or the one that the column is
/// created on.
[[nodiscard]] std::vector<const Disk*> disks_meant(const Scenario& scenario, const FaultTarget& target);

/// A line's fault, from the line's own object.
[[nodiscard]] Fault load_fault(const Object& line, const Scenario& scenario);
/// Keys a line with this fault may have besides those of every line.
[[nodiscard]] std::vector<std::string_view> fault_keys(std::string_view word);

// Names of what exists already.
[[nodiscard]] const Disk& disk_at(const Node& name, const Scenario& scenario);
[[nodiscard]] const Unit& unit_at(const Node& name, const Scenario& scenario);
/// The unit a key names; without the key the only unit.
[[nodiscard]] const Unit& unit_or_only(const Object& object, const Scenario& scenario);
[[nodiscard]] uint32_t column_at(const Node& number, const Unit& unit);
/// A list of disk names in which "d0..d5" counts for all of them.
[[nodiscard]] std::vector<std::string> disk_names(const Node& list, const Scenario& scenario, size_t most);
/// A line number, or "first", "middle", "last". Units  lines of the data area
[[nodiscard]] uint64_t line_at(const Node& node, const UnitLayout& layout);

}  // namespace raidsim::scenarios::loading
