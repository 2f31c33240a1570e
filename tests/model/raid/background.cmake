raidsim_test(raid_decisions
  SOURCES state_test.cpp record_test.cpp prewrite_header_test.cpp resync_test.cpp replay_test.cpp snarf_test.cpp state_table_test.cpp
  DEPENDS raidsim::raid RAPIDCHECK)
raidsim_test(raid_background
  SOURCES open_close_test.cpp region_test.cpp replay_unit_test.cpp init_test.cpp regen_test.cpp hot_spare_test.cpp hot_spare_table_test.cpp resync_unit_test.cpp admin_test.cpp admin_table_test.cpp lock_rules_test.cpp
  DEPENDS raidsim::raid)
raidsim_test(raid_histories
  SOURCES crash_sweep_test.cpp history_test.cpp wild_history_test.cpp
  DEPENDS raidsim::raid RAPIDCHECK)
