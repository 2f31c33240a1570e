// reports/time_text.h: virtual times for people: "0 s", "812 ns", "41.250 us", "2.113 ms", "5.000113 s".
#pragma once

#include <cstdint>
#include <string>

namespace raidsim::reports {

[[nodiscard]] std::string time_text(int64_t ns);

}  // namespace raidsim::reports
