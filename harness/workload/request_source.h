// harness/workload/request_source.h: which requests a client sends, drawn or recorded.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/choice.h"
#include "engine/time.h"
#include "model/md/buffer.h"
#include "scenarios/workload_spec.h"

namespace raidsim::harness {

struct Request {
  md::BufferOp op = md::BufferOp::read;
  uint64_t block = 0;
  uint32_t blocks = 0;
  Duration think{};  ///< waited before it is sent
};

/// Draws requests after a workload's own words (sizes, read share, pattern), from the client's stream.
class RequestSource {
 public:
  /// Shape  `unit_blocks` >= 1; sizes beyond the range are cut to it
  RequestSource(const scenarios::Workload& workload, uint64_t unit_blocks, ChoiceStream& stream, uint32_t client);
  [[nodiscard]] Request next();

 private:
  [[nodiscard]] uint64_t place(uint64_t blocks);
  [[nodiscard]] uint64_t sequential_place(uint64_t blocks);

  const scenarios::Workload& workload_;
  ChoiceStream& stream_;
  uint64_t first_, end_;  // blocks of the unit the client uses
  uint64_t cursor_;       // sequential: next block
  uint64_t reads_ppb_, hot_ppb_;
};

}  // namespace raidsim::harness
