#include "model/statedb/store_format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "engine/assert.h"
#include "model/md/codec.h"

namespace raidsim::statedb {
namespace {

using md::RecordReader;
using md::RecordWriter;

constexpr uint64_t header_magic = 0x31454d4f53444d52;  // "RMDSOME1"
constexpr uint64_t entry_magic = 0x3154494d4d4f4352;   // "RCOMMIT1"

void pad_to_block(std::vector<std::byte>& bytes) { bytes.resize(blocks_for(bytes.size()) * block_bytes); }

void put_record(RecordWriter& write, const StoredRecord& record) {
  write.i32(record.id);
  write.u32(static_cast<uint32_t>(record.type));
  write.u32(static_cast<uint32_t>(record.bytes.size()));
  write.bytes(record.bytes);
}

bool known_type(uint32_t type) {
  return type >= static_cast<uint32_t>(RecordType::raid) && type <= static_cast<uint32_t>(RecordType::soft_partition);
}

std::optional<StoredRecord> get_record(RecordReader& read) {
  StoredRecord record;
  record.id = read.i32();
  const uint32_t type = read.u32();
  const uint32_t size = read.u32();
  if (!read.good() || record.id <= 0 || !known_type(type) || size > record_longest) return std::nullopt;
  record.type = static_cast<RecordType>(type);
  const auto bytes = read.take(size);
  if (!read.good()) return std::nullopt;
  record.bytes.assign(bytes.begin(), bytes.end());
  return record;
}

}  // namespace

uint64_t store_hash(std::span<const std::byte> bytes) noexcept { return XXH3_64bits(bytes.data(), bytes.size()); }

void encode_header(const StoreHeader& header, std::span<std::byte> out) {
  RAIDSIM_ASSERT(out.size() == block_bytes);
  std::vector<std::byte> bytes;
  RecordWriter write(bytes);
  write.u64(header_magic);
  write.u32(header.area);
  write.u64(header.generation);
  write.u64(header.image_bytes);
  write.u64(header.image_hash);
  write.u64(header.geometry.first_block);
  write.u64(header.geometry.blocks);
  write.u64(store_hash(bytes));
  std::fill(out.begin(), out.end(), std::byte{0});
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

std::optional<StoreHeader> decode_header(std::span<const std::byte> block, uint32_t area,
                                         const StoreGeometry& geometry) {
  RecordReader read(block);
  if (read.u64() != header_magic) return std::nullopt;
  StoreHeader header;
  header.area = read.u32();
  header.generation = read.u64();
  header.image_bytes = read.u64();
  header.image_hash = read.u64();
  header.geometry.first_block = read.u64();
  header.geometry.blocks = read.u64();
  const size_t covered = block.size() - read.left();
  const uint64_t hash = read.u64();
  if (!read.good() || hash != store_hash(block.first(covered))) return std::nullopt;
  if (header.area != area || header.geometry != geometry) return std::nullopt;  // misdirected
  if (header.image_bytes > geometry.area_blocks() * block_bytes) return std::nullopt;
  return header;
}

void encode_image(const StoreImage& image, std::vector<std::byte>& out) {
  RecordWriter write(out);
  write.u32(image.next_number);
  write.u32(static_cast<uint32_t>(image.records.size()));
  for (const auto& [id, record] : image.records) put_record(write, record);
}

std::optional<StoreImage> decode_image(std::span<const std::byte> bytes) {
  RecordReader read(bytes);
  StoreImage image;
  image.next_number = read.u32();
  const uint32_t count = read.u32();
  md::RecordId previous = 0;
  for (uint32_t i = 0; i < count; ++i) {
    auto record = get_record(read);
    if (!record || record->id <= previous) return std::nullopt;
    previous = record->id;
    image.records.emplace(record->id, std::move(*record));
  }
  if (!read.good() || !read.at_end()) return std::nullopt;
  return image;
}

void encode_entry(const StoreChanges& changes, uint64_t generation, uint64_t sequence, std::vector<std::byte>& out) {
  std::vector<std::byte> body;
  size_t record_bytes = 0;
  for (const StoredRecord& record : changes.written) record_bytes += image_bytes_of(record.bytes.size());
  body.reserve(record_bytes + 4 * (3 + changes.removed.size()));
  RecordWriter write_body(body);
  write_body.u32(changes.next_number);
  write_body.u32(static_cast<uint32_t>(changes.written.size()));
  for (const StoredRecord& record : changes.written) put_record(write_body, record);
  write_body.u32(static_cast<uint32_t>(changes.removed.size()));
  for (const md::RecordId id : changes.removed) write_body.i32(id);

  out.clear();
  out.reserve(entry_header_bytes + body.size() + block_bytes);
  RecordWriter write(out);
  write.u64(entry_magic);
  write.u64(generation);
  write.u64(sequence);
  write.u64(body.size());
  write.u64(store_hash(body) ^ store_hash(out));  // over the words above too
  RAIDSIM_ASSERT(out.size() == entry_header_bytes);
  write.bytes(body);
  pad_to_block(out);
}

uint64_t entry_blocks(std::span<const std::byte> bytes, uint64_t generation, uint64_t sequence) {
  RecordReader read(bytes);
  const bool ours = read.u64() == entry_magic && read.u64() == generation && read.u64() == sequence;
  const uint64_t body = read.u64();
  if (!ours || !read.good() || body > uint64_t{record_longest} * 64) return 0;
  return blocks_for(entry_header_bytes + body);
}

uint64_t entry_number(std::span<const std::byte> bytes, uint64_t generation) {
  RecordReader read(bytes);
  const bool ours = read.u64() == entry_magic && read.u64() == generation;
  const uint64_t number = read.u64();
  return ours && read.good() ? number : 0;
}

std::optional<StoreChanges> decode_entry(std::span<const std::byte> bytes, uint64_t generation, uint64_t sequence) {
  if (entry_blocks(bytes, generation, sequence) == 0) return std::nullopt;
  RecordReader head(bytes.subspan(24));
  const uint64_t size = head.u64();
  const uint64_t hash = head.u64();
  const auto body = head.take(size);
  if (!head.good() || hash != (store_hash(body) ^ store_hash(bytes.first(32)))) return std::nullopt;

  RecordReader read(body);
  StoreChanges changes;
  changes.next_number = read.u32();
  const uint32_t written = read.u32();
  for (uint32_t i = 0; i < written; ++i) {
    auto record = get_record(read);
    if (!record) return std::nullopt;
    changes.written.push_back(std::move(*record));
  }
  const uint32_t removed = read.u32();
  for (uint32_t i = 0; i < removed && read.good(); ++i) changes.removed.push_back(read.i32());
  if (!read.good() || !read.at_end()) return std::nullopt;
  return changes;
}

void apply(const StoreChanges& changes, StoreImage& image) {
  image.next_number = changes.next_number;
  for (const StoredRecord& record : changes.written) image.records.insert_or_assign(record.id, record);
  for (const md::RecordId id : changes.removed) image.records.erase(id);
}

std::vector<std::byte> fresh_store(const StoreGeometry& geometry) {
  RAIDSIM_ASSERT(geometry.blocks >= StoreGeometry::smallest);
  std::vector<std::byte> image;
  encode_image({}, image);
  std::vector<std::byte> out(StoreGeometry::headers * block_bytes);
  const std::span headers(out);
  encode_header(
      {.area = 0, .generation = 1, .image_bytes = image.size(), .image_hash = store_hash(image), .geometry = geometry},
      headers.first(block_bytes));
  encode_header({.area = 1, .generation = 0, .geometry = geometry}, headers.subspan(block_bytes));
  out.insert(out.end(), image.begin(), image.end());
  pad_to_block(out);
  return out;
}

}  // namespace raidsim::statedb
