#include "harness/cli/text_table.h"

#include <algorithm>

namespace raidsim::cli {

std::string inked(const std::string& text, Tone tone, const reports::Ink& ink) {
  switch (tone) {
    case Tone::plain:
      return text;
    case Tone::good:
      return ink.good(text);
    case Tone::warn:
      return ink.warn(text);
    case Tone::bad:
      return ink.bad(text);
  }
  return text;
}

std::string TextTable::text(size_t indent, const reports::Ink& ink) const {
  std::vector<size_t> widths(rows_[0].size());
  for (size_t c = 0; c < widths.size(); ++c) {
    for (size_t r = 1; r < rows_.size(); ++r) widths[c] = std::max(widths[c], rows_[r][c].text.size());
    if (widths[c] > 0) widths[c] = std::max(widths[c], rows_[0][c].text.size());
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    size_t blanks = 0;  // owed before the next word
    for (size_t c = 0; c < widths.size(); ++c) {
      if (widths[c] == 0) continue;
      const std::string& word = row[c].text;
      if (!word.empty()) {
        line += std::string(blanks, ' ') + inked(word, row[c].tone, ink);
        blanks = 0;
      }
      blanks += widths[c] - word.size() + 2;
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace raidsim::cli
