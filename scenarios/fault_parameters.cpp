#include "scenarios/fault_parameters.h"

#include <nlohmann/json.hpp>

#include "scenarios/node.h"
#include "scenarios/quantity.h"

namespace raidsim::scenarios::parameter {
namespace {

using nlohmann::json;

constexpr uint64_t counts_max = 1'000'000'000'000;
constexpr int64_t delta_max = int64_t{1} << 41;  // blocks of 1 PiB
constexpr uint32_t paths_max = 4;

json blocks_text(uint64_t blocks) { return size_text(blocks * block_bytes); }

}  // namespace

const ParameterRow count{
    "count", "a whole number from 1, or \"unlimited\"",
    [](const Node& node, FaultParameters& out) {
      if (node.is_string()) {
        if (node.string() != "unlimited")
          node.fail("this is no count", "write a whole number from 1, or \"unlimited\"");
        out.count.reset();
      } else {
        out.count = node.integer(1, counts_max);
      }
    },
    [](const FaultParameters& from, json& out) { out = from.count ? json(*from.count) : json("unlimited"); }};
const ParameterRow probability{"probability", "a number from 0 to 1",
                               [](const Node& node, FaultParameters& out) { out.probability = node.number(0.0, 1.0); },
                               [](const FaultParameters& from, json& out) { out = from.probability; }};
const ParameterRow lasts{"lasts", "a time from 1ns",
                         [](const Node& node, FaultParameters& out) { out.lasts = node.time(1ns); },
                         [](const FaultParameters& from, json& out) {
                           if (from.lasts) out = time_text(*from.lasts);
                         }};
const ParameterRow op{"op", "any, read, write or flush",
                      [](const Node& node, FaultParameters& out) { out.op = node.word<Op>(); },
                      [](const FaultParameters& from, json& out) { out = word(from.op); }};
const ParameterRow error_after{
    "error_after", "a time from 0ns to 60s",
    [](const Node& node, FaultParameters& out) { out.error_after = node.time(Duration{}, 60s); },
    [](const FaultParameters& from, json& out) { out = time_text(from.error_after); }};
const ParameterRow effect_fraction{
    "effect_fraction", "a number from 0 to 1",
    [](const Node& node, FaultParameters& out) { out.effect_fraction = node.number(0.0, 1.0); },
    [](const FaultParameters& from, json& out) { out = from.effect_fraction; }};
const ParameterRow bursts{"bursts", "a whole number from 1 to 10000",
                          [](const Node& node, FaultParameters& out) { out.bursts = node.integer(1, 10'000); },
                          [](const FaultParameters& from, json& out) { out = from.bursts; }};
const ParameterRow burst_size{"burst_size", "a size from 512B to 1GiB",
                              [](const Node& node, FaultParameters& out) {
                                out.burst_blocks = node.blocks(1, (uint64_t{1} << 30) / block_bytes);
                              },
                              [](const FaultParameters& from, json& out) { out = blocks_text(from.burst_blocks); }};
const ParameterRow radius{
    "radius", "a size from 512B to 1024TiB",
    [](const Node& node, FaultParameters& out) { out.radius_blocks = node.blocks(1, bytes_max / block_bytes); },
    [](const FaultParameters& from, json& out) { out = blocks_text(from.radius_blocks); }};
const ParameterRow burst_gap{"burst_gap", "a time from 0ns",
                             [](const Node& node, FaultParameters& out) { out.burst_gap = node.time(); },
                             [](const FaultParameters& from, json& out) { out = time_text(from.burst_gap); }};
const ParameterRow fraction{"fraction", "a number from 0 to 1",
                            [](const Node& node, FaultParameters& out) { out.fraction = node.number(0.0, 1.0); },
                            [](const FaultParameters& from, json& out) { out = from.fraction; }};
const ParameterRow with_error{"with_error", "true or false",
                              [](const Node& node, FaultParameters& out) { out.with_error = node.boolean(); },
                              [](const FaultParameters& from, json& out) { out = from.with_error; }};
const ParameterRow mask{"mask", "single-bit, bits, zero, random or other-block",
                        [](const Node& node, FaultParameters& out) { out.mask = node.word<Mask>(); },
                        [](const FaultParameters& from, json& out) { out = word(from.mask); }};
const ParameterRow bits{"bits", "a whole number from 1 to 4096",
                        [](const Node& node, FaultParameters& out) { out.bits = node.integer32(1, 4096); },
                        [](const FaultParameters& from, json& out) { out = from.bits; }};
const ParameterRow other{
    "other", "a place on the disk, in bytes",
    [](const Node& node, FaultParameters& out) { out.other_block = node.blocks(0, bytes_max / block_bytes); },
    [](const FaultParameters& from, json& out) { out = blocks_text(from.other_block); }};
const ParameterRow delta{"delta", "blocks, not 0, negative to the front",
                         [](const Node& node, FaultParameters& out) {
                           out.delta_blocks = node.signed_integer(-delta_max, delta_max);
                           if (out.delta_blocks == 0)
                             node.fail("0 is no distance", "write a number of blocks other than 0");
                         },
                         [](const FaultParameters& from, json& out) { out = from.delta_blocks; }};
const ParameterRow to_disk{"to_disk", "a disk",
                           [](const Node& node, FaultParameters& out) { out.to_disk = node.string(); },
                           [](const FaultParameters& from, json& out) {
                             if (from.to_disk) out = *from.to_disk;
                           }};
const ParameterRow versions{"versions", "a whole number from 1 to 1000",
                            [](const Node& node, FaultParameters& out) { out.versions = node.integer32(1, 1000); },
                            [](const FaultParameters& from, json& out) { out = from.versions; }};
const ParameterRow torn{"torn", "prefix, suffix or subset",
                        [](const Node& node, FaultParameters& out) {
                          out.torn = node.word<TornRule>();
                          if (out.torn == TornRule::none)
                            node.fail("this tears nothing", "write prefix, suffix or subset");
                        },
                        [](const FaultParameters& from, json& out) { out = word(from.torn); }};
const ParameterRow split_sector{"split_sector", "true or false",
                                [](const Node& node, FaultParameters& out) { out.split_sector = node.boolean(); },
                                [](const FaultParameters& from, json& out) { out = from.split_sector; }};
const ParameterRow neighbours{"neighbours", "true or false",
                              [](const Node& node, FaultParameters& out) { out.neighbours = node.boolean(); },
                              [](const FaultParameters& from, json& out) { out = from.neighbours; }};
const ParameterRow destage{"destage", "fifo, elevator, random or adversarial",
                           [](const Node& node, FaultParameters& out) { out.destage = node.word<DestagePolicy>(); },
                           [](const FaultParameters& from, json& out) { out = word(from.destage); }};
const ParameterRow cache_size{"cache_size", "a size from 512B to 1GiB",
                              [](const Node& node, FaultParameters& out) {
                                out.cache_blocks = node.blocks(1, (uint64_t{1} << 30) / block_bytes);
                              },
                              [](const FaultParameters& from, json& out) { out = blocks_text(from.cache_blocks); }};
const ParameterRow keep{"keep", "a number from 0 to 1",
                        [](const Node& node, FaultParameters& out) { out.keep = node.number(0.0, 1.0); },
                        [](const FaultParameters& from, json& out) { out = from.keep; }};
const ParameterRow adversarial{"adversarial", "true or false",
                               [](const Node& node, FaultParameters& out) { out.adversarial = node.boolean(); },
                               [](const FaultParameters& from, json& out) { out = from.adversarial; }};
const ParameterRow covers{"covers", "flush, fua or both",
                          [](const Node& node, FaultParameters& out) { out.flush_kind = node.word<FlushKind>(); },
                          [](const FaultParameters& from, json& out) { out = word(from.flush_kind); }};
const ParameterRow factor{"factor", "a number from 2 to 1000",
                          [](const Node& node, FaultParameters& out) { out.factor = node.number(2.0, 1000.0); },
                          [](const FaultParameters& from, json& out) { out = from.factor; }};
const ParameterRow stall{"stall", "a time from 1ns to 1h",
                         [](const Node& node, FaultParameters& out) { out.stall = node.time(1ns, 1h); },
                         [](const FaultParameters& from, json& out) { out = time_text(from.stall); }};
const ParameterRow timeout{"timeout", "a time from 1ns to 1h",
                           [](const Node& node, FaultParameters& out) { out.timeout = node.time(1ns, 1h); },
                           [](const FaultParameters& from, json& out) { out = time_text(from.timeout); }};
const ParameterRow retries{"retries", "a whole number from 0 to 100",
                           [](const Node& node, FaultParameters& out) { out.retries = node.integer32(0, 100); },
                           [](const FaultParameters& from, json& out) { out = from.retries; }};
const ParameterRow effect{"effect", "old-data, new-data or torn",
                          [](const Node& node, FaultParameters& out) { out.effect = node.word<MediumEffect>(); },
                          [](const FaultParameters& from, json& out) { out = word(from.effect); }};
const ParameterRow delay{"delay", "a time from 0ns to 1h",
                         [](const Node& node, FaultParameters& out) { out.delay = node.time(Duration{}, 1h); },
                         [](const FaultParameters& from, json& out) { out = time_text(from.delay); }};
const ParameterRow content{"content", "zero or random",
                           [](const Node& node, FaultParameters& out) { out.content = node.word<BlankContent>(); },
                           [](const FaultParameters& from, json& out) { out = word(from.content); }};
const ParameterRow size{
    "size", "a size from 512B to 1024TiB",
    [](const Node& node, FaultParameters& out) { out.size_blocks = node.blocks(1, bytes_max / block_bytes); },
    [](const FaultParameters& from, json& out) {
      if (from.size_blocks) out = blocks_text(*from.size_blocks);
    }};
const ParameterRow window{"window", "a time from 0ns to 1h",
                          [](const Node& node, FaultParameters& out) { out.window = node.time(Duration{}, 1h); },
                          [](const FaultParameters& from, json& out) { out = time_text(from.window); }};
const ParameterRow commits{"commits", "newer or older",
                           [](const Node& node, FaultParameters& out) { out.commits = node.word<ForeignCommits>(); },
                           [](const FaultParameters& from, json& out) { out = word(from.commits); }};
const ParameterRow reported_size{
    "size", "a size from 0B to 1024TiB",
    [](const Node& node, FaultParameters& out) { out.size_blocks = node.blocks(0, bytes_max / block_bytes); },
    [](const FaultParameters& from, json& out) {
      if (from.size_blocks) out = blocks_text(*from.size_blocks);
    }};
const ParameterRow by{"by", "a disk", [](const Node& node, FaultParameters& out) { out.by = node.string(); },
                      [](const FaultParameters& from, json& out) {
                        if (!from.by.empty()) out = from.by;
                      }};
const ParameterRow new_id{"id", "other or none",
                          [](const Node& node, FaultParameters& out) { out.new_id = node.word<NewId>(); },
                          [](const FaultParameters& from, json& out) { out = word(from.new_id); }};
const ParameterRow of{"of", "a disk", [](const Node& node, FaultParameters& out) { out.of = node.string(); },
                      [](const FaultParameters& from, json& out) {
                        if (!from.of.empty()) out = from.of;
                      }};
const ParameterRow newer{"newer", "original or clone",
                         [](const Node& node, FaultParameters& out) { out.newer = node.word<NewerCopy>(); },
                         [](const FaultParameters& from, json& out) { out = word(from.newer); }};
const ParameterRow error{"error", "EIO, ENXIO, EBUSY or EACCES",
                         [](const Node& node, FaultParameters& out) { out.open_error = node.word<OpenError>(); },
                         [](const FaultParameters& from, json& out) { out = word(from.open_error); }};
const ParameterRow paths{"paths", "path numbers, from 0",
                         [](const Node& node, FaultParameters& out) {
                           for (const Node& path : node.items(paths_max))
                             out.paths.push_back(path.integer32(0, paths_max - 1));
                         },
                         [](const FaultParameters& from, json& out) {
                           if (!from.paths.empty()) out = from.paths;
                         }};
const ParameterRow cache_kind{"cache", "none or volatile",
                              [](const Node& node, FaultParameters& out) { out.cache = node.word<CacheKind>(); },
                              [](const FaultParameters& from, json& out) {
                                if (from.cache) out = word(*from.cache);
                              }};
const ParameterRow nvram_form{"form", "battery-dead or stale-contents",
                              [](const Node& node, FaultParameters& out) { out.form = node.word<NvramForm>(); },
                              [](const FaultParameters& from, json& out) {
                                if (from.form) out = word(*from.form);
                              }};
const ParameterRow age{"age", "a time from 1ns to 1h",
                       [](const Node& node, FaultParameters& out) { out.age = node.time(1ns, 1h); },
                       [](const FaultParameters& from, json& out) { out = time_text(from.age); }};
const ParameterRow period{"period", "a time from 1ms to 1h",
                          [](const Node& node, FaultParameters& out) { out.period = node.time(1ms, 1h); },
                          [](const FaultParameters& from, json& out) { out = time_text(from.period); }};
const ParameterRow duty{"duty", "a number from 0.01 to 0.99",
                        [](const Node& node, FaultParameters& out) { out.duty = node.number(0.01, 0.99); },
                        [](const FaultParameters& from, json& out) { out = from.duty; }};

}  // namespace raidsim::scenarios::parameter
