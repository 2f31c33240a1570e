#include "engine/assert.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>

#include "engine/kernel.h"

namespace raidsim {

std::string place_of(const std::source_location& where) {
  // This file's own path tells where the project's root ends.
  static const size_t root = std::strlen(__FILE__) - std::strlen("engine/assert.cpp");
  const std::string_view file = where.file_name();
  const bool ours = file.size() > root && file.substr(0, root) == std::string_view(__FILE__, root);
  return std::string(ours ? file.substr(root) : file) + ":" + std::to_string(where.line());
}

void assertion_failed(const char* fact, std::source_location where) {
  const std::string place = place_of(where);
  Kernel* const kernel = Kernel::current();
  if (kernel == nullptr) throw AssertionFailure(std::string(fact) + " (" + place + ")");
  const FiberBlock* const fiber = Kernel::running();
  if (fiber != nullptr && fiber->is_killed() && std::uncaught_exceptions() == 0) throw FiberKilled{};
  kernel->note_failure(fact, where);
  throw AssertionFailure(std::string(fact) + " (" + place + ", seed " + std::to_string(kernel->choices.seed()) + ", " +
                         std::to_string(to_ns(kernel->now())) + " ns)");
}

void note_broken(const char* fact, std::source_location where) noexcept {
  if (Kernel::current() != nullptr) Kernel::current()->note_failure(fact, where);
}

namespace {

/// Every site of the process. Filled before main, and by libraries loaded later, whatever thread loads them.
struct Sites {
  std::mutex mutex;
  std::vector<const Sometimes*> all;
};
Sites& sites() {
  static Sites instance;
  return instance;
}

}  // namespace

Sometimes::Sometimes(const char* name, const char* file, uint32_t line) : name_(name), file_(file), line_(line) {
  const std::lock_guard held(sites().mutex);
  number_ = sites().all.size();
  sites().all.push_back(this);
}

void Sometimes::reached() {
  Kernel* const kernel = Kernel::current();
  if (kernel == nullptr || kernel->first_reach(number_)) hits_.fetch_add(1, std::memory_order_relaxed);
}

std::vector<const Sometimes*> Sometimes::all() {
  std::vector<const Sometimes*> result;
  {
    const std::lock_guard held(sites().mutex);
    result = sites().all;
  }
  std::sort(result.begin(), result.end(), [](const Sometimes* a, const Sometimes* b) {
    const int names = std::strcmp(a->name(), b->name());
    if (names != 0) return names < 0;
    const int files = std::strcmp(a->file_, b->file_);
    return files != 0 ? files < 0 : a->line_ < b->line_;
  });
  return result;
}

bool Kernel::first_reach(size_t site) {
  if (site >= marks_.size()) marks_.resize(site + 16);
  if (marks_[site]) return false;
  marks_[site] = true;
  return true;
}

}  // namespace raidsim
