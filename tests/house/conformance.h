// tests/house/conformance.h: which id of the specification is held to by what; docs/conformance.md is written from it.
//
//   held by    RAIDSIM_ASSERT in engine/ and model/, invariant objects in harness/invariants/ and harness/oracle/
//   tested by  files in tests/, scenarios of the library and of tests/harness/search/drawn/
//
// An id counts where it is cited. One that no test cites needs a line in tests/data/untested_ids.txt, "ID reason".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/house/source.h"

namespace raidsim::house {

struct Conformance {
  std::string id;
  std::string source;             ///< the file of the specification that owns it
  std::vector<std::string> held;  ///< paths, in order
  std::vector<std::string> tests;
  std::string reason;  ///< why no test cites it; empty: one does, or none was given
  [[nodiscard]] bool tested() const { return !tests.empty(); }
};

/// Rules, invariants, faults and decisions in the order of `spec_ids`; the bugs K01 to K30 are no rules.
[[nodiscard]] std::vector<Conformance> conformance(std::string_view spec_ids, std::string_view reasons,
                                                   const std::vector<SourceFile>& tree);

/// Reasons that are needed no more, ids without test and without reason.
[[nodiscard]] Findings unexplained(const std::vector<Conformance>& all, std::string_view reasons);

/// docs/conformance.md
[[nodiscard]] std::string conformance_page(const std::vector<Conformance>& all);

}  // namespace raidsim::house
