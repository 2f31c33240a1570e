#include "model/statedb/single_copy_store.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/simulation.h"

namespace raidsim::statedb {
namespace {

constexpr uint64_t read_ahead_blocks = 32;
constexpr size_t create_reserve_bytes = 2048;  // chosen: a four-column unit's record takes about a quarter

std::span<const std::byte> from_block(std::span<const std::byte> area, uint64_t block) {
  return area.subspan(static_cast<size_t>(block * block_bytes));
}

}  // namespace

SingleCopyStore::SingleCopyStore(const md::Environment& environment, const StoreLocation& location)
    : env_(environment), location_(location) {
  RAIDSIM_ASSERT(location.geometry.blocks >= StoreGeometry::smallest);
}

SingleCopyStore::~SingleCopyStore() = default;

bool SingleCopyStore::attach() {
  if (disk_.device() != nullptr) return true;
  const StoreGeometry& place = location_.geometry;
  const DeviceNumber number = location_.id != 0 ? env_.devices->find(location_.id, location_.slice) : location_.number;
  if (number == no_device) return false;
  const auto opened = env_.devices->open(number, location_.id, place.first_block + place.blocks);
  disk_.attach(opened.device);
  return opened.device != nullptr;
}

void SingleCopyStore::unload() {
  const MutexLock lock(s_dbmx_);
  if (disk_.device() != nullptr) env_.devices->close(*disk_.device());
  disk_.attach(nullptr);
  ready_ = false;
}

bool SingleCopyStore::format() {
  const MutexLock lock(s_dbmx_);
  if (!attach()) return false;
  scratch_ = fresh_store(location_.geometry);
  return disk_.write(location_.geometry.first_block, scratch_);
}

bool SingleCopyStore::load() {
  const MutexLock lock(s_dbmx_);
  if (ready_) return true;
  // What is acted upon must not be lost by a later power cut: the newest entry may be in the cache alone.
  ready_ = attach() && read_state() && disk_.flush();
  if (!ready_) return false;
  next_number_ = image_.next_number;
  for (const auto& [id, record] : image_.records) {
    loaded_.push_back(record);
    in_core_[id].type = record.type;
  }
  return true;
}

bool SingleCopyStore::read_state() {
  const StoreGeometry& place = location_.geometry;
  scratch_.resize(StoreGeometry::headers * block_bytes);
  if (!disk_.read(place.first_block, scratch_)) return false;
  const std::span<const std::byte> headers(scratch_);
  const auto zero = decode_header(headers.first(block_bytes), 0, place);
  const auto one = decode_header(headers.subspan(block_bytes), 1, place);
  // A header is one block and never torn: one that is broken may have been the newer one.
  if (!zero || !one || zero->generation == one->generation) {
    env_.console->message(md::MessageId::BAD_RECORD, 0, place.first_block);
    return false;
  }
  const StoreHeader& newer = zero->generation > one->generation ? *zero : *one;
  area_ = newer.area;
  generation_ = newer.generation;

  std::vector<std::byte>& area = scratch_;
  area.clear();
  const uint64_t image_blocks = blocks_for(newer.image_bytes);
  if (!read_up_to(area, image_blocks)) return false;
  const auto bytes = std::span<const std::byte>(area).first(static_cast<size_t>(newer.image_bytes));
  auto image = store_hash(bytes) == newer.image_hash ? decode_image(bytes) : std::nullopt;
  if (!image) {
    env_.console->message(md::MessageId::BAD_RECORD, generation_, place.area_block(area_));
    return false;
  }
  image_ = std::move(*image);
  image_due_ = true;
  return read_entries(area, image_blocks);
}

bool SingleCopyStore::read_entries(std::vector<std::byte>& area, uint64_t at_block) {
  const uint64_t end = location_.geometry.area_blocks();
  sequence_ = 0;
  used_blocks_ = at_block;
  while (used_blocks_ < end) {
    if (!read_up_to(area, used_blocks_ + 1)) return false;
    const uint64_t length = entry_blocks(from_block(area, used_blocks_), generation_, sequence_ + 1);
    if (length == 0 || used_blocks_ + length > end) break;
    if (!read_up_to(area, used_blocks_ + length)) return false;
    const auto changes = decode_entry(from_block(area, used_blocks_), generation_, sequence_ + 1);
    if (!changes) break;
    apply(*changes, image_);
    ++sequence_;
    used_blocks_ += length;
  }
  if (!later_entry_stands(area, used_blocks_)) return true;
  env_.console->message(md::MessageId::BAD_RECORD, generation_, location_.geometry.area_block(area_) + used_blocks_);
  return false;
}

// Reads ahead, unless a block beyond what is needed cannot be read.
bool SingleCopyStore::read_up_to(std::vector<std::byte>& area, uint64_t blocks) {
  const uint64_t have = area.size() / block_bytes;
  if (have >= blocks) return true;
  const uint64_t first = location_.geometry.area_block(area_);
  for (const uint64_t more : {read_ahead_blocks, uint64_t{0}}) {
    const uint64_t target = std::min(location_.geometry.area_blocks(), blocks + more);
    area.resize(static_cast<size_t>(target * block_bytes));
    if (disk_.read(first + have, std::span(area).subspan(static_cast<size_t>(have * block_bytes)))) return true;
  }
  return false;
}

// An entry is written only after the one before it: a gap is damage and no crash.
bool SingleCopyStore::later_entry_stands(std::span<const std::byte> area, uint64_t from) const {
  for (uint64_t block = from + 1; block < area.size() / block_bytes; ++block) {
    const auto here = from_block(area, block);
    const uint64_t number = entry_number(here, generation_);
    if (number > sequence_ + 1 && decode_entry(here, generation_, number)) return true;
  }
  return false;
}

md::RecordId SingleCopyStore::create(RecordType type) {
  const MutexLock lock(s_dbmx_);
  if (!ready_ || stale_ || !has_room(create_reserve_bytes)) return 0;
  const md::RecordId id = md::make_record_id(0, next_number_++);
  in_core_[id].type = type;
  return id;
}

size_t SingleCopyStore::image_bytes() const noexcept {
  size_t bytes = 8;
  for (const auto& [id, record] : image_.records) bytes += image_bytes_of(record.bytes.size());
  return bytes;
}

// A quarter of the area stays free for entries, so that not every commit needs a new image.
bool SingleCopyStore::has_room(size_t more_bytes) const noexcept {
  size_t uncommitted = 0;
  for (const auto& [id, record] : in_core_) uncommitted += image_.records.contains(id) ? 0u : create_reserve_bytes;
  const size_t limit = static_cast<size_t>(location_.geometry.area_blocks()) * block_bytes / 4 * 3;
  return image_bytes() + uncommitted + more_bytes <= limit;
}

void SingleCopyStore::set_owner(md::RecordId id, const RecordOwner* owner) {
  const auto found = in_core_.find(id);
  RAIDSIM_ASSERT(found != in_core_.end());
  found->second.owner = owner;
}

StoredRecord SingleCopyStore::encoded(md::RecordId id) const {
  const auto found = in_core_.find(id);
  RAIDSIM_ASSERT(found != in_core_.end());  // MDDB_E_NORECORD: the caller's bug
  StoredRecord record{.id = id, .type = found->second.type, .bytes = {}};
  const auto before = image_.records.find(id);
  if (found->second.owner != nullptr) {
    found->second.owner->encode(record.bytes);
  } else if (before != image_.records.end()) {
    record.bytes = before->second.bytes;
  }
  return record;
}

CommitResult SingleCopyStore::commit(std::span<const md::RecordId> ids) {
  const MutexLock lock(s_dbmx_);
  if (stale_) return CommitResult::stale;
  RAIDSIM_ASSERT(ready_);
  StoreChanges changes;
  for (const md::RecordId id : ids) {
    const auto same = [id](const StoredRecord& record) { return record.id == id; };
    if (id == 0 || std::any_of(changes.written.begin(), changes.written.end(), same)) continue;
    changes.written.push_back(encoded(id));
  }
  if (changes.written.empty()) return CommitResult::committed;
  return finish(changes);
}

CommitResult SingleCopyStore::remove(std::span<const md::RecordId> ids) {
  const MutexLock lock(s_dbmx_);
  if (stale_) return CommitResult::stale;
  RAIDSIM_ASSERT(ready_);
  StoreChanges changes;
  for (const md::RecordId id : ids) {
    if (id == 0) continue;
    in_core_.erase(id);
    if (image_.records.contains(id)) changes.removed.push_back(id);
  }
  if (changes.removed.empty()) return CommitResult::committed;
  return finish(changes);
}

CommitResult SingleCopyStore::finish(const StoreChanges& made) {
  StoreChanges changes = made;
  changes.next_number = next_number_;
  if (!make_durable(changes)) commit_failed();
  ++commits_;
  return CommitResult::committed;
}

bool SingleCopyStore::make_durable(const StoreChanges& changes) {
  encode_entry(changes, generation_, sequence_ + 1, scratch_);
  const uint64_t length = scratch_.size() / block_bytes;
  if (image_due_ || used_blocks_ + length > location_.geometry.area_blocks()) {
    StoreImage next = image_;
    apply(changes, next);
    if (!write_image(next)) return false;
    image_ = std::move(next);
    return true;
  }
  if (!disk_.write(location_.geometry.area_block(area_) + used_blocks_, scratch_)) return false;
  apply(changes, image_);
  ++sequence_;
  used_blocks_ += length;
  return true;
}

bool SingleCopyStore::write_image(const StoreImage& image) {
  const uint32_t area = 1 - area_;
  scratch_.clear();
  encode_image(image, scratch_);
  const StoreHeader header{.area = area,
                           .generation = generation_ + 1,
                           .image_bytes = scratch_.size(),
                           .image_hash = store_hash(scratch_),
                           .geometry = location_.geometry};
  const uint64_t length = blocks_for(scratch_.size());
  if (length > location_.geometry.area_blocks()) return false;
  scratch_.resize(static_cast<size_t>(length * block_bytes));
  if (!disk_.write(location_.geometry.area_block(area), scratch_)) return false;
  scratch_.resize(block_bytes);
  encode_header(header, scratch_);
  if (!disk_.write(location_.geometry.header_block(area), scratch_)) return false;
  area_ = area;
  generation_ = header.generation;
  sequence_ = 0;
  used_blocks_ = length;
  image_due_ = false;
  ++images_written_;
  return true;
}

// Logged once; one second later the system stops (raid.md 5). The mutex stays held: nobody else gets to write.
void SingleCopyStore::commit_failed() {
  env_.console->message(md::MessageId::COMMIT_FAILED);
  sleep_for(1s);
  env_.panic(env_.panic_context, "md: state database commit failed");
  std::terminate();
}

std::span<const std::byte> SingleCopyStore::committed_bytes(md::RecordId id) const {
  const auto found = image_.records.find(id);
  if (found == image_.records.end()) return {};
  return found->second.bytes;
}

}  // namespace raidsim::statedb
