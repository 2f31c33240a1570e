// Every crash point of forty operations, with every fate of the write that was outstanding, and boots from every set of
// disks that quorum allows, several in a row: one committed state, whole, no older than the last acknowledged (INV-D20,
// D21, D40), and never another one afterwards.
#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "tests/model/statedb/commit_history.h"

namespace raidsim::testing {
namespace {

/// Fates of a write of so many sectors: which of them got there. All subsets of a short one; of a long one none, all,
/// each prefix, each suffix, each with one missing, each alone.
std::vector<uint64_t> fates(size_t sectors) {
  std::vector<uint64_t> out;
  const uint64_t all = sectors >= 64 ? ~uint64_t{0} : (uint64_t{1} << sectors) - 1;
  if (sectors <= 3) {
    for (uint64_t kept = 0; kept <= all; ++kept) out.push_back(kept);
    return out;
  }
  out = {0, all};
  for (size_t s = 1; s < std::min<size_t>(sectors, 64); ++s) {
    const uint64_t prefix = (uint64_t{1} << s) - 1;
    out.insert(out.end(), {prefix, all & ~prefix, all & ~(uint64_t{1} << s), uint64_t{1} << s});
  }
  return out;
}

uint64_t hash_of(const Image& image) {
  uint64_t hash = 14695981039346656037ULL;
  for (const auto& disk : image) {
    for (size_t i = 0; i + 8 <= disk.size(); i += 8) {
      uint64_t word = 0;
      std::memcpy(&word, disk.data() + i, 8);
      hash = (hash ^ word) * 1099511628211ULL;
      hash ^= hash >> 29;
    }
  }
  return hash;
}

struct Scope {
  uint32_t replicas;
  size_t operations;
  uint32_t boots;     ///< in a row, each from every set
  size_t fates_each;  ///< of one write, spread over all of them; 0: all
};
void PrintTo(const Scope& scope, std::ostream* out) { *out << scope.replicas << " replicas"; }

class Explorer {
 public:
  explicit Explorer(const Scope& scope)
      : scope_(scope), history_(record_history(scope.replicas, scope.operations, 7)), bench_(history_.start) {}

  void explore() {
    bench_.run([&] {
      for (size_t n = 0; n < history_.writes.size() && !::testing::Test::HasFatalFailure(); ++n) crash_in(n);
    });
    std::printf("%u replicas: %zu operations, %zu writes, %zu distinct images, %zu boots\n", scope_.replicas,
                scope_.operations, history_.writes.size(), images_.size(), boots_);
  }

 private:
  void crash_in(size_t n) {
    const auto all = fates(history_.writes[n].bytes.size() / block_bytes);
    const size_t step = scope_.fates_each == 0 ? 1 : std::max<size_t>(1, all.size() / scope_.fates_each);
    for (size_t f = n % step; f < all.size(); f += step) {
      const size_t operation = history_.writes[n].operation;
      legal_ = {operation - 1, operation};
      members_ = {history_.members[operation - 1], history_.members[operation]};
      boot_from_every_set(image_at(history_, n, all[f]), scope_.boots, n);
    }
  }

  /// All sets of disks; a later boot of the same image from the same set is the same boot.
  void boot_from_every_set(const Image& image, uint32_t boots, size_t n) {
    uint32_t& done = images_[hash_of(image) ^ (legal_[0] << 48) ^ (legal_[1] << 56)];
    if (done >= boots) return;
    done = boots;
    const uint32_t disks = static_cast<uint32_t>(image.size());
    for (uint32_t there = 1; there < 1U << disks; ++there) {
      const BootBench::Outcome outcome = bench_.boot(image, there, history_.boot_list);
      ++boots_;
      check(outcome, there, n);
      if (::testing::Test::HasFatalFailure()) return;
      if (!outcome.writable || boots == 1) continue;
      const auto before = legal_;
      for (size_t& each : legal_) each = is(each, outcome.contents) ? each : none;  // it stays what it was
      boot_from_every_set(bench_.left(), boots - 1, n);
      legal_ = before;
    }
  }

  bool is(size_t operation, const Contents& contents) const {
    return operation != none && history_.after[operation] == contents;
  }

  void check(const BootBench::Outcome& outcome, uint32_t there, size_t n) {
    if (outcome.writable) {
      const bool legal =
          std::any_of(legal_.begin(), legal_.end(), [&](size_t each) { return is(each, outcome.contents); });
      ASSERT_TRUE(legal) << scope_.replicas << " replicas, write " << n << ", disks " << there;
    }
    // INV-D29. While a replica comes or goes it takes a majority by the list before and by the one after.
    const auto majority = [there](uint32_t members) {
      return 2 * std::popcount(there & members) > std::popcount(members);
    };
    if (!majority(members_[0]) || !majority(members_[1])) return;
    ASSERT_TRUE(outcome.writable) << scope_.replicas << " replicas, write " << n << ", disks " << there;
  }

  const Scope scope_;
  const History history_;
  BootBench bench_;
  static constexpr size_t none = 255;
  std::array<size_t, 2> legal_{};                  ///< after which operation the contents may be those; none
  std::array<uint32_t, 2> members_{};              ///< before and after the operation
  std::unordered_map<uint64_t, uint32_t> images_;  ///< with how many boots each was tried
  size_t boots_ = 0;
};

class CrashPoints : public ::testing::TestWithParam<Scope> {};

TEST_P(CrashPoints, RecoverToOneCommittedState_INVD20_INVD21_INVD29_INVD40) { Explorer(GetParam()).explore(); }

/// RAIDSIM_CRASH_POINTS=all takes minutes: every fate up to six replicas, three boots up to three, two up to five.
std::vector<Scope> scopes() {
  const char* asked = std::getenv("RAIDSIM_CRASH_POINTS");
  if (asked != nullptr && std::string_view(asked) == "all") {
    return {{1, 40, 3, 0}, {2, 40, 3, 0}, {3, 40, 3, 0}, {4, 40, 2, 0}, {5, 40, 2, 0}, {6, 40, 1, 0}, {7, 40, 1, 8}};
  }
  return {{1, 40, 3, 0}, {2, 40, 3, 0}, {3, 40, 2, 0}, {4, 40, 2, 2}, {5, 40, 1, 4}, {6, 40, 1, 1}, {7, 20, 1, 1}};
}

INSTANTIATE_TEST_SUITE_P(Replicas, CrashPoints, ::testing::ValuesIn(scopes()),
                         [](const auto& each) { return std::to_string(each.param.replicas); });

}  // namespace
}  // namespace raidsim::testing
