// Slabs: objects stay where they were made, and end in the order of their making.
#include "engine/slabs.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace raidsim {
namespace {

struct alignas(64) Member {
  Member(std::vector<int>& ended, int its_number) : ends(ended), number(its_number) {
    if (number < 0) throw std::runtime_error("refused");
  }
  ~Member() { ends.push_back(number); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;
  std::vector<int>& ends;
  int number;
};

TEST(Slabs, ObjectsNeverMoveAndEndInOrderOfMaking) {
  std::vector<int> ended, expected;
  {
    Slabs<Member> slabs;
    std::vector<const Member*> made;
    for (int i = 0; i < 300; ++i) {
      made.push_back(&slabs.make(ended, i));
      expected.push_back(i);
    }
    ASSERT_EQ(slabs.all().size(), 300u);
    for (size_t i = 0; i < made.size(); ++i) {
      EXPECT_EQ(slabs.all()[i], made[i]);
      EXPECT_EQ(made[i]->number, static_cast<int>(i));
      EXPECT_EQ(reinterpret_cast<uintptr_t>(made[i]) % alignof(Member), 0u);
    }
    EXPECT_TRUE(ended.empty());
  }
  EXPECT_EQ(ended, expected);
}

TEST(Slabs, AnObjectThatRefusesToBeMadeIsNotThere) {
  std::vector<int> ended;
  {
    Slabs<Member> slabs;
    (void)slabs.make(ended, 1);
    EXPECT_THROW((void)slabs.make(ended, -1), std::runtime_error);
    (void)slabs.make(ended, 2);
    EXPECT_EQ(slabs.all().size(), 2u);
  }
  EXPECT_EQ(ended, (std::vector{1, 2}));
}

}  // namespace
}  // namespace raidsim
