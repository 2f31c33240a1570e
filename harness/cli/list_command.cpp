// Reference, printed from the code's own tables.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/invariants/invariant.h"
#include "model/md/event.h"
#include "model/md/message.h"
#include "scenarios/fault_table.h"
#include "scenarios/load.h"

namespace raidsim::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string what, folder = "scenarios/library";
  bool json = false;
};

const char* word_of(scenarios::Support support) {
  switch (support) {
    case scenarios::Support::injected:
      return "fault";
    case scenarios::Support::host_line:
      return "do";
    case scenarios::Support::later:
      return "not yet";
  }
  return "?";
}

// Each list is a JSON array of objects; people get the same in columns.
ordered_json faults() {
  ordered_json out = ordered_json::array();
  for (const scenarios::FaultRow& row : scenarios::fault_table()) {
    ordered_json parameters = ordered_json::object();
    for (const scenarios::ParameterRow* p : row.parameters) parameters[std::string(p->key)] = p->values;
    out.push_back({{"id", fmt::format("F{:02}", row.number)},
                   {"word", row.word},
                   {"line", word_of(row.support)},
                   {"meaning", row.meaning},
                   {"parameters", parameters}});
  }
  return out;
}

ordered_json invariants() {
  ordered_json out = ordered_json::array();
  for (const harness::InvariantInfo& row : harness::invariant_table()) {
    out.push_back({{"id", row.id}, {"when", harness::word_of(row.when)}, {"sentence", row.sentence}});
  }
  return out;
}

ordered_json events() {
  ordered_json out = ordered_json::array();
  for (int s = 0; s <= static_cast<int>(md::EventSubclass::ESC_SVM_REMOVE); ++s) {
    out.push_back({{"event", md::word_of(static_cast<md::EventSubclass>(s))}, {"kind", "event"}});
  }
  for (int m = 0; m <= static_cast<int>(md::MessageId::DATABASE_STALE); ++m) {
    const auto id = static_cast<md::MessageId>(m);
    out.push_back(
        {{"event", md::name_of(id)}, {"kind", md::severity_of(id) == md::Severity::notice ? "notice" : "warning"}});
  }
  return out;
}

ordered_json scenarios_in(const std::string& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw UsageError(folder + ": no such folder; give the one that holds the scenarios with --in");
  }
  ordered_json out = ordered_json::array();
  for (const std::string& file : scenario_files({folder})) {
    const scenarios::Scenario scenario = scenarios::load_file(file);
    out.push_back({{"file", file}, {"name", scenario.name}, {"why", scenario.why}});
  }
  return out;
}

void print_rows(const ordered_json& rows) {
  std::vector<size_t> widths;
  const auto text = [](const ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  for (const auto& row : rows) {
    size_t i = 0;
    for (const auto& [key, value] : row.items()) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], text(value).size());
      ++i;
    }
  }
  for (const auto& row : rows) {
    std::string line;
    size_t i = 0;
    for (const auto& [key, value] : row.items()) {
      if (value.is_string()) line += fmt::format("{:<{}}  ", text(value), widths[i]);
      if (value.is_object())
        for (const auto& [name, values] : value.items()) line += "\n      " + name + ": " + text(values);
      ++i;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

int list(const Options& options) {
  const ordered_json rows = options.what == "faults"       ? faults()
                            : options.what == "invariants" ? invariants()
                            : options.what == "events"     ? events()
                                                           : scenarios_in(options.folder);
  if (options.json) {
    fmt::print("{}\n", ordered_json{{options.what, rows}}.dump());
  } else {
    print_rows(rows);
  }
  return exit_good;
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "Reference: faults, invariants, events, scenarios");
  command->add_option("what", options->what, "faults, invariants, events or scenarios")
      ->required()
      ->check(CLI::IsMember({"faults", "invariants", "events", "scenarios"}));
  command->add_option("--in", options->folder, "folder of scenarios (scenarios/library)");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->footer("example: raidsim list faults");
  command->callback([&action, options] { action = [options] { return list(*options); }; });
}

}  // namespace raidsim::cli
