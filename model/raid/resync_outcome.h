// model/raid/resync_outcome.h: what becomes of column, spare and alternate when a resync ends; pure
// (spec/raid-resync.md 5, RH-14, RH-15, RH-18, RH-19).
#pragma once

#include <cstdint>

#include "model/hotspare/service.h"
#include "model/raid/types.h"

namespace raidsim::raid {

enum class ResyncResult : uint8_t { OKAY = 0, RDERROR = 2, WRERROR = 3, STATE = 4 };

/// What is known when the loop has ended and io (W) and unit (W) are held.
struct ResyncFacts {
  ResyncResult result = ResyncResult::OKAY;  ///< of the loop
  bool still_resync = true;                  ///< R is RESYNC: no error was recorded for its current device
  bool hot_spared = false;
  bool alternate = false;         ///< R has an alternate
  bool single_read = false;       ///< still copying: the spare was read without an error
  bool copy = false;              ///< COPY still set
  bool state_changed = false;     ///< count(ERRED | LAST_ERRED) differs from the one at set-up
  bool alternate_failed = false;  ///< RESYNC_ERRED
  hotspare::ReleaseAs hs_state = hotspare::ReleaseAs::HS_FREE;
  bool operator==(const ResyncFacts&) const = default;
};

enum class ResyncMessage : uint8_t { none, COPY_WRITE_ERROR, RESYNC_WRITE_ERROR, COPY_STATE_CHANGED };

struct ResyncOutcome {
  ResyncResult result = ResyncResult::OKAY;  ///< after the last check (RH-14)
  enum class OfColumn : uint8_t {
    okay,         ///< OKAY by the normal flavour: rebuilt, or its spare stays in use
    errored,      ///< ERRED
    as_recorded,  ///< keeps the errored state its own I/O error gave it (RH-15)
  } column = OfColumn::okay;
  bool release_spare = false;
  hotspare::ReleaseAs release_as = hotspare::ReleaseAs::HS_FREE;
  bool adopt_alternate = false;  ///< the alternate becomes un_dev; else it is closed
  bool err_read_column = false;  ///< the column whose read failed becomes errored
  ResyncMessage message = ResyncMessage::none;
  bool operator==(const ResyncOutcome&) const = default;
};

[[nodiscard]] ResyncOutcome outcome_of(const ResyncFacts& facts) noexcept;

}  // namespace raidsim::raid
