#include "engine/trace/record_codec.h"

#include <array>

namespace raidsim {
namespace {

/// What both ends expect of the next record.
class Expectation {
 public:
  [[nodiscard]] const TraceRecord& of(TraceKind kind) const { return last_[kind % last_.size()]; }
  [[nodiscard]] uint64_t time() const { return time_; }
  void learn(const TraceRecord& record) {
    last_[record.kind % last_.size()] = record;
    time_ = static_cast<uint64_t>(record.time_ns);
  }

 private:
  std::array<TraceRecord, 256> last_{};
  uint64_t time_ = 0;
};

}  // namespace

std::string encode_records(std::span<const TraceRecord> records) {
  Expectation expected;
  std::string out;
  out.reserve(records.size() * 10);
  for (const TraceRecord& record : records) {
    const TraceRecord& last = expected.of(record.kind);
    put_varint(out, zigzag(static_cast<uint64_t>(record.time_ns) - expected.time()));
    put_varint(out, record.kind);
    put_varint(out, record.flags);
    put_varint(out, zigzag(uint64_t{record.actor} - uint64_t{last.actor}));
    put_varint(out, zigzag(record.a - last.a));
    put_varint(out, zigzag(record.b - last.b));
    expected.learn(record);
  }
  return out;
}

bool decode_records(ByteReader& in, size_t count, std::vector<TraceRecord>& out) {
  Expectation expected;
  for (size_t i = 0; i < count; ++i) {
    TraceRecord record;
    record.time_ns = static_cast<int64_t>(expected.time() + unzigzag(in.varint()));
    const uint64_t kind = in.varint();
    const uint64_t flags = in.varint();
    if (kind > UINT16_MAX || flags > UINT16_MAX) return false;
    record.kind = static_cast<TraceKind>(kind);
    record.flags = static_cast<uint16_t>(flags);
    const TraceRecord& last = expected.of(record.kind);
    const uint64_t actor = last.actor + unzigzag(in.varint());
    if (actor > UINT32_MAX) return false;
    record.actor = static_cast<uint32_t>(actor);
    record.a = last.a + unzigzag(in.varint());
    record.b = last.b + unzigzag(in.varint());
    if (!in.good()) return false;
    out.push_back(record);
    expected.learn(record);
  }
  return true;
}

}  // namespace raidsim
