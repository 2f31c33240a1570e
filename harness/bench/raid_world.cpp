#include "harness/bench/raid_world.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "engine/sync/semaphore.h"
#include "harness/bench/cpu_time.h"
#include "harness/world/administrator.h"
#include "model/disk/snapshot.h"
#include "scenarios/load.h"

namespace raidsim::bench {
namespace {

constexpr uint32_t columns = 5, first_unit = 500;  // units are named d500 and up, disks d0 and up

std::string scenario_text(const RaidShape& shape) {
  const uint32_t disks = shape.units * columns;
  std::string units;
  for (uint32_t u = 0; u < shape.units; ++u) {
    units += fmt::format(R"({}{{"name":"d{}","type":"raid5","columns":["d{}..d{}"],"interlace":"16KiB"{}}})",
                         u == 0 ? "" : ",", first_unit + u, u * columns, u * columns + columns - 1,
                         shape.spare && u == 0 ? R"(,"pool":"hsp001")" : "");
  }
  const std::string pool =
      shape.spare ? fmt::format(R"json("pools":[{{"name":"hsp001","spares":["d{}"]}}],)json", disks) : "";
  return fmt::format(R"json({{"name":"bench","why":"what the model itself costs: V1",
      "disks":[{{"name":"d0..d{}","size":"{}","latency":{{"model":"{}"}}}}],{}
      "units":[{}],"workload":[]}})json",
                     shape.spare ? disks : disks - 1, shape.disk_size, shape.model, pool, units);
}

struct Call {
  md::Buffer buffer;
  Semaphore finished{"request"};
};

}  // namespace

RaidWorld::RaidWorld(const RaidShape& shape, TraceMode trace)
    : scenario_(scenarios::load_text(scenario_text(shape), "bench")),
      image_(harness::prepare_image(scenario_)),
      simulation_({.seed = 1, .trace = trace}),
      bay_(simulation_, pool_, harness::disk_options(scenario_)),
      host_(std::make_unique<Host>(simulation_, "host")),
      clock_(simulation_, scenario_.epoch),
      console_(simulation_, bay_.tree()),
      events_(simulation_, bay_.tree()) {
  disk::load(bay_, image_->disks);
  machine_ = std::make_unique<harness::Machine>(harness::MachineParts{.host = host_.get(),
                                                                      .bay = &bay_,
                                                                      .memory = &memory_,
                                                                      .clock = &clock_,
                                                                      .console = &console_,
                                                                      .notifier = &events_,
                                                                      .panic = [](void*, const char*) {},
                                                                      .panic_context = nullptr,
                                                                      .boot_list = &image_->boot_list},
                                                disk::HostDriverOptions{});
  host_->spawn("boot", [this] {
    if (!machine_->manager().boot()) problem_ = "boot failed";
    for (const scenarios::Unit& unit : scenario_.units) {
      if (machine_->manager().open(harness::minor_of_name(unit.name), md::FREAD | md::FWRITE, md::OTYP_BLK) != 0) {
        problem_ = unit.name + " cannot be opened";
      }
    }
    simulation_.stop();
  });
  (void)run_simulation();
}

RaidWorld::~RaidWorld() {
  machine_->driver().crash(disk::CrashKind::host_only, disk::OutstandingFate::undone);
  host_.reset();
  machine_.reset();
}

const raid::RaidUnit& RaidWorld::unit(uint32_t index) const {
  return *machine_->manager().view().unit(harness::minor_of_name(scenario_.units.at(index).name));
}

uint64_t RaidWorld::blocks(uint32_t index) const {
  return machine_->manager().size(harness::minor_of_name(scenario_.units.at(index).name));
}

int64_t RaidWorld::run_simulation() {
  RunEnd end{};
  const int64_t cpu = cpu_ns_of([&] { end = simulation_.run(); });
  if (end == RunEnd::failed) problem_ = simulation_.failure()->what;
  if (end == RunEnd::idle) problem_ = "nothing is left to run: " + simulation_.wait_graph();
  if (!problem_.empty()) throw std::runtime_error("raid benchmark: " + problem_);
  return cpu;
}

void RaidWorld::client(const RaidLoad& load, uint32_t unit, ChoiceStream& choices, uint64_t requests) {
  Manager& manager = machine_->manager();
  const md::Minor minor = harness::minor_of_name(scenario_.units[unit].name);
  const uint64_t places = std::min(manager.size(minor), load.below_block) / load.blocks;
  std::vector<std::byte> data(size_t{load.blocks} * block_bytes, std::byte{0x5a});
  Call call;
  call.buffer.data = data.data();
  call.buffer.owner = &call;
  call.buffer.done = [](md::Buffer& b) { static_cast<Call*>(b.owner)->finished.release(); };
  for (uint64_t n = 0; n < requests; ++n) {
    call.buffer.op = load.write ? md::BufferOp::write : md::BufferOp::read;
    call.buffer.block = choices.below(places, ChoiceKind::index) * load.blocks;
    call.buffer.bytes = load.blocks * block_bytes;
    data[0] = static_cast<std::byte>(n);
    manager.strategy(minor, call.buffer);
    call.finished.acquire();
    if (call.buffer.error != 0) problem_ = fmt::format("a request failed with errno {}", call.buffer.error);
  }
  if (--running_ == 0) simulation_.stop();
}

int64_t RaidWorld::run(const RaidLoad& load) {
  const auto units = static_cast<uint32_t>(scenario_.units.size());
  running_ = units * load.clients;
  const uint64_t each = load.requests / running_;
  for (uint32_t u = 0; u < units; ++u) {
    for (uint32_t c = 0; c < load.clients; ++c) {
      ChoiceStream& choices = simulation_.choices().stream(fmt::format("bench/{}/{}", u, c));
      host_->spawn("client", [this, &load, u, &choices, each] { client(load, u, choices, each); });
    }
  }
  return run_simulation();
}

int64_t RaidWorld::run_until_okay() {
  host_->spawn("watch", [this] {
    while (unit(0).un.un_state != raid::RUS_OKAY) sleep_for(1ms);
    simulation_.stop();
  });
  return run_simulation();
}

}  // namespace raidsim::bench
