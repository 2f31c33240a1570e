// The ordering contract of fault-model.md 4.3 against a model of legal contents.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

RigOptions cached(uint64_t cache_blocks = 2048, DestagePolicy destage = DestagePolicy::fifo, double keep = 0.5) {
  RigOptions options{.disk = plain_disk(CacheKind::volatile_write_back)};
  options.disk.cache_blocks = cache_blocks;
  options.disk.destage = destage;
  options.disk.cache_loss.keep = keep;
  return options;
}

TEST(VolatileCache, AcknowledgedWriteIsReadableAndNotDurable_F19) {
  Rig rig(cached(2048, DestagePolicy::fifo, 0.0));
  rig.write(5, 'a');
  EXPECT_EQ(rig.read(5).letters(), "a");
  EXPECT_EQ(rig.durable(5), ".");
  rig.crash(CrashKind::power_cut);
  rig.boot();
  EXPECT_EQ(rig.read(5).letters(), ".");
}

TEST(VolatileCache, HostCrashAloneLosesNothingOfTheCache_F47) {
  Rig rig(cached(2048, DestagePolicy::fifo, 0.0));
  rig.write(5, 'a');
  rig.crash(CrashKind::host_only);
  rig.boot();
  EXPECT_EQ(rig.read(5).letters(), "a");
}

TEST(VolatileCache, FlushMakesWhatCompletedBeforeItDurable) {
  Rig rig(cached(2048, DestagePolicy::fifo, 0.0));
  rig.write(5, 'a', 3);
  EXPECT_EQ(rig.flush().request.error, 0);
  EXPECT_EQ(rig.durable(5, 3), "aaa");
}

// The flush is issued while the write is still in service: nothing is promised for that write.
TEST(VolatileCache, FlushPromisesNothingForAWriteThatCompletesAfterItsIssue) {
  RigOptions options = cached();
  options.disk.depth = 2;
  options.disk.latency.fixed.flush = 300us;
  Rig rig(options);
  rig.start_write(5, 'a');
  rig.submit(IoOp::flush, 0, 0, {});
  rig.run();
  EXPECT_EQ(rig.seen(5), "a");
  EXPECT_EQ(rig.durable(5), ".");
}

TEST(VolatileCache, FuaMakesItsOwnWriteDurableAndNoOther) {
  Rig rig(cached());
  rig.write(5, 'a');
  rig.write_fua(6, 'b');
  EXPECT_EQ(rig.durable(5, 2), ".b");
}

TEST(VolatileCache, FuaOverACachedWriteIsNotUndoneLater) {
  Rig rig(cached());
  rig.write(5, 'a');
  rig.write_fua(5, 'b');
  rig.flush();
  EXPECT_EQ(rig.durable(5), "b");
  EXPECT_EQ(rig.seen(5), "b");
}

TEST(VolatileCache, PreflushActsAsAFlushBeforeTheWrite) {
  Rig rig(cached());
  rig.write(5, 'a');
  rig.submit(IoOp::write, 0, 6, letters('b'), false, true);
  rig.run();
  EXPECT_EQ(rig.durable(5, 2), "a.");
  EXPECT_EQ(rig.seen(5, 2), "ab");
}

TEST(VolatileCache, FullCacheDestagesByPolicy_F18) {
  const auto first_out = [](DestagePolicy policy) {
    Rig rig(cached(3, policy));
    rig.write(30, 'a');
    rig.write(10, 'b');
    rig.write(20, 'c');
    rig.write(40, 'd');
    std::string out;
    for (const uint64_t block : {30U, 10U, 20U, 40U}) {
      if (rig.durable(block) != ".") out += rig.durable(block);
    }
    return out;
  };
  EXPECT_EQ(first_out(DestagePolicy::fifo), "a");
  EXPECT_EQ(first_out(DestagePolicy::adversarial), "d") << "newest first";
  EXPECT_EQ(first_out(DestagePolicy::elevator), "b") << "upwards from the arm at 41, then from the front";
  EXPECT_EQ(first_out(DestagePolicy::random).size(), 1U);
}

// After a write of one block the arm stands just behind it: all the way round, and still the one to take.
TEST(VolatileCache, ElevatorTakesAWriteJustBehindTheArm_F18) {
  Rig rig(cached(0, DestagePolicy::elevator));
  rig.write(4, 'a');
  EXPECT_EQ(rig.durable(4), "a");
}

// Newest first moves the second write of block 5 before the first one, which then must never follow it.
TEST(VolatileCache, PerSectorTheLastWriterWinsInAnyDestageOrder_F18) {
  Rig rig(cached(4, DestagePolicy::adversarial));
  rig.write(4, 'a', 3);
  rig.write(5, 'b');
  rig.write(20, 'c');  // overfull by one: 'c' goes, then nothing
  rig.write(5, 'd');
  rig.flush();
  EXPECT_EQ(rig.durable(4, 3), "ada");
}

TEST(VolatileCache, AdversarialLossKeepsTheNewestAndDropsTheOldest_F19) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RigOptions options = cached();
    options.seed = seed;
    options.disk.cache_loss.adversarial = true;
    Rig rig(options);
    for (uint64_t b = 0; b < 3; ++b) rig.write(b, 'a');
    rig.crash(CrashKind::power_cut);
    rig.boot();
    outcomes.insert(rig.durable(0, 3));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"aaa", ".aa", "..a", "..."}));
}

/// `legal[b]`: what block b may hold after a power cut, its durable value or any later cached write's.
constexpr uint64_t span = 12;

RC_GTEST_PROP(VolatileCache, AfterAPowerCutEachSectorIsLegalAndEverythingFlushedIsThere_F18_F19, ()) {
  RigOptions options = cached(*rc::gen::element<uint64_t>(2, 6, 2048),
                              *rc::gen::element(DestagePolicy::fifo, DestagePolicy::elevator, DestagePolicy::random,
                                                DestagePolicy::adversarial),
                              *rc::gen::element(0.0, 0.5, 1.0));
  options.disk.cache_loss.adversarial = *rc::gen::arbitrary<bool>();
  options.disk.torn.rule = *rc::gen::element(TornRule::prefix, TornRule::suffix, TornRule::subset, TornRule::none);
  options.seed = *rc::gen::inRange<uint64_t>(1, 1000);
  Rig rig(options);

  std::array<std::set<char>, span> legal;
  std::array<char, span> newest;
  newest.fill('.');
  legal.fill({'.'});
  const auto steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    const int what = *rc::gen::inRange(0, 8);
    if (what == 0) {
      rig.flush();
      for (uint64_t b = 0; b < span; ++b) legal[b] = {newest[b]};
    } else if (what == 1) {
      rig.crash(CrashKind::power_cut);
      rig.boot();
      for (uint64_t b = 0; b < span; ++b) {
        const char found = rig.durable(b).front();
        RC_ASSERT(legal[b].count(found) == 1);
        RC_ASSERT(rig.seen(b).front() == found);
        newest[b] = found;
        legal[b] = {found};
      }
    } else {
      const bool fua = what == 2;
      const bool preflush = what == 3;
      const auto blocks = *rc::gen::inRange<uint32_t>(1, 5);
      const uint64_t first = *rc::gen::inRange<uint64_t>(0, span - blocks + 1);
      const char letter = static_cast<char>('a' + i % 26);
      if (preflush) {
        for (uint64_t b = 0; b < span; ++b) legal[b] = {newest[b]};
      }
      rig.submit(IoOp::write, 0, first, letters(letter, blocks), fua, preflush);
      rig.run();
      for (uint64_t b = first; b < first + blocks; ++b) {
        newest[b] = letter;
        if (fua) {
          legal[b] = {letter};
        } else {
          legal[b].insert(letter);
        }
      }
    }
    for (uint64_t b = 0; b < span; ++b) RC_ASSERT(rig.seen(b).front() == newest[b]);
  }
}

}  // namespace
}  // namespace raidsim::disk
