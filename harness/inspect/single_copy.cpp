#include "harness/inspect/single_copy.h"

#include <algorithm>
#include <array>

#include "model/statedb/store_format.h"

namespace raidsim::harness {
namespace {

std::optional<SingleCopyReport> read_store(const ImageDisk& disk) {
  const statedb::StoreGeometry place{.first_block = 0, .blocks = std::min<uint64_t>(disk.blocks, 1 << 17)};
  std::optional<statedb::StoreHeader> newest;
  for (uint32_t area = 0; area < 2 && place.blocks >= statedb::StoreGeometry::smallest; ++area) {
    std::array<std::byte, block_bytes> block;
    if (!disk.read(place.header_block(area), block)) continue;
    const auto header = statedb::decode_header(block, area, place);
    if (header && (!newest || header->generation > newest->generation)) newest = header;
  }
  if (!newest) return std::nullopt;
  std::vector<std::byte> bytes(place.area_blocks() * block_bytes);
  disk.peek(place.area_block(newest->area), bytes);
  auto image = statedb::decode_image(std::span(bytes).first(static_cast<size_t>(newest->image_bytes)));
  if (!image) return std::nullopt;
  SingleCopyReport out;
  std::span<const std::byte> rest(bytes);
  rest = rest.subspan(static_cast<size_t>(statedb::blocks_for(newest->image_bytes) * block_bytes));
  for (;;) {
    const uint64_t blocks = statedb::entry_blocks(rest, newest->generation, out.commits + 1);
    if (blocks == 0 || blocks * block_bytes > rest.size()) break;
    const auto changes = statedb::decode_entry(rest, newest->generation, out.commits + 1);
    if (!changes) break;
    statedb::apply(*changes, *image);
    ++out.commits;
    rest = rest.subspan(static_cast<size_t>(blocks * block_bytes));
  }
  for (const auto& [id, record] : image->records) {
    out.records.emplace_back(id, decode_content(static_cast<uint32_t>(record.type), record.bytes));
  }
  return out;
}

}  // namespace

std::optional<SingleCopyReport> find_single_copy(const DiskImage& image) {
  for (uint32_t d = 0; d < image.disks.size(); ++d) {
    if (auto store = read_store(image.disks[d])) {
      store->disk = d;
      return store;
    }
  }
  return std::nullopt;
}

}  // namespace raidsim::harness
