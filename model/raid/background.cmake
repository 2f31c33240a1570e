# States, record, headers, devices, and what runs beside a caller's I/O: opens, replay, resync, initialisation,
# regeneration, spares, administration. Included by CMakeLists.txt.
set(raid_background_sources
  column_device.cpp driver.cpp hot_spare_daemon.cpp hot_spare_release.cpp init.cpp init_pw_area.cpp open_close.cpp probe.cpp
  prewrite_header.cpp record.cpp regen.cpp region.cpp replay.cpp replay_plan.cpp resync.cpp resync_outcome.cpp
  resync_request.cpp snarf.cpp state.cpp unit_state.cpp verify.cpp
  admin/create.cpp admin/get_sync.cpp admin/lookup.cpp admin/replace.cpp admin/replace_checks.cpp admin/set_sync.cpp)
set(raid_background_headers
  column_device.h driver.h hot_spare_daemon.h hot_spare_release.h init.h init_pw_area.h open_close.h probe.h prewrite_header.h record.h
  regen.h region.h replay.h replay_plan.h resync.h resync_outcome.h resync_request.h scoped_hold.h snarf.h state.h unit_state.h
  verify.h
  admin/create.h admin/get_sync.h admin/lookup.h admin/replace.h admin/replace_checks.h admin/set_sync.h)
