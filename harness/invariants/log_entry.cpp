#include "harness/invariants/log_entry.h"

#include <fmt/core.h>
#include <isa-l/crc.h>

namespace raidsim::harness {
namespace {

constexpr size_t crc_at = 92;  // of the 96 bytes of a header
uint64_t number(const std::byte* at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= std::to_integer<uint64_t>(at[i]) << (8 * i);
  return value;
}

}  // namespace

uint32_t crc32c(uint32_t crc, std::span<const std::byte> bytes) noexcept {
  auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));  // ISA-L does not say const
  return ~::crc32_iscsi(data, static_cast<int>(bytes.size()), ~crc);
}

// magic 0, sum 4, columnnum 8, blkno 12, blkcnt 20, id 24, colcount 32, column 36, unit 40, magic_ext 44, ... crc 92
LogEntryHeader read_log_header(const std::byte* block) {
  LogEntryHeader h;
  h.magic = static_cast<uint32_t>(number(block, 4));
  h.partner = static_cast<int32_t>(static_cast<uint32_t>(number(block + 8, 4)));
  h.row = number(block + 12, 8);
  h.blocks = static_cast<uint32_t>(number(block + 20, 4));
  h.id = number(block + 24, 8);
  h.colcount = static_cast<uint32_t>(number(block + 32, 4));
  h.column = static_cast<uint32_t>(number(block + 36, 4));
  h.unit = static_cast<uint32_t>(number(block + 40, 4));
  h.crc = static_cast<uint32_t>(number(block + crc_at, 4));
  return h;
}

std::optional<LogEntryHeader> valid_entry(std::span<const std::byte> slot, const raid::Unit& unit, uint32_t column) {
  const LogEntryHeader h = read_log_header(slot.data());
  const bool mine = h.magic == raid::RAID_PWMAGIC && h.column == column && h.unit == unit.un_self_id;
  if (!mine || h.blocks == 0 || (uint64_t{h.blocks} + 1) * block_bytes > slot.size()) return std::nullopt;
  if (h.row + h.blocks > unit.rows()) return std::nullopt;
  const uint32_t crc = crc32c(crc32c(0, slot.first(crc_at)), slot.subspan(block_bytes, size_t{h.blocks} * block_bytes));
  return crc == h.crc ? std::optional(h) : std::nullopt;
}

std::string overlapping_entries(const std::vector<LogEntryHeader>& entries) {
  for (size_t a = 0; a < entries.size(); ++a) {
    for (size_t b = a + 1; b < entries.size(); ++b) {
      const LogEntryHeader& x = entries[a];
      const LogEntryHeader& y = entries[b];
      if (x.row >= y.row + y.blocks || y.row >= x.row + x.blocks) continue;
      return fmt::format("entries {} and {} both cover row {}", x.id, y.id, std::max(x.row, y.row));
    }
  }
  return {};
}

}  // namespace raidsim::harness
