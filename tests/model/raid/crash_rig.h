// tests/model/raid/crash_rig.h: power cuts of a Volume at chosen points of its writes, and what its logs then hold.
#pragma once

#include "tests/model/raid/volume.h"

namespace raidsim::raid::testing {

inline void heal_all(Volume& v) {
  for (auto& disk : v.disks) disk->on_request = nullptr;
}

struct PlannedWrite {
  uint64_t block = 0;
  uint32_t blocks = 0;
  uint64_t tag = 0;
};

/// All the writes at once; the power fails when the first home write of any of them is to be served, and none is
/// served. All disks are healthy afterwards. What was acknowledged, all of it, is in `v.expected`.
inline void crash_at_home_writes(Volume& v, const std::vector<PlannedWrite>& writes) {
  for (auto& disk : v.disks) {
    disk->on_request = [&v](const IoRequest& r) {
      if (r.op != IoOp::write || r.block < v.un().un_pwsize) return 0;
      v.host.crash();
      return EIO;
    };
  }
  (void)v.run([&] {
    for (const PlannedWrite& w : writes) {
      v.host.spawn("writer", [&v, w] { (void)v.write(w.block, w.blocks, w.tag); });
    }
  });
  heal_all(v);
}

inline bool slot_is_empty(Volume& v, uint64_t column, uint64_t slot) {
  const Column& c = v.column(column);
  const auto* block = v.behind(c.now.dev).at(c.now.pwstart + slot * v.un().un_iosize);
  return decode_header(ConstHeaderBlock(block, block_bytes)) == empty_header(v.un(), ColumnIndex{column});
}

inline void expect_data(Volume& v, uint64_t block, uint32_t blocks, uint64_t tag) {
  Bytes data(size_t{blocks} * block_bytes);
  EXPECT_EQ(raid_transfer(v.unit(), md::BufferOp::read, block, blocks, data.data()), 0);
  EXPECT_TRUE(data == Bench::pattern(blocks, tag)) << "block " << block;
}

}  // namespace raidsim::raid::testing
