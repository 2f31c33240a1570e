#include "engine/trace/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace raidsim {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

std::string reason(const std::string& path) { return path + ": " + std::strerror(errno); }

}  // namespace

void TraceFile::add_kinds(std::span<const TraceKindInfo> rows) {
  for (const TraceKindInfo& row : rows) {
    kinds[row.kind] = {row.kind,           std::string(row.name), std::string(row.actor), std::string(row.flags),
                       std::string(row.a), std::string(row.b)};
  }
}

const TraceKindRow* TraceFile::kind(TraceKind kind) const {
  const auto found = kinds.find(kind);
  return found == kinds.end() ? nullptr : &found->second;
}

std::string TraceFile::name_of(const std::string& what, uint32_t number) const {
  const auto group = names.find(what);
  if (group != names.end()) {
    const auto found = group->second.find(number);
    if (found != group->second.end()) return found->second;
  }
  return what + " " + std::to_string(number);
}

std::string_view TraceFile::meta_value(const std::string& key) const {
  const auto found = meta.find(key);
  return found == meta.end() ? std::string_view{} : std::string_view(found->second);
}

bool write_trace(const std::string& path, const TraceFile& file, std::string& error) {
  const std::string bytes = serialise(file);
  OpenFile out(std::fopen(path.c_str(), "wb"));
  if (out == nullptr) {
    error = reason(path);
    return false;
  }
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), out.get()) == bytes.size();
  const bool closed = std::fclose(out.release()) == 0;  // the last bytes may fail only here
  if (!written || !closed) {
    error = reason(path);
    return false;
  }
  return true;
}

std::optional<TraceFile> read_trace(const std::string& path, std::string& error, const TraceLimits& limits) {
  const OpenFile in(std::fopen(path.c_str(), "rb"));
  if (in == nullptr) {
    error = reason(path);
    return std::nullopt;
  }
  std::string bytes;
  char block[65'536];
  errno = 0;
  while (const size_t got = std::fread(block, 1, sizeof block, in.get())) {
    bytes.append(block, got);
    if (bytes.size() > limits.file_bytes) {  // also ends a device that never ends
      error = path + ": larger than " + std::to_string(limits.file_bytes) + " bytes";
      return std::nullopt;
    }
  }
  if (std::ferror(in.get()) != 0) {
    error = reason(path);
    return std::nullopt;
  }
  auto file = parse_trace(bytes, error, limits);
  if (!file) error = path + ": " + error;
  return file;
}

}  // namespace raidsim
