// harness/oracle/stripe_tolerance.h: what faults excuse on a stripe: nothing is redundant, so a component that cannot
// be had takes its blocks with it, and no others.
//
//   request ──> pieces by the harness's own map (scenarios/unit_layout.h) ──> is one of their disks in trouble?
//
// A failed write leaves each of its blocks old or new; wrong data is excused only where a liar touched the disk.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/tolerance.h"
#include "harness/world/protocol_points.h"
#include "model/disk/disk_bay.h"
#include "scenarios/scenario.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {

class StripeTolerance final : public Tolerance, public TransferListener {
 public:
  StripeTolerance(const scenarios::Scenario& scenario, disk::DiskBay& bay, const ProtocolPoints& points);

  [[nodiscard]] std::string excuse_for_error(md::Minor unit, SimTime began, md::BufferOp op, uint64_t block,
                                             uint32_t blocks, int error) const override;
  [[nodiscard]] std::string excuse_for_content(md::Minor unit, uint64_t block) const override;

  /// Follows liars. Only scenarios with some need it.
  void on_fault(const disk::FaultBite& bite) override;

 private:
  struct Lie {
    uint64_t first, end;
    uint8_t number;
  };
  [[nodiscard]] uint32_t index_of(const scenarios::Disk& disk) const;
  [[nodiscard]] std::string lie_about(uint32_t disk, uint64_t block) const;

  const scenarios::Scenario& scenario_;
  disk::DiskBay& bay_;
  const ProtocolPoints& points_;
  std::map<md::Minor, scenarios::StripeLayout> layouts_;
  std::vector<std::vector<Lie>> lies_;  // by disk
};

}  // namespace raidsim::harness
