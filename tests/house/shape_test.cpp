// Files that are too long, headers without a name, rooms without a README and sources nobody builds are seen.
#include "tests/house/shape.h"

#include <gtest/gtest.h>

namespace raidsim::house {
namespace {

TEST(Shape, TheLimitIsTheLimit) {
  std::string text;
  for (size_t i = 0; i < lines_max; ++i) text += "int x;\n";
  EXPECT_TRUE(too_long({"engine/a.cpp", text}).empty());
  EXPECT_FALSE(too_long({"engine/a.cpp", text + "int y;\n"}).empty());
}

TEST(Shape, AHeaderNamesItselfAndIsReadOnce) {
  EXPECT_TRUE(wrong_header({"engine/a.h", "// engine/a.h: the letter.\n#pragma once\n"}).empty());
  EXPECT_EQ(wrong_header({"engine/a.h", "// engine/b.h: the letter.\n#pragma once\n"}).size(), 1u);
  EXPECT_EQ(wrong_header({"engine/a.h", "// engine/a.h: the letter.\n#ifndef A\n"}).size(), 1u);
}

TEST(Shape, ARoomReadmeSaysWhereToBeginAndWhatItMustNotKnow) {
  EXPECT_TRUE(wrong_room_readme({"engine/README.md", "**Read first:** x\n**Must not know:** y\n"}).empty());
  EXPECT_EQ(wrong_room_readme({"engine/README.md", "The engine.\n"}).size(), 2u);
}

TEST(Shape, ASourceThatNoListNamesIsSeen) {
  const SourceFile list = {"model/raid/CMakeLists.txt",
                           "raidsim_room(raid SOURCES read.cpp admin/grow.cpp\n HEADERS read.h)"};
  EXPECT_TRUE(not_built({list, {"model/raid/read.cpp", ""}, {"model/raid/admin/grow.cpp", ""}}).empty());
  const Findings found =
      not_built({list, {"model/raid/ead.cpp", ""}, {"model/raid/grow.cpp", ""}, {"model/read.h", ""}});
  EXPECT_EQ(found.size(), 3u) << printed(found);
}

}  // namespace
}  // namespace raidsim::house
