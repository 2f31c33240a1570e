// model/statedb/db_status.h: how an operation of the database ended, and what an administrator hears of it (5.4).
#pragma once

#include "model/md/error.h"

namespace raidsim::statedb {

/// MDDB_E_*, as the drivers see it (5.4).
enum class DbStatus : int {
  ok = 0,
  invalid = -1,
  exists = -2,
  master = -3,
  toosmall = -4,
  norecord = -5,
  nospace = -6,
  notnow = -7,
  nodb = -8,
  stale = -10,
  toofew = -11,
  toomany = -100,  ///< MDE_TOOMANY_REPLICAS; the number is our own
};

/// The ioctl's answer; both lists have the same order. Shape  not ok
[[nodiscard]] inline md::Error mddbstatus2error(DbStatus status, md::Minor minor, uint32_t set) {
  const bool many = status == DbStatus::toomany;
  const auto code = many ? md::MDE_TOOMANY_REPLICAS : static_cast<md::MddbCode>(3 - static_cast<int>(status));
  return md::mdmddberror(code, minor, set);
}
static_assert(3 - static_cast<int>(DbStatus::invalid) == md::MDE_DB_INVALID);
static_assert(3 - static_cast<int>(DbStatus::nodb) == md::MDE_DB_NODB);
static_assert(3 - static_cast<int>(DbStatus::toofew) == md::MDE_DB_TOOFEW);

}  // namespace raidsim::statedb
