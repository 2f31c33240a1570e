#include "engine/choice.h"

#include <utility>

#include "engine/choice_source.h"
#include "engine/tape.h"

namespace raidsim {
namespace {

uint64_t name_hash(std::string_view name) noexcept {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

uint64_t seed_from(uint64_t run_seed, uint64_t hash) noexcept {
  uint64_t mixed = split_mix(run_seed) ^ hash;
  return split_mix(mixed);
}

}  // namespace

uint64_t stream_seed(uint64_t run_seed, std::string_view name) noexcept { return seed_from(run_seed, name_hash(name)); }

ChoiceStream::ChoiceStream(std::string name, uint64_t seed, std::unique_ptr<ChoiceSource> source, bool record)
    : random_(seed),
      plain_(source == nullptr && !record),
      record_(record),
      source_(std::move(source)),
      name_(std::move(name)) {}

ChoiceStream::~ChoiceStream() = default;

uint64_t ChoiceStream::draw_watched(uint64_t bound, ChoiceKind kind) {
  // The generator moves on even when the source answers: any prefix of a recording, followed by its own seed,
  // is the recorded run.
  uint64_t value = random_.below(bound);
  if (source_ != nullptr) {
    const auto answer = source_->draw(kind, bound);
    if (answer) {
      value = *answer;
      RAIDSIM_ASSERT(bound == 0 || value < bound);
    } else {
      source_.reset();
      plain_ = !record_;
    }
  }
  if (record_) recorded_.push_back({kind, bound, value});
  return value;
}

void ChoiceStream::bytes(void* out, size_t size) {
  auto* next = static_cast<unsigned char*>(out);
  while (size > 0) {
    const size_t part = size < 8 ? size : 8;
    uint64_t word = draw(part == 8 ? 0 : uint64_t{1} << (8 * part), ChoiceKind::bytes);
    for (size_t i = 0; i < part; ++i, word >>= 8) next[i] = static_cast<unsigned char>(word & 0xff);
    next += part;
    size -= part;
  }
}

Choices::Choices(uint64_t seed, const Tape* tape, bool record)
    : Choices(seed, tape == nullptr ? nullptr : tape_origin(*tape), record) {}

Choices::Choices(uint64_t seed, std::unique_ptr<ChoiceOrigin> origin, bool record)
    : seed_(seed), record_(record), origin_(std::move(origin)), slots_(32) {}

Choices::~Choices() = default;

ChoiceStream& Choices::stream(std::string_view name) {
  const uint64_t hash = name_hash(name);
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    ChoiceStream& found = streams_[slots_[slot] - 1];
    if (found.name() == name) return found;
  }
  std::string owned(name);
  auto source = origin_ == nullptr ? nullptr : origin_->open(name);
  ChoiceStream& made = streams_.emplace_back(std::move(owned), seed_from(seed_, hash), std::move(source), record_);
  index_stream(hash, static_cast<uint32_t>(streams_.size()));
  return made;
}

void Choices::index_stream(uint64_t hash, uint32_t position) {
  if (streams_.size() * 2 > slots_.size()) {  // at most half full, so a search ends soon
    slots_.assign(slots_.size() * 2, 0);
    for (uint32_t i = 1; i < position; ++i) index_stream(name_hash(streams_[i - 1].name()), i);
  }
  const size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = position;
}

uint64_t Choices::draws() const noexcept {
  uint64_t sum = 0;
  for (const ChoiceStream& each : streams_) sum += each.draws();
  return sum;
}

Tape Choices::recorded() const {
  Tape tape;
  for (const ChoiceStream& each : streams_) {
    if (!each.recorded().empty()) tape.streams.emplace(each.name(), each.recorded());
  }
  return tape;
}

std::optional<TapeDivergence> Choices::divergence() const {
  return origin_ == nullptr ? std::nullopt : origin_->divergence();
}

}  // namespace raidsim
