// ns-3's event scheduler as it comes, with callbacks as its programs write them. Debian's ns-3 headers are no C++20 for
// g++, so this file is C++17 and includes nothing of the tree but queueing_ns3.h.
#include <ns3/core-module.h>

#include <deque>
#include <vector>

#include "harness/bench/cpu_time.h"
#include "harness/bench/queueing_ns3.h"

namespace raidsim::bench {
namespace {

class Ns3World {
 public:
  explicit Ns3World(const Ns3Program& program) : program_(program) {
    for (uint32_t i = 0; i < program.clients; ++i) clients_.push_back({program.ios_per_client, 0});
    disks_.resize(program.disks);
  }
  void start() {
    for (uint32_t i = 0; i < program_.clients; ++i) want_mutex(i);
  }

 private:
  struct Client {
    uint64_t left;
    int64_t service_ns;
  };
  void after(int64_t delay_ns, void (Ns3World::*run)(uint32_t), uint32_t number) {
    ns3::Simulator::Schedule(ns3::NanoSeconds(static_cast<uint64_t>(delay_ns)), run, this, number);
  }
  void want_mutex(uint32_t client) {
    mutex_.push_back(client);
    if (mutex_.size() == 1) after(program_.hold_ns, &Ns3World::release, client);
  }
  void release(uint32_t client) {
    mutex_.pop_front();
    if (!mutex_.empty()) after(program_.hold_ns, &Ns3World::release, mutex_.front());
    Client& c = clients_[client];
    const uint32_t disk = program_.draw_disk(client);
    c.service_ns = program_.draw_service_ns(client);
    disks_[disk].push_back(client);
    if (disks_[disk].size() == 1) after(c.service_ns, &Ns3World::complete, disk);
  }
  void complete(uint32_t number) {
    std::deque<uint32_t>& disk = disks_[number];
    const uint32_t client = disk.front();
    disk.pop_front();
    if (!disk.empty()) after(clients_[disk.front()].service_ns, &Ns3World::complete, number);
    if (--clients_[client].left > 0) want_mutex(client);
  }

  const Ns3Program& program_;
  std::vector<Client> clients_;
  std::deque<uint32_t> mutex_;
  std::vector<std::deque<uint32_t>> disks_;
};

}  // namespace

Ns3Result run_on_ns3(const Ns3Program& program) {
  Ns3World world(program);
  world.start();
  const int64_t cpu = cpu_ns_of([] { ns3::Simulator::Run(); });
  const int64_t end = ns3::Simulator::Now().GetNanoSeconds();
  ns3::Simulator::Destroy();
  return {end, cpu};
}

}  // namespace raidsim::bench
