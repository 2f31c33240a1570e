// scenarios/words.h: the closed vocabularies of a scenario file, each an enum
// whose words stand in one table.
//
// The words are the specification's own in lower case (spec/decisions.md D-10),
// so that one search finds a state in the specification, in a file and in a
// report. Order of the enumerators is the order of the words.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace raidsim::scenarios {

// Disks
enum class LatencyModel : uint8_t { fixed, ssd, hdd, hdd_detailed };
enum class CacheKind : uint8_t { none, volatile_cache };
enum class DestagePolicy : uint8_t { fifo, elevator, random, adversarial };
enum class QueuePolicy : uint8_t { fifo, sstf, elevator, scheduler };

// Units, columns, spares
enum class UnitKind : uint8_t { raid5, stripe };
enum class CreateMode : uint8_t { ready, init };
enum class UnitState : uint8_t { init, okay, errored, last_errored, doi, regen };
enum class ColumnState : uint8_t { init, okay, errored, last_errored, resync, init_errored };
enum class SpareState : uint8_t { available, reserved, broken };

// Workloads
enum class Pattern : uint8_t { random, sequential, hot_spot };
enum class TraceTiming : uint8_t { as_fast_as_possible, as_recorded };
enum class TraceFit : uint8_t { refuse, wrap, skip };

// Script
enum class ProtocolPoint : uint8_t {
  pre_write_issued,
  pre_write_durable,
  home_write_issued,
  home_write_done,
  replica_write,
  resync_read,
  resync_write,
  replay_read,
  replay_write,
  log_clear,
};
enum class Side : uint8_t { before, after };
enum class Op : uint8_t { any, read, write, flush };
/// What a device request is for, as the harness classifies it by disk, block
/// range and committed layout (D-10).
enum class RequestKind : uint8_t {
  any,
  log_write,
  log_read,
  home_write,
  data_read,
  parity_read,
  resync_read,
  resync_write,
  replay_read,
  replay_write,
  log_clear,
  replica_write,
  replica_read
};
enum class Area : uint8_t { whole, log, data, replica };
enum class HostVerb : uint8_t { crash, power_cut, boot, halt };
enum class IoctlVerb : uint8_t { replace, enable, set_sync, regen, pool_add, pool_delete, replica_add, replica_delete };
/// Fate of the requests that a disk has accepted and not completed when the
/// host dies (F47).
enum class OutstandingFate : uint8_t { drawn, done, undone };
enum class TornRule : uint8_t { none, prefix, suffix, subset };
enum class Mask : uint8_t { single_bit, bits, zero, random, other_block };
enum class MediumEffect : uint8_t { old_data, new_data, torn };
enum class BlankContent : uint8_t { zero, random };
enum class OpenError : uint8_t { eio, enxio, ebusy, eacces };
enum class FlushKind : uint8_t { flush, fua, both };
enum class NewerCopy : uint8_t { original, clone };
enum class ForeignCommits : uint8_t { newer, older };
enum class NewId : uint8_t { other, none };
/// F24: what is wrong with the controller's memory.
enum class NvramForm : uint8_t { battery_dead, stale_contents };

// Faults of the host and of replicas
/// Fibers of the host that F51 can hold off, by the names that the specification gives its threads.
enum class HostThread : uint8_t {
  md_done_daemon,
  md_mstr_daemon,
  md_hs_daemon,
  md_ff_daemonq,
  resync,
  init,
  init_column,
  regen,
  read_restart,
  boot,
  administrator
};
/// What the volume manager asks memory for that it may not get (F53).
enum class AllocationSite : uint8_t { any, data_buffer, parity_buffer, column_buffer, reserve_buffer, resync_buffer };
enum class ClockAnomaly : uint8_t { forward, back, stand_still, repeat };
enum class ReplicaPart : uint8_t { all, master, locator, names, directory, record };
enum class ReplicaAccess : uint8_t { read, write, both };
enum class ReplicaFlaw : uint8_t { checksum, magic, place, set };
enum class AwayHow : uint8_t { fail_stop, path_loss };

// Run and judgement
enum class SchedulePolicy : uint8_t { fifo, random, pct, walk };
enum class Profile : uint8_t { none, clean, honest_1, honest_2, power, replica, identity, liar, storm };
/// Worst class of spec/fault-model.md section 1 that a run may end in without a
/// violation.
enum class Outcome : uint8_t { masked, degraded, reported, refused, detected_loss, exposed_silent };
/// Events of the volume manager (ESC_SVM_*, spec/events-errors.md B.4) that
/// RAID-5 and its pools emit.
enum class EventName : uint8_t {
  create,
  delete_,
  add,
  remove,
  replace,
  grow,
  change,
  enable,
  errored,
  last_errored,
  open_fail,
  resync_start,
  resync_done,
  resync_failed,
  hotspared,
  hs_freed,
  init_start,
  init_success,
  init_failed,
  init_fatal,
  regen_start,
  regen_done,
  regen_failed,
};

/// The words of an enum, indexed by enumerator. Specialised in words.cpp for
/// every enum above.
template <typename Enum>
[[nodiscard]] std::span<const std::string_view> words();

// Declared here, so that no file instantiates the general form.
template <>
std::span<const std::string_view> words<LatencyModel>();
template <>
std::span<const std::string_view> words<CacheKind>();
template <>
std::span<const std::string_view> words<DestagePolicy>();
template <>
std::span<const std::string_view> words<QueuePolicy>();
template <>
std::span<const std::string_view> words<UnitKind>();
template <>
std::span<const std::string_view> words<CreateMode>();
template <>
std::span<const std::string_view> words<UnitState>();
template <>
std::span<const std::string_view> words<ColumnState>();
template <>
std::span<const std::string_view> words<SpareState>();
template <>
std::span<const std::string_view> words<Pattern>();
template <>
std::span<const std::string_view> words<TraceTiming>();
template <>
std::span<const std::string_view> words<TraceFit>();
template <>
std::span<const std::string_view> words<ProtocolPoint>();
template <>
std::span<const std::string_view> words<Side>();
template <>
std::span<const std::string_view> words<Op>();
template <>
std::span<const std::string_view> words<RequestKind>();
template <>
std::span<const std::string_view> words<Area>();
template <>
std::span<const std::string_view> words<HostVerb>();
template <>
std::span<const std::string_view> words<IoctlVerb>();
template <>
std::span<const std::string_view> words<OutstandingFate>();
template <>
std::span<const std::string_view> words<TornRule>();
template <>
std::span<const std::string_view> words<Mask>();
template <>
std::span<const std::string_view> words<MediumEffect>();
template <>
std::span<const std::string_view> words<BlankContent>();
template <>
std::span<const std::string_view> words<OpenError>();
template <>
std::span<const std::string_view> words<FlushKind>();
template <>
std::span<const std::string_view> words<NewerCopy>();
template <>
std::span<const std::string_view> words<ForeignCommits>();
template <>
std::span<const std::string_view> words<NewId>();
template <>
std::span<const std::string_view> words<NvramForm>();
template <>
std::span<const std::string_view> words<HostThread>();
template <>
std::span<const std::string_view> words<AllocationSite>();
template <>
std::span<const std::string_view> words<ClockAnomaly>();
template <>
std::span<const std::string_view> words<ReplicaPart>();
template <>
std::span<const std::string_view> words<ReplicaAccess>();
template <>
std::span<const std::string_view> words<ReplicaFlaw>();
template <>
std::span<const std::string_view> words<AwayHow>();
template <>
std::span<const std::string_view> words<SchedulePolicy>();
template <>
std::span<const std::string_view> words<Profile>();
template <>
std::span<const std::string_view> words<Outcome>();
template <>
std::span<const std::string_view> words<EventName>();

/// The word of a value; save and reports use it.
template <typename Enum>
[[nodiscard]] std::string_view word(Enum value) {
  return words<Enum>()[static_cast<size_t>(value)];
}

/// The value of a word, or nothing.
template <typename Enum>
[[nodiscard]] std::optional<Enum> from_word(std::string_view text) {
  const auto all = words<Enum>();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace raidsim::scenarios
