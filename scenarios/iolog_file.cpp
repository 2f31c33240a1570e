// Reading an iolog's bytes: plain, or a zstd frame unpacked piece by piece under a limit.
#include <fmt/core.h>
#include <zstd.h>

#include <array>
#include <fstream>
#include <memory>

#include "scenarios/iolog.h"

namespace raidsim::scenarios {
namespace {

constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
constexpr int window_log_max = 27;  // 128 MiB: what a frame may make the reader allocate
constexpr size_t piece = size_t{1} << 16;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class Source {
 public:
  explicit Source(const std::filesystem::path& path) : name_(path.string()) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) fail("this is no regular file; name an iolog");
    in_.open(path, std::ios::binary);
    if (!in_) fail("the file cannot be opened for reading; check its permissions");
  }

  [[noreturn]] void fail(const std::string& text) const { throw ScenarioError(name_, "", text); }
  const std::string& name() const { return name_; }

  /// Up to one piece; empty at the end.
  std::string_view next() {
    in_.read(buffer_.data(), std::ssize(buffer_));
    if (in_.bad()) fail("reading the file failed; check the disk it lies on");
    return {buffer_.data(), static_cast<size_t>(in_.gcount())};
  }

 private:
  std::string name_;
  std::ifstream in_;
  std::array<char, piece> buffer_{};
};

void check_size(const Source& source, size_t size, uint64_t limit) {
  if (size > limit) source.fail(fmt::format("the iolog has more than {} bytes; cut it", limit));
}

std::string read_plain(Source& source, std::string_view first, uint64_t limit) {
  std::string text;
  for (std::string_view part = first; !part.empty(); part = source.next()) {
    text += part;
    check_size(source, text.size(), limit);
  }
  return text;
}

std::string read_packed(Source& source, std::string_view first, uint64_t limit) {
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (!context || ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log_max)) != 0U) {
    source.fail("zstd could not be started; free some memory");
  }
  std::string text;
  std::string out(piece, '\0');
  size_t needed = 0;  // 0 after a whole frame
  for (std::string_view part = first; !part.empty(); part = source.next()) {
    ZSTD_inBuffer in{part.data(), part.size(), 0};
    bool more_output = true;
    while (in.pos < in.size || more_output) {
      ZSTD_outBuffer unpacked{out.data(), out.size(), 0};
      needed = ZSTD_decompressStream(context.get(), &unpacked, &in);
      if (ZSTD_isError(needed) != 0U) {
        source.fail(fmt::format("the zstd frame is broken ({}); pack the iolog again", ZSTD_getErrorName(needed)));
      }
      text.append(out.data(), unpacked.pos);
      check_size(source, text.size(), limit);
      more_output = unpacked.pos == unpacked.size && needed != 0;
      if (needed == 0 && in.pos == in.size) break;
    }
  }
  if (needed != 0) source.fail("the zstd frame is cut off; copy the whole file");
  return text;
}

}  // namespace

Iolog read_iolog(const std::filesystem::path& path, uint64_t limit_bytes) {
  Source source(path);
  const std::string first(source.next());
  const std::string text =
      first.starts_with(zstd_magic) ? read_packed(source, first, limit_bytes) : read_plain(source, first, limit_bytes);
  return parse_iolog(text, path.string());
}

}  // namespace raidsim::scenarios
