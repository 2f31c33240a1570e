// model/raid/replay_plan.cpp
#include "model/raid/replay_plan.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim::raid {
namespace {

bool same_rows(const PreWriteHeader& a, const PreWriteHeader& b) {
  return a.rpw_blkno == b.rpw_blkno && a.rpw_blkcnt == b.rpw_blkcnt && a.rpw_colcount == b.rpw_colcount;
}

/// The two headers are the halves of one read-modify-write.
bool partners(const PreWriteHeader& a, const PreWriteHeader& b) {
  return a.rpw_colcount == 2 && same_rows(a, b) && a.rpw_columnnum == static_cast<int64_t>(b.rpw_column) &&
         b.rpw_columnnum == static_cast<int64_t>(a.rpw_column);
}

/// The element that a further entry joins, among those with its id; null: it opens a new one.
ReplayElement* element_for(std::vector<ReplayElement>& elements, const LogEntry& entry, bool line) {
  for (ReplayElement& element : elements) {
    if (element.id() != entry.header.rpw_id) continue;
    if (line && element.kind == ReplayElement::Kind::line) return &element;
    if (line || element.kind != ReplayElement::Kind::single) continue;
    if (partners(element.halves.front().header, entry.header)) return &element;
  }
  return nullptr;
}

std::vector<size_t> pair_to_write(std::span<const HalfState> halves) {
  const bool first = halves[0].up && halves[0].good;
  const bool second = halves[1].up && halves[1].good;
  if (first && second) return {0, 1};
  if (first && !halves[1].up) return {0};
  if (second && !halves[0].up) return {1};
  return {};
}

std::vector<size_t> single_to_write(const ReplayElement& element, const HalfState& half,
                                    std::span<const bool> columns_up) {
  if (!half.good) return {};
  const PreWriteHeader& header = element.halves.front().header;
  if (header.rpw_colcount == 1) return {0};
  // The pair is incomplete, so no home write had started; or the partner's slot was reused, so they had finished.
  if (columns_up[static_cast<size_t>(header.rpw_columnnum)]) return {};
  return {0};
}

std::vector<size_t> line_to_write(const ReplayElement& element, std::span<const HalfState> halves,
                                  std::span<const bool> columns_up) {
  std::vector<bool> covered(columns_up.size(), false);
  std::vector<size_t> to_write;
  for (size_t i = 0; i < halves.size(); ++i) {
    if (!same_rows(element.halves[i].header, element.halves.front().header)) return {};
    if (!halves[i].up) continue;
    if (!halves[i].good) return {};
    covered[element.halves[i].column.value] = true;
    to_write.push_back(i);
  }
  size_t down = 0;
  for (size_t column = 0; column < columns_up.size(); ++column) {
    if (!columns_up[column]) {
      ++down;
    } else if (!covered[column]) {
      return {};
    }
  }
  return down <= 1 ? to_write : std::vector<size_t>{};
}

}  // namespace

std::vector<ReplayElement> group_entries(std::span<const LogEntry> entries, const Unit& unit) {
  std::vector<LogEntry> ordered(entries.begin(), entries.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const LogEntry& a, const LogEntry& b) { return a.header.rpw_id < b.header.rpw_id; });
  std::vector<ReplayElement> elements;
  std::vector<ReplayElement> same_id;  // those that the next entry can join
  const auto settle = [&] {
    for (ReplayElement& element : same_id) elements.push_back(std::move(element));
    same_id.clear();
  };
  for (const LogEntry& entry : ordered) {
    if (!same_id.empty() && same_id.front().id() != entry.header.rpw_id) settle();
    const bool line = entry.header.rpw_colcount == unit.un_totalcolumncnt;
    ReplayElement* joined = element_for(same_id, entry, line);
    if (joined != nullptr) {
      joined->halves.push_back(entry);
      if (!line) joined->kind = ReplayElement::Kind::pair;
      continue;
    }
    const auto kind = line ? ReplayElement::Kind::line : ReplayElement::Kind::single;
    same_id.push_back(ReplayElement{.kind = kind, .halves = {entry}});
  }
  settle();
  return elements;
}

std::vector<size_t> halves_to_write(const ReplayElement& element, std::span<const HalfState> halves,
                                    std::span<const bool> columns_up) {
  RAIDSIM_ASSERT(halves.size() == element.halves.size());
  switch (element.kind) {
    case ReplayElement::Kind::pair:
      return pair_to_write(halves);
    case ReplayElement::Kind::single:
      return single_to_write(element, halves.front(), columns_up);
    case ReplayElement::Kind::line:
      return line_to_write(element, halves, columns_up);
  }
  return {};
}

}  // namespace raidsim::raid
