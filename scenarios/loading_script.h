// scenarios/loading_script.h: parts of load_script.cpp that have files of their own.
#pragma once

#include "scenarios/loading.h"

namespace raidsim::scenarios::loading {

/// The line's "at" or "when". Labels of AfterEntry are not looked up here.
[[nodiscard]] Trigger load_trigger(const Object& line, const Scenario& scenario);

[[nodiscard]] HostAction load_host_action(const Object& line, const Scenario& scenario);
[[nodiscard]] Ioctl load_ioctl(const Object& line, const Scenario& scenario);
/// Keys a line with this verb may have besides those of every line.
[[nodiscard]] std::vector<std::string_view> host_keys(std::string_view verb);
[[nodiscard]] std::vector<std::string_view> ioctl_keys(std::string_view verb);

}  // namespace raidsim::scenarios::loading
