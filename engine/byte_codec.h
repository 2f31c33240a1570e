// engine/byte_codec.h: varints and fixed little-endian numbers, written to a string and read from hostile bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace raidsim {

inline void put_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// `bytes` of `value`, lowest first.
inline void put_fixed(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) out.push_back(static_cast<char>(value));
}

inline void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out.append(text);
}

/// Small numbers of either sign as small varints: 0, -1, 1, -2, ...
constexpr uint64_t zigzag(uint64_t difference) { return (difference << 1) ^ (0 - (difference >> 63)); }
constexpr uint64_t unzigzag(uint64_t value) { return (value >> 1) ^ (0 - (value & 1)); }

/// Reads what the functions above wrote. The first thing that is not there turns the reader bad: from then on
/// it yields zeros, so a caller may read a group and ask once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] size_t left() const { return rest_.size(); }

  uint64_t fixed(int bytes) {
    const std::string_view raw = take(static_cast<size_t>(bytes));
    uint64_t value = 0;
    for (size_t i = 0; i < raw.size(); ++i) value |= uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
    return value;
  }

  /// Refuses forms longer than needed, so that equal values have equal bytes.
  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return byte == 0 && shift > 0 ? spoil() : value;
    }
    return spoil();
  }

  std::string_view take(size_t bytes) {
    if (!good_ || bytes > rest_.size()) {
      spoil();
      return {};
    }
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  std::string_view text(size_t longest) {
    const uint64_t size = varint();
    if (size > longest) spoil();
    return take(static_cast<size_t>(size));
  }

 private:
  uint64_t spoil() {
    good_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace raidsim
