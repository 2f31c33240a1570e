// model/disk/enclosure.h: what disks share, and so lose together (spec/fault-model.md 4.6).
//
//   adapter c0 ──┬── path 0 ── d0 ┐                 an adapter: paths, of one disk or of many
//                ├── path 0 ── d1 │ shelf s0        a shelf: disks with one supply
//   adapter c1 ──┴── path 1 ── d1 ┘
//
// Which those are a scenario says; here they are lists. A fault of such a list is one fault, armed on its first disk,
// so that all of them are hit at one instant.
#pragma once

#include <vector>

#include "model/disk/types.h"

namespace raidsim::disk {

/// Ways to one disk.
struct Link {
  DiskIndex disk = 0;
  uint32_t paths = UINT32_MAX;  ///< mask of its paths; the default is all that it has
  bool operator==(const Link&) const = default;
};
using Links = std::vector<Link>;

}  // namespace raidsim::disk
