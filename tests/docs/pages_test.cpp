// The reference pages say what the program does: each is held to the table that the program itself reads.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/fault_table.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {
namespace {

std::string page(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The table row that begins with `| id |`.
std::string_view row_of(const std::string& page, const std::string& id) {
  const size_t begin = page.find("\n| " + id + " |");
  if (begin == std::string::npos) return {};
  return std::string_view(page).substr(begin + 1, page.find('\n', begin + 1) - begin - 1);
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string code(std::string_view word) { return "`" + std::string(word) + "`"; }

TEST(FaultsPage, ListsEveryFaultWithItsWordMeaningAndParameters) {
  const std::string text = page("docs/faults.md");
  for (const FaultRow& fault : fault_table()) {
    char id[8];
    std::snprintf(id, sizeof id, "F%02u", fault.number);
    const std::string_view row = row_of(text, id);
    EXPECT_TRUE(has(row, code(fault.word))) << id;
    EXPECT_TRUE(has(row, fault.meaning)) << id;
    EXPECT_EQ(has(row, "|  |  |"), fault.support == Support::later) << id << ": " << row;
    for (const ParameterRow* parameter : fault.parameters) {
      EXPECT_TRUE(has(row, code(parameter->key))) << id << " " << parameter->key;
    }
  }
}

template <class Enum>
void expect_words(const std::string& text) {
  for (const std::string_view word : words<Enum>()) {
    const bool said = has(text, code(word)) || has(text, "\"" + std::string(word) + "\"");
    EXPECT_TRUE(said) << "the page does not say \"" << word << "\"";
  }
}

TEST(FaultsPage, SaysEveryWordOfTheFaultsOfHostAndReplicas) {
  const std::string text = page("docs/faults.md");
  expect_words<HostThread>(text);
  expect_words<AllocationSite>(text);
  expect_words<ClockAnomaly>(text);
  expect_words<ReplicaPart>(text);
  expect_words<ReplicaAccess>(text);
  expect_words<ReplicaFlaw>(text);
  expect_words<AwayHow>(text);
}

TEST(ScenarioPage, SaysEveryWordThatAFileMayUse) {
  const std::string text = page("docs/scenario-format.md");
  expect_words<LatencyModel>(text);
  expect_words<CacheKind>(text);
  expect_words<DestagePolicy>(text);
  expect_words<QueuePolicy>(text);
  expect_words<CreateMode>(text);
  expect_words<UnitState>(text);
  expect_words<ColumnState>(text);
  expect_words<Pattern>(text);
  expect_words<TraceTiming>(text);
  expect_words<TraceFit>(text);
  expect_words<ProtocolPoint>(text);
  expect_words<Side>(text);
  expect_words<HostVerb>(text);
  expect_words<IoctlVerb>(text);
  expect_words<OutstandingFate>(text);
  expect_words<TornRule>(text);
  expect_words<SchedulePolicy>(text);
  expect_words<Profile>(text);
  expect_words<Outcome>(text);
  expect_words<EventName>(text);
}

}  // namespace
}  // namespace raidsim::scenarios
