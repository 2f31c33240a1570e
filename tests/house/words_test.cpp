// Every forbidden word is found where it is code, and left alone where it is only talked about.
#include "tests/house/words.h"

#include <gtest/gtest.h>

namespace raidsim::house {
namespace {

bool leaks(const std::string& code, const std::string& path = "model/raid/read.cpp") {
  return !leaks_of_chance({path, code}).empty();
}

TEST(Words, ClocksThreadsAndChanceAreSeen) {
  EXPECT_TRUE(leaks("auto t = std::chrono::steady_clock::now();"));
  EXPECT_TRUE(leaks("using Clock = std::chrono::system_clock;"));
  EXPECT_FALSE(leaks("void suspend_until(const std::chrono::steady_clock::time_point&);"));
  EXPECT_TRUE(leaks("auto t = time(nullptr);"));
  EXPECT_TRUE(leaks("std::time(nullptr);"));
  EXPECT_TRUE(leaks("std::mutex m;"));
  EXPECT_TRUE(leaks("pthread_mutex_lock(&m);"));
  EXPECT_TRUE(leaks("std::jthread t([] {});"));
  EXPECT_TRUE(leaks("boost::this_fiber::yield(); std::this_thread::yield();"));
  EXPECT_TRUE(leaks("int x = rand();"));
  EXPECT_TRUE(leaks("std::mt19937_64 generator;"));
  EXPECT_TRUE(leaks("std::uniform_int_distribution<int> d(0, 3);"));
  EXPECT_TRUE(leaks("std::shuffle(a.begin(), a.end(), g);"));
  EXPECT_TRUE(leaks("const char* home = getenv(\"HOME\");"));
  EXPECT_TRUE(leaks("double l = std::log(u);"));
}

TEST(Words, AddressesAsKeysAreSeen) {
  EXPECT_TRUE(leaks("auto k = reinterpret_cast<uintptr_t>(p);"));
  EXPECT_FALSE(leaks("return reinterpret_cast<uintptr_t>(p) % 32 == 0;"));  // alignment is no order
  EXPECT_TRUE(leaks("std::map<Fiber*, int> order;"));
  EXPECT_TRUE(leaks("std::set<const Unit*> units;"));
  EXPECT_FALSE(leaks("std::map<int, Fiber*> fibers;"));
}

TEST(Words, ThreadLocalIsTheEnginesAlone) {
  EXPECT_TRUE(leaks("thread_local int x;"));
  EXPECT_FALSE(leaks("thread_local Simulation* current;", "engine/simulation.cpp"));
}

TEST(Words, CommentsLiteralsAndLongerNamesAreNoLeaks) {
  EXPECT_FALSE(leaks("// no std::mutex here\n/* nor rand() */ int operand(int);"));
  EXPECT_FALSE(leaks("log(\"std::thread\"); auto r = R\"(steady_clock)\";"));
  EXPECT_FALSE(leaks("SimTime t = event.time(); int n = 1'000'000; // rand()"));
}

TEST(Words, AFindingNamesLineAndReason) {
  const Findings found = leaks_of_chance({"engine/a.cpp", "int a;\n\"two\nlines\";\nstd::mutex m;\n"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].line, 4u);
  EXPECT_NE(found[0].text.find("std::mutex"), std::string::npos);
}

TEST(Words, WalksOverHashContainersAreSeen) {
  const SourceFile header = {"model/disk/a.h", "std::unordered_map<uint64_t, std::vector<int>> pages_;"};
  EXPECT_FALSE(walks_over_hashes({"model/disk/a.cpp", "for (auto& [k, v] : pages_) use(v);"}, &header).empty());
  EXPECT_FALSE(walks_over_hashes({"model/disk/a.cpp", "auto it = pages_.begin();"}, &header).empty());
  EXPECT_FALSE(walks_over_hashes({"model/b.cpp", "std::unordered_set<int> s; for (int x : s) {}"}, nullptr).empty());
  EXPECT_TRUE(walks_over_hashes({"model/disk/a.cpp", "return pages_.find(k) != pages_.end();"}, &header).empty());
  EXPECT_TRUE(walks_over_hashes({"model/disk/a.cpp", "for (int x : order_) use(pages_[x]);"}, &header).empty());
}

// The words are put together here, so that this file does not break the rule it tests.
TEST(Words, HollowWordsAndMachinePathsAreSeen) {
  const auto hollow = [](const std::string& a, const std::string& b) { return hollow_words({"engine/a.h", a + b}); };
  EXPECT_FALSE(hollow("// TO", "DO: later").empty());
  EXPECT_FALSE(hollow("// place", "holder").empty());
  EXPECT_TRUE(hollow("// what is to be done ", "is done").empty());

  const auto path = [](const std::string& a, const std::string& b) { return machine_paths({"dev", a + b}); };
  EXPECT_FALSE(path("cd /ro", "ot/raidsim").empty());
  EXPECT_TRUE(path("cd build/ro", "ot/x").empty());
}

}  // namespace
}  // namespace raidsim::house
