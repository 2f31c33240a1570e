#include "scenarios/words.h"

namespace raidsim::scenarios {
namespace {

// One table per enum, in the order of its enumerators.
constexpr std::array<std::string_view, 4> latency_model_words{"fixed", "ssd", "hdd", "hdd-detailed"};
constexpr std::array<std::string_view, 2> cache_kind_words{"none", "volatile"};
constexpr std::array<std::string_view, 4> destage_policy_words{"fifo", "elevator", "random", "adversarial"};
constexpr std::array<std::string_view, 4> queue_policy_words{"fifo", "sstf", "elevator", "scheduler"};
constexpr std::array<std::string_view, 2> unit_kind_words{"raid5", "stripe"};
constexpr std::array<std::string_view, 2> create_mode_words{"ready", "init"};
constexpr std::array<std::string_view, 6> unit_state_words{"init", "okay", "errored", "last-errored", "doi", "regen"};
constexpr std::array<std::string_view, 6> column_state_words{"init",         "okay",   "errored",
                                                             "last-errored", "resync", "init-errored"};
constexpr std::array<std::string_view, 3> spare_state_words{"available", "reserved", "broken"};
constexpr std::array<std::string_view, 3> pattern_words{"random", "sequential", "hot-spot"};
constexpr std::array<std::string_view, 2> trace_timing_words{"as-fast-as-possible", "as-recorded"};
constexpr std::array<std::string_view, 3> trace_fit_words{"refuse", "wrap", "skip"};
constexpr std::array<std::string_view, 10> protocol_point_words{
    "pre-write-issued", "pre-write-durable", "home-write-issued", "home-write-done", "replica-write",
    "resync-read",      "resync-write",      "replay-read",       "replay-write",    "log-clear"};
constexpr std::array<std::string_view, 2> side_words{"before", "after"};
constexpr std::array<std::string_view, 4> op_words{"any", "read", "write", "flush"};
constexpr std::array<std::string_view, 13> request_kind_words{
    "any",          "log-write",   "log-read",     "home-write", "data-read",     "parity-read", "resync-read",
    "resync-write", "replay-read", "replay-write", "log-clear",  "replica-write", "replica-read"};
constexpr std::array<std::string_view, 4> area_words{"whole", "log", "data", "replica"};
constexpr std::array<std::string_view, 4> host_verb_words{"crash", "power-cut", "boot", "halt"};
constexpr std::array<std::string_view, 8> ioctl_verb_words{"replace",  "enable",      "set-sync",    "regen",
                                                           "pool-add", "pool-delete", "replica-add", "replica-delete"};
constexpr std::array<std::string_view, 3> outstanding_fate_words{"drawn", "done", "undone"};
constexpr std::array<std::string_view, 4> torn_rule_words{"none", "prefix", "suffix", "subset"};
constexpr std::array<std::string_view, 5> mask_words{"single-bit", "bits", "zero", "random", "other-block"};
constexpr std::array<std::string_view, 4> open_error_words{"EIO", "ENXIO", "EBUSY", "EACCES"};
constexpr std::array<std::string_view, 3> medium_effect_words{"old-data", "new-data", "torn"};
constexpr std::array<std::string_view, 2> blank_content_words{"zero", "random"};
constexpr std::array<std::string_view, 3> flush_kind_words{"flush", "fua", "both"};
constexpr std::array<std::string_view, 2> newer_copy_words{"original", "clone"};
constexpr std::array<std::string_view, 2> foreign_commits_words{"newer", "older"};
constexpr std::array<std::string_view, 2> new_id_words{"other", "none"};
constexpr std::array<std::string_view, 2> nvram_form_words{"battery-dead", "stale-contents"};
constexpr std::array<std::string_view, 11> host_thread_words{
    "md_done_daemon", "md_mstr_daemon", "md_hs_daemon", "md_ff_daemonq", "resync",       "init",
    "init-column",    "regen",          "read-restart", "boot",          "administrator"};
constexpr std::array<std::string_view, 6> allocation_site_words{"any",           "data-buffer",    "parity-buffer",
                                                                "column-buffer", "reserve-buffer", "resync-buffer"};
constexpr std::array<std::string_view, 4> clock_anomaly_words{"forward", "back", "stand-still", "repeat"};
constexpr std::array<std::string_view, 6> replica_part_words{"all",   "master",    "locator",
                                                             "names", "directory", "record"};
constexpr std::array<std::string_view, 3> replica_access_words{"read", "write", "both"};
constexpr std::array<std::string_view, 4> replica_flaw_words{"checksum", "magic", "place", "set"};
constexpr std::array<std::string_view, 2> away_how_words{"fail-stop", "path-loss"};
constexpr std::array<std::string_view, 4> schedule_policy_words{"fifo", "random", "pct", "walk"};
constexpr std::array<std::string_view, 9> profile_words{"none",    "clean",    "honest-1", "honest-2", "power",
                                                        "replica", "identity", "liar",     "storm"};
constexpr std::array<std::string_view, 6> outcome_words{"masked",  "degraded",      "reported",
                                                        "refused", "detected-loss", "exposed-silent"};
constexpr std::array<std::string_view, 23> event_name_words{
    "create",      "delete",        "add",         "remove",       "replace",     "grow",
    "change",      "enable",        "errored",     "last-errored", "open-fail",   "resync-start",
    "resync-done", "resync-failed", "hotspared",   "hs-freed",     "init-start",  "init-success",
    "init-failed", "init-fatal",    "regen-start", "regen-done",   "regen-failed"};

}  // namespace

template <>
std::span<const std::string_view> words<LatencyModel>() {
  return latency_model_words;
}

template <>
std::span<const std::string_view> words<CacheKind>() {
  return cache_kind_words;
}

template <>
std::span<const std::string_view> words<DestagePolicy>() {
  return destage_policy_words;
}

template <>
std::span<const std::string_view> words<QueuePolicy>() {
  return queue_policy_words;
}

template <>
std::span<const std::string_view> words<UnitKind>() {
  return unit_kind_words;
}

template <>
std::span<const std::string_view> words<CreateMode>() {
  return create_mode_words;
}

template <>
std::span<const std::string_view> words<UnitState>() {
  return unit_state_words;
}

template <>
std::span<const std::string_view> words<ColumnState>() {
  return column_state_words;
}

template <>
std::span<const std::string_view> words<SpareState>() {
  return spare_state_words;
}

template <>
std::span<const std::string_view> words<Pattern>() {
  return pattern_words;
}

template <>
std::span<const std::string_view> words<TraceTiming>() {
  return trace_timing_words;
}

template <>
std::span<const std::string_view> words<TraceFit>() {
  return trace_fit_words;
}

template <>
std::span<const std::string_view> words<ProtocolPoint>() {
  return protocol_point_words;
}

template <>
std::span<const std::string_view> words<Side>() {
  return side_words;
}

template <>
std::span<const std::string_view> words<Op>() {
  return op_words;
}

template <>
std::span<const std::string_view> words<RequestKind>() {
  return request_kind_words;
}

template <>
std::span<const std::string_view> words<Area>() {
  return area_words;
}

template <>
std::span<const std::string_view> words<HostVerb>() {
  return host_verb_words;
}

template <>
std::span<const std::string_view> words<IoctlVerb>() {
  return ioctl_verb_words;
}

template <>
std::span<const std::string_view> words<OutstandingFate>() {
  return outstanding_fate_words;
}

template <>
std::span<const std::string_view> words<TornRule>() {
  return torn_rule_words;
}

template <>
std::span<const std::string_view> words<Mask>() {
  return mask_words;
}

template <>
std::span<const std::string_view> words<MediumEffect>() {
  return medium_effect_words;
}

template <>
std::span<const std::string_view> words<BlankContent>() {
  return blank_content_words;
}

template <>
std::span<const std::string_view> words<OpenError>() {
  return open_error_words;
}

template <>
std::span<const std::string_view> words<FlushKind>() {
  return flush_kind_words;
}

template <>
std::span<const std::string_view> words<NewerCopy>() {
  return newer_copy_words;
}

template <>
std::span<const std::string_view> words<ForeignCommits>() {
  return foreign_commits_words;
}

template <>
std::span<const std::string_view> words<NewId>() {
  return new_id_words;
}

template <>
std::span<const std::string_view> words<NvramForm>() {
  return nvram_form_words;
}

template <>
std::span<const std::string_view> words<HostThread>() {
  return host_thread_words;
}

template <>
std::span<const std::string_view> words<AllocationSite>() {
  return allocation_site_words;
}

template <>
std::span<const std::string_view> words<ClockAnomaly>() {
  return clock_anomaly_words;
}

template <>
std::span<const std::string_view> words<ReplicaPart>() {
  return replica_part_words;
}

template <>
std::span<const std::string_view> words<ReplicaAccess>() {
  return replica_access_words;
}

template <>
std::span<const std::string_view> words<ReplicaFlaw>() {
  return replica_flaw_words;
}

template <>
std::span<const std::string_view> words<AwayHow>() {
  return away_how_words;
}

template <>
std::span<const std::string_view> words<SchedulePolicy>() {
  return schedule_policy_words;
}

template <>
std::span<const std::string_view> words<Profile>() {
  return profile_words;
}

template <>
std::span<const std::string_view> words<Outcome>() {
  return outcome_words;
}

template <>
std::span<const std::string_view> words<EventName>() {
  return event_name_words;
}

}  // namespace raidsim::scenarios
