#include "scenarios/host_fault_parameters.h"

#include <nlohmann/json.hpp>

#include "scenarios/node.h"
#include "scenarios/quantity.h"

namespace raidsim::scenarios::parameter {
namespace {

using nlohmann::json;

constexpr uint64_t calls_max = 1'000'000'000'000;
constexpr uint64_t replicas_max = 50;  // MDDB_NLB
constexpr uint64_t database_blocks_max = 8192;

}  // namespace

const ParameterRow thread{"thread",
                          "md_done_daemon, md_mstr_daemon, md_hs_daemon, md_ff_daemonq, resync, init, init-column, "
                          "regen, read-restart, boot or administrator",
                          [](const Node& node, FaultParameters& out) { out.host.thread = node.word<HostThread>(); },
                          [](const FaultParameters& from, json& out) { out = word(from.host.thread); }};
const ParameterRow hold_events{
    "events", "a whole number from 0",
    [](const Node& node, FaultParameters& out) { out.host.hold_events = node.integer(0, calls_max); },
    [](const FaultParameters& from, json& out) { out = from.host.hold_events; }};
const ParameterRow site{"site", "any, data-buffer, parity-buffer, column-buffer, reserve-buffer or resync-buffer",
                        [](const Node& node, FaultParameters& out) { out.host.site = node.word<AllocationSite>(); },
                        [](const FaultParameters& from, json& out) { out = word(from.host.site); }};
const ParameterRow nth_call{
    "nth", "a whole number from 1",
    [](const Node& node, FaultParameters& out) { out.host.nth_call = node.integer(1, calls_max); },
    [](const FaultParameters& from, json& out) { out = from.host.nth_call; }};
const ParameterRow anomaly{"anomaly", "forward, back, stand-still or repeat",
                           [](const Node& node, FaultParameters& out) { out.host.anomaly = node.word<ClockAnomaly>(); },
                           [](const FaultParameters& from, json& out) { out = word(from.host.anomaly); }};
const ParameterRow step{"step", "a time from 1ns",
                        [](const Node& node, FaultParameters& out) { out.host.step = node.time(1ns); },
                        [](const FaultParameters& from, json& out) { out = time_text(from.host.step); }};
const ParameterRow replica_index{
    "index", "a whole number from 0 to 49",
    [](const Node& node, FaultParameters& out) { out.replica.index = node.integer32(0, replicas_max - 1); },
    [](const FaultParameters& from, json& out) { out = from.replica.index; }};
const ParameterRow part{"part", "all, master, locator, names, directory or record",
                        [](const Node& node, FaultParameters& out) { out.replica.part = node.word<ReplicaPart>(); },
                        [](const FaultParameters& from, json& out) { out = word(from.replica.part); }};
const ParameterRow access{
    "access", "read, write or both",
    [](const Node& node, FaultParameters& out) { out.replica.access = node.word<ReplicaAccess>(); },
    [](const FaultParameters& from, json& out) { out = word(from.replica.access); }};
const ParameterRow misses{
    "misses", "a whole number from 1",
    [](const Node& node, FaultParameters& out) { out.replica.misses = node.integer(1, calls_max); },
    [](const FaultParameters& from, json& out) { out = from.replica.misses; }};
const ParameterRow flaw{"flaw", "checksum, magic, place or set",
                        [](const Node& node, FaultParameters& out) { out.replica.flaw = node.word<ReplicaFlaw>(); },
                        [](const FaultParameters& from, json& out) { out = word(from.replica.flaw); }};
const ParameterRow writes{
    "writes", "a whole number from 0",
    [](const Node& node, FaultParameters& out) { out.replica.writes = node.integer(0, calls_max); },
    [](const FaultParameters& from, json& out) { out = from.replica.writes; }};
const ParameterRow torn_last{"torn_last", "true or false",
                             [](const Node& node, FaultParameters& out) { out.replica.torn_last = node.boolean(); },
                             [](const FaultParameters& from, json& out) { out = from.replica.torn_last; }};
const ParameterRow loses_power{"loses_power", "true or false",
                               [](const Node& node, FaultParameters& out) { out.replica.loses_power = node.boolean(); },
                               [](const FaultParameters& from, json& out) { out = from.replica.loses_power; }};
const ParameterRow reachable{
    "reachable", "a whole number from 0 to 50",
    [](const Node& node, FaultParameters& out) { out.replica.reachable = node.integer(0, replicas_max); },
    [](const FaultParameters& from, json& out) { out = from.replica.reachable; }};
const ParameterRow how{"how", "fail-stop or path-loss",
                       [](const Node& node, FaultParameters& out) { out.replica.how = node.word<AwayHow>(); },
                       [](const FaultParameters& from, json& out) { out = word(from.replica.how); }};
const ParameterRow free_blocks{
    "free", "a whole number from 0 to 8192",
    [](const Node& node, FaultParameters& out) { out.replica.free_blocks = node.integer(0, database_blocks_max); },
    [](const FaultParameters& from, json& out) { out = from.replica.free_blocks; }};

}  // namespace raidsim::scenarios::parameter
