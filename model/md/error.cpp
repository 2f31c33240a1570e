#include "model/md/error.h"

#include <array>
#include <cerrno>
#include <span>

namespace raidsim::md {
namespace {

struct CodeName {
  int code;
  const char* name;
};
#define RAIDSIM_CODE(name) \
  CodeName { name, #name }

constexpr std::array void_names{RAIDSIM_CODE(MDE_NONE),
                                RAIDSIM_CODE(MDE_UNIT_NOT_FOUND),
                                RAIDSIM_CODE(MDE_DUPDRIVE),
                                RAIDSIM_CODE(MDE_INVAL_HSOP),
                                RAIDSIM_CODE(MDE_NO_SET),
                                RAIDSIM_CODE(MDE_BAD_INTERLACE),
                                RAIDSIM_CODE(MDE_NO_HSPS),
                                RAIDSIM_CODE(MDE_NOTENOUGH_DB),
                                RAIDSIM_CODE(MDE_DELDB_NOTALLOWED),
                                RAIDSIM_CODE(MDE_DEL_VALIDDB_NOTALLOWED),
                                RAIDSIM_CODE(MDE_BAD_ORIG_NCOL),
                                RAIDSIM_CODE(MDE_RAID_INVALID),
                                RAIDSIM_CODE(MDE_RAID_BAD_PW_CNT),
                                RAIDSIM_CODE(MDE_NODEVID),
                                RAIDSIM_CODE(MDE_NOT_MN),
                                RAIDSIM_CODE(MDE_INVAL_MNOP),
                                RAIDSIM_CODE(MDE_MNSET_NORAID),
                                RAIDSIM_CODE(MDE_NAME_IN_USE),
                                RAIDSIM_CODE(MDE_NAME_ILLEGAL)};

constexpr std::array md_names{RAIDSIM_CODE(MDE_INVAL_UNIT),
                              RAIDSIM_CODE(MDE_UNIT_NOT_SETUP),
                              RAIDSIM_CODE(MDE_UNIT_ALREADY_SETUP),
                              RAIDSIM_CODE(MDE_NOT_MM),
                              RAIDSIM_CODE(MDE_NOT_ENOUGH_DBS),
                              RAIDSIM_CODE(MDE_IS_SM),
                              RAIDSIM_CODE(MDE_IS_OPEN),
                              RAIDSIM_CODE(MDE_RESYNC_ACTIVE),
                              RAIDSIM_CODE(MDE_IN_USE),
                              RAIDSIM_CODE(MDE_RR_ALLOC_ERROR),
                              RAIDSIM_CODE(MDE_GROW_DELAYED),
                              RAIDSIM_CODE(MDE_HS_IN_USE),
                              RAIDSIM_CODE(MDE_UNKNOWN_TYPE),
                              RAIDSIM_CODE(MDE_NOT_STRIPE),
                              RAIDSIM_CODE(MDE_NOT_RAID),
                              RAIDSIM_CODE(MDE_NROWS),
                              RAIDSIM_CODE(MDE_NCOMPS),
                              RAIDSIM_CODE(MDE_BAD_STRIPE),
                              RAIDSIM_CODE(MDE_BAD_RAID),
                              RAIDSIM_CODE(MDE_RAID_OPEN_FAILURE),
                              RAIDSIM_CODE(MDE_RAID_THREAD_FAILURE),
                              RAIDSIM_CODE(MDE_RAID_NEED_FORCE),
                              RAIDSIM_CODE(MDE_RAID_DOI),
                              RAIDSIM_CODE(MDE_RAID_LAST_ERRED),
                              RAIDSIM_CODE(MDE_RAID_NOT_OKAY),
                              RAIDSIM_CODE(MDE_RENAME_BUSY),
                              RAIDSIM_CODE(MDE_RENAME_SOURCE_BAD),
                              RAIDSIM_CODE(MDE_RENAME_TARGET_BAD),
                              RAIDSIM_CODE(MDE_RENAME_TARGET_UNRELATED),
                              RAIDSIM_CODE(MDE_RENAME_CONFIG_ERROR),
                              RAIDSIM_CODE(MDE_RENAME_ORDER),
                              RAIDSIM_CODE(MDE_RECOVER_FAILED),
                              RAIDSIM_CODE(MDE_NOT_SP),
                              RAIDSIM_CODE(MDE_UNIT_TOO_LARGE),
                              RAIDSIM_CODE(MDE_IN_UNAVAIL_STATE)};

constexpr std::array dev_names{
    RAIDSIM_CODE(MDE_INVAL_HS),      RAIDSIM_CODE(MDE_FIX_INVAL_STATE), RAIDSIM_CODE(MDE_FIX_INVAL_HS_STATE),
    RAIDSIM_CODE(MDE_NOT_META),      RAIDSIM_CODE(MDE_IS_META),         RAIDSIM_CODE(MDE_NAME_SPACE),
    RAIDSIM_CODE(MDE_INVALID_PART),  RAIDSIM_CODE(MDE_HAS_MDDB),        RAIDSIM_CODE(MDE_NO_DB),
    RAIDSIM_CODE(MDE_REPCOMP_INVAL), RAIDSIM_CODE(MDE_MULTNM)};

constexpr std::array use_names{RAIDSIM_CODE(MDE_ALREADY), RAIDSIM_CODE(MDE_OVERLAP)};

constexpr std::array comp_names{RAIDSIM_CODE(MDE_CANT_FIND_COMP),  RAIDSIM_CODE(MDE_REPL_INVAL_STATE),
                                RAIDSIM_CODE(MDE_COMP_TOO_SMALL),  RAIDSIM_CODE(MDE_COMP_OPEN_ERR),
                                RAIDSIM_CODE(MDE_RAID_COMP_ERRED), RAIDSIM_CODE(MDE_MAXIO),
                                RAIDSIM_CODE(MDE_SP_COMP_OPEN_ERR)};

constexpr std::array hsp_names{RAIDSIM_CODE(MDE_HSP_CREATE_FAILURE),
                               RAIDSIM_CODE(MDE_HSP_IN_USE),
                               RAIDSIM_CODE(MDE_INVAL_HSP),
                               RAIDSIM_CODE(MDE_HSP_BUSY),
                               RAIDSIM_CODE(MDE_HSP_REF),
                               RAIDSIM_CODE(MDE_HSP_ALREADY_SETUP),
                               RAIDSIM_CODE(MDE_BAD_HSP),
                               RAIDSIM_CODE(MDE_HSP_UNIT_TOO_LARGE)};

constexpr std::array hs_names{RAIDSIM_CODE(MDE_HS_RESVD), RAIDSIM_CODE(MDE_HS_CREATE_FAILURE),
                              RAIDSIM_CODE(MDE_HS_INUSE), RAIDSIM_CODE(MDE_HS_UNIT_TOO_LARGE)};

constexpr std::array mddb_names{
    RAIDSIM_CODE(MDE_TOOMANY_REPLICAS), RAIDSIM_CODE(MDE_REPLICA_TOOSMALL), RAIDSIM_CODE(MDE_NOTVERIFIED),
    RAIDSIM_CODE(MDE_DB_INVALID),       RAIDSIM_CODE(MDE_DB_EXISTS),        RAIDSIM_CODE(MDE_DB_MASTER),
    RAIDSIM_CODE(MDE_DB_TOOSMALL),      RAIDSIM_CODE(MDE_DB_NORECORD),      RAIDSIM_CODE(MDE_DB_NOSPACE),
    RAIDSIM_CODE(MDE_DB_NOTNOW),        RAIDSIM_CODE(MDE_DB_NODB),          RAIDSIM_CODE(MDE_DB_NOTOWNER),
    RAIDSIM_CODE(MDE_DB_STALE),         RAIDSIM_CODE(MDE_DB_TOOFEW),        RAIDSIM_CODE(MDE_DB_TAGDATA),
    RAIDSIM_CODE(MDE_DB_ACCOK),         RAIDSIM_CODE(MDE_DB_NTAGDATA),      RAIDSIM_CODE(MDE_DB_ACCNOTOK),
    RAIDSIM_CODE(MDE_DB_NOLOCBLK),      RAIDSIM_CODE(MDE_DB_NOLOCNMS),      RAIDSIM_CODE(MDE_DB_NODIRBLK),
    RAIDSIM_CODE(MDE_DB_NOTAGREC),      RAIDSIM_CODE(MDE_DB_NOTAG),         RAIDSIM_CODE(MDE_DB_BLKRANGE)};

constexpr std::array errno_names{RAIDSIM_CODE(EINTR),  RAIDSIM_CODE(EIO),    RAIDSIM_CODE(ENXIO),  RAIDSIM_CODE(EAGAIN),
                                 RAIDSIM_CODE(ENOMEM), RAIDSIM_CODE(EACCES), RAIDSIM_CODE(EFAULT), RAIDSIM_CODE(EBUSY),
                                 RAIDSIM_CODE(EEXIST), RAIDSIM_CODE(ENODEV), RAIDSIM_CODE(EINVAL), RAIDSIM_CODE(ENOTTY),
                                 RAIDSIM_CODE(ENOSPC), RAIDSIM_CODE(EROFS),  RAIDSIM_CODE(ENOENT)};
#undef RAIDSIM_CODE

std::span<const CodeName> names_of(ErrorClass error_class) noexcept {
  switch (error_class) {
    case ErrorClass::MDEC_VOID:
      return void_names;
    case ErrorClass::MDEC_SYS:
      return errno_names;
    case ErrorClass::MDEC_DEV:
      return dev_names;
    case ErrorClass::MDEC_USE:
      return use_names;
    case ErrorClass::MDEC_MD:
      return md_names;
    case ErrorClass::MDEC_COMP:
      return comp_names;
    case ErrorClass::MDEC_HSP:
      return hsp_names;
    case ErrorClass::MDEC_HS:
      return hs_names;
    case ErrorClass::MDEC_MDDB:
      return mddb_names;
  }
  return {};
}

}  // namespace

Error mderror(VoidCode code) noexcept { return {.error_class = ErrorClass::MDEC_VOID, .code = code}; }

Error mdsyserror(int errno_value) noexcept {
  return errno_value == 0 ? no_error : Error{.error_class = ErrorClass::MDEC_SYS, .code = errno_value};
}

Error mddeverror(DevCode code, DeviceNumber device) noexcept {
  return {.error_class = ErrorClass::MDEC_DEV, .code = code, .device = device};
}

Error mduseerror(UseCode code, DeviceNumber device, Minor minor, PoolId pool) noexcept {
  return {.error_class = ErrorClass::MDEC_USE, .code = code, .minor = minor, .pool = pool, .device = device};
}

Error mdmderror(MdCode code, Minor minor) noexcept {
  return {.error_class = ErrorClass::MDEC_MD, .code = code, .minor = minor};
}

Error mdcomperror(CompCode code, Minor minor, DeviceNumber device) noexcept {
  return {.error_class = ErrorClass::MDEC_COMP, .code = code, .minor = minor, .device = device};
}

Error mdhsperror(HspCode code, PoolId pool) noexcept {
  return {.error_class = ErrorClass::MDEC_HSP, .code = code, .pool = pool};
}

Error mdhserror(HsCode code, PoolId pool, DeviceNumber device) noexcept {
  return {.error_class = ErrorClass::MDEC_HS, .code = code, .pool = pool, .device = device};
}

Error mdmddberror(MddbCode code, Minor minor, uint32_t set) noexcept {
  return {.error_class = ErrorClass::MDEC_MDDB, .code = code, .minor = minor, .set = set};
}

const char* name_of(const Error& error) noexcept {
  for (const CodeName& row : names_of(error.error_class)) {
    if (row.code == error.code) return row.name;
  }
  return "unknown error";
}

}  // namespace raidsim::md
