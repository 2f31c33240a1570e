// A line's fault of the host (F51, F53, F54, F59) or of one replica of the state database (F55 to F58, F60).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "scenarios/fault_table.h"
#include "scenarios/load_host_fault.h"
#include "scenarios/loading.h"

namespace raidsim::scenarios::loading {
namespace {

std::string name_of(const FaultRow& row) { return fmt::format("F{:02} \"{}\"", row.number, row.word); }

void check_hold(const Object& line, const FaultRow& row, const Fault& fault) {
  if (fault.with.lasts || fault.with.host.hold_events != 0) return;
  line.node().fail(name_of(row) + " does not say how long", "write \"lasts\": \"10ms\", or \"events\": 1000, or both");
}

void check_clock(const Object& line, const FaultRow& row, const Fault& fault) {
  const ClockAnomaly anomaly = fault.with.host.anomaly;
  const bool jumps = anomaly == ClockAnomaly::forward || anomaly == ClockAnomaly::back;
  if (jumps && fault.with.lasts) {
    line.find("lasts")->fail("a jump is over at once",
                             "leave it out, or write \"anomaly\": \"stand-still\" or \"repeat\"");
  }
  if (!jumps && !fault.with.lasts) {
    line.node().fail(fmt::format("{} of a clock that goes wrong does not say how long", name_of(row)),
                     "write \"lasts\": \"1s\"");
  }
  if (const auto step = line.find("step"); step && anomaly == ClockAnomaly::stand_still) {
    step->fail("a clock that stands still takes no step", "leave it out");
  }
}

void check_access(const Object& line, const Fault& fault) {
  if (!fault.with.lasts || fault.with.replica.access != ReplicaAccess::read) return;
  line.find("lasts")->fail("a sector that cannot be read is healed by a write, not by time",
                           "leave it out, or write \"access\": \"write\"");
}

/// What a part of a replica has, and so can have wrong (statedb.md 1).
bool has_flaw(ReplicaPart part, ReplicaFlaw flaw) {
  if (part == ReplicaPart::all || flaw == ReplicaFlaw::checksum || flaw == ReplicaFlaw::magic) return true;
  if (part == ReplicaPart::master) return true;
  return flaw == ReplicaFlaw::place ? part == ReplicaPart::directory : part == ReplicaPart::locator;
}

void check_flaw(const Object& line, const FaultRow& row, const Fault& fault) {
  const ReplicaFaultParameters& with = fault.with.replica;
  if (has_flaw(with.part, with.flaw)) return;
  const bool place = with.flaw == ReplicaFlaw::place;
  line.find("flaw")->fail(fmt::format("{}: the part \"{}\" does not say {}", name_of(row), word(with.part),
                                      place ? "where it is" : "of which set it is"),
                          place ? "write \"part\": \"master\", \"directory\" or \"all\""
                                : "write \"part\": \"master\", \"locator\" or \"all\"");
}

void check_torn(const Object& line, const Fault& fault) {
  if (!fault.with.replica.torn_last || fault.with.replica.loses_power) return;
  line.find("torn_last")
      ->fail("a disk that keeps its power ends the write that it has begun",
             "leave one of \"torn_last\" and \"loses_power\" out");
}

/// Replicas go with their disks, so not every number can be left.
void check_reachable(const Object& line, const FaultRow& row, const Scenario& scenario, const Fault& fault) {
  const auto reachable = line.find("reachable");
  if (!reachable) line.node().fail(name_of(row) + " does not say what is left", "write \"reachable\": 1");
  if (fault.with.replica.reachable > scenario.replicas.size()) {
    reachable->fail(fmt::format("there are {} replicas", scenario.replicas.size()), "write a smaller number");
  }
  if (replicas_to_lose(scenario, fault.with.replica.reachable)) return;
  reachable->fail(fmt::format("no choice of disks leaves {} of the {} replicas: those of one disk go together",
                              fault.with.replica.reachable, scenario.replicas.size()),
                  "write another number, or put the replicas on disks of their own");
}

void load_replica(const Object& line, const FaultRow& row, const Scenario& scenario, const Fault& fault,
                  FaultTarget& out) {
  const Node node = line.need("disk", "write \"disk\": \"d0\", the disk of the replica");
  const Disk& disk = disk_at(node, scenario);
  out.disk = disk.name;
  const uint64_t places = replica_places(scenario, disk.name);
  if (places == 0) {
    node.fail(fmt::format("{} has no replica for {}", disk.name, name_of(row)), "name a disk of \"replicas\"");
  }
  if (fault.with.replica.index < places) return;
  line.find("index")->fail(
      fmt::format("{} is not below the {} places for a replica on {}", fault.with.replica.index, places, disk.name),
      "name the disk once more in \"replicas\" or \"replica_room\"");
}

}  // namespace

void refuse_other_targets(const Object& line, const FaultRow& row) {
  const bool of_replica = row.target == TargetNeed::replica;
  for (const auto key : {"disk", "disks", "unit", "column"}) {
    if (!line.has(key) || (of_replica && key == std::string_view("disk"))) continue;
    line.find(key)->fail(
        of_replica ? name_of(row) + " happens to a replica" : name_of(row) + " happens to the host, not to a disk",
        of_replica ? "write \"disk\", and \"index\" where there are several on it" : "leave it out");
  }
}

void load_host_fault(const Object& line, const FaultRow& row, const Scenario& scenario, Fault& fault) {
  if (row.target == TargetNeed::replica) load_replica(line, row, scenario, fault, fault.target);
  switch (row.number) {
    case 51:
      return check_hold(line, row, fault);
    case 54:
      return check_clock(line, row, fault);
    case 55:
      return check_access(line, fault);
    case 57:
      return check_flaw(line, row, fault);
    case 58:
      return check_torn(line, fault);
    case 59:
      return check_reachable(line, row, scenario, fault);
    default:
      return;
  }
}

}  // namespace raidsim::scenarios::loading
