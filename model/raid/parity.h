// model/raid/parity.h: XOR over blocks, and the two checksums of a log entry.
//
// Each function has one definition that ISA-L computes and one in plain C++ that says what is meant; a
// test holds the two together. Sizes are in bytes and whole blocks unless said otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace raidsim::raid {

/// into ^= from.
void xor_into(std::byte* into, const std::byte* from, size_t bytes) noexcept;

/// out = XOR of the sources. `out` may be one of them. Shape  2 to 255 sources
void xor_of(std::span<const std::byte* const> sources, std::byte* out, size_t bytes) noexcept;

/// XOR of the 32-bit little-endian words (rpw_sum).
[[nodiscard]] uint32_t xor_words(const std::byte* data, size_t bytes) noexcept;

/// Whether all bytes are zero.
[[nodiscard]] bool all_zero(const std::byte* data, size_t bytes) noexcept;

/// CRC-32C, reflected, start and final XOR all ones (D-06). `running` is the CRC of what came before:
/// crc32c(b, crc32c(a)) is the CRC of a followed by b.
[[nodiscard]] uint32_t crc32c(const std::byte* data, size_t bytes, uint32_t running = 0) noexcept;

namespace reference {  ///< plain C++, same results

void xor_of(std::span<const std::byte* const> sources, std::byte* out, size_t bytes) noexcept;
[[nodiscard]] uint32_t crc32c(const std::byte* data, size_t bytes, uint32_t running = 0) noexcept;

}  // namespace reference
}  // namespace raidsim::raid
