// tests/harness/inspect/set_image.h: disks with three replicas and a unit of four columns, as the database's own
// operations leave them, and the means to spoil them.
//
//   d0 d1 d2   replica at block 16        d3 d4 d5 d6   columns of d10: log at block 0, data at block 90
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>

#include "harness/inspect/inspection.h"
#include "model/hotspare/spare.h"
#include "model/raid/prewrite_header.h"
#include "model/raid/record.h"
#include "model/statedb/operations.h"
#include "tests/model/raid/sample_unit.h"
#include "tests/model/statedb/set_world.h"

namespace raidsim::harness::testing {

inline constexpr uint32_t columns_begin = 3;  ///< disk of column 0

inline raid::Unit unit_d10() {
  raid::Unit unit = raid::testing::sample_unit();
  for (uint32_t c = 0; c < unit.columns.size(); ++c) {
    unit.columns[c].orig.dev = unit.columns[c].now.dev = disk_slice(columns_begin + c, 0);
  }
  return unit;
}

inline std::vector<std::byte> bytes_of(const raid::Unit& unit) {
  std::vector<std::byte> out;
  encode_record(unit, out);
  return out;
}

class SetImage {
 public:
  static constexpr uint32_t spare = 1, unit = 2;  ///< record numbers

  SetImage() : world(3) {
    for (uint32_t c = 0; c < 4; ++c) world.machine.add_disk(200);
    world.machine.run([&] { fill(); });
  }

  void commit(std::initializer_list<statedb::NewData> list) {
    world.machine.run([&] {
      EXPECT_EQ(commit_records(world.set, world.services, {list.begin(), list.size()}), statedb::DbStatus::ok);
    });
  }

  /// What the disks hold now.
  [[nodiscard]] DiskImage image() {
    DiskImage out;
    for (const auto& disk : world.machine.disks) {
      ImageDisk& to = out.disks.emplace_back();
      to.name = "d" + std::to_string(out.disks.size() - 1);
      to.blocks = disk->blocks();
      for (uint64_t page = 0; page * disk::page_blocks < to.blocks; ++page) to.pages.push_back(page);
      to.content = disk->bytes();
      to.content.resize(to.pages.size() * disk::page_bytes);
    }
    return out;
  }

  raidsim::testing::SetWorld world;

 private:
  void fill() {
    ASSERT_TRUE(world.start());
    hotspare::HotSpare reserved;
    reserved.hs_record_id = spare;
    reserved.hs_key = 7;
    reserved.hs_state = hotspare::SpareState::HSS_AVAILABLE;
    std::vector<std::byte> spare_bytes;
    reserved.encode(spare_bytes);
    const std::vector<std::byte> unit_bytes = bytes_of(unit_d10());
    const auto create = [&](uint32_t type, const std::vector<std::byte>& bytes) {
      return create_record(world.set, world.services,
                           {.user_bytes = bytes.size(), .type1 = record_type_base + type, .type2 = 0, .flags = 0})
          .number;
    };
    ASSERT_EQ(create(3, spare_bytes), spare);
    ASSERT_EQ(create(1, unit_bytes), unit);
    const std::array<statedb::NewData, 2> both{{{spare, spare_bytes}, {unit, unit_bytes}}};
    ASSERT_EQ(commit_records(world.set, world.services, both), statedb::DbStatus::ok);
  }
};

/// Block `block` of a disk of `image`. Shape  a page of the image holds it
inline std::span<std::byte> block_of(DiskImage& image, uint32_t disk, uint64_t block) {
  return std::span(image.disks[disk].content).subspan(block * block_bytes, block_bytes);
}

/// Disk block of a logical block of a replica of this image.
inline uint64_t home_of(uint32_t logical) { return raidsim::testing::SetWorld::replica_at + 1 + logical; }

/// What lies in place is then what counts.
inline void clear_journal(DiskImage& image, uint32_t disk) {
  auto header = block_of(image, disk, home_of(statedb::journal_first));
  std::fill(header.begin(), header.end(), std::byte{0});
}

inline bool says(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(), [&](const auto& l) { return l.find(part) != std::string::npos; });
}

}  // namespace raidsim::harness::testing
