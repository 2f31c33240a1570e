// harness/oracle/tolerance.h: what the faults of this run excuse (spec/fault-model.md 1).
//
// Per line: at most one column may be unusable. A column is unusable for a line if its state or the resync
// line says so, if its device fails requests now or did so since `began`, or if needed sectors are
// unreadable. Two unusable columns put the line beyond tolerance, and from then on its loss is unavoidable.
// A liar excuses wrong data in the blocks it touched, and in no others.
#pragma once

#include <cstdint>
#include <string>

#include "engine/time.h"
#include "model/md/buffer.h"
#include "model/md/numbering.h"

namespace raidsim::harness {

class Tolerance {
 public:
  /// Why a request that began at `began` may fail now; empty when nothing excuses it.
  [[nodiscard]] virtual std::string excuse_for_error(md::Minor unit, SimTime began, md::BufferOp op, uint64_t block,
                                                     uint32_t blocks, int error) const = 0;
  /// Why `block` may hold wrong bytes (a liar touched its line); empty when nothing excuses it.
  [[nodiscard]] virtual std::string excuse_for_content(md::Minor unit, uint64_t block) const = 0;

 protected:
  ~Tolerance() = default;
};

}  // namespace raidsim::harness
