#include "tests/house/conformance.h"

#include <algorithm>
#include <set>

#include "tests/house/citations.h"

namespace raidsim::house {
namespace {

constexpr std::string_view reasons_file = "tests/data/untested_ids.txt";

bool is_test(const SourceFile& file) {
  if (starts_with_path(file.path, "tests/house") || starts_with_path(file.path, "tests/data")) return false;
  const bool text = is_cpp(file.path) || file.path.ends_with(".json");
  return text && (room_of(file.path) == "tests" || starts_with_path(file.path, "scenarios/library"));
}

bool is_judge(const SourceFile& file) {
  return is_cpp(file.path) && (starts_with_path(file.path, "harness/invariants") ||
                               starts_with_path(file.path, "harness/oracle") || file.path == "harness/progress.cpp");
}

/// What of the code under test holds a rule: its assertions, a line with the comment above it.
std::string assertions_of(const SourceFile& file) {
  std::string out;
  std::string_view above;
  for (const std::string_view line : lines_of(file.text)) {
    if (line.find("RAIDSIM_ASSERT") != std::string_view::npos) out.append(above).append("\n").append(line).append("\n");
    above = line;
  }
  return out;
}

using Citations = std::map<std::string, std::set<std::string>>;  ///< id to paths

void cite(Citations& citations, std::string_view text, const std::string& path) {
  for (const std::string& id : cited_ids(text)) citations[id].insert(path);
}

std::map<std::string, std::string> read_reasons(std::string_view text) {
  std::map<std::string, std::string> out;
  for (const std::string_view line : lines_of(text)) {
    const size_t space = line.find(' ');
    if (line.empty() || line[0] == '#' || space == std::string_view::npos) continue;
    out.emplace(line.substr(0, space), line.substr(space + 1));
  }
  return out;
}

std::vector<std::string> paths_of(const Citations& citations, const std::string& id) {
  const auto found = citations.find(id);
  if (found == citations.end()) return {};
  return {found->second.begin(), found->second.end()};
}

/// The first two, and how many more.
std::string listed(const std::vector<std::string>& paths) {
  std::string out;
  for (size_t i = 0; i < std::min<size_t>(paths.size(), 2); ++i) out += (i == 0 ? "`" : ", `") + paths[i] + "`";
  if (paths.size() > 2) out += ", " + std::to_string(paths.size() - 2) + " more";
  return out;
}

std::string row(const Conformance& each) {
  const std::string tests = each.tested() ? listed(each.tests) : "*none*";
  return "| " + each.id + " | " + listed(each.held) + " | " + tests + " |\n";
}

size_t count_untested(const std::vector<Conformance>& all) {
  return static_cast<size_t>(std::count_if(all.begin(), all.end(), [](const auto& each) { return !each.tested(); }));
}

}  // namespace

std::vector<Conformance> conformance(std::string_view spec_ids, std::string_view reasons,
                                     const std::vector<SourceFile>& tree) {
  Citations held, tests;
  for (const SourceFile& file : tree) {
    if (is_test(file)) cite(tests, file.text, file.path);
    if (is_judge(file)) cite(held, file.text, file.path);
    const std::string_view room = room_of(file.path);
    if (is_cpp(file.path) && (room == "engine" || room == "model")) cite(held, assertions_of(file), file.path);
  }
  const auto why = read_reasons(reasons);
  std::vector<Conformance> all;
  for (const std::string_view line : lines_of(spec_ids)) {
    if (line.empty() || line[0] == '#' || line[0] == 'K') continue;
    const size_t space = line.find(' ');
    Conformance each{.id = std::string(line.substr(0, space)),
                     .source = std::string(line.substr(space + 1)),
                     .held = {},
                     .tests = {},
                     .reason = {}};
    each.held = paths_of(held, each.id);
    each.tests = paths_of(tests, each.id);
    if (const auto found = why.find(each.id); found != why.end()) each.reason = found->second;
    all.push_back(std::move(each));
  }
  return all;
}

Findings unexplained(const std::vector<Conformance>& all, std::string_view reasons) {
  Findings findings;
  auto left = read_reasons(reasons);
  for (const Conformance& each : all) {
    left.erase(each.id);
    const std::string path(reasons_file);
    if (!each.tested() && each.reason.empty()) findings.push_back({path, 0, each.id + " has no test and no reason"});
    if (each.tested() && !each.reason.empty()) {
      findings.push_back({path, 0, each.id + " has a test now: " + each.tests.front()});
    }
  }
  for (const auto& [id, reason] : left) findings.push_back({std::string(reasons_file), 0, id + " is no rule"});
  return findings;
}

std::string conformance_page(const std::vector<Conformance>& all) {
  const size_t untested = count_untested(all);
  const size_t tenths = all.empty() ? 0 : untested * 1000 / all.size();
  std::string page =
      "# Conformance\n\n"
      "Every id of the specification: rules, invariants, faults and decisions, and what in this tree holds it. *Held "
      "by*: "
      "judges of\nthe harness, and assertions of the code under test. *Tested by*: tests and scenarios. Written by "
      "`./dev pages`; a test compares.\n\n";
  page += std::to_string(all.size()) + " ids, " + std::to_string(untested) + " without a test (" +
          std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %).\n";
  std::string_view source;
  for (const Conformance& each : all) {
    if (each.source != source) {
      source = each.source;
      page += "\n## " + each.source + "\n\n| id | held by | tested by |\n|---|---|---|\n";
    }
    page += row(each);
  }
  page += "\n## Without a test\n\n| id | why |\n|---|---|\n";
  for (const Conformance& each : all) {
    if (!each.tested()) page += "| " + each.id + " | " + each.reason + " |\n";
  }
  return page;
}

}  // namespace raidsim::house
