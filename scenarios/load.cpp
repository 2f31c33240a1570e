#include "scenarios/load.h"

#include <nlohmann/json.hpp>

#include "scenarios/loading.h"
#include "scenarios/strict_json.h"

namespace raidsim::scenarios {

Scenario load_json(const nlohmann::json& document, const std::string& file, const LoadOptions& options) {
  Scenario out;
  // The seed comes first: it fills the holes, so it cannot be one.
  if (document.is_object() && document.contains("seed")) {
    out.seed = Node(document.at("seed"), "/seed", file).integer(0, UINT64_MAX);
  }
  if (options.seed) out.seed = *options.seed;
  const auto filled = fill_holes(document, options.holes ? options.holes : seeded_holes(out.seed), file);

  const Node root(filled, "", file);
  const Object top(root,
                   {"$schema", "name",   "why",        "disks",        "replicas", "replica_room", "replica_blocks",
                    "pools",   "units",  "workload",   "script",       "profile",  "seed",         "schedule",
                    "tape",    "expect", "time_limit", "reboot_after", "recheck",  "epoch"});
  if (const auto schema = top.find("$schema")) (void)schema->string();
  if (const auto name = top.find("name")) out.name = name->string(200);
  if (const auto why = top.find("why")) out.why = why->string(2000);
  loading::load_disks(top, out);
  loading::load_replicas(top, out);
  loading::load_pools(top, out);
  loading::load_units(top, out);
  loading::check_spares(top, out);
  loading::load_workload(top, out, options.folder);
  loading::load_script(top, out);
  loading::load_expect(top, out);
  loading::load_run(top, out);
  return out;
}

Scenario load_text(std::string_view text, const std::string& file, const LoadOptions& options) {
  return load_json(parse_strict(text, file), file, options);
}

Scenario load_file(const std::filesystem::path& path, const LoadOptions& options) {
  LoadOptions with_folder = options;
  if (with_folder.folder.empty()) with_folder.folder = path.parent_path();
  Scenario out = load_json(read_json_file(path), path.string(), with_folder);
  if (out.name.empty()) out.name = path.stem().string();
  return out;
}

}  // namespace raidsim::scenarios
