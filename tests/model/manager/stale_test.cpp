// What a STALE set refuses, request by request, and with which answer (statedb.md 3.9).
#include <gtest/gtest.h>

#include <vector>

#include "tests/model/manager/manager_world.h"

namespace raidsim {
namespace {

using testing::boot_list_of;
using testing::ManagerWorld;
using testing::replica_on;
using testing::TestDisk;

/// Two replicas, of which one is away: no majority.
class StaleWorld : public ManagerWorld {
 public:
  StaleWorld() : ManagerWorld(1) {
    TestDisk& second = disk(6);
    run([&] {
      EXPECT_TRUE(manager->replica_add(replica_on(second)).is_ok());
      boot_list.push_back(boot_list_of(second).front());
      image = un();
    });
    machine.crash();
    machine.simulation.run();
    disk(0).present = false;
    reboot();
    EXPECT_TRUE(manager->view().system().stale());
    for (const auto& each : machine.disks) before_.push_back(each->bytes());
  }
  bool unchanged() const {
    for (size_t i = 0; i < before_.size(); ++i) {
      if (machine.disks[i]->bytes() != before_[i]) return false;
    }
    return true;
  }
  raid::Unit image;  ///< of the unit that the set has

 private:
  std::vector<std::vector<std::byte>> before_;
};

struct Request {
  const char* name;
  md::Error (*send)(StaleWorld&);
};
void PrintTo(const Request& request, std::ostream* out) { *out << request.name; }

using hotspare::SetHsCommand;
constexpr md::Minor unit = ManagerWorld::unit;

raid::ReplaceRequest column_of(StaleWorld& world) {
  raid::ReplaceRequest request;
  request.minor = unit;
  request.old_device = world.disk(1).number();
  return request;
}

md::Error set_hs(StaleWorld& world, SetHsCommand command) {
  const DeviceNumber spare = world.disk(5).number();
  return world.manager->set_hs({.shs_cmd = command,
                                .shs_hot_spare_pool = ManagerWorld::pool,
                                .shs_component_old = spare,
                                .shs_component_new = spare,
                                .shs_number_blks = 100});
}

const Request requests[] = {
    {"create",
     [](StaleWorld& w) {
       raid::Unit another = w.image;
       another.un_self_id = 11;
       return w.manager->create(another);
     }},
    {"replace", [](StaleWorld& w) { return w.manager->replace(column_of(w)); }},
    {"enable", [](StaleWorld& w) { return w.manager->enable(column_of(w)); }},
    {"set_sync", [](StaleWorld& w) { return w.manager->set_sync(unit); }},
    {"regen", [](StaleWorld& w) { return w.manager->regen(unit); }},
    {"pool_add", [](StaleWorld& w) { return set_hs(w, SetHsCommand::ADD_HOT_SPARE); }},
    {"pool_delete", [](StaleWorld& w) { return set_hs(w, SetHsCommand::DELETE_HOT_SPARE); }},
    {"pool_replace", [](StaleWorld& w) { return set_hs(w, SetHsCommand::REPLACE_HOT_SPARE); }},
    {"pool_enable", [](StaleWorld& w) { return set_hs(w, SetHsCommand::FIX_HOT_SPARE); }},
};

class OnAStaleSet : public ::testing::TestWithParam<Request> {};

TEST_P(OnAStaleSet, ARequestThatWouldChangeItIsRefused_INVD10_INVM17) {
  StaleWorld world;
  world.run([&] {
    const md::Error answer = GetParam().send(world);
    EXPECT_TRUE(answer.is(md::MDE_DB_STALE)) << name_of(answer);
  });
  EXPECT_TRUE(world.unchanged());
}

INSTANTIATE_TEST_SUITE_P(Requests, OnAStaleSet, ::testing::ValuesIn(requests),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Stale, UnitsOfAMinorityAreNotServed_V8) {
  StaleWorld world;
  world.run([&] {
    EXPECT_EQ(world.manager->open(unit, md::FREAD), ENXIO);
    EXPECT_EQ(world.open(), ENXIO);
    md::NameKey key = 0;
    EXPECT_TRUE(world.manager->set_name(world.disk(1).number(), "x", key).is(md::MDE_NAME_SPACE));
    EXPECT_EQ(world.manager->replicas().size(), 2U);
  });
  EXPECT_TRUE(world.unchanged());
}

// The way out (3.7): replicas may come and go; STALE stays until the next boot.
TEST(Stale, ReplicasMayBeDeletedAndAdded_DBA4) {
  StaleWorld world;
  world.run([&] {
    EXPECT_TRUE(world.manager->replica_delete(0).is_ok());
    EXPECT_TRUE(world.manager->view().system().stale());
  });
  world.boot_list = boot_list_of(world.disk(6));
  world.reboot();
  EXPECT_FALSE(world.manager->view().system().stale());
  world.run([&] { EXPECT_EQ(world.open(), 0); });
}

}  // namespace
}  // namespace raidsim
