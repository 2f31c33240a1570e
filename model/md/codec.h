// model/md/codec.h: records as bytes: little-endian, packed, no padding (spec/decisions.md D-06).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace raidsim::md {

class RecordWriter {
 public:
  explicit RecordWriter(std::vector<std::byte>& out) : out_(out) {}
  void u32(uint32_t value) { fixed(value, 4); }
  void u64(uint64_t value) { fixed(value, 8); }
  void i32(int32_t value) { fixed(static_cast<uint32_t>(value), 4); }
  void i64(int64_t value) { fixed(static_cast<uint64_t>(value), 8); }
  void bytes(std::span<const std::byte> raw) { out_.insert(out_.end(), raw.begin(), raw.end()); }
  /// Length, then the characters.
  void text(std::string_view value) {
    u32(static_cast<uint32_t>(value.size()));
    bytes(std::as_bytes(std::span(value)));
  }

 private:
  void fixed(uint64_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8) out_.push_back(static_cast<std::byte>(value & 0xff));
  }
  std::vector<std::byte>& out_;
};

/// Reads hostile bytes: whatever is not there reads as zero and turns the reader bad, so that a caller
/// may read a whole group and ask once.
class RecordReader {
 public:
  explicit RecordReader(std::span<const std::byte> bytes) : rest_(bytes) {}
  uint32_t u32() { return static_cast<uint32_t>(fixed(4)); }
  uint64_t u64() { return fixed(8); }
  int32_t i32() { return static_cast<int32_t>(u32()); }
  int64_t i64() { return static_cast<int64_t>(u64()); }
  std::span<const std::byte> take(uint64_t size) {
    if (!good_ || size > rest_.size()) {
      good_ = false;
      return {};
    }
    const auto taken = rest_.first(static_cast<size_t>(size));
    rest_ = rest_.subspan(static_cast<size_t>(size));
    return taken;
  }
  std::string text(uint32_t longest) {
    const uint32_t size = u32();
    if (size > longest) good_ = false;
    const auto raw = take(size);
    std::string value;
    for (const std::byte b : raw) value.push_back(static_cast<char>(b));
    return value;
  }
  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] size_t left() const noexcept { return rest_.size(); }

 private:
  uint64_t fixed(size_t size) {
    uint64_t value = 0;
    const auto raw = take(size);
    for (size_t i = 0; i < raw.size(); ++i) value |= static_cast<uint64_t>(raw[i]) << (8 * i);
    return value;
  }
  std::span<const std::byte> rest_;
  bool good_ = true;
};

}  // namespace raidsim::md
