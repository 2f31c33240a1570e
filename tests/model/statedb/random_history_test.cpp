// Random histories of the database: operations, failing disks, crashes torn at any write, boots from any disks. A list
// that changes in one push takes some thousand of them to show: RC_PARAMS="max_success=4000 max_size=150".
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/statedb/random_history.h"

namespace raidsim::testing {
namespace {

rc::Gen<Deed> deeds() {
  return rc::gen::weightedElement<Deed>({{6, Deed::boot},
                                         {5, Deed::create},
                                         {5, Deed::commit},
                                         {6, Deed::group},
                                         {2, Deed::remove},
                                         {2, Deed::grow},
                                         {3, Deed::add},
                                         {3, Deed::drop},
                                         {2, Deed::fail},
                                         {2, Deed::heal},
                                         {1, Deed::crash}});
}

rc::Gen<uint32_t> mostly_zero(uint32_t chance, rc::Gen<uint32_t> other) {
  return rc::gen::weightedOneOf<uint32_t>({{chance, rc::gen::just(0U)}, {1, std::move(other)}});
}

rc::Gen<HistoryStep> steps() {
  const auto below = [](uint32_t end) { return rc::gen::inRange(0U, end); };
  return rc::gen::build<HistoryStep>(
      rc::gen::set(&HistoryStep::deed, deeds()), rc::gen::set(&HistoryStep::which, below(10)),
      rc::gen::set(&HistoryStep::count, below(7)), rc::gen::set(&HistoryStep::bytes, below(900)),
      rc::gen::set(&HistoryStep::disks, mostly_zero(1, below(1U << RandomHistory::disks))),
      rc::gen::set(&HistoryStep::cut, mostly_zero(3, rc::gen::inRange(1U, 10U))),
      rc::gen::set(&HistoryStep::cut_disk, below(RandomHistory::disks)),
      rc::gen::set(&HistoryStep::kept, mostly_zero(1, below(256))));
}

class RandomHistories : public ::testing::TestWithParam<uint32_t> {};

TEST_P(RandomHistories, FindWhatWasCommitted_INVD20_INVD21_INVD29_INVD31_INVD40_INVD41) {
  const bool all = rc::check("a boot finds what was committed last", [this] {
    const auto history = *rc::gen::scale(1.5, rc::gen::container<std::vector<HistoryStep>>(steps()));
    RandomHistory world(GetParam());
    for (const HistoryStep& step : history) world.take(step);
    world.end();
    RC_CLASSIFY(world.cuts() != 0, "a crash in a write");
    RC_CLASSIFY(world.refused_boots() != 0, "a boot without a quorum");
    RC_CLASSIFY(world.acknowledged() > 20, "more than twenty operations");
    if (!world.broken().empty()) RC_FAIL(world.broken());
  });
  EXPECT_TRUE(all);
}

INSTANTIATE_TEST_SUITE_P(Replicas, RandomHistories, ::testing::Range(1U, RandomHistory::disks));

}  // namespace
}  // namespace raidsim::testing
