#include "engine/trace/log.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace raidsim {
namespace {

/// Lengths of prefixes whose hash the log states itself, ascending.
std::vector<uint64_t> stated_lengths(const TraceLog& log) {
  std::vector<uint64_t> lengths;
  if (log.checkpoint_interval > 0) {
    for (uint64_t k = 1; k <= log.checkpoints.size(); ++k) lengths.push_back(k * log.checkpoint_interval);
  }
  if (lengths.empty() || lengths.back() < log.count) lengths.push_back(log.count);
  return lengths;
}

/// Hashes of ever longer prefixes of one log: stated ones, or any where the log is complete.
class PrefixHashes {
 public:
  explicit PrefixHashes(const TraceLog& log) : log_(log) {}

  std::optional<uint64_t> of_first(uint64_t length) {
    if (length > log_.count) return std::nullopt;
    if (length == log_.count) return log_.hash;
    const uint64_t interval = log_.checkpoint_interval;
    if (interval > 0 && length > 0 && length % interval == 0 && length / interval <= log_.checkpoints.size()) {
      return log_.checkpoints[length / interval - 1];
    }
    if (!log_.complete()) return std::nullopt;
    for (; hashed_ < length; ++hashed_) hash_.add(log_.records[hashed_]);
    return hash_.value();
  }

 private:
  const TraceLog& log_;
  TraceHash hash_;
  uint64_t hashed_ = 0;
};

const TraceRecord* record_at(const TraceLog& log, uint64_t event) {
  if (event < log.first_event || event - log.first_event >= log.records.size()) return nullptr;
  return &log.records[event - log.first_event];
}

std::optional<TraceRecord> copy_at(const TraceLog& log, uint64_t event) {
  const TraceRecord* record = record_at(log, event);
  return record == nullptr ? std::nullopt : std::optional<TraceRecord>(*record);
}

/// Narrows [event, at_most] by prefixes whose hash both sides know.
void bracket_by_hashes(const TraceLog& left, const TraceLog& right, TraceDifference& difference) {
  std::vector<uint64_t> lengths = stated_lengths(left);
  const std::vector<uint64_t> more = stated_lengths(right);
  lengths.insert(lengths.end(), more.begin(), more.end());
  std::sort(lengths.begin(), lengths.end());
  PrefixHashes left_hashes(left);
  PrefixHashes right_hashes(right);
  for (const uint64_t length : lengths) {
    const auto left_hash = left_hashes.of_first(length);
    const auto right_hash = right_hashes.of_first(length);
    if (!left_hash || !right_hash) continue;
    if (*left_hash == *right_hash) {
      difference.event = length;
    } else {
      difference.at_most = std::min(difference.at_most, length - 1);
      return;  // equal from here on is impossible
    }
  }
}

/// Compares what both kept inside the bracket. A gap before the kept records leaves the lower end open.
void narrow_by_records(const TraceLog& left, const TraceLog& right, TraceDifference& difference) {
  uint64_t event = std::max({difference.event, left.first_event, right.first_event});
  const bool gap = event > difference.event;
  for (; event <= difference.at_most; ++event) {
    const TraceRecord* a = record_at(left, event);
    const TraceRecord* b = record_at(right, event);
    if (a == nullptr || b == nullptr) break;
    if (*a == *b) continue;
    difference.at_most = event;
    break;
  }
  if (!gap) difference.event = event;
  difference.event = std::min(difference.event, difference.at_most);
}

std::string to_text(const std::optional<TraceRecord>& record) {
  if (!record) return "nothing kept";
  char line[160];
  std::snprintf(line, sizeof line,
                "%" PRId64 " ns kind %" PRIu16 " actor %" PRIu32 " a %" PRIu64 " b %" PRIu64 " flags %" PRIu16,
                record->time_ns, record->kind, record->actor, record->a, record->b, record->flags);
  return line;
}

}  // namespace

TraceLog log_of(const Recorder& recorder) {
  TraceLog log;
  log.count = recorder.count();
  log.hash = recorder.hash();
  log.first_event = recorder.first_kept();
  log.records = recorder.kept();
  log.checkpoint_interval = recorder.checkpoint_interval();
  log.checkpoints = recorder.checkpoints();
  return log;
}

std::optional<TraceDifference> compare(const TraceLog& left, const TraceLog& right) {
  if (left.count == right.count && left.hash == right.hash) return std::nullopt;
  TraceDifference difference;
  // Where one run is a prefix of the other, the first event that only one of them has is the difference.
  const uint64_t shorter = std::min(left.count, right.count);
  difference.at_most = left.count == right.count ? shorter - std::min<uint64_t>(shorter, 1) : shorter;
  bracket_by_hashes(left, right, difference);
  narrow_by_records(left, right, difference);
  if (difference.exact()) {
    difference.left = copy_at(left, difference.event);
    difference.right = copy_at(right, difference.event);
  }
  return difference;
}

std::string to_text(const TraceDifference& difference) {
  if (!difference.exact()) {
    return "the first difference lies between events " + std::to_string(difference.event) + " and " +
           std::to_string(difference.at_most);
  }
  return "event " + std::to_string(difference.event) + " differs: " + to_text(difference.left) + " | " +
         to_text(difference.right);
}

}  // namespace raidsim
