#include "reports/record_text.h"

#include <fmt/core.h>

#include <string_view>

#include "reports/time_text.h"

namespace raidsim::reports {
namespace {

/// What the file calls this number, else the number.
std::string word_of(const TraceFile& file, const std::string& what, uint64_t value) {
  const auto names = file.names.find(what);
  if (names == file.names.end() || value > UINT32_MAX) return std::to_string(value);
  const auto name = names->second.find(static_cast<uint32_t>(value));
  return name == names->second.end() ? std::to_string(value) : name->second;
}

void field(std::string& out, const TraceFile& file, const std::string& name, uint64_t value) {
  if (name.empty()) return;
  // Two numbers in one field: "blocks:write" and "errno<<32|residual" are the upper and the lower half.
  for (const std::string_view parting : {"<<32|", ":"}) {
    const size_t at = name.find(parting);
    if (at == std::string::npos) continue;
    field(out, file, name.substr(0, at), value >> 32);
    field(out, file, name.substr(at + parting.size()), value & UINT32_MAX);
    return;
  }
  const std::string word = word_of(file, name, value);
  out += word.starts_with(name + " ") ? "  " + word : fmt::format("  {} {}", name, word);
}

}  // namespace

std::string record_text(const TraceFile& file, uint64_t event, const TraceRecord& record) {
  std::string out = fmt::format("event {}  {}  ", event, time_text(record.time_ns));
  const TraceKindRow* row = file.kind(record.kind);
  if (row == nullptr) {
    return out + fmt::format("kind {}  flags {}  actor {}  a {}  b {}", record.kind, record.flags, record.actor,
                             record.a, record.b);
  }
  out += row->name;
  field(out, file, row->actor, record.actor);
  field(out, file, row->flags, record.flags);
  field(out, file, row->a, record.a);
  field(out, file, row->b, record.b);
  return out;
}

}  // namespace raidsim::reports
