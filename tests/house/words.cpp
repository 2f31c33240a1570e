#include "tests/house/words.h"

#include <regex>
#include <set>

namespace raidsim::house {
namespace {

struct Forbidden {
  std::regex word;
  const char* why;
};

Forbidden forbid(const char* word, const char* why) { return {std::regex(word, std::regex::optimize), why}; }

const std::vector<Forbidden>& chance_words() {
  static const std::vector<Forbidden> words = {
      forbid(R"(\b(system_clock|steady_clock|high_resolution_clock)\b)", "wall clock; use now()"),
      forbid(
          R"(\b(gettimeofday|clock_gettime|localtime|gmtime)\b|\bstd::time\b|[^\w.:>]time\s*\(\s*(0|NULL|nullptr|&))",
          "wall clock; use now()"),
      forbid(R"(\brandom_device\b|\bmt19937|\b(minstd_rand|default_random_engine)|[^\w.>]s?rand\s*\()",
             "chance outside of a named stream"),
      forbid(R"(\b(uniform_(int|real)|normal|lognormal|exponential|bernoulli|poisson|geometric|binomial|gamma|weibull|)"
             R"(discrete|piecewise_\w+)_distribution\b|\bstd::(shuffle|sample)\b)",
             "std:: distributions differ between libraries; use ChoiceStream"),
      forbid(R"(\bstd::(j?thread|(recursive_|shared_|timed_)?mutex|condition_variable|async|future|promise|lock_guard|)"
             R"(unique_lock|scoped_lock)\b|\bpthread_\w+|\bthis_thread\b)",
             "real threads; use the engine's fibers and locks"),
      forbid(R"(\b(secure_)?getenv\b)", "the environment is not part of the seed"),
      forbid(R"(\bstd::(log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|atan2?|cbrt|erf)\b)",
             "libm results differ between machines; use integer tables"),
      forbid(
          R"(reinterpret_cast<\s*(std::)?u?intptr_t\s*>(?!\s*\(\w+\)\s*[%&])|std::hash<[^>]*\*\s*>|std::less<[^>]*\*\s*>)",
          "an address as a key or an order"),
      forbid(R"(std::(map|set|multimap|multiset)<[^,<>]*\*\s*[,>])", "a container ordered by address"),
  };
  return words;
}

const std::vector<Forbidden>& thread_local_words() {
  static const std::vector<Forbidden> words = {
      forbid(R"(\bthread_local\b)", "the code under test and the disks keep nothing per thread")};
  return words;
}

// The words below are written in two halves, so that this file does not find itself.
const std::vector<Forbidden>& hollow() {
  static const std::vector<Forbidden> words = {forbid("\\b(TO"
                                                      "DO|FIX"
                                                      "ME|X"
                                                      "XX|HA"
                                                      "CK)\\b",
                                                      "an unkept promise"),
                                               forbid("\\b(place"
                                                      "holder|not "
                                                      "implemented|not yet "
                                                      "implemented)\\b",
                                                      "an unkept promise")};
  return words;
}

const std::vector<Forbidden>& machine() {
  static const std::vector<Forbidden> words = {
      forbid("(^|[^\\w.])/(wo"
             "rk|ro"
             "ot|ho"
             "me|fa"
             "rm)/|/t"
             "mp/bash",
             "a path of one machine")};
  return words;
}

Findings find_words(const SourceFile& file, std::string_view text, const std::vector<Forbidden>& words) {
  Findings findings;
  size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (const Forbidden& forbidden : words) {
      std::match_results<std::string_view::const_iterator> match;
      if (std::regex_search(line.begin(), line.end(), match, forbidden.word)) {
        findings.push_back({file.path, number, "\"" + match.str() + "\": " + forbidden.why});
      }
    }
  }
  return findings;
}

// Names of variables and members declared with a hash container's type.
void add_hash_names(std::string_view code, std::set<std::string>& names) {
  static const std::regex type(R"(\bunordered_(map|set|multimap|multiset)\s*<)", std::regex::optimize);
  for (auto it = std::regex_iterator(code.begin(), code.end(), type); it != decltype(it){}; ++it) {
    size_t i = static_cast<size_t>(it->position() + it->length());
    for (int depth = 1; i < code.size() && depth > 0; ++i) depth += code[i] == '<' ? 1 : code[i] == '>' ? -1 : 0;
    while (i < code.size() && std::string_view(" \n&*").find(code[i]) != std::string_view::npos) ++i;
    size_t end = i;
    while (end < code.size() && (std::isalnum(static_cast<unsigned char>(code[end])) != 0 || code[end] == '_')) ++end;
    if (end > i) names.emplace(code.substr(i, end - i));
  }
}

}  // namespace

Findings leaks_of_chance(const SourceFile& file) {
  const std::string code = code_only(file.text);
  Findings findings = find_words(file, code, chance_words());
  if (room_of(file.path) == "model") {
    Findings more = find_words(file, code, thread_local_words());
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

Findings walks_over_hashes(const SourceFile& file, const SourceFile* header) {
  const std::string code = code_only(file.text);
  std::set<std::string> names;
  add_hash_names(code, names);
  if (header != nullptr) add_hash_names(code_only(header->text), names);
  std::vector<Forbidden> walks;
  for (const std::string& name : names) {
    walks.push_back(
        forbid(("for\\s*\\([^;]*:\\s*(this->)?" + name + "\\s*\\)|\\b" + name + "\\s*\\.\\s*c?r?begin\\s*\\(").c_str(),
               "a walk over a hash container; keep a vector or an ordered map beside it"));
  }
  return find_words(file, code, walks);
}

Findings hollow_words(const SourceFile& file) { return find_words(file, file.text, hollow()); }

Findings machine_paths(const SourceFile& file) { return find_words(file, file.text, machine()); }

}  // namespace raidsim::house
