// harness/invariants/command_rules.h: what commands may leave behind, and what events may say; pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/invariants/unit_rules.h"
#include "model/md/error.h"
#include "model/md/event.h"
#include "model/view.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// What only commands change: not states, nor which spare serves which column.
struct Configuration {
  struct OfUnit {
    md::RecordId record = 0;
    md::PoolId pool = md::MD_HSP_NONE;
    md::Minor parent = md::MD_NO_PARENT;
    uint64_t blocks = 0;
    std::vector<md::NameKey> keys;  ///< of the columns' own devices
    bool operator==(const OfUnit&) const = default;
  };
  struct OfPool {
    md::RecordId record = 0;
    uint32_t references = 0;
    std::vector<md::RecordId> spares;
    bool operator==(const OfPool&) const = default;
  };
  std::map<md::Minor, OfUnit> units;
  std::map<md::PoolId, OfPool> pools;
  std::map<md::RecordId, uint32_t> spares;  ///< to how many pools list it
  std::map<md::NameKey, uint32_t> names;    ///< to references
  uint32_t s_un_avail = 0;
  bool operator==(const Configuration&) const = default;
};
[[nodiscard]] Configuration configuration_of(const View& view);
/// INV-M22: the part in which two configurations differ. Empty: none.
[[nodiscard]] Broken difference(const Configuration& before, const Configuration& after);

/// ER-06: an answer that may come after the change was committed.
[[nodiscard]] bool may_have_changed(const md::Error& error) noexcept;

/// INV-E04: the configuration events (and ENABLE) that a command emitted, against what its answer stands for.
[[nodiscard]] Broken unfitting_events(const scenarios::Ioctl& request, const md::Error& error,
                                      std::span<const md::SvmEvent> events);

/// INV-E07: class and tag of events-errors.md B.5, and a device of the kind that the tag says.
[[nodiscard]] Broken misnamed(const md::SvmEvent& event, const View& view);

}  // namespace raidsim::harness
