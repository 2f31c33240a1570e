// engine/assert.h: the two words of style.md section 4.
//
// RAIDSIM_ASSERT(fact)            on in every build. A failure ends the run as `failed` (Simulation::failure
//                                 has fact, place and virtual time) by throwing AssertionFailure, which the
//                                 engine catches at the end of the fiber or event. Outside of a run it is
//                                 thrown to the caller. In a killed fiber it means nothing: the world it
//                                 looks at is half torn down.
// RAIDSIM_SOMETIMES(fact, name)   counts in how many runs the fact held here at least once; a mark that
//                                 no run of a campaign reached is listed.
#pragma once

#include <atomic>
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

/// A site of RAIDSIM_SOMETIMES; registers itself once at static initialisation or first use.
class Sometimes {
 public:
  Sometimes(const char* name, std::source_location where = std::source_location::current());
  void reached();  ///< counted once per run; each time outside of a run
  [[nodiscard]] const char* name() const noexcept { return name_; }
  [[nodiscard]] uint64_t hits() const noexcept { return hits_.load(std::memory_order_relaxed); }
  [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

  /// All sites that were compiled in and executed at least once, by name.
  static std::vector<const Sometimes*> all();

 private:
  const char* name_;
  std::source_location where_;
  size_t number_ = 0;  ///< in order of first execution in the process: never part of a result
  std::atomic<uint64_t> hits_{0};
};

}  // namespace raidsim

#define RAIDSIM_ASSERT(fact)              \
  do {                                    \
    if (!(fact)) [[unlikely]]             \
      ::raidsim::assertion_failed(#fact); \
  } while (false)

#define RAIDSIM_SOMETIMES(fact, name)          \
  do {                                         \
    static ::raidsim::Sometimes site_{(name)}; \
    if (fact) site_.reached();                 \
  } while (false)
