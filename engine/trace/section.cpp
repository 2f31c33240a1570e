#include "engine/trace/section.h"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>

namespace raidsim {
namespace {

constexpr uint64_t plain = 0;
constexpr uint64_t zstd = 1;
constexpr size_t frame_bytes = 24;  ///< tag to raw size, what the checksum's seed covers
constexpr size_t unpack_step = 1 << 20;

/// Source  chosen: level 1 writes windows of 512 KiB; a hostile frame may ask for 8 MiB at most
constexpr int window_log_max = 23;

uint64_t checksum(std::string_view frame, std::string_view stored) {
  return XXH3_64bits_withSeed(stored.data(), stored.size(), XXH3_64bits(frame.data(), frame.size()));
}

std::string compress(std::string_view raw) {
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  const size_t size = ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), 1);
  packed.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return packed;
}

}  // namespace

std::string to_text(SectionTag tag) {
  std::string text;
  put_fixed(text, static_cast<uint64_t>(tag), 4);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

void put_section(std::string& out, SectionTag tag, std::string_view raw) {
  const std::string packed = compress(raw);
  const bool smaller = !packed.empty() && packed.size() < raw.size();
  const std::string_view stored = smaller ? std::string_view(packed) : raw;
  std::string frame;
  put_fixed(frame, static_cast<uint64_t>(tag), 4);
  put_fixed(frame, smaller ? zstd : plain, 4);
  put_fixed(frame, stored.size(), 8);
  put_fixed(frame, raw.size(), 8);
  out += frame;
  put_fixed(out, checksum(frame, stored), 8);
  out += stored;
}

std::optional<Section> take_section(ByteReader& in, std::string& error) {
  const std::string_view frame = in.take(frame_bytes);
  const uint64_t sum = in.fixed(8);
  if (!in.good()) {
    error = "cut off: no END section";
    return std::nullopt;
  }
  ByteReader fields(frame);
  Section section;
  section.tag = static_cast<SectionTag>(fields.fixed(4));
  const uint64_t encoding = fields.fixed(4);
  const uint64_t stored_size = fields.fixed(8);
  section.raw_size = fields.fixed(8);
  if (stored_size > in.left()) {
    error = "section " + to_text(section.tag) + " is cut off";
    return std::nullopt;
  }
  section.stored = in.take(static_cast<size_t>(stored_size));
  if (checksum(frame, section.stored) != sum) {
    error = "section " + to_text(section.tag) + " is damaged: its checksum does not match";
    return std::nullopt;
  }
  section.compressed = encoding == zstd;
  if (encoding > zstd || (encoding == plain && section.raw_size != stored_size)) {
    error = "section " + to_text(section.tag) + " has an unknown encoding";
    return std::nullopt;
  }
  return section;
}

struct Unpacker::Context {
  ZSTD_DCtx* zstd = ZSTD_createDCtx();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { ZSTD_freeDCtx(zstd); }
};

Unpacker::Unpacker() : context_(std::make_unique<Context>()) {}
Unpacker::~Unpacker() = default;

std::optional<std::string_view> Unpacker::unpack(const Section& section, uint64_t raw_size_max) {
  if (section.raw_size > raw_size_max) return std::nullopt;
  if (!section.compressed) return section.stored;
  if (!inflate(section.stored, section.raw_size)) return std::nullopt;
  return raw_;
}

bool Unpacker::inflate(std::string_view stored, uint64_t raw_size) {
  if (context_->zstd == nullptr) return false;
  ZSTD_DCtx_reset(context_->zstd, ZSTD_reset_session_only);
  ZSTD_DCtx_setParameter(context_->zstd, ZSTD_d_windowLogMax, window_log_max);
  raw_.clear();
  ZSTD_inBuffer in{stored.data(), stored.size(), 0};
  size_t filled = 0;
  for (;;) {
    const size_t size = static_cast<size_t>(std::min<uint64_t>(raw_size, filled + unpack_step));
    raw_.resize(size);
    ZSTD_outBuffer out{raw_.data(), size, filled};
    const size_t in_before = in.pos;
    const size_t left = ZSTD_decompressStream(context_->zstd, &out, &in);
    if (ZSTD_isError(left) != 0) return false;
    const bool moved = out.pos > filled || in.pos > in_before;
    filled = out.pos;
    if (left == 0) return filled == raw_size && in.pos == in.size;  // one frame, no more and no less
    if (!moved) return false;                                       // longer than it claims, or cut off
  }
}

}  // namespace raidsim
