#include "reports/record_text.h"

#include <fmt/core.h>

#include "reports/time_text.h"

namespace raidsim::reports {
namespace {

void field(std::string& out, const std::string& name, uint64_t value) {
  if (!name.empty()) out += fmt::format("  {} {}", name, value);
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
  if (!row->actor.empty()) {
    const auto names = file.names.find(row->actor);
    const bool named = names != file.names.end() && names->second.contains(record.actor);
    out += named ? fmt::format("  {} {}", row->actor, names->second.at(record.actor))
                 : fmt::format("  {} {}", row->actor, record.actor);
  }
  field(out, row->flags, record.flags);
  field(out, row->a, record.a);
  field(out, row->b, record.b);
  return out;
}

}  // namespace raidsim::reports
