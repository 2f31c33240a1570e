#include "harness/inspect/inspection.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/inspect/words.h"
#include "model/statedb/format/locator_block.h"

namespace raidsim::harness {
namespace {

using statedb::BlockFault;

class Inspector {
 public:
  explicit Inspector(const DiskImage& image) : image_(image) {}

  Inspection look() {
    ReplicasFound found = find_replicas(image_);
    out_.replicas = std::move(found.replicas);
    if (found.left_out > 0) damaged(fmt::format("{} more replicas were not looked at", found.left_out));
    for (const ReplicaReport& replica : out_.replicas) tell_of(replica);
    out_.set = compare_replicas(image_, out_.replicas);
    for (const Comparison& other : out_.set.others) tell_of(other);
    check_locators();
    find_units();
    for (UnitReport& unit : out_.units) read_logs(unit);
    return std::move(out_);
  }

 private:
  void damaged(std::string what) { out_.damage.push_back(std::move(what)); }
  void note(std::string what) { out_.notes.push_back(std::move(what)); }
  [[nodiscard]] std::string place(const ReplicaReport& r) const { return place_name(image_, r.disk, r.block); }

  void tell_of(const ReplicaReport& replica) {
    for (const std::string& what : replica.damage) damaged(place(replica) + ": " + what);
    const JournalReport& journal = replica.journal;
    if (journal.in_place < journal.targets.size()) {
      note(fmt::format("{}: {} of {} blocks of its journal are not in place yet", place(replica),
                       journal.targets.size() - journal.in_place, journal.targets.size()));
    }
    if (replica.deleted()) note(place(replica) + ": a deleted replica");
  }

  void tell_of(const Comparison& other) {
    if (other.blocks.empty()) return;
    note(fmt::format("{} and {} differ in {} block{}", place(out_.replicas[other.replica]),
                     place(out_.replicas[*out_.set.reference]), other.blocks.size(),
                     other.blocks.size() == 1 ? "" : "s"));
  }

  /// Where the reference says that its companions are.
  void check_locators() {
    if (!out_.set.reference) return;
    const ReplicaReport& reference = out_.replicas[*out_.set.reference];
    if (reference.locators_fault != BlockFault::none || reference.deleted()) return;
    std::vector<bool> listed(out_.replicas.size());
    for (const statedb::Locator& locator : reference.locators.lb_locators) {
      const DeviceNumber device = statedb::expanded_device(locator.l_dev);
      bool found = false;
      for (size_t i = 0; i < out_.replicas.size(); ++i) {
        const ReplicaReport& r = out_.replicas[i];
        if (r.disk != disk_in_image(image_, device) || r.block != block_in_image(image_, device, locator.l_blkno))
          continue;
        found = listed[i] = true;
      }
      if (found || locator.deleted()) continue;
      damaged(fmt::format("{} lists a replica on {} at {}, and there is none", place(reference),
                          device_name(image_, device), locator.l_blkno));
    }
    for (size_t i = 0; i < listed.size(); ++i) {
      const ReplicaReport& r = out_.replicas[i];
      if (!listed[i] && r.master_fault == BlockFault::none && !r.deleted())
        note(fmt::format("{}: not in the locator block of {}", place(r), place(reference)));
    }
  }

  void find_units() {
    if (!out_.set.reference) return;
    for (const RecordReport& r : out_.replicas[*out_.set.reference].records) {
      const auto* unit = std::get_if<raid::Unit>(&r.content.is);
      if (unit != nullptr && r.content.wrong.empty()) out_.units.push_back({r.entry.de_recid, *unit, {}});
    }
  }

  void read_logs(UnitReport& unit) {
    const std::string name = unit_name(unit.unit.un_self_id);
    for (uint32_t c = 0; c < unit.unit.columns.size(); ++c) {
      ColumnLog log = read_log(image_, unit.unit, c, budget_);
      if (!log.on_disk && log.counts) {
        damaged(fmt::format("{} column {}: its log is not on {}", name, c,
                            device_name(image_, unit.unit.columns[c].now.dev)));
      }
      for (const SlotReport& slot : log.entries) {
        if (slot.state != SlotState::live && log.counts)
          damaged(fmt::format("{} column {} slot {}: {}", name, c, slot.slot, word_of(slot.state)));
      }
      unit.logs.push_back(std::move(log));
    }
    if (unit.unit.un_pwcnt > raid::PWCNT_MAX)
      note(fmt::format("{}: of {} slots a column the first {} are shown", name, unit.unit.un_pwcnt, raid::PWCNT_MAX));
  }

  const DiskImage& image_;
  Inspection out_;
  LogBudget budget_;
};

}  // namespace

Inspection inspect(const DiskImage& image) { return Inspector(image).look(); }

}  // namespace raidsim::harness
