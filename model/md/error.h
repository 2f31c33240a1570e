// model/md/error.h: structured errors of administrative commands (md_error_t, spec/events-errors.md A).
//
// Class, code, and a payload that belongs to the class; everything zero means "no error". A command that
// reports one changed nothing (ER-06). A handler's errno result travels as MDEC_SYS, which is how the
// administrator sees it (ER-05). Setters build the whole value, so no payload of an earlier error
// survives (ER-01) and members of other classes stay zero (INV-E08).
#pragma once

#include <cstdint>

#include "model/disk/block_device.h"
#include "model/md/error_codes.h"
#include "model/md/numbering.h"

namespace raidsim::md {

enum class ErrorClass : uint8_t {
  MDEC_VOID = 0,
  MDEC_SYS = 1,
  MDEC_DEV = 3,
  MDEC_USE = 4,
  MDEC_MD = 5,
  MDEC_COMP = 6,
  MDEC_HSP = 7,
  MDEC_HS = 8,
  MDEC_MDDB = 9,
};

struct [[nodiscard]] Error {
  ErrorClass error_class = ErrorClass::MDEC_VOID;
  int code = 0;      ///< MDE_* of the class; the errno of MDEC_SYS
  Minor minor = 0;   ///< MDEC_MD, MDEC_COMP, MDEC_MDDB; MDEC_USE: the unit that uses the device, 0 when a pool does
  PoolId pool = 0;   ///< MDEC_HSP, MDEC_HS; MDEC_USE: the pool whose spare it is
  uint32_t set = 0;  ///< MDEC_MDDB
  DeviceNumber device = 0;  ///< MDEC_DEV, MDEC_USE, MDEC_COMP, MDEC_HS

  bool operator==(const Error&) const = default;
  [[nodiscard]] bool is_ok() const noexcept { return error_class == ErrorClass::MDEC_VOID && code == MDE_NONE; }
  // Class and code both count (ER-04).
  [[nodiscard]] bool is(VoidCode c) const noexcept { return error_class == ErrorClass::MDEC_VOID && code == c; }
  [[nodiscard]] bool is(DevCode c) const noexcept { return error_class == ErrorClass::MDEC_DEV && code == c; }
  [[nodiscard]] bool is(UseCode c) const noexcept { return error_class == ErrorClass::MDEC_USE && code == c; }
  [[nodiscard]] bool is(MdCode c) const noexcept { return error_class == ErrorClass::MDEC_MD && code == c; }
  [[nodiscard]] bool is(CompCode c) const noexcept { return error_class == ErrorClass::MDEC_COMP && code == c; }
  [[nodiscard]] bool is(HspCode c) const noexcept { return error_class == ErrorClass::MDEC_HSP && code == c; }
  [[nodiscard]] bool is(HsCode c) const noexcept { return error_class == ErrorClass::MDEC_HS && code == c; }
  [[nodiscard]] bool is(MddbCode c) const noexcept { return error_class == ErrorClass::MDEC_MDDB && code == c; }
  [[nodiscard]] bool is_errno(int e) const noexcept { return error_class == ErrorClass::MDEC_SYS && code == e; }
};

inline constexpr Error no_error{};

[[nodiscard]] Error mderror(VoidCode code) noexcept;
[[nodiscard]] Error mdsyserror(int errno_value) noexcept;  ///< 0 gives no_error
[[nodiscard]] Error mddeverror(DevCode code, DeviceNumber device) noexcept;
/// `minor` or `pool` says where it is used; the other is 0.
[[nodiscard]] Error mduseerror(UseCode code, DeviceNumber device, Minor minor, PoolId pool) noexcept;
[[nodiscard]] Error mdmderror(MdCode code, Minor minor) noexcept;
[[nodiscard]] Error mdcomperror(CompCode code, Minor minor, DeviceNumber device) noexcept;
[[nodiscard]] Error mdhsperror(HspCode code, PoolId pool) noexcept;
[[nodiscard]] Error mdhserror(HsCode code, PoolId pool, DeviceNumber device) noexcept;
[[nodiscard]] Error mdmddberror(MddbCode code, Minor minor, uint32_t set) noexcept;

/// "MDE_IN_USE", "ENXIO", "MDE_NONE".
[[nodiscard]] const char* name_of(const Error& error) noexcept;

}  // namespace raidsim::md
