// model/raid/driver.h: RAID-5 as a kind of unit ("md_raid").
#pragma once

#include "model/md/unit_driver.h"
#include "model/raid/hot_spare_daemon.h"

namespace raidsim::raid {

class RaidDriver final : public md::UnitDriver {
 public:
  explicit RaidDriver(md::System& system);

  void attach() override { hot_spare_daemon_.publish(); }
  void detach() override { hot_spare_daemon_.withdraw(); }
  [[nodiscard]] md::Snarfed snarf(const statedb::StoredRecord& record) override;
  [[nodiscard]] md::Error set_sync(md::Minor minor) override;
  [[nodiscard]] bool quiescent(const md::UnitFrame& unit) const noexcept override;

  [[nodiscard]] int open(md::UnitFrame& unit, uint32_t flags, md::OpenType how, uint32_t layered_flags,
                         md::Opener opener) override;
  [[nodiscard]] int close(md::UnitFrame& unit, md::OpenType how, uint32_t layered_flags, md::Opener opener) override;
  void strategy(md::UnitFrame& unit, md::Buffer& buffer, uint32_t flag) override;
  /// None: each acknowledge is durable (D-12).
  [[nodiscard]] CacheKind cache(const md::UnitFrame&) const noexcept override { return CacheKind::none; }

  [[nodiscard]] md::Error create(const md::UnitHeader& image) override;
  [[nodiscard]] int probe(md::UnitFrame& unit, const WriteHold& held) override;
  [[nodiscard]] bool can_probe() const noexcept override { return true; }

  void claims(const md::UnitHeader& unit, std::vector<md::Claim>& all) const override;
  [[nodiscard]] hotspare::SpareUse spare_use(const md::UnitFrame& unit) const override;

 private:
  md::System& system_;
  HotSpareDaemon hot_spare_daemon_;
};

}  // namespace raidsim::raid
