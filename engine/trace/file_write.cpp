#include <algorithm>

#include "engine/trace/file.h"
#include "engine/trace/file_format.h"
#include "engine/trace/record_codec.h"
#include "engine/trace/section.h"

namespace raidsim {
namespace {

std::string meta_bytes(const TraceFile& file) {
  std::string out;
  put_varint(out, file.meta.size());
  for (const auto& [key, value] : file.meta) {
    put_text(out, key);
    put_text(out, value);
  }
  return out;
}

std::string kind_bytes(const TraceFile& file) {
  std::string out;
  put_varint(out, file.kinds.size());
  for (const auto& [kind, row] : file.kinds) {
    put_varint(out, kind);
    for (const std::string* text : {&row.name, &row.actor, &row.flags, &row.a, &row.b}) put_text(out, *text);
  }
  return out;
}

std::string name_bytes(const TraceFile& file) {
  std::string out;
  uint64_t count = 0;
  for (const auto& [what, group] : file.names) count += group.size();
  put_varint(out, count);
  for (const auto& [what, group] : file.names) {
    for (const auto& [number, name] : group) {
      put_text(out, what);
      put_varint(out, number);
      put_text(out, name);
    }
  }
  return out;
}

void put_records(std::string& out, const TraceLog& log) {
  const std::span<const TraceRecord> all(log.records);
  for (size_t first = 0; first < all.size(); first += trace_format::batch_records) {
    const auto batch = all.subspan(first, std::min(trace_format::batch_records, all.size() - first));
    std::string raw;
    put_varint(raw, log.first_event + first);
    put_varint(raw, batch.size());
    raw += encode_records(batch);
    put_section(out, SectionTag::records, raw);
  }
}

std::string checkpoint_bytes(const TraceLog& log) {
  std::string out;
  put_varint(out, log.checkpoint_interval);
  put_varint(out, log.checkpoints.size());
  for (const uint64_t hash : log.checkpoints) put_fixed(out, hash, 8);
  return out;
}

std::string end_bytes(const TraceLog& log) {
  std::string out;
  put_fixed(out, log.count, 8);
  put_fixed(out, log.hash, 8);
  put_fixed(out, log.first_event, 8);
  put_fixed(out, log.records.size(), 8);
  return out;
}

}  // namespace

std::string serialise(const TraceFile& file) {
  std::string out(trace_format::magic);
  put_fixed(out, trace_format::major_version, 2);
  put_fixed(out, trace_format::minor_version, 2);
  put_section(out, SectionTag::meta, meta_bytes(file));
  put_section(out, SectionTag::kinds, kind_bytes(file));
  put_section(out, SectionTag::names, name_bytes(file));
  if (!file.tape.empty()) put_section(out, SectionTag::tape, file.tape);
  put_records(out, file.log);
  if (file.log.checkpoint_interval > 0) put_section(out, SectionTag::checkpoints, checkpoint_bytes(file.log));
  put_section(out, SectionTag::end, end_bytes(file.log));
  return out;
}

}  // namespace raidsim
