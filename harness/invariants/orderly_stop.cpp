// What an orderly stop of the host leaves behind (F50).
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/families.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

/// RH-13. Judged where every column is okay: a log of a unit that lost data is kept, and that of a column that is away
/// stays as it is.
class NothingToReplay final : public NamedInvariant {
 public:
  NothingToReplay()
      : NamedInvariant({"RH-13", When::restart, "after an orderly stop the next boot has nothing to replay"},
                       at_issue | at_host_death | at_restart, kinds(scenarios::RequestKind::replay_write)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& transfer) override {
    World& world = judgement.world();
    if (!closed_ || somebody_lied(world)) return;
    const raid::RaidUnit* unit = world.unit(transfer.place.unit);
    if (unit == nullptr) return;
    const auto okay = [](const raid::Column& column) { return column.un_devstate == raid::RCS_OKAY; };
    if (!std::all_of(unit->un.columns.begin(), unit->un.columns.end(), okay)) return;
    judgement.broken("logs",
                     fmt::format("{} replays to block {} of disk {}", world.scenario().units[transfer.place.unit].name,
                                 transfer.view.block, transfer.view.disk));
  }
  void on_host_died(const Judgement& judgement) override {
    const Machine* machine = judgement.world().machine();
    closed_ = writable_ && machine != nullptr && machine->manager().view().system().halted;
    writable_ = false;
  }
  void on_restart(const Judgement& judgement) override {
    closed_ = false;
    const View view = judgement.world().machine()->manager().view();
    writable_ = view.loaded_database() && !view.stale();
  }

 private:
  static bool somebody_lied(World& world) {
    for (uint32_t d = 0; d < world.bay().size(); ++d) {
      if (!world.bay()[d].damage().history().empty()) return true;
    }
    return false;
  }
  bool writable_ = false;  ///< this epoch's units could be written, so that their last close empties their logs
  bool closed_ = false;    ///< the last epoch ended with that, and no user has been here since
};

}  // namespace

void add_stop_invariants(InvariantList& all) { all.push_back(std::make_unique<NothingToReplay>()); }

}  // namespace raidsim::harness
