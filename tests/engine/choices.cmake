# Tests of choices, tapes, policies and traces; CMakeLists.txt includes this file.
