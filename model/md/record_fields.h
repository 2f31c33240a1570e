// model/md/record_fields.h: fields of a unit's record, written and read by one description of their order and width.
//
//   template <class Visit, class U> void part(Visit& visit, U& unit) { visit(as<4>(unit.un_state)); ... }
//      FieldWriter appends each field, FieldReader fills it in; little-endian, packed (spec/decisions.md D-06)
//
//   common part, 60 bytes   revision u32, un_type u32, un_status u32, un_self_id u32, un_record_id i32, un_size u64 (of
//                           the whole record), un_flag u32, un_total_blocks u64, un_actual_tb u64, un_vtoc_id u32 (0),
//                           un_capabilities u32, un_parent u32
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/assert.h"
#include "model/md/unit_header.h"

namespace raidsim::md {

inline constexpr uint32_t MD_64BIT_META_DEV = 0x1, MD_FN_META_DEV = 0x2;  ///< revision; both always set (D-01)
inline constexpr size_t record_common_bytes = 60;

/// A field and its width in the record.
template <size_t Bytes, class T>
struct Wire {
  T* field;
};
template <size_t Bytes, class T>
Wire<Bytes, T> as(T& field) {
  return {&field};
}

class FieldWriter {
 public:
  explicit FieldWriter(std::vector<std::byte>& out) : out_(out) {}
  template <size_t Bytes, class T>
  void operator()(Wire<Bytes, T> wire) {
    constant<Bytes>(static_cast<uint64_t>(*wire.field));
  }
  template <size_t Bytes>
  void constant(uint64_t value) {
    const size_t at = out_.size();
    out_.resize(at + Bytes);
    for (size_t i = 0; i < Bytes; ++i) out_[at + i] = static_cast<std::byte>(value >> (8 * i));
  }

 private:
  std::vector<std::byte>& out_;
};

/// Shape  the caller has looked whether all the bytes are there
class FieldReader {
 public:
  explicit FieldReader(std::span<const std::byte> bytes) : rest_(bytes) {}
  template <size_t Bytes, class T>
  void operator()(Wire<Bytes, T> wire) {
    const uint64_t value = number<Bytes>();
    if constexpr (Bytes == 4 && sizeof(T) == 8) {  // a signed index: -1 stays -1
      *wire.field = static_cast<T>(static_cast<int32_t>(static_cast<uint32_t>(value)));
    } else {
      *wire.field = static_cast<T>(value);
    }
  }
  template <size_t Bytes>
  void constant(uint64_t value) {
    if (number<Bytes>() != value) as_expected_ = false;
  }
  [[nodiscard]] bool as_expected() const { return as_expected_; }

 private:
  template <size_t Bytes>
  uint64_t number() {
    RAIDSIM_ASSERT(rest_.size() >= Bytes);
    uint64_t value = 0;
    for (size_t i = 0; i < Bytes; ++i) value |= std::to_integer<uint64_t>(rest_[i]) << (8 * i);
    rest_ = rest_.subspan(Bytes);
    return value;
  }
  std::span<const std::byte> rest_;
  bool as_expected_ = true;
};

/// `size`: un_size, of the whole record.
template <class Visit, class U>
void common_part(Visit& visit, U& unit, uint64_t& size, UnitType type) {
  visit.template constant<4>(MD_64BIT_META_DEV | MD_FN_META_DEV);
  visit.template constant<4>(static_cast<uint64_t>(type));
  visit(as<4>(unit.un_status));
  visit(as<4>(unit.un_self_id));
  visit(as<4>(unit.un_record_id));
  visit(as<8>(size));
  visit(as<4>(unit.un_flag));
  visit(as<8>(unit.un_total_blocks));
  visit(as<8>(unit.un_actual_tb));
  visit.template constant<4>(0);  // un_vtoc_id
  visit(as<4>(unit.un_capabilities));
  visit(as<4>(unit.un_parent));
}

}  // namespace raidsim::md
