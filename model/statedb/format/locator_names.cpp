#include "model/statedb/format/locator_names.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/format/checksum.h"
#include "model/statedb/format/fields.h"

namespace raidsim::statedb {
namespace {

constexpr size_t magic = 0, revision = 4, sum = 8, timestamp = 12, prefixes_at = 20;
constexpr size_t prefix_bytes = 1 + MD_MAXPREFIX, suffix_bytes = 2 + MD_MAXSUFFIX;
constexpr size_t suffixes_at = prefixes_at + MDDB_PREFIXCNT * prefix_bytes;
static_assert(suffixes_at + MDDB_NLB * suffix_bytes == 3400);
static_assert(3400 <= locator_names_bytes);
constexpr LeftOut own_sum{sum, sum + 4};

void put_text(std::span<std::byte> out, size_t at, const std::string& text) {
  out[at] = static_cast<std::byte>(text.size());
  std::transform(text.begin(), text.end(), out.begin() + static_cast<std::ptrdiff_t>(at + 1),
                 [](char c) { return static_cast<std::byte>(c); });
}

/// False: longer than it may be.
bool get_text(std::span<const std::byte> bytes, size_t at, size_t longest, std::string& text) {
  const auto length = static_cast<size_t>(bytes[at]);
  if (length > longest) return false;
  for (const std::byte b : bytes.subspan(at + 1, length)) text.push_back(static_cast<char>(b));
  return true;
}

}  // namespace

bool LocatorNames::enter(size_t index, const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string front = slash == std::string::npos ? std::string() : path.substr(0, slash);
  const std::string rest = slash == std::string::npos ? path : path.substr(slash + 1);
  const auto known = std::find(prefixes.begin(), prefixes.end(), front);
  const auto number = static_cast<uint32_t>(known - prefixes.begin());
  if (index >= MDDB_NLB || front.size() > MD_MAXPREFIX || rest.size() > MD_MAXSUFFIX) return false;
  if (number >= MDDB_PREFIXCNT) return false;
  if (known == prefixes.end()) prefixes.push_back(front);
  if (suffixes.size() <= index) suffixes.resize(index + 1);
  suffixes[index] = {.prefix = number, .text = rest};
  return true;
}

std::string LocatorNames::name(size_t index) const {
  if (index >= suffixes.size() || suffixes[index].text.empty()) return {};
  const Suffix& suffix = suffixes[index];
  if (suffix.prefix >= prefixes.size() || prefixes[suffix.prefix].empty()) return suffix.text;
  return prefixes[suffix.prefix] + "/" + suffix.text;
}

void encode(const LocatorNames& names, std::span<std::byte> out) {
  RAIDSIM_ASSERT(out.size() == locator_names_bytes);
  RAIDSIM_ASSERT(names.prefixes.size() <= MDDB_PREFIXCNT);
  RAIDSIM_ASSERT(names.suffixes.size() <= MDDB_NLB);
  std::fill(out.begin(), out.end(), std::byte{0});
  put32(out, magic, MDDB_MAGIC_LN);
  put32(out, revision, MDDB_REV_LN);
  put_time(out, timestamp, names.ln_timestamp);
  for (size_t i = 0; i < names.prefixes.size(); ++i) put_text(out, prefixes_at + i * prefix_bytes, names.prefixes[i]);
  for (size_t i = 0; i < names.suffixes.size(); ++i) {
    const size_t at = suffixes_at + i * suffix_bytes;
    out[at] = static_cast<std::byte>(names.suffixes[i].prefix);
    put_text(out, at + 1, names.suffixes[i].text);
  }
  put32(out, sum, checksum(out, {own_sum}));
}

ReadLocatorNames decode_locator_names(std::span<const std::byte> bytes) {
  RAIDSIM_ASSERT(bytes.size() == locator_names_bytes);
  if (get32(bytes, magic) != MDDB_MAGIC_LN) return {.fault = BlockFault::magic, .names = {}};
  if (!acceptable_revision(get32(bytes, revision), MDDB_REV_LN)) return {.fault = BlockFault::revision, .names = {}};
  if (get32(bytes, sum) != checksum(bytes, {own_sum})) return {.fault = BlockFault::checksum, .names = {}};
  ReadLocatorNames read;
  LocatorNames& names = read.names;
  names.ln_timestamp = get_time(bytes, timestamp);
  bool good = true;
  for (size_t i = 0; i < MDDB_PREFIXCNT; ++i) {
    good = get_text(bytes, prefixes_at + i * prefix_bytes, MD_MAXPREFIX, names.prefixes.emplace_back()) && good;
  }
  for (size_t i = 0; i < MDDB_NLB; ++i) {
    const size_t at = suffixes_at + i * suffix_bytes;
    LocatorNames::Suffix& suffix = names.suffixes.emplace_back();
    suffix.prefix = static_cast<uint32_t>(bytes[at]);
    good = get_text(bytes, at + 1, MD_MAXSUFFIX, suffix.text) && suffix.prefix < MDDB_PREFIXCNT && good;
  }
  if (!good) return {.fault = BlockFault::content, .names = {}};
  while (!names.prefixes.empty() && names.prefixes.back().empty()) names.prefixes.pop_back();
  while (!names.suffixes.empty() && names.suffixes.back().text.empty()) names.suffixes.pop_back();
  return read;
}

}  // namespace raidsim::statedb
