// harness/cli/text_table.h: rows of words in columns, each as wide as its widest word.
#pragma once

#include <string>
#include <vector>

#include "reports/ink.h"

namespace raidsim::cli {

enum class Tone : uint8_t { plain, good, warn, bad };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  Cell(std::string of) : text(std::move(of)) {}  // NOLINT: a word is a cell
  Cell(const char* of) : text(of) {}
  Cell(std::string of, Tone how) : text(std::move(of)), tone(how) {}
};

class TextTable {
 public:
  explicit TextTable(std::vector<Cell> header) { rows_.push_back(std::move(header)); }
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const noexcept { return rows_.size() == 1; }
  /// Lines that begin with `indent` and end in no blanks. A column that is empty in all rows is left out.
  [[nodiscard]] std::string text(size_t indent, const reports::Ink& ink) const;

 private:
  std::vector<std::vector<Cell>> rows_;  ///< the first is the header
};

[[nodiscard]] std::string inked(const std::string& text, Tone tone, const reports::Ink& ink);

}  // namespace raidsim::cli
