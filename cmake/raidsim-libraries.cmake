# The libraries, all Debian 12 packages (`./dev setup` installs them).

find_package(Boost 1.74 REQUIRED CONFIG COMPONENTS context fiber)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(zstd CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(Threads REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)      # PkgConfig::ISAL
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)  # PkgConfig::XXHASH

# The distribution's Python, for its jsonschema package; another one that comes first in PATH would not have it.
if(EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "Python with jsonschema")
endif()

if(RAIDSIM_TESTS)
  find_package(GTest CONFIG REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
  find_package(benchmark CONFIG REQUIRED)
endif()

# Type and range errors of nlohmann/json then name the JSON Pointer; it changes the type's layout, hence everywhere.
add_compile_definitions(JSON_DIAGNOSTICS=1)
