#include "tests/house/words.h"

#include <cctype>
#include <set>

#include "tests/house/pattern.h"

namespace raidsim::house {
namespace {

using Patterns = std::vector<Pattern>;

const Patterns& chance_words() {
  static const Patterns words = {
      // Boost.Fiber's interface names steady_clock::time_point; reading the clock is what matters.
      {R"(\b(system_clock|steady_clock|high_resolution_clock)(\s*::\s*[^t[:space:]]|\s*[^:[:space:]]|\s*$))",
       "wall clock; use now()"},
      {R"(\b(gettimeofday|clock_gettime|localtime|gmtime)\b)", "wall clock; use now()"},
      {R"((\bstd::|[^[:alnum:]_.:>])time\s*\(\s*(0|NULL|nullptr|&))", "wall clock; use now()"},
      {R"(\b(random_device|mt19937|minstd_rand|default_random_engine)|(^|[^[:alnum:]_.>])s?rand\s*\()",
       "chance outside of a named stream"},
      {R"(\b(uniform_int|uniform_real|normal|lognormal|exponential|bernoulli|poisson|geometric|binomial|gamma|weibull)"
       R"(|discrete|piecewise_\w+)_distribution\b|\bstd::(shuffle|sample)\b)",
       "std:: distributions differ between libraries; use ChoiceStream"},
      {R"(\b(secure_)?getenv\b)", "the environment is not part of the seed"},
      {R"(\bstd::(log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|atan2?|cbrt|erf)\b)",
       "libm results differ between machines; use integer tables"},
      {R"(std::(hash|less)<[^>]*\*\s*>|std::(map|set|multimap|multiset)<[^,<>]*\*\s*[,>])",
       "a container or an order by address"},
      // An address may be asked for its alignment ("% 32"), for that changes no result.
      {R"(reinterpret_cast<\s*(std::)?u?intptr_t\s*>(\s*\([^()]*(\([^()]*\)[^()]*)*\))?\s*([^%&( ]|$))",
       "an address as a key or an order"},
  };
  return words;
}

const Patterns& thread_words() {
  static const Patterns words = {
      {R"(\bstd::(j?thread|(recursive_|shared_|timed_)?mutex|condition_variable|async|future|promise|lock_guard)"
       R"(|unique_lock|scoped_lock)\b|\bpthread_(create|mutex|cond|rwlock|spin|key)|\bthis_thread\b)",
       "real threads; use the engine's fibers and locks"},
  };
  return words;
}

const Patterns& thread_local_words() {
  static const Patterns words = {{R"(\bthread_local\b)", "the code under test and the disks keep nothing per thread"}};
  return words;
}

// The words of the two lists below are put together here, so that this file does not find itself.
const Patterns& promises() {
  const auto either = [](const char* a, const char* b) { return std::string(a) + b; };
  static const Patterns words = {
      {"\\b(" + either("TO", "DO|") + either("FIX", "ME|") + either("X", "XX|") + either("HA", "CK") + ")\\b",
       "an unkept promise"},
      {"\\b(" + either("place", "holder|") + either("not ", "implemented") + ")\\b", "an unkept promise"}};
  return words;
}

const Patterns& machines() {
  const auto folder = [](const char* a, const char* b) { return std::string(a) + b; };
  static const Patterns words = {{"(^|[^[:alnum:]_.])/(" + folder("wo", "rk|") + folder("ro", "ot|") +
                                      folder("ho", "me|") + folder("fa", "rm") + ")/",
                                  "a path of one machine"}};
  return words;
}

Findings find_words(const SourceFile& file, std::string_view text, const Patterns& words) {
  Findings findings;
  size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (const Pattern& word : words) {
      const std::string_view found = word.find(line);
      if (!found.empty()) findings.push_back({file.path, number, "\"" + std::string(found) + "\": " + word.why()});
    }
  }
  return findings;
}

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Names of variables and members declared with a hash container's type.
void add_hash_names(std::string_view code, std::set<std::string>& names) {
  for (size_t i = code.find("unordered_"); i != std::string_view::npos; i = code.find("unordered_", i + 1)) {
    size_t end = code.find('<', i);
    if (end == std::string_view::npos) return;
    int depth = 0;
    do {
      depth += code[end] == '<' ? 1 : code[end] == '>' ? -1 : 0;
      ++end;
    } while (end < code.size() && depth > 0);
    while (end < code.size() && std::string_view(" \n&*").find(code[end]) != std::string_view::npos) ++end;
    const size_t name = end;
    while (end < code.size() && in_name(code[end])) ++end;
    if (end > name) names.emplace(code.substr(name, end - name));
  }
}

}  // namespace

Findings leaks_of_chance(const SourceFile& file) {
  const std::string code = code_only(file.text);
  Findings findings;
  const auto look = [&](const Patterns& words) {
    Findings found = find_words(file, code, words);
    findings.insert(findings.end(), found.begin(), found.end());
  };
  look(chance_words());
  if (file.path != "engine/assert.cpp") look(thread_words());
  if (room_of(file.path) == "model") look(thread_local_words());
  return findings;
}

Findings walks_over_hashes(const SourceFile& file, const SourceFile* header) {
  const std::string code = code_only(file.text);
  std::set<std::string> names;
  add_hash_names(code, names);
  if (header != nullptr) add_hash_names(code_only(header->text), names);
  Patterns walks;
  for (const std::string& name : names) {
    walks.emplace_back("for\\s*\\([^;]*:\\s*(this->)?" + name + "\\s*\\)|\\b" + name + "\\s*\\.\\s*c?r?begin\\s*\\(",
                       "a walk over a hash container; keep a vector or an ordered map beside it");
  }
  return find_words(file, code, walks);
}

Findings hollow_words(const SourceFile& file) { return find_words(file, file.text, promises()); }

Findings machine_paths(const SourceFile& file) { return find_words(file, file.text, machines()); }

}  // namespace raidsim::house
