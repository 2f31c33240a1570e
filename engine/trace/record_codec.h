// engine/trace/record_codec.h: records as small differences, for the compressor to finish.
//
// Each field is written as its distance from the same field of the last record of the same kind (time: of the
// last record), as varints. Events of one kind resemble each other, so most fields become one byte.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/byte_codec.h"
#include "engine/trace/record.h"

namespace raidsim {

/// One batch; starts from nothing, so batches can be read alone.
[[nodiscard]] std::string encode_records(std::span<const TraceRecord> records);

/// Appends `count` records read from `in`. Returns false where the bytes are no records.
[[nodiscard]] bool decode_records(ByteReader& in, size_t count, std::vector<TraceRecord>& out);

/// A record takes six bytes at least and this many at most.
inline constexpr size_t encoded_record_bytes_max = 10 + 3 + 3 + 10 + 10 + 10;
inline constexpr size_t encoded_record_bytes_min = 6;

}  // namespace raidsim
