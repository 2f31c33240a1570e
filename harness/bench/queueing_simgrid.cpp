// SimGrid S4U: clients are actors, mutex and disks are its mutexes, which are first come first served. Its engine is
// made once per process, so each run is a child process that sends its result back.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <simgrid/s4u.hpp>
#include <stdexcept>
#include <string>

#include "harness/bench/cpu_time.h"
#include "harness/bench/queueing.h"

namespace raidsim::bench {
namespace {

namespace s4u = simgrid::s4u;

double seconds(Duration d) { return static_cast<double>(d.count()) * 1e-9; }

QueueingResult run_here(uint64_t ios_per_client) {
  std::string program = "queueing", precision = "--cfg=surf/precision:1e-9", quiet = "--log=root.thresh:critical";
  std::array<char*, 4> arguments{program.data(), precision.data(), quiet.data(), nullptr};
  int count = 3;
  s4u::Engine engine(&count, arguments.data());
  auto* zone = s4u::create_full_zone("zone");
  auto* host = zone->create_host("host", 1e9);
  zone->seal();
  const s4u::MutexPtr mutex = s4u::Mutex::create();
  std::array<s4u::MutexPtr, queueing_disks> disks;
  for (auto& disk : disks) disk = s4u::Mutex::create();
  for (uint32_t i = 0; i < queueing_clients; ++i) {
    s4u::Actor::create(queueing_stream(i), host, [i, &mutex, &disks, ios_per_client] {
      QueueingDraws draws(i);
      for (uint64_t n = 0; n < ios_per_client; ++n) {
        mutex->lock();
        s4u::this_actor::sleep_for(seconds(queueing_hold));
        mutex->unlock();
        s4u::Mutex& disk = *disks[draws.disk()];
        const Duration service = draws.service();
        disk.lock();
        s4u::this_actor::sleep_for(seconds(service));
        disk.unlock();
      }
    });
  }
  const int64_t cpu = cpu_ns_of([&] { engine.run(); });
  return {ios_per_client * queueing_clients, std::llround(s4u::Engine::get_clock() * 1e9), cpu};
}

}  // namespace

QueueingResult queueing_on_simgrid(uint64_t ios_per_client) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    const QueueingResult result = run_here(ios_per_client);
    const bool sent = write(ends[1], &result, sizeof result) == sizeof result;
    _exit(sent ? 0 : 1);
  }
  close(ends[1]);
  QueueingResult result;
  if (read(ends[0], &result, sizeof result) != sizeof result) result = {};
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return result;
}

}  // namespace raidsim::bench
