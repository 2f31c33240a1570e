# Tests of choices, tapes, policies and traces; CMakeLists.txt includes this file.
raidsim_test(engine_choice SOURCES choice_test.cpp choice_distribution_test.cpp choice_source_test.cpp tape_test.cpp
             DEPENDS raidsim::engine RAPIDCHECK)
raidsim_test(engine_policy SOURCES policy_test.cpp policy_pct_test.cpp policy_rig.h DEPENDS raidsim::engine)
raidsim_test(engine_trace SOURCES trace_recorder_test.cpp trace_compare_test.cpp trace_file_test.cpp trace_rig.h
             DEPENDS raidsim::engine RAPIDCHECK)
