#include "harness/inspect/record_content.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/committed.h"
#include "model/md/codec.h"
#include "model/raid/record.h"
#include "model/stripe/record.h"

namespace raidsim::harness {
namespace {

using Bytes = std::span<const std::byte>;
using statedb::RecordType;

constexpr uint32_t name_space_magic = 0x6d646e6d;  // "mdnm"
constexpr uint32_t name_longest = 127;             // MD_MAXPREFIX
constexpr size_t spare_bytes = 64, pool_bytes = 24, members_at = 20, unit_size_at = 20;

constexpr bool known(uint32_t type) {  // before a cast to eight bits
  return type >= static_cast<uint32_t>(RecordType::raid) && type <= static_cast<uint32_t>(RecordType::soft_partition);
}

bool all_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// The first `size` bytes, when nothing but zeroes follows; else all, for the decoder to refuse.
Bytes trimmed(Bytes bytes, uint64_t size) {
  return size <= bytes.size() && all_zero(bytes.subspan(static_cast<size_t>(size)))
             ? bytes.first(static_cast<size_t>(size))
             : bytes;
}

uint64_t number_at(Bytes bytes, size_t at, size_t width) {
  if (at + width > bytes.size()) return 0;
  md::RecordReader read(bytes.subspan(at));
  return width == 8 ? read.u64() : read.u32();
}

void read_unit(Bytes bytes, RecordContent& out) {
  auto unit = read_unit_record(trimmed(bytes, number_at(bytes, unit_size_at, 8)));
  out.wrong = "not a RAID-5 unit's record: size, magic or number of columns";
  if (!unit) return;
  const char* broken = raid::broken_structure(*unit);
  out.wrong = broken == nullptr ? std::string() : fmt::format("a unit that cannot be: {}", broken);
  out.is = std::move(*unit);
}

void read_stripe(Bytes bytes, RecordContent& out) {
  const char* why = nullptr;
  auto unit = stripe::decode_record(trimmed(bytes, number_at(bytes, unit_size_at, 8)), why);
  if (!unit) {
    out.wrong = fmt::format("not a stripe's record: {}", why);
  } else {
    out.is = std::move(*unit);
  }
}

template <class Record>
void read_as(Bytes bytes, const char* wrong, RecordContent& out) {
  Record record;
  if (record.decode(bytes)) {
    out.is = std::move(record);
  } else {
    out.wrong = wrong;
  }
}

void read_names(Bytes bytes, RecordContent& out) {
  md::RecordReader read(bytes);
  StoredNames names;
  out.wrong = "not a name space's record";
  if (read.u32() != name_space_magic) return;
  static_cast<void>(read.u32());  // next key
  const uint32_t count = read.u32();
  for (uint32_t i = 0; i < count && read.good(); ++i) {
    StoredName& name = names.emplace_back();
    name.key = read.u32();
    name.entry.device_id = read.u64();
    name.entry.slice = read.u32();
    name.entry.number = read.u64();
    name.entry.references = read.u32();
    name.entry.name = read.text(name_longest);
  }
  const bool ascending = std::adjacent_find(names.begin(), names.end(),
                                            [](const auto& a, const auto& b) { return a.key >= b.key; }) == names.end();
  if (!read.good() || !ascending || !all_zero(bytes.last(read.left()))) return;
  out.wrong.clear();
  out.is = std::move(names);
}

}  // namespace

RecordContent decode_content(uint32_t type, Bytes bytes) {
  RecordContent out;
  out.type = type;
  if (!known(type)) return out;
  switch (static_cast<RecordType>(type)) {
    case RecordType::raid:
      read_unit(bytes, out);
      break;
    case RecordType::stripe:
      read_stripe(bytes, out);
      break;
    case RecordType::pool:
      read_as<hotspare::Pool>(trimmed(bytes, pool_bytes + 4 * number_at(bytes, members_at, 4)),
                              "not a hot spare pool's record", out);
      break;
    case RecordType::hot_spare:
      read_as<hotspare::HotSpare>(trimmed(bytes, spare_bytes), "not a hot spare's record", out);
      break;
    case RecordType::name_space:
      read_names(bytes, out);
      break;
    default:
      break;
  }
  return out;
}

std::string type_word(uint32_t type) {
  if (!known(type)) return fmt::format("type {}", type);
  switch (static_cast<RecordType>(type)) {
    case RecordType::raid:
      return "unit";
    case RecordType::pool:
      return "pool";
    case RecordType::hot_spare:
      return "hot spare";
    case RecordType::name_space:
      return "names";
    case RecordType::stripe:
      return "stripe";
    case RecordType::soft_partition:
      return "soft partition";
  }
  return "?";
}

}  // namespace raidsim::harness
