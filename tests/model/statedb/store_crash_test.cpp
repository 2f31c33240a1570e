// Crash at every write of random commits, with every kind of fate of the write in flight: what boots is the
// state before or after one commit, never older than the last one that was acknowledged.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/statedb/store_world.h"

namespace raidsim::testing {
namespace {

/// Small, so that images change areas often, but with room for five records that are created at once.
constexpr uint64_t store_blocks = 64;

struct Step {
  std::vector<int> records;  ///< which of five records are in the group
  int size = 0;              ///< bytes of each
  bool remove = false;       ///< removes the first one instead
};

struct History {
  std::vector<Texts> states;          ///< after 0, 1, 2... commits
  std::vector<size_t> writes_before;  ///< disk writes completed when that many commits were acknowledged
};

/// Runs the steps without a crash, noting the state after each and the disk's writes.
History run(StoreWorld& world, const std::vector<Step>& steps) {
  History history;
  const bool finished = world.machine.run([&] {
    RC_ASSERT(world.format_and_load());
    std::map<int, md::RecordId> ids;
    Texts state;
    const auto note = [&] {
      history.states.push_back(state);
      history.writes_before.push_back(world.disk().log.size());
    };
    note();
    int version = 0;
    for (const Step& step : steps) {
      ++version;
      std::vector<md::RecordId> group;
      if (step.remove && !step.records.empty() && ids.contains(step.records[0])) {
        const md::RecordId gone = ids[step.records[0]];
        ids.erase(step.records[0]);
        state.erase(gone);
        static_cast<void>(world.store->remove(std::array{gone}));
      } else {
        for (const int record : step.records) {
          if (!ids.contains(record)) {
            world.create("");
            ids[record] = world.last_id;
          }
          const md::RecordId id = ids[record];
          std::string text = std::to_string(version) + "/" + std::to_string(record) + " ";
          text.append(static_cast<size_t>(step.size), static_cast<char>('a' + version % 26));
          world.notes[id]->text = state[id] = text;
          group.push_back(id);
        }
        static_cast<void>(world.store->commit(group));
      }
      note();
    }
  });
  RC_ASSERT(finished);
  return history;
}

/// The disk after a crash at write `at`: everything before it as the disk promised, of it the sectors chosen.
std::vector<std::byte> image_at(const std::vector<LoggedWrite>& log, size_t size, size_t at, bool cached,
                                const std::vector<bool>& survives) {
  std::vector<std::byte> image(size);
  size_t draw = 0;
  for (size_t i = 0; i <= at && i < log.size(); ++i) {
    const bool promised = i < at && (log[i].fua || !cached);
    for (size_t sector = 0; sector * block_bytes < log[i].bytes.size(); ++sector) {
      if (!promised && !survives[draw++ % survives.size()]) continue;
      const auto from = log[i].bytes.begin() + static_cast<std::ptrdiff_t>(sector * block_bytes);
      const auto to = image.begin() + static_cast<std::ptrdiff_t>((log[i].block + sector) * block_bytes);
      std::copy(from, from + block_bytes, to);
    }
  }
  return image;
}

RC_GTEST_PROP(SingleCopyStore, EveryCrashPointRecoversToBeforeOrAfterOneCommit, ()) {
  const bool cached = *rc::gen::arbitrary<bool>();
  const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
      rc::gen::set(&Step::records, rc::gen::map(rc::gen::inRange(1, 32),
                                                [](int mask) {
                                                  std::vector<int> chosen;
                                                  for (int r = 0; r < 5; ++r) {
                                                    if ((mask >> r & 1) != 0) chosen.push_back(r);
                                                  }
                                                  return chosen;
                                                })),
      rc::gen::set(&Step::size, rc::gen::inRange(0, 900)),
      rc::gen::set(&Step::remove, rc::gen::map(rc::gen::inRange(0, 8), [](int one) { return one == 7; }))));
  const auto survives = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<bool>>());
  const CacheKind cache = cached ? CacheKind::volatile_write_back : CacheKind::none;

  StoreWorld world(cache, store_blocks);
  const History history = run(world, steps);
  const auto log = world.disk().log;
  const size_t disk_bytes = world.disk().bytes().size();

  for (size_t at = history.writes_before[0]; at <= log.size(); ++at) {
    StoreWorld after(cache, store_blocks);
    after.disk().set_bytes(image_at(log, disk_bytes, at, cached, survives));
    bool loaded = false;
    after.machine.run([&] {
      after.make_store();
      loaded = after.store->load();
    });
    RC_ASSERT(loaded);

    size_t acknowledged = 0;
    while (acknowledged + 1 < history.writes_before.size() && history.writes_before[acknowledged + 1] <= at) {
      ++acknowledged;
    }
    const Texts found = after.texts();
    const bool old_state = found == history.states[acknowledged];
    const bool new_state = acknowledged + 1 < history.states.size() && found == history.states[acknowledged + 1];
    RC_ASSERT(old_state || new_state);
  }
}

// Crash, boot, commit, crash again: what a torn entry left behind is never built upon.
RC_GTEST_PROP(SingleCopyStore, CommitsAfterATornOneSurviveTheNextCrash, ()) {
  const auto cuts = *rc::gen::nonEmpty(rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(0, 12)));
  const auto keeps = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<bool>>());
  const auto size = static_cast<size_t>(*rc::gen::inRange(1, 1500));
  StoreWorld world(CacheKind::none, store_blocks);
  std::string acknowledged = "start", attempted = "start";
  RC_ASSERT(world.machine.run([&] {
    RC_ASSERT(world.format_and_load());
    world.create("start");
    world.commit({world.last_id});
  }));
  world.disk().on_cut = [&] { world.machine.crash(); };
  world.disk().cut_keeps = keeps;
  world.machine.crash();
  for (const uint64_t cut : cuts) {
    world.machine.boot();
    std::string found;
    const bool survived = world.machine.run([&] {
      world.make_store();
      RC_ASSERT(world.store->load());
      found = world.texts().at(1);
      acknowledged = found;
      world.notes[1] = std::make_unique<Note>();
      world.store->set_owner(1, world.notes[1].get());
      world.disk().writes_until_cut = cut;
      for (int i = 0;; ++i) {
        attempted = found.substr(0, 20) + "+" + std::to_string(i) + std::string(size, 'x');
        world.notes[1]->text = attempted;
        world.commit({1});
        acknowledged = attempted;
      }
    });
    RC_ASSERT(!survived);
    const std::string old_state = acknowledged, new_state = attempted;
    world.machine.boot();
    RC_ASSERT(world.machine.run([&] {
      world.make_store();
      RC_ASSERT(world.store->load());
    }));
    const std::string now_there = world.texts().at(1);
    RC_ASSERT(now_there == old_state || now_there == new_state);
    world.machine.crash();
  }
}

}  // namespace
}  // namespace raidsim::testing
