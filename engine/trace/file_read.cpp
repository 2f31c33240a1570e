#include <set>
#include <utility>

#include "engine/trace/file.h"
#include "engine/trace/file_format.h"
#include "engine/trace/record_codec.h"
#include "engine/trace/section.h"

namespace raidsim {
namespace {

constexpr size_t any_length = SIZE_MAX;  ///< of a text: the section's own length bounds it

/// Reads a file section by section. A function that returns false has said why in error_.
class TraceReader {
 public:
  TraceReader(std::string_view bytes, const TraceLimits& limits, std::string& error)
      : in_(bytes), limits_(limits), error_(error) {}

  std::optional<TraceFile> read() {
    if (!read_head() || !read_sections() || !consistent()) return std::nullopt;
    return std::move(file_);
  }

 private:
  bool fail(std::string text) {
    error_ = "trace: " + std::move(text);
    return false;
  }
  bool damaged(SectionTag tag) { return fail("section " + to_text(tag) + " does not make sense"); }

  bool read_head() {
    if (in_.left() > limits_.file_bytes) return fail("larger than " + std::to_string(limits_.file_bytes) + " bytes");
    if (in_.take(trace_format::magic.size()) != trace_format::magic) return fail("not a raidsim trace");
    const uint64_t major = in_.fixed(2);
    in_.fixed(2);  // a later minor version only adds sections
    if (!in_.good()) return fail("cut off within its head");
    if (major == trace_format::major_version) return true;
    return fail("format version " + std::to_string(major) + ", this program reads version " +
                std::to_string(trace_format::major_version));
  }

  bool read_sections() {
    Unpacker unpacker;
    for (uint64_t number = 0; number < limits_.sections; ++number) {
      const auto section = take_section(in_, error_);
      if (!section) return fail(error_);
      const SectionTag tag = section->tag;
      const auto largest = largest_raw_size(tag);
      if (!largest) continue;  // a later version's section
      if (tag != SectionTag::records && !seen_.insert(tag).second) {
        return fail("section " + to_text(tag) + " stands twice");
      }
      const auto raw = unpacker.unpack(*section, *largest);
      if (!raw) return fail("section " + to_text(tag) + " is too large or badly compressed");
      ByteReader body(*raw);
      if (!read_body(tag, body, *raw)) return false;
      if (tag == SectionTag::end) return in_.at_end() || fail("bytes follow its END section");
    }
    return fail("more than " + std::to_string(limits_.sections) + " sections");
  }

  [[nodiscard]] std::optional<uint64_t> largest_raw_size(SectionTag tag) const {
    switch (tag) {
      case SectionTag::meta:
      case SectionTag::kinds:
      case SectionTag::names:
      case SectionTag::tape:
      case SectionTag::checkpoints:
        return limits_.section_bytes;
      case SectionTag::records:
        return trace_format::batch_records * encoded_record_bytes_max + 16;
      case SectionTag::end:
        return 32;
    }
    return std::nullopt;
  }

  bool read_body(SectionTag tag, ByteReader& body, std::string_view raw) {
    bool done = true;
    switch (tag) {
      case SectionTag::meta:
        done = read_meta(body);
        break;
      case SectionTag::kinds:
        done = read_kinds(body);
        break;
      case SectionTag::names:
        done = read_names(body);
        break;
      case SectionTag::tape:
        file_.tape.assign(raw);
        return true;
      case SectionTag::records:
        done = read_records(body);
        break;
      case SectionTag::checkpoints:
        done = read_checkpoints(body);
        break;
      case SectionTag::end:
        read_end(body);
        break;
    }
    if (!error_.empty()) return false;
    return (done && body.good() && body.at_end()) || damaged(tag);
  }

  /// Number of entries of a table, none of which has fewer than `least_bytes`.
  std::optional<uint64_t> read_count(ByteReader& body, size_t least_bytes) {
    const uint64_t count = body.varint();
    if (count > limits_.entries) {
      fail("more than " + std::to_string(limits_.entries) + " entries in a table");
      return std::nullopt;
    }
    if (count > body.left() / least_bytes) return std::nullopt;
    return count;
  }

  bool read_meta(ByteReader& body) {
    const auto count = read_count(body, 2);
    for (uint64_t i = 0; count && i < *count; ++i) {
      std::string key(body.text(any_length));
      std::string value(body.text(any_length));
      if (!body.good() || !file_.meta.emplace(std::move(key), std::move(value)).second) return false;
    }
    return count.has_value();
  }

  bool read_kinds(ByteReader& body) {
    const auto count = read_count(body, 6);
    for (uint64_t i = 0; count && i < *count; ++i) {
      const uint64_t kind = body.varint();
      if (kind > UINT16_MAX) return false;
      TraceKindRow row{.kind = static_cast<TraceKind>(kind), .name = {}, .actor = {}, .flags = {}, .a = {}, .b = {}};
      for (std::string* text : {&row.name, &row.actor, &row.flags, &row.a, &row.b}) text->assign(body.text(any_length));
      if (!body.good() || !file_.kinds.emplace(row.kind, std::move(row)).second) return false;
    }
    return count.has_value();
  }

  bool read_names(ByteReader& body) {
    const auto count = read_count(body, 3);
    for (uint64_t i = 0; count && i < *count; ++i) {
      std::string what(body.text(any_length));
      const uint64_t number = body.varint();
      std::string name(body.text(any_length));
      if (!body.good() || number > UINT32_MAX) return false;
      auto& group = file_.names[std::move(what)];
      if (!group.emplace(static_cast<uint32_t>(number), std::move(name)).second) return false;
    }
    return count.has_value();
  }

  bool read_records(ByteReader& body) {
    auto& records = file_.log.records;
    const uint64_t first = body.varint();
    const uint64_t count = body.varint();
    if (records.empty()) file_.log.first_event = first;
    if (first != file_.log.first_event + records.size()) return false;
    if (count == 0 || count > trace_format::batch_records || count > body.left() / encoded_record_bytes_min)
      return false;
    if (count > limits_.records - records.size()) {
      return fail("more than " + std::to_string(limits_.records) + " records");
    }
    return decode_records(body, static_cast<size_t>(count), records);
  }

  bool read_checkpoints(ByteReader& body) {
    file_.log.checkpoint_interval = body.varint();
    const uint64_t count = body.varint();
    if (file_.log.checkpoint_interval == 0 || count != body.left() / 8) return false;
    file_.log.checkpoints.reserve(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i) file_.log.checkpoints.push_back(body.fixed(8));
    return true;
  }

  void read_end(ByteReader& body) {
    file_.log.count = body.fixed(8);
    file_.log.hash = body.fixed(8);
    end_first_ = body.fixed(8);
    end_kept_ = body.fixed(8);
  }

  /// Do the sections, each sound by itself, tell of one run?
  bool consistent() {
    TraceLog& log = file_.log;
    if (log.records.empty()) log.first_event = end_first_;
    if (end_kept_ != log.records.size() || end_first_ != log.first_event || end_first_ > log.count ||
        end_kept_ > log.count - end_first_) {
      return fail("its records are not those that its END section counts");
    }
    if (log.checkpoint_interval > 0 && log.checkpoints.size() > log.count / log.checkpoint_interval) {
      return fail("more checkpoints than events");
    }
    if (!log.complete()) return true;
    TraceHash hash;
    for (const TraceRecord& record : log.records) hash.add(record);
    return hash.value() == log.hash || fail("its records do not have the hash of its END section");
  }

  ByteReader in_;
  const TraceLimits& limits_;
  std::string& error_;
  TraceFile file_;
  std::set<SectionTag> seen_;
  uint64_t end_first_ = 0;
  uint64_t end_kept_ = 0;
};

}  // namespace

std::optional<TraceFile> parse_trace(std::string_view bytes, std::string& error, const TraceLimits& limits) {
  error.clear();
  return TraceReader(bytes, limits, error).read();
}

}  // namespace raidsim
