#include "scenarios/fault_table.h"

#include <algorithm>
#include <array>

#include "scenarios/fault_parameters.h"
#include "scenarios/host_fault_parameters.h"

namespace raidsim::scenarios {
namespace {

using Parameters = std::span<const ParameterRow* const>;

FaultParameters plain() { return {}; }

FaultParameters f11_defaults() {
  FaultParameters with;
  with.op = Op::read;
  return with;
}

FaultParameters f21_defaults() {
  FaultParameters with;
  with.keep = 0.0;
  return with;
}

FaultParameters f24_defaults() {
  FaultParameters with;
  with.count = 16;
  with.keep = 0.0;
  return with;
}

constexpr std::array<const ParameterRow*, 2> f01{&parameter::error_after, &parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f02{&parameter::count, &parameter::probability};
constexpr std::array<const ParameterRow*, 3> f03{&parameter::count, &parameter::probability,
                                                 &parameter::effect_fraction};
constexpr std::array<const ParameterRow*, 4> f05{&parameter::bursts, &parameter::burst_size, &parameter::radius,
                                                 &parameter::burst_gap};
constexpr std::array<const ParameterRow*, 1> f06{&parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f07{&parameter::count, &parameter::op};
constexpr std::array<const ParameterRow*, 4> f08{&parameter::count, &parameter::op, &parameter::fraction,
                                                 &parameter::with_error};
constexpr std::array<const ParameterRow*, 3> f10{&parameter::mask, &parameter::bits, &parameter::other};
constexpr std::array<const ParameterRow*, 5> f11{&parameter::count, &parameter::op, &parameter::mask, &parameter::bits,
                                                 &parameter::other};
constexpr std::array<const ParameterRow*, 2> f12{&parameter::count, &parameter::lasts};
constexpr std::array<const ParameterRow*, 3> f13{&parameter::count, &parameter::delta, &parameter::to_disk};
constexpr std::array<const ParameterRow*, 3> f14{&parameter::count, &parameter::delta, &parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f15{&parameter::count, &parameter::versions};
constexpr std::array<const ParameterRow*, 3> f16{&parameter::torn, &parameter::split_sector, &parameter::neighbours};
constexpr std::array<const ParameterRow*, 2> f18{&parameter::destage, &parameter::cache_size};
constexpr std::array<const ParameterRow*, 2> f19{&parameter::keep, &parameter::adversarial};
constexpr std::array<const ParameterRow*, 2> f21{&parameter::count, &parameter::keep};
constexpr std::array<const ParameterRow*, 3> f22{&parameter::covers, &parameter::probability, &parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f25{&parameter::factor, &parameter::lasts};
constexpr std::array<const ParameterRow*, 4> f26{&parameter::count, &parameter::probability, &parameter::op,
                                                 &parameter::stall};
constexpr std::array<const ParameterRow*, 5> f27{&parameter::count, &parameter::op, &parameter::timeout,
                                                 &parameter::retries, &parameter::effect};
constexpr std::array<const ParameterRow*, 3> f28{&parameter::count, &parameter::timeout, &parameter::delay};
constexpr std::array<const ParameterRow*, 3> f29{&parameter::count, &parameter::op, &parameter::timeout};
constexpr std::array<const ParameterRow*, 2> f31{&parameter::window, &parameter::lasts};
constexpr std::array<const ParameterRow*, 1> f32{&parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f33{&parameter::content, &parameter::size};
constexpr std::array<const ParameterRow*, 1> f34{&parameter::commits};
constexpr std::array<const ParameterRow*, 2> f35{&parameter::reported_size, &parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f36{&parameter::count, &parameter::error};
constexpr std::array<const ParameterRow*, 1> f37{&parameter::count};
constexpr std::array<const ParameterRow*, 1> f39{&parameter::by};
constexpr std::array<const ParameterRow*, 1> f40{&parameter::new_id};
constexpr std::array<const ParameterRow*, 2> f41{&parameter::of, &parameter::newer};
constexpr std::array<const ParameterRow*, 1> f42{&parameter::lasts};
constexpr std::array<const ParameterRow*, 1> f23{&parameter::cache_kind};
constexpr std::array<const ParameterRow*, 5> f24{&parameter::nvram_form, &parameter::keep, &parameter::adversarial,
                                                 &parameter::count, &parameter::age};
constexpr std::array<const ParameterRow*, 2> f43{&parameter::paths, &parameter::lasts};
constexpr std::array<const ParameterRow*, 4> f44{&parameter::paths, &parameter::count, &parameter::period,
                                                 &parameter::lasts};
constexpr std::array<const ParameterRow*, 1> f45{&parameter::lasts};
constexpr std::array<const ParameterRow*, 4> f46{&parameter::paths, &parameter::period, &parameter::duty,
                                                 &parameter::lasts};

constexpr std::array<const ParameterRow*, 3> f51{&parameter::thread, &parameter::lasts, &parameter::hold_events};
constexpr std::array<const ParameterRow*, 5> f53{&parameter::site, &parameter::nth_call, &parameter::count,
                                                 &parameter::probability, &parameter::lasts};
constexpr std::array<const ParameterRow*, 3> f54{&parameter::anomaly, &parameter::step, &parameter::lasts};
constexpr std::array<const ParameterRow*, 4> f55{&parameter::replica_index, &parameter::part, &parameter::access,
                                                 &parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f56{&parameter::replica_index, &parameter::misses};
constexpr std::array<const ParameterRow*, 3> f57{&parameter::replica_index, &parameter::part, &parameter::flaw};
constexpr std::array<const ParameterRow*, 4> f58{&parameter::replica_index, &parameter::writes, &parameter::torn_last,
                                                 &parameter::loses_power};
constexpr std::array<const ParameterRow*, 3> f59{&parameter::reachable, &parameter::how, &parameter::lasts};
constexpr std::array<const ParameterRow*, 2> f60{&parameter::replica_index, &parameter::free_blocks};

// clang-format off
constexpr std::array<FaultRow, 60> table{{
  {1, "fail-stop", "every request fails, contents are frozen",
   Support::injected, TargetNeed::disk, false, f01, plain},
  {2, "transient-read-error", "reads fail, then succeed; the media is fine",
   Support::injected, TargetNeed::disk, true, f02, plain},
  {3, "transient-write-error", "writes fail, with no effect or on a prefix",
   Support::injected, TargetNeed::disk, true, f03, plain},
  {4, "latent-sector-error", "reads fail until the sectors are rewritten",
   Support::injected, TargetNeed::place, true, Parameters{}, plain},
  {5, "lse-cluster", "latent sector errors near one another in space and time",
   Support::injected, TargetNeed::disk, true, f05, plain},
  {6, "bad-media", "writes fail always, reads may work",
   Support::injected, TargetNeed::disk, true, f06, plain},
  {7, "recovered-error", "success, with a report that recovery was needed",
   Support::injected, TargetNeed::disk, true, f07, plain},
  {8, "partial-completion", "fewer bytes than asked, residual reported",
   Support::injected, TargetNeed::disk, true, f08, plain},
  {9, "spin-down", "first request after idle fails or takes seconds",
   Support::later, TargetNeed::disk, false, Parameters{}, plain},
  {10, "corruption-at-rest", "stored bytes change, reads succeed",
   Support::injected, TargetNeed::place, true, f10, plain},
  {11, "corruption-in-flight", "one transfer is damaged on its way",
   Support::injected, TargetNeed::disk, true, f11, f11_defaults},
  {12, "lost-write", "acknowledged, never effective",
   Support::injected, TargetNeed::disk, true, f12, plain},
  {13, "misdirected-write", "stored elsewhere, the intended place keeps its content",
   Support::injected, TargetNeed::disk, true, f13, plain},
  {14, "misdirected-read", "returns the content of another place",
   Support::injected, TargetNeed::disk, true, f14, plain},
  {15, "stale-read", "returns an older version of the same place",
   Support::injected, TargetNeed::disk, true, f15, plain},
  {16, "torn-write", "at power loss a write in service has changed only part",
   Support::injected, TargetNeed::disk, false, f16, plain},
  {17, "shorn-write", "power loss damages sectors that were durable",
   Support::later, TargetNeed::disk, true, Parameters{}, plain},
  {18, "reordering", "destage order is any that keeps the contract",
   Support::injected, TargetNeed::disk, false, f18, plain},
  {19, "cache-lost", "un-flushed writes are dropped at the next power cut",
   Support::injected, TargetNeed::disk, false, f19, plain},
  {20, "non-serialisable-loss", "a later write survives a power cut, an earlier one does not",
   Support::later, TargetNeed::disk, false, Parameters{}, plain},
  {21, "flush-error", "FLUSH fails, cached writes are in an unknown state",
   Support::injected, TargetNeed::disk, false, f21, f21_defaults},
  {22, "lying-flush", "FLUSH or FUA completes at once, data still volatile",
   Support::injected, TargetNeed::disk, false, f22, plain},
  {23, "cache-toggled", "write cache switched between epochs",
   Support::injected, TargetNeed::disk, false, f23, plain},
  {24, "controller-nvram", "battery dead, or stale contents written back",
   Support::injected, TargetNeed::disks, false, f24, f24_defaults, Shared::adapter},
  {25, "limping-disk", "every request slower by a factor, no errors",
   Support::injected, TargetNeed::disk, false, f25, plain},
  {26, "retry-stall", "a request takes seconds while the drive retries",
   Support::injected, TargetNeed::disk, true, f26, plain},
  {27, "hung-request", "no completion until the host gives up",
   Support::injected, TargetNeed::disk, true, f27, plain},
  {28, "late-effect", "an aborted write takes effect later",
   Support::injected, TargetNeed::disk, true, f28, plain},
  {29, "lost-completion", "the effect happens, the completion never arrives",
   Support::injected, TargetNeed::disk, true, f29, plain},
  {30, "duplicate-completion", "completion delivered twice",
   Support::later, TargetNeed::disk, false, Parameters{}, plain},
  {31, "completion-reordering", "completions arrive in any order",
   Support::injected, TargetNeed::disk, false, f31, plain},
  {32, "returned-stale", "pulled, and back with the content of then",
   Support::injected, TargetNeed::disk, false, f32, plain},
  {33, "replaced-blank", "another disk in its place: new id, no content",
   Support::injected, TargetNeed::disk, false, f33, plain},
  {34, "replaced-foreign", "a disk of another set in its place",
   Support::injected, TargetNeed::disk, false, f34, plain},
  {35, "wrong-size", "another size than recorded",
   Support::injected, TargetNeed::disk, false, f35, plain},
  {36, "open-failure", "open fails",
   Support::injected, TargetNeed::disk, false, f36, plain},
  {37, "first-io-error", "open succeeds, the first request fails",
   Support::injected, TargetNeed::disk, false, f37, plain},
  {38, "device-number-change", "device numbers permute at reboot",
   Support::injected, TargetNeed::disks, false, Parameters{}, plain},
  {39, "name-reuse", "the name of a departed disk points to another",
   Support::injected, TargetNeed::disk, false, f39, plain},
  {40, "id-change", "same disk, new id or none",
   Support::injected, TargetNeed::disk, false, f40, plain},
  {41, "duplicate-id", "two disks answer with one id",
   Support::injected, TargetNeed::disk, false, f41, plain},
  {42, "read-only-medium", "reads work, writes fail",
   Support::injected, TargetNeed::disk, false, f42, plain},
  {43, "path-loss", "all requests through a path fail",
   Support::injected, TargetNeed::disks, false, f43, plain, Shared::adapter},
  {44, "adapter-reset", "every request in flight fails, retryable",
   Support::injected, TargetNeed::disks, false, f44, plain, Shared::adapter},
  {45, "enclosure-power-loss", "all disks of a shelf lose power",
   Support::injected, TargetNeed::disks, false, f45, plain, Shared::shelf},
  {46, "flapping", "a path comes and goes",
   Support::injected, TargetNeed::disks, false, f46, plain, Shared::adapter},
  {47, "crash", "the host loses all memory",
   Support::host_line, TargetNeed::disk, false, Parameters{}, plain},
  {48, "power-cut", "a crash, and disks lose their caches",
   Support::host_line, TargetNeed::disk, false, Parameters{}, plain},
  {49, "crash-in-recovery", "crash or power cut while recovery runs",
   Support::host_line, TargetNeed::disk, false, Parameters{}, plain},
  {50, "orderly-stop", "close and halt under load",
   Support::host_line, TargetNeed::disk, false, Parameters{}, plain},
  {51, "delayed-thread", "a daemon or worker is held off",
   Support::injected, TargetNeed::host, false, f51, plain},
  {52, "lock-interleaving", "another task runs at a scheduling point",
   Support::later, TargetNeed::disk, false, Parameters{}, plain},
  {53, "allocation-failure", "memory cannot be had",
   Support::injected, TargetNeed::host, false, f53, plain},
  {54, "clock-anomaly", "wall clock jumps or repeats",
   Support::injected, TargetNeed::host, false, f54, plain},
  {55, "replica-unreadable", "part of a replica cannot be read or written",
   Support::injected, TargetNeed::replica, false, f55, plain},
  {56, "replica-stale", "a replica misses the last commits",
   Support::injected, TargetNeed::replica, false, f56, plain},
  {57, "replica-corrupt", "a valid-looking block of a replica is wrong",
   Support::injected, TargetNeed::replica, false, f57, plain},
  {58, "torn-commit", "a commit reached some replicas in part",
   Support::injected, TargetNeed::replica, false, f58, plain},
  {59, "quorum-loss", "not enough replicas can be reached",
   Support::injected, TargetNeed::host, false, f59, plain},
  {60, "no-space", "a record cannot be created or grown",
   Support::injected, TargetNeed::replica, false, f60, plain},
}};
// clang-format on

}  // namespace

std::span<const FaultRow> fault_table() { return table; }

const FaultRow* find_fault(std::string_view word) {
  for (const FaultRow& row : table) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

FaultParameters FaultRow::defaults_of(bool for_a_while) const {
  FaultParameters with = defaults();
  if (for_a_while && std::ranges::find(parameters, &parameter::count) != parameters.end()) with.count.reset();
  return with;
}

const FaultRow& fault_row(FaultId id) { return table.at(number_of(id) - 1); }

}  // namespace raidsim::scenarios
