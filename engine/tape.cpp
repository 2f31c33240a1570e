#include "engine/tape.h"

#include <algorithm>
#include <utility>

#include "engine/byte_codec.h"

namespace raidsim {
namespace {

constexpr std::string_view magic = "RSTAPE";
constexpr uint64_t version = 1;

/// A choice has three bytes at least, so a count can be checked against what is left before memory is taken.
constexpr size_t least_choice_bytes = 3;

bool read_choices(ByteReader& in, std::vector<TapedChoice>& choices, std::string& error) {
  const uint64_t count = in.varint();
  if (count == 0 || count > in.left() / least_choice_bytes) {
    error = "tape: a stream's number of choices is wrong";
    return false;
  }
  choices.reserve(std::min<size_t>(static_cast<size_t>(count), 4096));
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t kind = in.varint();
    const uint64_t bound = in.varint();
    const uint64_t value = in.varint();
    if (!in.good()) {
      error = "tape: ends within a choice";
      return false;
    }
    if (kind >= choice_kinds || (bound != 0 && value >= bound)) {
      error = "tape: choice " + std::to_string(i) + " has an unknown kind or a value outside of its bound";
      return false;
    }
    choices.push_back({static_cast<ChoiceKind>(kind), bound, value});
  }
  return true;
}

std::string described(ChoiceKind kind, uint64_t bound) {
  return std::string(name_of(kind)) + " below " + (bound == 0 ? std::string("2^64") : std::to_string(bound));
}

}  // namespace

size_t Tape::choices() const noexcept {
  size_t sum = 0;
  for (const auto& [name, stream] : streams) sum += stream.size();
  return sum;
}

std::string Tape::serialise() const {
  std::string out(magic);
  put_varint(out, version);
  uint64_t used = 0;
  for (const auto& [name, stream] : streams) used += stream.empty() ? 0u : 1u;
  put_varint(out, used);
  for (const auto& [name, stream] : streams) {
    if (stream.empty()) continue;
    put_text(out, name);
    put_varint(out, stream.size());
    for (const TapedChoice& choice : stream) {
      put_varint(out, static_cast<uint64_t>(choice.kind));
      put_varint(out, choice.bound);
      put_varint(out, choice.value);
    }
  }
  return out;
}

std::optional<Tape> Tape::parse(std::string_view bytes, std::string& error) {
  ByteReader in(bytes);
  if (in.take(magic.size()) != magic) {
    error = "tape: not a raidsim tape";
    return std::nullopt;
  }
  const uint64_t found = in.varint();
  if (!in.good() || found != version) {
    error = in.good()
                ? "tape: version " + std::to_string(found) + ", this program reads version " + std::to_string(version)
                : "tape: ends within its version";
    return std::nullopt;
  }
  Tape tape;
  const uint64_t count = in.varint();
  for (uint64_t i = 0; i < count; ++i) {
    std::string name(in.text(name_bytes_max));
    if (!in.good()) {
      error = "tape: a stream's name is cut off or longer than " + std::to_string(name_bytes_max) + " bytes";
      return std::nullopt;
    }
    if (!tape.streams.empty() && name <= tape.streams.rbegin()->first) {
      error = "tape: streams are not in order of name";
      return std::nullopt;
    }
    auto& stream = tape.streams.emplace_hint(tape.streams.end(), std::move(name), std::vector<TapedChoice>{})->second;
    if (!read_choices(in, stream, error)) return std::nullopt;
  }
  if (!in.good() || !in.at_end()) {
    error = in.good() ? "tape: bytes follow its end" : "tape: cut off";
    return std::nullopt;
  }
  return tape;
}

std::string TapeDivergence::text() const {
  return "draw " + std::to_string(draw) + " of stream " + stream + " asks for " + described(asked_kind, asked_bound) +
         ", the tape holds " + described(recorded.kind, recorded.bound);
}

}  // namespace raidsim
