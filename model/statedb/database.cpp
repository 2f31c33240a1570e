#include "model/statedb/database.h"

#include <algorithm>
#include <array>

#include "engine/assert.h"
#include "engine/simulation.h"
#include "model/statedb/format/layout.h"
#include "model/statedb/placement.h"

namespace raidsim::statedb {
namespace {

constexpr uint32_t first_driver_type = 1000;   // MDDB_FIRST_MODID
constexpr size_t create_reserve_bytes = 2048;  // chosen: a four-column unit's record takes about a quarter
constexpr uint32_t number_mask = record_number_most;

uint32_t number_of(md::RecordId id) { return static_cast<uint32_t>(id) & number_mask; }

uint32_t flags_of(RecordType type) {
  switch (type) {
    case RecordType::raid:
      return MDDB_F_RAID;
    case RecordType::pool:
      return MDDB_F_HOTSPARE_POOL;
    case RecordType::hot_spare:
      return MDDB_F_HOTSPARE;
    case RecordType::stripe:
      return MDDB_F_STRIPE;
    case RecordType::soft_partition:
      return MDDB_F_SOFTPART;
    case RecordType::name_space:
      return 0;
  }
  return 0;
}

std::optional<RecordType> type_of(const DirectoryEntry& entry) {
  const uint32_t type = entry.de_type1 - first_driver_type;
  const bool known = entry.de_type1 > first_driver_type && type <= static_cast<uint32_t>(RecordType::soft_partition);
  return known ? std::optional(static_cast<RecordType>(type)) : std::nullopt;
}

md::RecordId failed(DbStatus status) { return static_cast<md::RecordId>(status); }

size_t blocks_for(size_t user_bytes) { return record_bytes(user_bytes) / MDDB_BSIZE; }

}  // namespace

Database::Database(const md::Environment& environment, const DatabaseOptions& options)
    : options_(options), services_(environment) {}

Database::~Database() = default;

// ---- life ----

bool Database::load() {
  const TokenHold token(token_);
  return load_held();
}

bool Database::load_held() {
  if (ready_) return true;
  state_ = SetState{};
  committed_.clear();
  if (load_set(state_, services_, *options_.boot_list, options_.load) != LoadStatus::ok) {
    state_ = SetState{};
    return false;
  }
  ready_ = true;
  take_over();
  if (state_.stale) services_.env.console->message(md::MessageId::DATABASE_STALE, options_.load.set);
  return true;
}

/// What was read becomes records, in record order (DB-F7).
void Database::take_over() {
  for (const DirectoryBlock& block : state_.contents.directory) {
    for (const DirectoryEntry& entry : block.entries) {
      const md::RecordId id = md::make_record_id(options_.load.set, entry.de_recid);
      const RecordImage& image = state_.contents.images.at(entry.de_recid);
      const auto type = type_of(entry);
      if (!type) {
        services_.env.console->message(md::MessageId::BAD_RECORD, static_cast<uint64_t>(id));
        continue;
      }
      in_core_[id].type = *type;
      if (image.commitcnt() == 0) {
        never_committed_.push_back(id);
        continue;
      }
      const auto bytes = image.user_data(entry.de_reqsize);
      loaded_.push_back({.id = id, .type = *type, .bytes = {bytes.begin(), bytes.end()}});
      committed_.emplace(id, loaded_.back());
    }
  }
}

void Database::unload() {
  const TokenHold token(token_);
  state_ = SetState{};
  loaded_.clear();
  never_committed_.clear();
  in_core_.clear();
  ready_ = false;  // `committed_` stays for judges: what a boot has to find
}

// ---- records ----

md::RecordId Database::create(RecordType type) {
  const TokenHold token(token_);
  if (!ready_) return failed(DbStatus::nodb);
  if (state_.stale) return failed(DbStatus::notnow);
  if (!has_room(create_reserve_bytes)) return failed(DbStatus::nospace);
  const Created made = create_record(
      state_, services_,
      {.user_bytes = 0, .type1 = first_driver_type + static_cast<uint32_t>(type), .type2 = 0, .flags = flags_of(type)});
  if (made.status != DbStatus::ok) return failed(made.status);
  const md::RecordId id = md::make_record_id(options_.load.set, made.number);
  in_core_[id] = {.type = type, .owner = nullptr};
  return id;
}

// Records that were created and not yet committed will want their room, too.
bool Database::has_room(size_t more_bytes) {
  size_t blocks = blocks_for(more_bytes) + 1;
  for (const auto& [id, record] : in_core_) blocks += committed_.contains(id) ? 0 : blocks_for(create_reserve_bytes);
  return statedb::has_room(state_, blocks);
}

void Database::set_owner(md::RecordId id, const RecordOwner* owner) {
  const auto found = in_core_.find(id);
  RAIDSIM_ASSERT(found != in_core_.end());
  found->second.owner = owner;
}

StoredRecord Database::encoded(md::RecordId id) const {
  const auto found = in_core_.find(id);
  RAIDSIM_ASSERT(found != in_core_.end());  // MDDB_E_NORECORD: the caller's bug
  StoredRecord record{.id = id, .type = found->second.type, .bytes = {}};
  const auto before = committed_.find(id);
  if (found->second.owner != nullptr) {
    found->second.owner->encode(record.bytes);
  } else if (before != committed_.end()) {
    record.bytes = before->second.bytes;
  }
  return record;
}

std::vector<StoredRecord> Database::encoded_all(std::span<const md::RecordId> ids) const {
  std::vector<StoredRecord> records;
  for (const md::RecordId id : ids) {
    const auto same = [id](const StoredRecord& record) { return record.id == id; };
    if (id != 0 && std::none_of(records.begin(), records.end(), same)) records.push_back(encoded(id));
  }
  return records;
}

CommitResult Database::commit(std::span<const md::RecordId> ids) {
  const TokenHold token(token_);
  if (state_.stale) return CommitResult::stale;
  RAIDSIM_ASSERT(ready_);
  std::vector<StoredRecord> records = encoded_all(ids);
  if (records.empty()) return CommitResult::committed;
  if (!running()) return CommitResult::stale;
  std::vector<NewData> list;
  for (const StoredRecord& record : records) list.push_back({.number = number_of(record.id), .bytes = record.bytes});
  if (commit_records(state_, services_, list) != DbStatus::ok && !settled()) return CommitResult::stale;
  for (StoredRecord& record : records) {
    const md::RecordId id = record.id;
    committed_[id] = std::move(record);
  }
  ++commits_;
  return CommitResult::committed;
}

CommitResult Database::remove(std::span<const md::RecordId> ids) {
  const TokenHold token(token_);
  if (state_.stale) return CommitResult::stale;
  RAIDSIM_ASSERT(ready_);
  if (!running()) return CommitResult::stale;
  std::vector<uint32_t> numbers;
  for (const md::RecordId id : ids) {
    if (in_core_.erase(id) == 0) continue;
    numbers.push_back(number_of(id));
    committed_.erase(id);
  }
  if (numbers.empty()) return CommitResult::committed;
  if (delete_records(state_, services_, numbers) != DbStatus::ok) {
    if (!settled() || delete_records(state_, services_, numbers) != DbStatus::ok) return CommitResult::stale;
  }
  ++commits_;
  return CommitResult::committed;
}

std::span<const std::byte> Database::committed_bytes(md::RecordId id) const {
  const auto found = committed_.find(id);
  if (found == committed_.end()) return {};
  return found->second.bytes;
}

// Too few replicas since an operation before this one: to wait for them afterwards, as settled() does, would write what
// is in memory, and this one's change is not.
bool Database::running() { return probe(state_, services_) || settled(); }

// DB-Q9: logged once, and one second later the system stops, unless the replicas are back by then: what is in memory
// was then written to all of them, so the operation is done (docs/decisions/0031).
bool Database::settled() {
  if (snarfing_) {
    became_stale();
    return false;
  }
  services_.env.console->message(md::MessageId::COMMIT_FAILED);
  sleep_for(1s);
  const bool too_few = state_.toofew;
  if (too_few && probe(state_, services_)) return true;
  services_.env.panic(services_.env.panic_context,
                      too_few ? "md: state database: too few replicas" : "md: state database problem");
  std::terminate();
}

void Database::became_stale() {
  if (!state_.stale) services_.env.console->message(md::MessageId::DATABASE_STALE, options_.load.set);
  state_.stale = true;
}

// ---- replicas ----

DbStatus Database::add_replica(const NewReplica& asked) {
  const TokenHold token(token_);
  if (!load_held()) {
    const NewSet empty{.number = options_.load.set, .ident = options_.load.ident, .device_ids = options_.device_ids};
    make_new_set(state_, services_, empty, smallest_database);
  }
  const DbStatus status = statedb::add_replica(state_, services_, asked);
  ready_ = ready_ || status == DbStatus::ok;
  return status;
}

DbStatus Database::delete_replica(size_t index) {
  const TokenHold token(token_);
  return ready_ ? statedb::delete_replica(state_, services_, index) : DbStatus::nodb;
}

std::vector<ReplicaStatus> Database::replicas() const {
  std::vector<ReplicaStatus> out;
  for (size_t i = 0; i < state_.members.size(); ++i) {
    const Locator& locator = state_.lb.lb_locators[i];
    if (locator.deleted()) continue;
    const auto& replica = state_.members[i].replica;
    out.push_back({.place = {.device = expanded_device(locator.l_dev), .id = locator.did, .block = locator.l_blkno},
                   .l_flags = locator.l_flags,
                   .name = state_.ln.name(i),
                   .last_block = replica == nullptr ? 0 : uint64_t{replica->at()} + replica->master().m_consecutive});
  }
  return out;
}

}  // namespace raidsim::statedb
