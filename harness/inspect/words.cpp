#include "harness/inspect/words.h"

#include <fmt/core.h>

#include <utility>

#include "harness/world/disk_roles.h"

namespace raidsim::harness {
namespace {

using statedb::BlockFault;

constexpr size_t shown_most = 128;  ///< a name space's names have 127 bytes

constexpr std::pair<uint32_t, char> locator_letters[] = {{statedb::MDDB_F_ACTIVE, 'a'},
                                                         {statedb::MDDB_F_MASTER, 'm'},
                                                         {statedb::MDDB_F_LOCACC, 'l'},
                                                         {statedb::MDDB_F_UP2DATE, 'u'},
                                                         {statedb::MDDB_F_OLDACT, 'o'},
                                                         {statedb::MDDB_F_PTCHED, 'p'},
                                                         {statedb::MDDB_F_IOCTL, 'c'},
                                                         {statedb::MDDB_F_EWRITE, 'W'},
                                                         {statedb::MDDB_F_EREAD, 'R'},
                                                         {statedb::MDDB_F_EFMT, 'F'},
                                                         {statedb::MDDB_F_EDATA, 'D'},
                                                         {statedb::MDDB_F_EMASTER, 'M'},
                                                         {statedb::MDDB_F_TOOSMALL, 'S'},
                                                         {0x20000, 't'},
                                                         {0x40000, 'B'},
                                                         {0x80000, 'r'},
                                                         {statedb::MDDB_F_JOINING, 'j'},
                                                         {statedb::MDDB_F_LEAVING, 'v'}};

constexpr std::pair<uint32_t, const char*> column_flags[] = {{raid::MD_RAID_DEV_ISOPEN, "open"},
                                                             {raid::MD_RAID_ALT_ISOPEN, "alternate-open"},
                                                             {raid::MD_RAID_RESYNC, "resync"},
                                                             {raid::MD_RAID_RESYNC_ERRED, "resync-errored"},
                                                             {raid::MD_RAID_FORCE_REPLACE, "forced"},
                                                             {raid::MD_RAID_WRITE_ALT, "write-alternate"},
                                                             {raid::MD_RAID_DEV_ERRED, "device-errored"},
                                                             {raid::MD_RAID_COPY_RESYNC, "copy"},
                                                             {raid::MD_RAID_REGEN_RESYNC, "rebuild"},
                                                             {raid::MD_RAID_DEV_PROBEOPEN, "probe-open"},
                                                             {raid::MD_RAID_MISSED_WRITE, "missed-write"},
                                                             {raid::MD_RAID_LOG_COMPLETE, "log-complete"},
                                                             {raid::MD_RAID_HAS_LABEL, "label"}};

}  // namespace

const char* words_of(BlockFault fault) noexcept {
  switch (fault) {
    case BlockFault::none:
      return "good";
    case BlockFault::unread:
      return "cannot be read";
    case BlockFault::magic:
      return "no such thing here (magic)";
    case BlockFault::revision:
      return "unknown revision";
    case BlockFault::checksum:
      return "checksum does not hold";
    case BlockFault::place:
      return "belongs to another place or set";
    case BlockFault::content:
      return "says what cannot be";
  }
  return "?";
}

std::string letters_of(uint32_t l_flags) {
  std::string out;
  for (const auto& [flag, letter] : locator_letters) {
    if ((l_flags & flag) != 0) out += letter;
  }
  return out.empty() ? "-" : out;
}

std::string column_flag_words(uint32_t un_devflags) {
  std::string out;
  for (const auto& [flag, word] : column_flags) {
    if ((un_devflags & flag) != 0) out += (out.empty() ? "" : " ") + std::string(word);
    un_devflags &= ~flag;
  }
  if (un_devflags != 0) out += fmt::format("{}{:#x}", out.empty() ? "" : " ", un_devflags);
  return out;
}

std::string unit_name(md::Minor minor) {
  const uint32_t set = md::set_of_minor(minor);
  return (set == 0 ? std::string() : fmt::format("{}/", set)) + fmt::format("d{}", md::unit_of_minor(minor));
}

std::string pool_name(md::PoolId pool) {
  if (pool == md::MD_HSP_NONE) return "none";
  return fmt::format("hsp{:03}", static_cast<uint32_t>(pool) & 0x3ffffff);
}

std::string device_name(const DiskImage& image, DeviceNumber number) {
  if (number == no_device) return "none";
  const uint32_t disk = disk_in_image(image, number);
  if (disk >= image.disks.size()) return fmt::format("device {}:{}", major_of(number), minor_of(number));
  const uint32_t slice = minor_of(number) % slices_per_disk;
  return shown(image.disks[disk].name) + (slice == 0 ? std::string() : fmt::format("s{}", slice));
}

std::string place_name(const DiskImage& image, uint32_t disk, uint64_t block) {
  return fmt::format("{}:{}", shown(image.disks[disk].name), block);
}

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, shown_most)) {
    const bool plain = c >= ' ' && c <= '~' && c != '\\';
    out += plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return text.size() > shown_most ? out + "..." : out;
}

std::string identifier_of(const statedb::SetIdentifier& identifier) {
  const std::string_view all(identifier.data(), identifier.size());
  const size_t last = all.find_last_not_of('\0');
  return last == std::string_view::npos ? std::string() : shown(all.substr(0, last + 1));
}

}  // namespace raidsim::harness
