#include "tests/model/statedb/commit_history.h"

#include <algorithm>
#include <utility>

#include "engine/random.h"

namespace raidsim::testing {
namespace {

using statedb::DbStatus;

constexpr uint32_t replica_blocks = 90;

class Recorder {
 public:
  Recorder(uint32_t replicas, uint64_t seed) : random_(seed), replicas_(replicas) {
    for (uint32_t i = 0; i < replicas; ++i) machine_.add_disk(replica_at + replica_blocks);
    EXPECT_TRUE(machine_.run([&] {
      statedb::make_new_set(set_, services_, {}, replica_blocks - 1);
      for (const auto& disk : machine_.disks) {
        const statedb::NewReplica replica = replica_on(*disk);
        out_.boot_list.push_back(replica.place);
        EXPECT_EQ(statedb::add_replica(set_, services_, replica), DbStatus::ok);
      }
    }));
    for (const auto& disk : machine_.disks) {
      out_.start.push_back(disk->bytes());
      disk->log.clear();
    }
    out_.after.push_back({});
    out_.members.push_back(all_disks());
  }

  History record(size_t operations) {
    EXPECT_TRUE(machine_.run([&] {
      for (size_t i = 1; i <= operations; ++i) {
        operation_ = i;
        perform();
        take_writes();
        out_.members.push_back(all_disks() & ~(missing_ < replicas_ ? 1U << missing_ : 0U));
        out_.after.push_back(contents_of(set_));
      }
    }));
    return std::move(out_);
  }

 private:
  void perform() {
    const uint64_t choice = random_.below(10);
    const size_t records = out_.after.back().size();
    if (replicas_ >= 3 && operation_ % 7 == 0) return membership();
    if (records < 2 || (choice < 3 && records < 8)) return create();
    if (choice == 3) return remove();
    commit(choice < 6 ? 1 : 2 + random_.below(std::min<uint64_t>(records, 8) - 1));
  }

  uint32_t all_disks() const { return (1U << replicas_) - 1; }
  std::string text() { return std::string(1 + random_.below(700), static_cast<char>('a' + random_.below(26))); }

  void create() {
    const statedb::Created made = statedb::create_record(set_, services_, {.user_bytes = random_.below(600)});
    ASSERT_EQ(made.status, DbStatus::ok);
    commit_numbers({made.number});
  }
  void remove() {
    const uint32_t number = any_number();
    EXPECT_EQ(statedb::delete_record(set_, services_, number), DbStatus::ok);
  }
  void commit(uint64_t count) {
    std::vector<uint32_t> numbers;
    for (const auto& [number, text] : out_.after.back()) numbers.push_back(number);
    while (numbers.size() > count)
      numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(random_.below(numbers.size())));
    commit_numbers(numbers);
  }
  void commit_numbers(const std::vector<uint32_t>& numbers) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < numbers.size(); ++i) texts.push_back(text());
    std::vector<statedb::NewData> list;
    for (size_t i = 0; i < numbers.size(); ++i) list.push_back({numbers[i], std::as_bytes(std::span(texts[i]))});
    EXPECT_EQ(statedb::commit_records(set_, services_, list), DbStatus::ok);
  }
  uint32_t any_number() {
    auto at = out_.after.back().begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(out_.after.back().size())));
    return at->first;
  }
  /// One replica goes, or comes again into its slot.
  void membership() {
    if (missing_ == replicas_) {
      missing_ = static_cast<uint32_t>(random_.below(replicas_));
      EXPECT_EQ(statedb::delete_replica(set_, services_, missing_), DbStatus::ok);
    } else {
      const ReplicaPlaceAndPath again(*machine_.disks[std::exchange(missing_, replicas_)]);
      EXPECT_EQ(statedb::add_replica(set_, services_, again.replica), DbStatus::ok);
    }
  }
  struct ReplicaPlaceAndPath {  // its master block is there already
    explicit ReplicaPlaceAndPath(const TestDisk& disk)
        : replica{.place = boot_list_of(disk).front(), .path = "/dev/dsk/s7", .driver = "sd"} {}
    statedb::NewReplica replica;
  };

  /// Disks write one after the other; the log of each is in order, and together they are by their time of completion.
  void take_writes() {
    std::vector<std::pair<SimTime, RecordedWrite>> taken;
    for (size_t d = 0; d < machine_.disks.size(); ++d) {
      for (LoggedWrite& write : machine_.disks[d]->log) {
        taken.push_back(
            {write.at, {.disk = d, .block = write.block, .bytes = std::move(write.bytes), .operation = operation_}});
      }
      machine_.disks[d]->log.clear();
    }
    std::stable_sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [at, write] : taken) out_.writes.push_back(std::move(write));
  }

  Machine machine_;
  statedb::Services services_{machine_.environment()};
  statedb::SetState set_;
  Random random_;
  uint32_t replicas_;
  uint32_t missing_ = replicas_;  ///< which one is not in the list; replicas_: all are
  size_t operation_ = 0;
  History out_;
};

}  // namespace

Contents contents_of(const statedb::SetState& set) {
  Contents out;
  for (const auto& [number, image] : set.contents.images) {
    if (image.commitcnt() == 0) continue;
    const auto bytes = image.user_data(set.contents.at(*set.contents.find(number)).de_reqsize);
    out[number] = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  return out;
}

History record_history(uint32_t replicas, size_t operations, uint64_t seed) {
  return Recorder(replicas, seed).record(operations);
}

Image image_at(const History& history, size_t n, uint64_t kept) {
  Image image = history.start;
  const auto put = [&](const RecordedWrite& write, uint64_t sectors) {
    for (size_t s = 0; s * block_bytes < write.bytes.size(); ++s) {
      if ((sectors >> std::min<size_t>(s, 63) & 1) == 0) continue;
      const auto from = write.bytes.begin() + static_cast<std::ptrdiff_t>(s * block_bytes);
      std::copy(from, from + block_bytes,
                image[write.disk].begin() + static_cast<std::ptrdiff_t>((write.block + s) * block_bytes));
    }
  };
  for (size_t i = 0; i < n; ++i) put(history.writes[i], ~uint64_t{0});
  if (n < history.writes.size()) put(history.writes[n], kept);
  return image;
}

BootBench::BootBench(const Image& like) {
  for (const auto& bytes : like) machine_.add_disk(bytes.size() / block_bytes);
  for (const auto& disk : machine_.disks) disk->service = 1us;
}

BootBench::Outcome BootBench::boot(const Image& image, uint32_t there, const statedb::BootList& list) {
  for (size_t i = 0; i < image.size(); ++i) {
    machine_.disks[i]->set_bytes(image[i]);
    machine_.disks[i]->present = (there >> i & 1) != 0;
    machine_.disks[i]->log.clear();
  }
  statedb::Services services{machine_.environment()};
  statedb::SetState set;
  Outcome out;
  out.loaded = statedb::load_set(set, services, list, {}) == statedb::LoadStatus::ok;
  out.writable = out.loaded && !set.stale && !set.toofew;
  out.listed = set.replicas();
  if (out.loaded) out.contents = contents_of(set);
  return out;
}

void BootBench::unreadable(size_t disk, uint64_t block) {
  for (size_t i = 0; i < machine_.disks.size(); ++i) machine_.disks[i]->bad_block = i == disk ? block : ~uint64_t{0};
}

Image BootBench::left() const {
  Image image;
  for (const auto& disk : machine_.disks) image.push_back(disk->bytes());
  return image;
}

}  // namespace raidsim::testing
