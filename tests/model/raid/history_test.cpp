// tests/model/raid/history_test.cpp: a unit over a random history of clients, faults, commands, crashes and boots,
// never beyond tolerance: every acknowledged write is read back, every state is a legal one, and at the end all is well
// again.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/sync/lock_order.h"
#include "model/raid/state.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;
using testing::Volume;
using testing::VolumeOptions;

enum class Act { write, storm, kill, kill_in_storm, crash_in_storm, heal, enable, reopen, reboot };

struct Step {
  Act act = Act::write;
  uint64_t a = 0;  ///< block, disk, column or moment, as the act needs it
  uint64_t b = 0;
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  static const char* const names[] = {"write", "storm",  "kill",   "kill_in_storm", "crash_in_storm",
                                      "heal",  "enable", "reopen", "reboot"};
  return out << names[static_cast<int>(step.act)] << '(' << step.a << ',' << step.b << ')';
}

/// What raid-invariants.md 2 demands of a unit at rest; empty: legal.
std::string illegal(const Unit& unit) {
  uint32_t weak = 0, resync = 0;
  for (const Column& column : unit.columns) {
    weak += counts_as_weak(column) ? 1U : 0U;
    resync += column.un_devstate == RCS_RESYNC ? 1U : 0U;
    if (column.un_devstate == RCS_ERRED && !column.has(MD_RAID_MISSED_WRITE)) return "RT-14";
    if (column.un_devstate == RCS_OKAY && column.has(MD_RAID_MISSED_WRITE)) return "RT-14";
    if (!column.hot_spared() && !(column.now == column.orig)) return "RS-04";
    if (column.alt.dev != no_device) return "RS-05";
    if (column.un_devstate != RCS_RESYNC && (column.has(MD_RAID_COPY_RESYNC) || column.has(MD_RAID_REGEN_RESYNC))) {
      return "RT-12";
    }
  }
  const uint32_t errored = unit.count(RCS_ERRED | RCS_LAST_ERRED);
  if (resync != 0 || unit.has(MD_UN_RESYNC_ACTIVE)) return "RT-17";
  if ((unit.un_state == RUS_LAST_ERRED) != (errored >= 1 && errored + weak >= 2)) return "RT-05";
  if (unit.un_state == RUS_OKAY && errored != 0) return "RT-03";
  if (unit.un_state == RUS_ERRED && errored != 1) return "RT-04";
  return {};
}

class History {
 public:
  explicit History(const VolumeOptions& options) : v(options) {
    settled([&] { RAIDSIM_ASSERT(v.open() == 0); });
  }

  void take(const Step& step) {
    switch (step.act) {
      case Act::write:
        return write_one(step);
      case Act::storm:
        return storm(step, [] {});
      case Act::kill:
        if (may_kill(step.a)) kill(step.a);
        return;
      case Act::kill_in_storm:
        return storm(step, [&] {
          if (may_kill(step.a)) kill(step.a);
        });
      case Act::crash_in_storm:
        storm(step, [&] { v.host.crash(); });
        return boot();
      case Act::heal:
        for (const uint64_t disk : std::exchange(dead_, {})) v.heal(disk);
        return;
      case Act::enable:
        return enable(step.a % v.options.columns);
      case Act::reopen:
        return settled([&] { RAIDSIM_ASSERT(v.close() == 0 && v.open() == 0); });
      case Act::reboot:
        return boot();
    }
  }

  void check() {
    RC_ASSERT(illegal(v.un()) == "");
    RC_ASSERT(v.un().un_state != RUS_LAST_ERRED);  // one failure at a time
    RC_ASSERT(v.recorded().un_state == v.un().un_state);
    bool right = false;
    settled([&] { right = v.reads_right(); });
    RC_ASSERT(right);
    if (v.un().un_state == RUS_OKAY) RC_ASSERT(v.parity_holds());
    RC_ASSERT(v.simulation.lock_order().report() == "");
  }

  /// Disks are well again and the administrator does what is left to do.
  void make_whole() {
    take({.act = Act::heal});
    for (uint64_t c = 0; c < v.options.columns; ++c) enable(c);
    check();
    RC_ASSERT(v.un().un_state == RUS_OKAY);
  }

  Volume v;

 private:
  void settled(const std::function<void()>& body) {
    const bool ended = v.run(body);
    if (!ended && v.host.up()) RC_FAIL("did not end: " + (v.simulation.failure() ? v.simulation.failure()->what : ""));
  }

  [[nodiscard]] bool in_use(uint64_t disk) {
    for (const Column& column : v.un().columns) {
      if (&v.behind(column.now.dev) == &v.disk(disk)) return true;
    }
    return false;
  }
  /// One failure at a time: the unit is whole, and no disk it uses is bad already.
  [[nodiscard]] bool may_kill(uint64_t disk) {
    if (disk >= v.disks.size() || v.un().un_state != RUS_OKAY || v.un().count(RCS_OKAY) != v.options.columns)
      return false;
    return std::none_of(dead_.begin(), dead_.end(), [&](uint64_t each) { return in_use(each); });
  }
  void kill(uint64_t disk) {
    v.kill(disk);
    dead_.insert(disk);
  }

  void write_one(const Step& step) {
    const uint64_t total = v.un().un_total_blocks;
    const uint64_t block = step.a % total;
    const uint64_t blocks = 1 + step.b % std::min<uint64_t>(40, total - block);
    settled([&] { RAIDSIM_ASSERT(v.write(block, static_cast<uint32_t>(blocks), ++tag_) == 0); });
  }

  struct InFlight {
    uint64_t block = 0;
    Bytes data;
    bool over = false;
  };

  /// Three clients write, each on its own third; `event` happens meanwhile.
  void storm(const Step& step, const std::function<void()>& event) {
    const uint64_t total = v.un().un_total_blocks, third = total / 3;
    in_flight_.clear();
    for (uint64_t client = 0; client < 3; ++client) {
      for (uint64_t i = 0; i < 4; ++i) {
        const uint64_t block = client * third + (step.a * 7 + step.b * 13 + i * 11) % third;
        const uint64_t blocks = 1 + (step.a + i * 5) % std::min<uint64_t>(26, (client + 1) * third - block);
        in_flight_.push_back({.block = block, .data = Bench::pattern(blocks, ++tag_)});
      }
    }
    const auto moment = std::chrono::microseconds(step.b % 4000);
    (void)v.run([&] {
      v.host.spawn("event", [&] {
        sleep_for(moment);
        event();
      });
      for (uint64_t client = 0; client < 3; ++client) {
        v.host.spawn("client", [&, client] {
          for (uint64_t i = 0; i < 4; ++i) send(in_flight_[client * 4 + i]);
        });
      }
    });
    RC_ASSERT(v.simulation.failure() == nullptr);
  }
  void send(InFlight& write) {
    const auto blocks = static_cast<uint32_t>(write.data.size() / block_bytes);
    Bytes data = write.data;
    const int error = raid_transfer(v.unit(), md::BufferOp::write, write.block, blocks, data.data());
    RAIDSIM_ASSERT(error == 0);
    std::copy(write.data.begin(), write.data.end(), at(v.expected, write.block));
    write.over = true;
  }
  static Bytes::iterator at(Bytes& bytes, uint64_t block) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(block * block_bytes);
  }

  void enable(uint64_t column) {
    const Column& c = v.column(column);
    const bool useful = c.un_devstate == RCS_ERRED || (c.un_devstate == RCS_OKAY && c.hot_spared());
    if (!useful) return;
    const ReplaceRequest request{.minor = Volume::minor, .old_device = c.orig.dev, .component = {}};
    settled([&] { (void)raid_enable(*v.system, request); });
  }

  /// Power fails, if it has not yet; what was under way may be there or not, block by block (RD-09).
  void boot() {
    v.reboot();
    settled([&] {
      (void)raid_setsync(*v.system, Volume::minor);
      RAIDSIM_ASSERT(v.open() == 0);
    });
    settled([&] {
      Bytes found(v.expected.size());
      const auto blocks = static_cast<uint32_t>(found.size() / block_bytes);
      RAIDSIM_ASSERT(raid_transfer(v.unit(), md::BufferOp::read, 0, blocks, found.data()) == 0);
      for (const InFlight& write : in_flight_) {
        if (!write.over) accept(found, write);
      }
    });
    in_flight_.clear();
  }
  /// Blocks of an unacknowledged write that have arrived are what is expected from now on.
  void accept(Bytes& found, const InFlight& write) {
    for (size_t i = 0; i < write.data.size(); i += block_bytes) {
      const auto there = at(found, write.block + i / block_bytes);
      const auto wanted = write.data.begin() + static_cast<std::ptrdiff_t>(i);
      if (!std::equal(there, there + block_bytes, wanted)) continue;
      std::copy_n(there, block_bytes, at(v.expected, write.block + i / block_bytes));
    }
  }

  std::set<uint64_t> dead_;
  std::vector<InFlight> in_flight_;
  uint64_t tag_ = 1;
};

rc::Gen<Step> any_step() {
  return rc::gen::map(rc::gen::tuple(rc::gen::weightedElement<Act>({{4, Act::write},
                                                                    {3, Act::storm},
                                                                    {2, Act::kill},
                                                                    {3, Act::kill_in_storm},
                                                                    {4, Act::crash_in_storm},
                                                                    {2, Act::heal},
                                                                    {2, Act::enable},
                                                                    {1, Act::reopen},
                                                                    {1, Act::reboot}}),
                                     rc::gen::inRange<uint64_t>(0, 6), rc::gen::inRange<uint64_t>(0, 4000)),
                      [](const auto& parts) {
                        return Step{.act = std::get<0>(parts), .a = std::get<1>(parts), .b = std::get<2>(parts)};
                      });
}

RC_GTEST_PROP(History, WithinToleranceNothingIsLost_RD07_RD08_RD15_RC04_RL16, ()) {
  VolumeOptions options{.columns = *rc::gen::inRange<uint32_t>(3, 5), .lines = 6, .maxio = 16, .spares = 1};
  options.slots = *rc::gen::inRange<uint32_t>(2, 6);
  options.cache = *rc::gen::element(CacheKind::none, CacheKind::volatile_write_back);
  options.simulation.seed = *rc::gen::arbitrary<uint32_t>();
  options.simulation.policy.kind = *rc::gen::element(PolicyKind::fifo, PolicyKind::random, PolicyKind::walk);
  options.simulation.policy.window = *rc::gen::element<Duration>(0ns, 200us);
  const auto steps = *rc::gen::container<std::vector<Step>>(any_step());
  History history(options);
  size_t crashes = 0, kills = 0;
  for (const Step& step : steps) {
    history.take(step);
    history.check();
    crashes += step.act == Act::crash_in_storm ? 1U : 0U;
    kills += step.act == Act::kill || step.act == Act::kill_in_storm ? 1U : 0U;
  }
  history.make_whole();
  RC_CLASSIFY(crashes != 0 && kills != 0, "kills and crashes");
}

}  // namespace
}  // namespace raidsim::raid
