// engine/trace/section.h: the frame around each part of a trace file.
//
//   0     4          8             16         24         32
//   | tag | encoding | stored size | raw size | checksum | stored bytes ...
//
// All numbers lowest byte first. The checksum is XXH3-64 of the stored bytes, seeded with that of the 24 bytes
// before it, so no byte of a section can change unnoticed. A reader can step over a section it does not know.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/byte_codec.h"

namespace raidsim {

/// Four letters, first one lowest.
enum class SectionTag : uint32_t {
  meta = 0x4154'454d,         // META
  kinds = 0x444e'494b,        // KIND
  names = 0x454d'414e,        // NAME
  tape = 0x4550'4154,         // TAPE
  records = 0x5343'4552,      // RECS
  checkpoints = 0x5450'4b43,  // CKPT
  end = 0x2044'4e45,          // "END "
};

[[nodiscard]] std::string to_text(SectionTag tag);

/// Appends a section, compressed where that makes it smaller.
void put_section(std::string& out, SectionTag tag, std::string_view raw);

struct Section {
  SectionTag tag{};
  bool compressed = false;
  uint64_t raw_size = 0;
  std::string_view stored;  ///< of the file's bytes
};

/// Takes the next section off `in` and checks it. Errors  nothing, and `error` says what is wrong
[[nodiscard]] std::optional<Section> take_section(ByteReader& in, std::string& error);

/// Unpacks sections one after the other.
class Unpacker {
 public:
  Unpacker();
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  /// The section's raw bytes, valid until the next call. Memory grows with what was really unpacked, not with
  /// what the frame claims. Errors  nothing: too large or no valid compressed bytes
  [[nodiscard]] std::optional<std::string_view> unpack(const Section& section, uint64_t raw_size_max);

 private:
  bool inflate(std::string_view stored, uint64_t raw_size);

  struct Context;
  std::unique_ptr<Context> context_;
  std::string raw_;
};

}  // namespace raidsim
