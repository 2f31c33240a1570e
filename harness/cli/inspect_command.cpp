#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/trace/file.h"
#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/cli/inspect_text.h"
#include "harness/cli/terminal.h"
#include "harness/inspect/image_file.h"
#include "harness/inspect/inspection_json.h"
#include "harness/replay.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string file;
  std::optional<uint64_t> until;
  bool json = false;
};

/// The disks to look at, and what they are.
struct Source {
  harness::DiskImage disks;
  std::string title;
  bool same_run = true;  ///< false: a trace that runs as another run now
};

bool begins_as_image(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string begin(harness::image_magic.size(), '\0');
  in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return in.gcount() == static_cast<std::streamsize>(begin.size()) && begin == harness::image_magic;
}

std::string read_whole(const std::string& path, uint64_t most) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes, piece(1 << 20, '\0');
  while (in && bytes.size() <= most) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    bytes.append(piece, 0, static_cast<size_t>(in.gcount()));
  }
  if (!in.eof() && bytes.size() <= most) throw UsageError(fmt::format("{}: {}", path, std::strerror(errno)));
  return bytes;
}

Source from_image(const Options& options) {
  if (options.until) throw UsageError(options.file + ": an image has no events; --until is for traces");
  std::string error;
  auto image = harness::parse_image(read_whole(options.file, harness::ImageLimits{}.file_bytes), error);
  if (!image) throw UsageError(options.file + ": " + error);
  return {.disks = std::move(*image), .title = options.file};
}

harness::Recorded recorded(const std::string& path, const TraceFile& file) {
  try {
    return harness::recorded_run(file);
  } catch (const std::invalid_argument& error) {
    throw UsageError(path + ": " + error.what());
  }
}

Source from_trace(const Options& options) {
  std::string error;
  const auto file = read_trace(options.file, error);
  if (!file) throw UsageError(error + (error.ends_with("not a raidsim trace") ? ", and no image of disks" : ""));
  harness::Recorded what = recorded(options.file, *file);
  what.options.keep_disks = true;
  Source out;
  if (options.until) {
    harness::RunRecord run = harness::run_until(what, *options.until);
    out.disks = std::move(*run.disks);
    out.title = fmt::format("{} after {} of {} events", options.file, run.result.events, file->log.count);
    return out;
  }
  harness::ReplayResult run = harness::replay(what, *file);
  out.disks = std::move(*run.record.disks);
  out.title = options.file + " at its end";
  out.same_run = !run.difference;
  return out;
}

int inspect(const Options& options) {
  const Source source = begins_as_image(options.file) ? from_image(options) : from_trace(options);
  const harness::Inspection seen = harness::inspect(source.disks);
  const Exit status = seen.sound() && source.same_run ? exit_good : exit_violation;
  if (options.json) {
    nlohmann::ordered_json out{{"file", options.file}, {"same_run", source.same_run}};
    out.update(harness::to_json(source.disks, seen));
    fmt::print("{}\n", out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return status;
  }
  const reports::Ink ink = ink_for(stdout);
  if (!source.same_run) {
    fmt::print("{}: this is not the run that was recorded; see {}\n", ink.bad("another run"),
               program() + " replay " + quoted(options.file));
  }
  fmt::print("{}", inspection_text(source.disks, seen, source.title, ink));
  return status;
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("inspect", "Decodes what disks hold: replicas, records, units, pre-writes");
  command->add_option("file", options->file, "image, as run --image writes it, or trace, which is run again")
      ->required();
  command->add_option("--until", options->until, "of a trace: the disks at this event, not at the end");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->footer(
      "Exit status: 0 all is sound; 1 something is damaged.\n"
      "example: raidsim inspect demo.trace --until 1200");
  command->callback([&action, options] { action = [options] { return inspect(*options); }; });
}

}  // namespace raidsim::cli
