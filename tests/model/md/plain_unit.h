// tests/model/md/plain_unit.h: a unit of no driver, for tests of what all units have.
#pragma once

#include <cstddef>
#include <vector>

#include "model/md/unit_frame.h"

namespace raidsim::testing {

struct PlainUnit final : md::UnitFrame {
  PlainUnit() : UnitFrame(10, md::UnitType::MD_METARAID) {}
  void encode(std::vector<std::byte>&) const override {}

 private:
  const md::UnitHeader& common() const noexcept override { return un; }
  md::UnitHeader un{md::UnitType::MD_METARAID};
};

}  // namespace raidsim::testing
