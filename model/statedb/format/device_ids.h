// model/statedb/format/device_ids.h: by which device id each replica's disk is known, in device-id style (C.3).
//
//   0        20                                      2820
//   | header | entry[50] 56: length, id, minor name  | zeroes up to six blocks
//
// Written with the locator block, in one change, and with the same commit count; so disks may change their numbers. An
// id of the machine is eight bytes and has its place in the entry (the format's extra blocks for ids are not needed).
#pragma once

#include <span>

#include "model/statedb/format/locator_block.h"

namespace raidsim::statedb {

inline constexpr uint32_t MDDB_MAGIC_DI = 0x6d646469;  ///< "mddi"
inline constexpr uint32_t MDDB_REV_DI = 0x0100;
inline constexpr uint32_t MDDB_DEVID_STYLE = 0x1;  ///< of lb_flags
inline constexpr uint32_t device_ids_blocks = 6;
inline constexpr size_t device_ids_bytes = device_ids_blocks * MDDB_BSIZE;

/// The ids of all locators of `lb`. Shape  `out` device_ids_bytes
void encode_device_ids(const LocatorBlock& lb, std::span<std::byte> out);

/// Fills in the ids of `lb`. Shape  hostile bytes allowed; `bytes` device_ids_bytes
/// Errors  content: of another commit, or words that cannot be; then `lb` is of no use
[[nodiscard]] BlockFault decode_device_ids(std::span<const std::byte> bytes, LocatorBlock& lb);

}  // namespace raidsim::statedb
