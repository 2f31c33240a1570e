// model/stripe/driver.h: stripes and concatenations as a kind of unit ("md_stripe").
#pragma once

#include "model/md/unit_driver.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

class StripeDriver final : public md::UnitDriver {
 public:
  explicit StripeDriver(md::System& system);

  [[nodiscard]] md::Snarfed snarf(const statedb::StoredRecord& record) override;
  [[nodiscard]] uint64_t extent(const statedb::StoredRecord& record) const override;
  [[nodiscard]] bool quiescent(const md::UnitFrame& unit) const noexcept override;

  [[nodiscard]] int open(md::UnitFrame& unit, uint32_t flags, md::OpenType how, uint32_t layered_flags,
                         md::Opener opener) override;
  [[nodiscard]] int close(md::UnitFrame& unit, md::OpenType how, uint32_t layered_flags, md::Opener opener) override;
  void strategy(md::UnitFrame& unit, md::Buffer& buffer, uint32_t flag) override;
  /// As volatile as its most volatile component.
  [[nodiscard]] CacheKind cache(const md::UnitFrame& unit) const noexcept override;

  [[nodiscard]] md::Error create(const md::UnitHeader& image) override;
  [[nodiscard]] md::Error reset(md::UnitFrame& unit) override;
  [[nodiscard]] md::Error get(md::UnitFrame& unit, md::GetStructure& structure) override;
  [[nodiscard]] md::Error get_devs(md::UnitFrame& unit, md::GetDevices& devices) override;
  [[nodiscard]] md::Error change(md::UnitFrame& unit, const md::ChangeParameters& parameters) override;
  [[nodiscard]] md::Error grow(md::UnitFrame& unit, const md::GrowRequest& request) override;

  void claims(const md::UnitHeader& unit, std::vector<md::Claim>& all) const override;
  [[nodiscard]] hotspare::SpareUse spare_use(const md::UnitFrame& unit) const override;

 private:
  md::System& system_;
};

}  // namespace raidsim::stripe
