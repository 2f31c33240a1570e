// harness/inspect/words.h: what numbers on disks are called.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/inspect/disk_image.h"
#include "model/disk/block_device.h"
#include "model/raid/unit.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/format/mddb.h"

namespace raidsim::harness {

/// "checksum does not hold", ...; "good" for none.
[[nodiscard]] const char* words_of(statedb::BlockFault fault) noexcept;
/// Letters of statedb.md 3.1, good ones first: "alu", "W". "-": none of them.
[[nodiscard]] std::string letters_of(uint32_t l_flags);
/// "missed-write label"; "" for none. Bits without a name as a number.
[[nodiscard]] std::string column_flag_words(uint32_t un_devflags);
[[nodiscard]] std::string unit_name(md::Minor minor);  ///< "d10", in another set "2/d10"
[[nodiscard]] std::string pool_name(md::PoolId pool);  ///< "hsp001", "none"
/// "d3": slice 0, the usual one; "d3s7"; "none"; "device 32:99" for no disk of the image.
[[nodiscard]] std::string device_name(const DiskImage& image, DeviceNumber number);
/// "d0:16", a block of a disk. Shape  a disk of the image
[[nodiscard]] std::string place_name(const DiskImage& image, uint32_t disk, uint64_t block);
/// One line that a terminal takes, whatever the bytes are.
[[nodiscard]] std::string shown(std::string_view text);
[[nodiscard]] std::string identifier_of(const statedb::SetIdentifier& identifier);

}  // namespace raidsim::harness
