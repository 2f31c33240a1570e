// model/disk/latency/models.h: the four models, each in a file of its own.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "model/disk/latency/latency.h"

namespace raidsim::disk {

/// Constant per operation and block, for identities of I/O counts and times.
class FixedLatency final : public LatencyModel {
 public:
  explicit FixedLatency(const LatencyOptions::Fixed& options) : options_(options) {}
  [[nodiscard]] Duration service(const Service& what, ChoiceStream& choices) override;
  [[nodiscard]] uint64_t distance(uint64_t from, uint64_t to) const override {
    return from < to ? to - from : from - to;
  }
  [[nodiscard]] bool one_at_a_time() const override { return false; }
  void reset() override {}
  [[nodiscard]] std::unique_ptr<LatencyModel> clone() const override { return std::make_unique<FixedLatency>(*this); }

 private:
  LatencyOptions::Fixed options_;
};

/// Flash: random reads, a buffer that programming drains, collection stalls, one bus for all transfers.
class SsdLatency final : public LatencyModel {
 public:
  explicit SsdLatency(const LatencyOptions::Ssd& options) : options_(options) {}
  [[nodiscard]] Duration service(const Service& what, ChoiceStream& choices) override;
  [[nodiscard]] uint64_t distance(uint64_t from, uint64_t to) const override {
    return from < to ? to - from : from - to;
  }
  [[nodiscard]] bool one_at_a_time() const override { return false; }
  void reset() override;
  [[nodiscard]] std::unique_ptr<LatencyModel> clone() const override { return std::make_unique<SsdLatency>(*this); }

 private:
  [[nodiscard]] Duration write(const Service& what, ChoiceStream& choices);
  [[nodiscard]] bool buffer_full(const Service& what);

  LatencyOptions::Ssd options_;
  SimTime bus_free_{};
  SimTime drained_until_{};  ///< when the buffer will be empty
};

/// A disk of today: seek by a curve over the distance, rotational wait drawn, rate by zone.
class HddLatency final : public LatencyModel {
 public:
  HddLatency(const LatencyOptions::Hdd& options, uint64_t blocks);
  [[nodiscard]] Duration service(const Service& what, ChoiceStream& choices) override;
  [[nodiscard]] uint64_t distance(uint64_t from, uint64_t to) const override;
  [[nodiscard]] bool one_at_a_time() const override { return true; }
  void reset() override { next_block_ = 0; }
  [[nodiscard]] std::unique_ptr<LatencyModel> clone() const override { return std::make_unique<HddLatency>(*this); }

  [[nodiscard]] Duration seek(uint64_t tracks) const;  ///< 0 for none
  [[nodiscard]] Duration turn() const { return turn_; }
  [[nodiscard]] Duration transfer(uint64_t block, uint32_t blocks) const;

 private:
  [[nodiscard]] uint64_t track_of(uint64_t block) const;

  LatencyOptions::Hdd options_;
  uint64_t blocks_;
  Duration turn_;
  static constexpr size_t steps = 1024;
  std::array<int64_t, steps + 1> seek_ns_{};  ///< over the share of the full stroke
  uint64_t next_block_ = 0;
};

/// HP 97560 (Ruemmler and Wilkes, IEEE Computer 1994): geometry, head switches, position of the platter.
class DetailedHddLatency final : public LatencyModel {
 public:
  static constexpr uint32_t cylinders = 1962;  ///< a larger disk goes on beyond, by the same seek formula
  static constexpr uint32_t surfaces = 19;
  static constexpr uint32_t sectors = 72;
  static constexpr uint64_t blocks = uint64_t{cylinders} * surfaces * sectors;
  static constexpr int64_t turn_ns = 14'992'504;  ///< 4002 rpm
  static constexpr Duration overhead = 2200us;
  static constexpr Duration head_switch = 1600us;
  static constexpr Duration bus_per_block = 51'200ns;  ///< 10 MB/s
  static constexpr uint32_t track_skew = 8;            ///< sectors; covers a head switch
  static constexpr uint32_t cylinder_skew = 18;        ///< covers a seek of one cylinder
  static constexpr uint32_t buffer_blocks = 256;       ///< read-ahead: 128 KiB

  DetailedHddLatency();
  [[nodiscard]] Duration service(const Service& what, ChoiceStream& choices) override;
  [[nodiscard]] uint64_t distance(uint64_t from, uint64_t to) const override;
  [[nodiscard]] bool one_at_a_time() const override { return true; }
  void reset() override;
  [[nodiscard]] std::unique_ptr<LatencyModel> clone() const override {
    return std::make_unique<DetailedHddLatency>(*this);
  }

  [[nodiscard]] Duration seek(uint64_t cylinders) const;
  /// When the head has passed `count` sectors from `block` on, having arrived at its track at `ready`.
  [[nodiscard]] SimTime pass(SimTime ready, uint64_t block, uint64_t count) const;

 private:
  /// Seek or head switch from where the last transfer ended to the track of `block`.
  [[nodiscard]] SimTime arrive(SimTime at, uint64_t block) const;
  [[nodiscard]] int64_t angle_of(uint64_t block) const;  ///< start of its sector, in ns of a turn

  std::array<int64_t, 384> short_seek_ns_{};
  uint64_t next_block_ = 0;
  SimTime media_done_{};    ///< when the head had passed the last sector of the last transfer
  bool streaming_ = false;  ///< the last transfer was a read, and the head reads on
};

}  // namespace raidsim::disk
