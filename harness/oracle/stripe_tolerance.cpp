#include "harness/oracle/stripe_tolerance.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include "harness/oracle/device_trouble.h"
#include "harness/world/administrator.h"

namespace raidsim::harness {

StripeTolerance::StripeTolerance(const scenarios::Scenario& scenario, disk::DiskBay& bay, const ProtocolPoints& points)
    : scenario_(scenario), bay_(bay), points_(points), lies_(scenario.disks.size()) {
  for (const scenarios::Unit& unit : scenario.units) {
    if (auto layout = scenarios::stripe_layout_of(scenario, unit)) layouts_[minor_of_name(unit.name)] = *layout;
  }
}

uint32_t StripeTolerance::index_of(const scenarios::Disk& disk) const {
  return static_cast<uint32_t>(&disk - scenario_.disks.data());
}

std::string StripeTolerance::excuse_for_error(md::Minor unit, SimTime began, md::BufferOp op, uint64_t block,
                                              uint32_t blocks, int error) const {
  if (op == md::BufferOp::write && error == EROFS) return "the state database is stale";
  if (error != EIO && error != ENXIO) return {};
  const scenarios::StripeLayout& layout = layouts_.at(unit);
  for (const uint64_t end = block + blocks; block < end;) {
    const scenarios::StripeLayout::Piece piece = layout.piece_at(block);
    const uint64_t length = std::min(piece.blocks, end - block);
    if (blocks_unusable(bay_, points_, index_of(*piece.disk), piece.block, length, began)) {
      return fmt::format("blocks {}..{} lie on {}, which is unusable", block, block + length - 1, piece.disk->name);
    }
    block += length;
  }
  return {};
}

std::string StripeTolerance::excuse_for_content(md::Minor unit, uint64_t block) const {
  const scenarios::StripeLayout::Piece piece = layouts_.at(unit).piece_at(block);
  return lie_about(index_of(*piece.disk), piece.block);
}

std::string StripeTolerance::lie_about(uint32_t disk, uint64_t block) const {
  for (const Lie& lie : lies_[disk]) {
    if (block >= lie.first && block < lie.end) return fmt::format("F{:02}", lie.number);
  }
  for (const auto& mark : bay_[disk].damage().history()) {
    const bool lying = (mark.fault_number >= 10 && mark.fault_number <= 17) ||
                       (mark.fault_number >= 20 && mark.fault_number <= 24) || mark.fault_number == 28;
    if (lying && block >= mark.block && block < mark.block + mark.blocks)
      return fmt::format("F{:02}", mark.fault_number);
  }
  return {};
}

void StripeTolerance::on_fault(const disk::FaultBite& bite) {
  if (bite.liar) lies_[bite.disk].push_back({bite.block, bite.block + bite.blocks, static_cast<uint8_t>(bite.number)});
}

}  // namespace raidsim::harness
