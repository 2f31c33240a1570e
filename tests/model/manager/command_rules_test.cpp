// What holds of every command: what it took it has given back, whatever its answer; and a host that dies in it finds
// all of its change or nothing (metadevice.md 8, 15).
#include <gtest/gtest.h>

#include "tests/model/manager/manager_world.h"

namespace raidsim::testing {
namespace {

constexpr md::Minor unit = ManagerWorld::unit;

struct Command {
  const char* name;
  bool succeeds;
  md::Error (*send)(ManagerWorld&);
};
void PrintTo(const Command& command, std::ostream* out) { *out << command.name; }

raid::ReplaceRequest column_1(ManagerWorld& world, DeviceNumber with = no_device, md::NameKey key = 0) {
  return {.minor = unit, .old_device = world.un().columns[1].orig.dev, .component = {.device = with, .key = key}};
}

md::Error set_hs(ManagerWorld& world, hotspare::SetHsCommand command, int disk, md::NameKey key = 0) {
  return world.manager->set_hs({.shs_cmd = command,
                                .shs_hot_spare_pool = ManagerWorld::pool,
                                .shs_component_old = world.disk(disk).number(),
                                .shs_key_old = key,
                                .shs_number_blks = world.disk(disk).blocks()});
}

md::NameKey name(ManagerWorld& world, int disk) {
  md::NameKey key = 0;
  EXPECT_TRUE(world.manager->set_name(world.disk(disk).number(), "d", key).is_ok());
  return key;
}

md::NameKey key_of(ManagerWorld& world, int disk) {
  for (const auto& [key, entry] : world.manager->view().system().names.entries()) {
    if (entry.number == world.disk(disk).number()) return key;
  }
  return 0;
}

void degrade(ManagerWorld& world) {
  world.disk(5).fail_writes = EIO;  // no spare comes in between
  EXPECT_EQ(world.open(), 0);
  EXPECT_EQ(world.write(0, 288, 7), 0);
  world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
  EXPECT_EQ(world.read(0, 24).size(), 24u * block_bytes);
  static_cast<void>(name(world, 6));
}

/// Column 1 of a degraded unit gets disk 6.
md::Error replace_errored(ManagerWorld& world) {
  degrade(world);
  sleep_for(1s);  // the spare has been tried and given back
  return world.manager->replace(column_1(world, world.disk(6).number(), key_of(world, 6)));
}

using hotspare::SetHsCommand;

const Command commands[] = {
    {"create_again", false, [](ManagerWorld& w) { return w.manager->create(w.un()); }},
    {"create_of_used", false,
     [](ManagerWorld& w) {
       raid::Unit image = w.un();
       image.un_self_id = 11;
       return w.manager->create(image);
     }},
    {"replace_unknown", false,
     [](ManagerWorld& w) {
       raid::ReplaceRequest request = column_1(w);
       request.old_device = disk_slice(50, 0);
       return w.manager->replace(request);
     }},
    {"replace_by_used", false,
     [](ManagerWorld& w) { return w.manager->replace(column_1(w, w.column_disk(2).number(), 3)); }},
    {"replace", true, replace_errored},
    {"enable_no_unit", false,
     [](ManagerWorld& w) {
       raid::ReplaceRequest request = column_1(w);
       request.minor = 11;
       return w.manager->enable(request);
     }},
    {"set_sync_no_unit", false, [](ManagerWorld& w) { return w.manager->set_sync(11); }},
    {"set_sync", true, [](ManagerWorld& w) { return w.manager->set_sync(unit); }},
    {"regen", true, [](ManagerWorld& w) { return w.manager->regen(unit); }},
    {"regen_no_unit", false, [](ManagerWorld& w) { return w.manager->regen(11); }},
    {"verify", true,
     [](ManagerWorld& w) {
       raid::VerifyReport report;
       return w.manager->verify(unit, report);
     }},
    {"probe_no_test", false,
     [](ManagerWorld& w) {
       std::vector<md::Minor> failed;
       return w.manager->probe({.driver = "md_raid", .test = "no such test", .minors = {unit}}, failed);
     }},
    {"pool_add", true, [](ManagerWorld& w) { return set_hs(w, SetHsCommand::ADD_HOT_SPARE, 6, name(w, 6)); }},
    {"pool_add_unnamed", false, [](ManagerWorld& w) { return set_hs(w, SetHsCommand::ADD_HOT_SPARE, 6); }},
    {"pool_enable_good", false, [](ManagerWorld& w) { return set_hs(w, SetHsCommand::FIX_HOT_SPARE, 5); }},
    {"pool_delete", true, [](ManagerWorld& w) { return set_hs(w, SetHsCommand::DELETE_HOT_SPARE, 5); }},
    {"name_of_nothing", false,
     [](ManagerWorld& w) {
       md::NameKey key = 0;
       return w.manager->set_name(disk_slice(50, 0), "d", key);
     }},
    {"replica_twice", false, [](ManagerWorld& w) { return w.manager->replica_add(replica_on(w.disk(0))); }},
    {"replica_add", true, [](ManagerWorld& w) { return w.manager->replica_add(replica_on(w.disk(6))); }},
    {"replica_unknown", false, [](ManagerWorld& w) { return w.manager->replica_delete(7); }},
};

void expect_free(const RwLock& lock) {
  EXPECT_FALSE(lock.write_held()) << lock.lock_class().name;
  EXPECT_EQ(lock.readers(), 0u) << lock.lock_class().name;
}

class EveryCommand : public ::testing::TestWithParam<Command> {};

TEST_P(EveryCommand, GivesBackWhatItTookInTheOrderOfTheTable_INVM13_INVM20_LK11) {
  ManagerWorld world(1);
  world.run([&] {
    const md::Error answer = GetParam().send(world);
    EXPECT_EQ(answer.is_ok(), GetParam().succeeds) << name_of(answer);
  });  // and what it started has come to its end
  const View view = world.manager->view();
  const md::System& system = view.system();
  EXPECT_FALSE(system.ioctl_lock.owned());
  EXPECT_EQ(system.ioctl_lock.md_mtioctl_cnt(), 0u);
  for (const RwLock* lock :
       {&system.md_unit_array_rw, &system.md_link_rw, &view.hot_spare_lock(), &system.names.lock(),
        &world.raid_unit()->io_lock, &world.raid_unit()->open_close, &world.raid_unit()->unit_lock}) {
    expect_free(*lock);
  }
  EXPECT_FALSE(view.database_busy());
  EXPECT_TRUE(view.quiescent());
  EXPECT_EQ(world.machine.simulation.lock_order().report(), "");
}

INSTANTIATE_TEST_SUITE_P(Commands, EveryCommand, ::testing::ValuesIn(commands),
                         [](const auto& each) { return std::string(each.param.name); });

// ---- and a crash in it ----

/// What an administrator is told of the set.
struct Configuration {
  std::vector<DeviceNumber> columns, spares;
  size_t replicas = 0, names = 0;
  bool operator==(const Configuration&) const = default;
};

Configuration configuration(const ManagerWorld& world) {
  Configuration out;
  const View view = world.manager->view();
  for (const raid::Column& column : world.un().columns) out.columns.push_back(column.orig.dev);
  for (const auto& pool : view.pools()) {
    for (const md::RecordId id : pool->hsp_hotspares) out.spares.push_back(view.spare(id)->hs_devnum);
  }
  out.replicas = world.manager->replicas().size();
  out.names = view.system().names.entries().size();
  return out;
}

/// INV-H01 to INV-H04, which are RP-01 and RP-02 seen from the pools.
void expect_tables_agree(const ManagerWorld& world) {
  const View view = world.manager->view();
  for (const auto& pool : view.pools()) {
    EXPECT_EQ(pool->hsp_refcount, world.un().un_hsp_id == pool->hsp_self_id ? 1u : 0u);
    for (const md::RecordId id : pool->hsp_hotspares) EXPECT_NE(view.spare(id), nullptr);
  }
  for (const auto& spare : view.spares()) {
    size_t lists = 0, owners = 0;
    for (const auto& pool : view.pools()) lists += pool->lists(spare->hs_record_id) ? 1u : 0u;
    for (const raid::Column& column : world.un().columns) owners += column.un_hs_id == spare->hs_record_id ? 1u : 0u;
    EXPECT_EQ(spare->hs_refcount, lists);
    EXPECT_EQ(owners, spare->hs_state == hotspare::SpareState::HSS_RESERVED ? 1u : 0u);
  }
}

struct Change {
  const char* name;
  void (*prepare)(ManagerWorld&);
  md::Error (*send)(ManagerWorld&);
  bool name_goes_last = false;  ///< in a commit of its own (4.2): a crash may leave it
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

const Change changes[] = {
    {"pool_add", [](ManagerWorld& w) { static_cast<void>(name(w, 6)); },
     [](ManagerWorld& w) { return set_hs(w, SetHsCommand::ADD_HOT_SPARE, 6, key_of(w, 6)); }},
    {"pool_delete", [](ManagerWorld&) {}, [](ManagerWorld& w) { return set_hs(w, SetHsCommand::DELETE_HOT_SPARE, 5); },
     true},
    {"set_name", [](ManagerWorld&) {},
     [](ManagerWorld& w) {
       md::NameKey key = 0;
       return w.manager->set_name(w.disk(6).number(), "d", key);
     }},
    {"replica_add", [](ManagerWorld&) {},
     [](ManagerWorld& w) { return w.manager->replica_add(replica_on(w.disk(6))); }},
    {"replace", degrade,
     [](ManagerWorld& w) { return w.manager->replace(column_1(w, w.disk(6).number(), key_of(w, 6))); }, true},
};

class CutChange : public ::testing::TestWithParam<Change> {
 protected:
  /// The host dies in write `cut` of the database's disk, half of which gets there. True: it did not come to that.
  static bool run_and_boot(const Change& change, uint64_t cut, Configuration& before, Configuration& now) {
    ManagerWorld world(1);
    world.run([&] { change.prepare(world); });
    before = configuration(world);
    TestDisk& database = world.disk(0);
    database.on_cut = [&] { world.machine.crash(true); };
    database.cut_keeps = {true, false};
    database.writes_until_cut = cut;
    const bool finished = world.machine.run([&] {
      const md::Error answer = change.send(world);
      EXPECT_TRUE(answer.is_ok()) << name_of(answer);
      database.writes_until_cut.reset();
    });
    database.writes_until_cut.reset();
    world.reboot();
    EXPECT_TRUE(world.booted) << "write " << cut;
    if (!world.booted) return true;
    expect_tables_agree(world);
    now = configuration(world);
    if (change.name_goes_last) before.names = now.names = 0;
    return finished;
  }
};

TEST_P(CutChange, IsThereAsAWholeOrNotAtAll_INVM21_RP03) {
  Configuration before, after, now;
  ASSERT_TRUE(run_and_boot(GetParam(), 1'000'000, before, after));
  ASSERT_FALSE(before == after);
  uint64_t cut = 0;
  bool olds = false, news = false;
  for (; !run_and_boot(GetParam(), cut, before, now); ++cut) {
    EXPECT_TRUE(now == before || now == after) << "write " << cut;
    olds = olds || now == before;
    news = news || now == after;
  }
  EXPECT_TRUE(olds && news) << cut << " writes";
}

INSTANTIATE_TEST_SUITE_P(Changes, CutChange, ::testing::ValuesIn(changes),
                         [](const auto& each) { return std::string(each.param.name); });

// ---- and who is kept waiting by it ----

// A command that changes pools is one of the ordinary ones: another that comes meanwhile waits for its end.
TEST(Commands, OneOfPoolsIsOrdinary_HL05) {
  ManagerWorld world(1);
  world.run([&] {
    const md::NameKey key = name(world, 6);
    bool over = false, owned = false, after = false;
    world.machine.host.spawn("another", [&] {
      sleep_for(10us);
      owned = world.manager->view().system().ioctl_lock.owned();
      std::vector<uint32_t> ids;
      EXPECT_TRUE(world.manager->get_num("md_raid", ids).is_ok());
      after = over;
    });
    EXPECT_TRUE(set_hs(world, SetHsCommand::ADD_HOT_SPARE, 6, key).is_ok());
    over = true;
    sleep_for(1ms);
    EXPECT_TRUE(owned);
    EXPECT_TRUE(after);
  });
}

// A column failed while the pool had nothing to give. A spare comes later, and nobody has to ask for it.
TEST(Commands, ASpareThatIsAddedLaterIsUsed_INVH15) {
  ManagerWorld world(1);
  world.run([&] { degrade(world); });
  ASSERT_FALSE(world.un().columns[1].hot_spared());
  world.run([&] { EXPECT_TRUE(set_hs(world, SetHsCommand::ADD_HOT_SPARE, 6, key_of(world, 6)).is_ok()); });
  EXPECT_TRUE(world.un().columns[1].hot_spared());
  EXPECT_EQ(world.un().columns[1].now.dev, world.disk(6).number());
  EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
}

// The devices of a unit are open when its open turns out to be of no known type: none of them stays so.
TEST(Commands, AnOpenThatDoesNotCountOpensNothing_MD11) {
  ManagerWorld world;
  world.run([&] {
    EXPECT_EQ(world.manager->open(unit, md::FREAD, static_cast<md::OpenType>(5)), EINVAL);
    for (int column = 0; column < 4; ++column) EXPECT_EQ(world.column_disk(column).opens, 0) << column;
    EXPECT_EQ(world.open(), 0);
    for (int column = 0; column < 4; ++column) EXPECT_EQ(world.column_disk(column).opens, 1) << column;
  });
}

}  // namespace
}  // namespace raidsim::testing
