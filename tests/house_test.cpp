// The house stays as it is drawn: each rule here is read over the whole tree. That each rule can fail is shown in
// tests/house/*_test.cpp, which feed it bad snippets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/house/arrows.h"
#include "tests/house/citations.h"
#include "tests/house/conformance.h"
#include "tests/house/shape.h"
#include "tests/house/source.h"
#include "tests/house/words.h"

namespace raidsim::house {
namespace {

const std::vector<std::string> rooms = {"engine", "model", "scenarios", "harness", "reports"};

// The whole tree, read once: rooms, tests and everything around them. Build folders of other names stay out.
const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files =
      read_tree({"engine", "model", "scenarios", "harness", "reports", "tests", "docs", "cmake", "CHANGELOG.md",
                 "CMakeLists.txt", "CMakePresets.json", "README.md", "dev"});
  return files;
}

bool in_rooms(const SourceFile& file) {
  return std::find(rooms.begin(), rooms.end(), room_of(file.path)) != rooms.end();
}

bool must_repeat(const SourceFile& file) {  // what a seed must repeat bit for bit
  return is_cpp(file.path) && (room_of(file.path) == "engine" || room_of(file.path) == "model");
}

bool is_code(const SourceFile& file) {
  const bool script = file.path == "dev" || file.path.ends_with(".sh") || file.path.ends_with(".py");
  return is_cpp(file.path) || script || file.path.ends_with(".cmake") || file.path.ends_with("CMakeLists.txt");
}

bool is_text(const SourceFile& file) {
  return is_code(file) || file.path.ends_with(".md") || file.path.ends_with(".json");
}

template <class Where, class Rule>
Findings over_tree(Where where, Rule rule) {
  Findings all;
  for (const SourceFile& file : tree()) {
    if (!where(file)) continue;
    Findings found = rule(file);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

#define EXPECT_CLEAN(findings)                      \
  do {                                              \
    const Findings found_ = (findings);             \
    EXPECT_TRUE(found_.empty()) << printed(found_); \
  } while (false)

TEST(House, TheTreeIsThere) {
  std::set<std::string_view> seen;
  for (const SourceFile& file : tree()) {
    if (is_cpp(file.path)) seen.insert(room_of(file.path));
  }
  for (const char* room : {"engine", "model", "scenarios", "harness", "tests"}) {
    EXPECT_TRUE(seen.contains(room)) << room << " has no source: the rules below would look at nothing";
  }
}

std::set<std::string> all_paths() {
  std::set<std::string> paths;
  for (const SourceFile& file : tree()) paths.insert(file.path);
  return paths;
}

TEST(House, NoIncludeRunsAgainstTheRoomOrder) {
  const std::set<std::string> paths = all_paths();
  EXPECT_CLEAN(
      over_tree([](const auto& f) { return is_cpp(f.path); }, [&](const auto& f) { return wrong_arrows(f, paths); }));
}

TEST(House, EngineAndModelTakeNoChanceFromTheMachine) { EXPECT_CLEAN(over_tree(must_repeat, leaks_of_chance)); }

TEST(House, EngineAndModelWalkNoHashContainer) {
  std::map<std::string, const SourceFile*> by_path;
  for (const SourceFile& file : tree()) by_path[file.path] = &file;
  EXPECT_CLEAN(over_tree(must_repeat, [&](const SourceFile& file) {
    const auto header = by_path.find(file.path.substr(0, file.path.rfind('.')) + ".h");
    return walks_over_hashes(file, header == by_path.end() ? nullptr : header->second);
  }));
}

TEST(House, EveryCitedIdStandsInTheSpecification) {
  const auto list = read_tree({"tests/data/spec_ids.txt"});
  const std::set<std::string> known = read_spec_ids(list.at(0).text);
  ASSERT_GT(known.size(), 400u);
  const auto cites = [](const SourceFile& f) { return is_text(f) && !starts_with_path(f.path, "tests/house"); };
  EXPECT_CLEAN(over_tree(cites, [&](const auto& f) { return unknown_ids(f, known); }));
}

const std::string& text_of(const char* path) {
  const auto found = std::find_if(tree().begin(), tree().end(), [&](const auto& f) { return f.path == path; });
  static const std::string nothing;
  return found == tree().end() ? nothing : found->text;
}

std::vector<Conformance> whole_conformance() {
  return conformance(text_of("tests/data/spec_ids.txt"), text_of("tests/data/untested_ids.txt"), tree());
}

// `./dev pages` sets RAIDSIM_WRITE_PAGES.
TEST(House, ThePageOfConformanceIsUpToDate) {
  const std::string page = conformance_page(whole_conformance());
  if (std::getenv("RAIDSIM_WRITE_PAGES") != nullptr) std::ofstream("docs/conformance.md") << page;
  std::ifstream in("docs/conformance.md");
  const std::string there{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(there == page) << "run ./dev pages";
}

TEST(House, ARuleWithoutATestHasAReason) {
  EXPECT_CLEAN(unexplained(whole_conformance(), text_of("tests/data/untested_ids.txt")));
}

TEST(House, EveryPathThatAPageNamesExists) {
  const std::set<std::string> paths = all_paths();
  EXPECT_CLEAN(over_tree([](const auto& f) { return f.path.ends_with(".md"); },
                         [&](const auto& f) { return wrong_paths(f, paths); }));
}

TEST(House, NoFileIsLongerThanTheLimit) { EXPECT_CLEAN(over_tree(is_code, too_long)); }

TEST(House, EveryHeaderBeginsWithItsNameAndPurpose) {
  EXPECT_CLEAN(over_tree([](const auto& f) { return is_header(f.path); }, wrong_header));
}

TEST(House, EverySourceIsBuilt) {
  std::vector<SourceFile> files;
  std::copy_if(tree().begin(), tree().end(), std::back_inserter(files),
               [](const auto& f) { return in_rooms(f) || room_of(f.path) == "tests"; });
  EXPECT_CLEAN(not_built(files));
}

TEST(House, EveryRoomHasItsReadme) {
  Findings all;
  for (const char* room : {"engine", "model", "scenarios", "harness", "reports", "tests"}) {
    const std::string path = std::string(room) + "/README.md";
    const auto file = std::find_if(tree().begin(), tree().end(), [&](const auto& f) { return f.path == path; });
    if (file == tree().end()) {
      all.push_back({path, 0, "missing"});
      continue;
    }
    Findings found = wrong_room_readme(*file);
    all.insert(all.end(), found.begin(), found.end());
  }
  EXPECT_CLEAN(all);
}

TEST(House, NoWordPromisesLessThanItShould) {
  EXPECT_CLEAN(over_tree([](const auto& f) { return is_code(f) && in_rooms(f); }, hollow_words));
}

TEST(House, NoFileNamesOnesOwnMachine) { EXPECT_CLEAN(over_tree(is_text, machine_paths)); }

}  // namespace
}  // namespace raidsim::house
