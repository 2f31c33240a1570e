#include "reports/time_text.h"

#include <fmt/core.h>

namespace raidsim::reports {

std::string time_text(int64_t ns) {
  const auto in = [&](double unit) { return static_cast<double>(ns) / unit; };
  if (ns == 0) return "0 s";
  if (ns < 1'000) return fmt::format("{} ns", ns);
  if (ns < 1'000'000) return fmt::format("{:.3f} us", in(1e3));
  if (ns < 1'000'000'000) return fmt::format("{:.3f} ms", in(1e6));
  return fmt::format("{:.6f} s", in(1e9));
}

}  // namespace raidsim::reports
