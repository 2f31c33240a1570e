// engine/sync/wait_graph.h: who waits for whom at this moment: the report of a deadlock.
//
//   fiber 3 "resync" waits for unit lock 5 (writer), held by fiber 7
#pragma once

#include <string>
#include <vector>

#include "engine/fiber.h"

namespace raidsim {

class Kernel;
struct FiberBlock;

class WaitGraph {
 public:
  explicit WaitGraph(const Kernel& kernel);

  /// Blocked fibers by logical id, daemons left out.
  [[nodiscard]] std::vector<BlockedFiber> blocked() const;
  /// Fibers that wait for each other in a circle; each circle once, from its lowest id.
  [[nodiscard]] std::vector<std::vector<FiberId>> cycles() const;
  /// One line per blocked fiber (daemons only if they hold something), then one per cycle.
  [[nodiscard]] std::string text() const;

 private:
  struct Node {
    const FiberBlock* fiber;
    std::vector<size_t> waits_on;  ///< nodes that hold what this one waits for
  };
  [[nodiscard]] std::string line(const Node& node) const;
  [[nodiscard]] std::string cycle_line(const std::vector<FiberId>& cycle) const;

  std::vector<Node> nodes_;
};

}  // namespace raidsim
