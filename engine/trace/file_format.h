// engine/trace/file_format.h: constants that writer and reader of trace files share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace raidsim::trace_format {

inline constexpr std::string_view magic = "RSTRACE\n";  // the newline shows a text-mode copy
inline constexpr uint64_t major_version = 1;
inline constexpr uint64_t minor_version = 0;
inline constexpr size_t batch_records = 65'536;

}  // namespace raidsim::trace_format
