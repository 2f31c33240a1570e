// tests/model/raid/wild_history_test.cpp: a unit over a random history that does not care for tolerance: disks die and
// come back as they please, power fails, the administrator forces. A request is answered right or with an error
// (RD-15), what was acknowledged comes back with the disks (F43, F45), every request ends, and in the end the unit can
// be made whole.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/raid/state.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;
using testing::Volume;
using testing::VolumeOptions;

enum class Act { write, read, kill, heal, fail_once, crash_in_write, enable, force, reopen, reboot };

struct Step {
  Act act = Act::write;
  uint64_t a = 0;
  uint64_t b = 0;
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  static const char* const names[] = {"write",          "read",   "kill",  "heal",   "fail_once",
                                      "crash_in_write", "enable", "force", "reopen", "reboot"};
  return out << names[static_cast<int>(step.act)] << '(' << step.a << ',' << step.b << ')';
}

/// What a block may hold: one of these values, or anything once an administrator accepted a loss.
struct Block {
  std::vector<uint64_t> values{0};
  bool anything = false;
};

class WildHistory {
 public:
  explicit WildHistory(const VolumeOptions& options) : v(options), blocks_(v.expected.size() / block_bytes) {
    settled([&] { RAIDSIM_ASSERT(v.open() == 0); });
  }

  void take(const Step& step) {
    switch (step.act) {
      case Act::write:
        return write(step, false);
      case Act::crash_in_write:
        write(step, true);
        return boot();
      case Act::read:
        return read(step.a * 37 % blocks_.size(), 1 + step.b % 16);
      case Act::kill:
        return v.kill(step.a % v.disks.size());
      case Act::heal:
        for (uint64_t i = 0; i < v.disks.size(); ++i) v.heal(i);
        return;
      case Act::fail_once:
        v.disk(step.a % v.disks.size()).on_request = [left = step.b % 12](const IoRequest&) mutable {
          return left-- == 0 ? EIO : 0;
        };
        return;
      case Act::enable:
        return enable(step.a % v.options.columns, false);
      case Act::force:
        return enable(step.a % v.options.columns, true);
      case Act::reopen:
        settled([&] {
          (void)v.close();
          (void)v.open();
        });
        return;
      case Act::reboot:
        return boot();
    }
  }

  void read_all() { read(0, blocks_.size()); }

  /// All disks are well. A first open brings back whom it can, force does the rest.
  void make_whole() {
    take({.act = Act::heal});
    take({.act = Act::reopen});
    read_all();
    for (int round = 0; round < 3; ++round) {
      for (uint64_t c = 0; c < v.options.columns; ++c) enable(c, true);
    }
    RC_ASSERT(v.un().un_state == RUS_OKAY);
    RC_ASSERT(v.parity_holds());
    read_all();
  }

  Volume v;
  uint64_t refused = 0;  ///< reads that failed

 private:
  static Bytes content(uint64_t id) { return id == 0 ? Bytes(block_bytes) : Bench::pattern(1, id); }

  void settled(const std::function<void()>& body) {
    const bool ended = v.run(body);
    if (!ended && v.host.up()) RC_FAIL("did not end: " + (v.simulation.failure() ? v.simulation.failure()->what : ""));
  }

  void write(const Step& step, bool crash) {
    const uint64_t first = step.a * 37 % blocks_.size();
    const uint64_t count = 1 + step.b % std::min<uint64_t>(26, blocks_.size() - first);
    Bytes data;
    for (uint64_t i = 0; i < count; ++i) {
      blocks_[first + i].values.push_back(next_id_);
      const Bytes one = content(next_id_++);
      data.insert(data.end(), one.begin(), one.end());
    }
    bool acknowledged = false;
    const auto moment = std::chrono::microseconds(step.b % 900);
    (void)v.run([&] {
      if (crash) {
        v.host.spawn("power", [&] {
          sleep_for(moment);
          v.host.crash();
        });
      }
      const int error = raid_transfer(v.unit(), md::BufferOp::write, first, static_cast<uint32_t>(count), data.data());
      acknowledged = error == 0;
      RAIDSIM_ASSERT(error == 0 || error == EIO);
    });
    RC_ASSERT(v.simulation.failure() == nullptr);
    if (!acknowledged) return;
    for (uint64_t i = 0; i < count; ++i) {
      blocks_[first + i].values.assign(1, next_id_ - count + i);
      blocks_[first + i].anything = false;
    }
  }

  void read(uint64_t first, uint64_t count) {
    count = std::min<uint64_t>(count, blocks_.size() - first);
    for (uint64_t i = first; i < first + count; ++i) {
      Bytes data(block_bytes);
      int error = -1;
      settled([&] { error = raid_transfer(v.unit(), md::BufferOp::read, i, 1, data.data()); });
      refused += error != 0 ? 1U : 0U;
      RC_ASSERT(error == 0 || error == EIO);
      if (error != 0 || blocks_[i].anything) continue;
      const auto& values = blocks_[i].values;
      const bool legal = std::any_of(values.begin(), values.end(), [&](uint64_t id) { return content(id) == data; });
      RC_ASSERT(legal);  // RD-15
    }
  }

  void enable(uint64_t column, bool force) {
    const Column& c = v.column(column);
    const bool useful =
        (c.un_devstate & (RCS_ERRED | RCS_LAST_ERRED)) != 0 || (c.un_devstate == RCS_OKAY && c.hot_spared());
    if (!useful) return;
    const bool accepted = force && v.un().un_state == RUS_LAST_ERRED;
    const ReplaceRequest request{.minor = Volume::minor, .force = force, .old_device = c.orig.dev, .component = {}};
    bool taken = false;
    settled([&] { taken = raid_enable(*v.system, request).is_ok(); });
    if (!accepted || !taken) return;
    for (Block& block : blocks_) block.anything = true;
  }

  void boot() {
    v.reboot();
    settled([&] {
      (void)raid_setsync(*v.system, Volume::minor);
      (void)v.open();
    });
  }

  std::vector<Block> blocks_;
  uint64_t next_id_ = 1;
};

rc::Gen<Step> any_step() {
  return rc::gen::map(rc::gen::tuple(rc::gen::weightedElement<Act>({{6, Act::write},
                                                                    {2, Act::read},
                                                                    {2, Act::kill},
                                                                    {3, Act::heal},
                                                                    {3, Act::fail_once},
                                                                    {4, Act::crash_in_write},
                                                                    {1, Act::enable},
                                                                    {1, Act::force},
                                                                    {2, Act::reopen},
                                                                    {1, Act::reboot}}),
                                     rc::gen::inRange<uint64_t>(0, 12), rc::gen::inRange<uint64_t>(0, 900)),
                      [](const auto& parts) {
                        return Step{.act = std::get<0>(parts), .a = std::get<1>(parts), .b = std::get<2>(parts)};
                      });
}

RC_GTEST_PROP(WildHistory, RightOrAnErrorAndNeverLost_RD15_F43_RG01_RG05, ()) {
  VolumeOptions options{.columns = *rc::gen::inRange<uint32_t>(3, 5), .lines = 4, .maxio = 16};
  options.spares = *rc::gen::inRange<uint32_t>(0, 2);
  options.slots = *rc::gen::inRange<uint32_t>(2, 5);
  options.cache = *rc::gen::element(CacheKind::none, CacheKind::volatile_write_back);
  options.simulation.seed = *rc::gen::arbitrary<uint32_t>();
  const auto steps = *rc::gen::container<std::vector<Step>>(any_step());
  WildHistory history(options);
  bool last_errored = false;
  for (const Step& step : steps) {
    history.take(step);
    last_errored = last_errored || history.v.un().un_state == RUS_LAST_ERRED;
  }
  history.read_all();
  history.make_whole();
  RC_CLASSIFY(last_errored, "last errored on the way");
  RC_CLASSIFY(history.refused != 0, "reads refused");
}

}  // namespace
}  // namespace raidsim::raid
