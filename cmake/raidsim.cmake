# What a room and a test look like.
#
#   raidsim_room(<name> SOURCES a.cpp ... HEADERS a.h ... DEPENDS raidsim::engine ... [PRIVATE fmt::fmt ...]
#                [PCH <nlohmann/json.hpp> ...])
#     library raidsim_<name>, alias raidsim::<name>. DEPENDS are what its headers need, PRIVATE what only its sources
#     need, PCH heavy headers to parse once. Without SOURCES it is a header-only library. Headers are included from the
#     project root, and the target all_verify_interface_header_sets compiles each one alone.
#
#   raidsim_test(<name> SOURCES a_test.cpp ... DEPENDS raidsim::x ... [RAPIDCHECK] [LABELS property ...] [TIMEOUT s])
#     GoogleTest program test_<name>; each of its cases is a CTest test, label "fast" unless LABELS says otherwise,
#     and runs in the project root.
#
# Sources and headers are listed by name, so that a new file shows in review.
include(GoogleTest)

function(raidsim_add_if_present folder)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
  endif()
endfunction()

# What ccache needs to keep objects that were compiled with a precompiled header.
function(raidsim_pch_flags target)
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
                                           $<$<CXX_COMPILER_ID:Clang>:-Xclang -fno-pch-timestamp>)
endfunction()

# Half of compiling a room's source is the standard library's headers, the same in all of them.
set(raidsim_std_headers <algorithm> <array> <bit> <chrono> <cstdint> <cstring> <functional> <map> <memory> <optional>
    <span> <string> <string_view> <tuple> <unordered_map> <utility> <variant> <vector>)

function(raidsim_room_pch target)  # [heavy headers of its own]
  if(NOT RAIDSIM_ROOM_PCH)
    return()
  endif()
  raidsim_pch_flags(${target})
  if(ARGN)
    target_precompile_headers(${target} PRIVATE ${raidsim_std_headers} ${ARGN})
    return()
  endif()
  if(NOT TARGET raidsim_std_pch)
    add_library(raidsim_std_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
    target_link_libraries(raidsim_std_pch PRIVATE raidsim::warnings)
    target_compile_features(raidsim_std_pch PRIVATE cxx_std_20)
    raidsim_pch_flags(raidsim_std_pch)
    target_precompile_headers(raidsim_std_pch PRIVATE ${raidsim_std_headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM raidsim_std_pch)
endfunction()

function(raidsim_room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;HEADERS;DEPENDS;PRIVATE;PCH")
  if(ROOM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "raidsim_room(${name}): unknown arguments ${ROOM_UNPARSED_ARGUMENTS}")
  endif()
  set(target raidsim_${name})
  if(ROOM_SOURCES)
    set(scope PUBLIC)
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_link_libraries(${target} PRIVATE raidsim::warnings ${ROOM_PRIVATE})
    raidsim_room_pch(${target} ${ROOM_PCH})
  else()
    set(scope INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  add_library(raidsim::${name} ALIAS ${target})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ROOM_HEADERS})
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${ROOM_DEPENDS})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# The test libraries' headers cost seconds per file; they are parsed once, by these two.
function(raidsim_test_pch target)
  if(RAIDSIM_PCH AND NOT TARGET ${target})
    add_library(${target} OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
    target_link_libraries(${target} PRIVATE GTest::gtest raidsim::warnings)
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_compile_options(${target} PRIVATE ${RAIDSIM_TEST_FLAGS})
    raidsim_pch_flags(${target})
    target_precompile_headers(${target} PRIVATE <gtest/gtest.h> ${ARGN} <algorithm> <memory> <string> <vector>)
  endif()
endfunction()

function(raidsim_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "RAPIDCHECK" "TIMEOUT" "SOURCES;DEPENDS;LABELS")
  if(TEST_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "raidsim_test(${name}): unknown arguments ${TEST_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TEST_LABELS)
    set(TEST_LABELS fast)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  set(target test_${name})
  set(pch raidsim_gtest_pch)
  add_executable(${target} ${TEST_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${RAIDSIM_TEST_FLAGS})
  target_link_libraries(${target} PRIVATE raidsim::warnings GTest::gtest_main ${TEST_DEPENDS})
  if(TEST_RAPIDCHECK)
    target_link_libraries(${target} PRIVATE rapidcheck rapidcheck_gtest)
    set(pch raidsim_rapidcheck_pch)
    raidsim_test_pch(${pch} <rapidcheck.h> <rapidcheck/gtest.h>)
  else()
    raidsim_test_pch(${pch})
  endif()
  if(RAIDSIM_PCH)
    raidsim_pch_flags(${target})
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
  # Discovery runs the program; on a busy machine or under a sanitizer that can take a while.
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                       PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT})
endfunction()
