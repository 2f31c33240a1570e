// harness/cli/interrupt.h: Ctrl-C and SIGTERM ask a campaign to stop and to say what it has found.
#pragma once

#include <atomic>

namespace raidsim::cli {

/// The first signal sets the flag; a second one ends the process at once.
[[nodiscard]] const std::atomic<bool>& stop_on_interrupt();

/// Ends the process by the signal that came, so that a shell sees an interrupted command; else returns.
void die_of_interrupt();

}  // namespace raidsim::cli
