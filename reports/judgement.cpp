#include "reports/judgement.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

namespace raidsim::reports {
namespace {

constexpr size_t fields_of_a_violation = 6;

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  for (size_t from = 0; from <= text.size();) {
    const size_t end = std::min(text.find(at, from), text.size());
    out.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

template <class Number>
Number number(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// One line, one field: separators become blanks.
std::string field(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string without_numbers(const std::string& line) {
  std::string out;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (size_t i = 0; i < line.size(); ++i) {
    // A digit after a letter belongs to a name: d10 and d11 are not alike, blocks 10 and 11 are.
    const bool name = i > 0 && (std::isalnum(static_cast<unsigned char>(line[i - 1])) != 0) && !digit(line[i - 1]);
    if (!digit(line[i]) || name) {
      out += line[i];
      if (name) {
        while (i + 1 < line.size() && digit(line[i + 1]) && digit(line[i])) out += line[++i];
      }
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

}  // namespace

std::string line_of(const BrokenRule& rule) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}", field(rule.id), rule.event, rule.time_ns, field(rule.place),
                     field(rule.sentence), field(rule.observed));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out = split(text, '\n');
  std::erase(out, std::string{});
  return out;
}

std::vector<BrokenRule> violations_of(const TraceFile& file) {
  std::vector<BrokenRule> out;
  for (const std::string& line : lines_of(file.meta_value("violations"))) {
    const std::vector<std::string> f = split(line, '\t');
    if (f.size() == fields_of_a_violation) {
      out.push_back({f[0], number<uint64_t>(f[1]), number<int64_t>(f[2]), f[3], f[4], f[5]});
    } else {
      out.push_back({.id = "?", .place = {}, .sentence = {}, .observed = line});
    }
  }
  return out;
}

std::vector<Alike> grouped(const std::vector<std::string>& lines) {
  std::vector<Alike> out;
  std::map<std::string, size_t> seen;
  for (const std::string& line : lines) {
    const auto [it, fresh] = seen.try_emplace(without_numbers(line), out.size());
    if (fresh) out.push_back({line, 0});
    ++out[it->second].count;
  }
  return out;
}

}  // namespace raidsim::reports
