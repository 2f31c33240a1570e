// engine/assert.h: the two words of style.md section 4.
//
// RAIDSIM_ASSERT(fact)            on in every build. A failure ends the run as `failed` (Simulation::failure
//                                 has fact, place and virtual time) by throwing AssertionFailure, which the
//                                 engine catches at the end of the fiber or event. Outside of a run it is
//                                 thrown to the caller. In a killed fiber it means nothing: the world it
//                                 looks at is half torn down.
// RAIDSIM_SOMETIMES(fact, name)   counts in how many runs the fact held here at least once; a mark that
//                                 no run of a campaign reached is listed, its code executed or not.
//                                 `name` is a literal, in words a storage engineer knows.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <stdexcept>
#include <string>
#include <vector>

namespace raidsim {

struct AssertionFailure : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void assertion_failed(const char* fact, std::source_location where = std::source_location::current());

/// A site of RAIDSIM_SOMETIMES; made at static initialisation, so that one which never runs is known too.
class Sometimes {
 public:
  Sometimes(const char* name, const char* file, uint32_t line);
  void reached();  ///< counted once per run; each time outside of a run
  [[nodiscard]] const char* name() const noexcept { return name_; }
  [[nodiscard]] uint64_t hits() const noexcept { return hits_.load(std::memory_order_relaxed); }

  /// All sites of the program, by name, then place.
  static std::vector<const Sometimes*> all();

 private:
  const char* name_;
  const char* file_;
  uint32_t line_;
  size_t number_ = 0;  ///< in order of initialisation: never part of a result
  std::atomic<uint64_t> hits_{0};
};

/// A literal as a template argument.
template <size_t N>
struct Literal {
  char text[N];
  consteval Literal(const char (&literal)[N]) { std::copy_n(literal, N, text); }  // NOLINT: meant to convert
};

/// One object for each site. Naming it in code is enough to have it made before main.
template <Literal Name, Literal File, uint32_t Line>
inline Sometimes sometimes_site{Name.text, File.text, Line};

}  // namespace raidsim

#define RAIDSIM_ASSERT(fact)              \
  do {                                    \
    if (!(fact)) [[unlikely]]             \
      ::raidsim::assertion_failed(#fact); \
  } while (false)

#define RAIDSIM_SOMETIMES(fact, name)                                            \
  do {                                                                           \
    if (fact) ::raidsim::sometimes_site<(name), (__FILE__), __LINE__>.reached(); \
  } while (false)
