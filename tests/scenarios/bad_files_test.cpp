// Each class of wrong file gives its one line: place, what is wrong, what would be right (tests/scenarios/bad).
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "scenarios/error.h"
#include "scenarios/load.h"

namespace raidsim::scenarios {
namespace {

const std::filesystem::path folder = "tests/scenarios/bad";

struct Expected {
  std::string file;
  std::string place;
  std::string text;
};

std::vector<Expected> table() {
  std::vector<Expected> out;
  std::ifstream in(folder / "expected.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> fields;
    size_t at = 0;
    for (size_t tab = 0; (tab = line.find('\t', at)) != std::string::npos; at = tab + 1)
      fields.push_back(line.substr(at, tab - at));
    fields.push_back(line.substr(at));
    if (fields.size() == 4) out.push_back({fields[0], fields[2], fields[3]});
  }
  return out;
}

TEST(BadFiles, EachGivesItsOneLine) {
  const auto expected = table();
  ASSERT_GT(expected.size(), 100U);
  for (const Expected& each : expected) {
    const std::string path = (folder / (each.file + ".json")).string();
    try {
      (void)load_file(path);
      ADD_FAILURE() << path << " was accepted";
    } catch (const ScenarioError& error) {
      const std::string line = error.what();
      EXPECT_EQ(line, path + ": " + each.place + ": " + each.text);
      EXPECT_EQ(line.find('\n'), std::string::npos) << path;
    }
  }
}

TEST(BadFiles, EveryFileStandsInTheTable) {
  std::set<std::string> listed;
  for (const Expected& each : table()) listed.insert(each.file);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") {
      EXPECT_TRUE(listed.contains(entry.path().stem().string())) << entry.path();
    }
  }
}

TEST(BadFiles, WhatIsNoFileIsSaidSo) {
  EXPECT_THROW((void)load_file("no/such/file.json"), ScenarioError);
  EXPECT_THROW((void)load_file("tests"), ScenarioError);
}

// A good file cut anywhere, or with any byte changed, is either another scenario or refused by one line: no other
// exception, no crash, no hang.
TEST(BadFiles, ACutOrChangedFileNeverGetsFurther) {
  std::ifstream in("scenarios/library/rebuild/copy-back-spare-dies.json");
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  ASSERT_FALSE(good.empty());
  const auto try_it = [](const std::string& text) {
    try {
      (void)load_text(text, "mutant");
    } catch (const ScenarioError& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  };
  for (size_t i = 0; i < good.size(); ++i) {
    try_it(good.substr(0, i));
    for (const char c : {'\0', '9', '"', '{', '-', '\xff'}) {
      std::string mutant = good;
      mutant[i] = c;
      try_it(mutant);
    }
  }
}

}  // namespace
}  // namespace raidsim::scenarios
