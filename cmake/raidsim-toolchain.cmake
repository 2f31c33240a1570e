# Language, flags, linker and compiler cache of every target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, RelWithDebInfo or Release" FORCE)
endif()

# One source, one result: no fused multiply-add behind our back, and never -ffast-math. A trace hash must be the
# same at every optimisation level, with both compilers.
add_compile_options(-ffp-contract=off)

# Assertions of raidsim are RAIDSIM_ASSERT and stay on in every build; NDEBUG would only change the libraries'.
if(RAIDSIM_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(RAIDSIM_MOLD mold)
mark_as_advanced(RAIDSIM_MOLD)
if(RAIDSIM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# ccache refuses precompiled headers unless told that their date and macros may differ.
find_program(RAIDSIM_CCACHE ccache)
mark_as_advanced(RAIDSIM_CCACHE)
if(RAIDSIM_CCACHE AND (NOT CMAKE_CXX_COMPILER_LAUNCHER OR CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache$"))
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${RAIDSIM_CCACHE})
endif()

# Warnings of our own sources; libraries' headers are system headers and stay out of it.
add_library(raidsim_warnings INTERFACE)
add_library(raidsim::warnings ALIAS raidsim_warnings)
target_compile_options(raidsim_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
# g++ 12 finds overlapping copies inside std::string's own operator+ (GCC bug 105651); there are none.
target_compile_options(raidsim_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# libstdc++ 12 turns this off around its own use in std::stable_sort, which clang forgets in a precompiled header.
target_compile_options(raidsim_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(RAIDSIM_SANITIZE)  # its instrumentation makes g++ doubt initialisations inside <regex> and std::optional
  target_compile_options(raidsim_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(RAIDSIM_WERROR)
  target_compile_options(raidsim_warnings INTERFACE -Werror)
endif()
