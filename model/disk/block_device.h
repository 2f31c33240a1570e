// model/disk/block_device.h: all that the code under test sees of a disk (spec/decisions.md D-04).
//
//   volume manager ──> DeviceTable::open ──> BlockDevice::submit ──> done(request), exactly once
//
// Below it, not under test: the host driver (paths, 60 s timeout, retries of transport errors) and the
// virtual disk. Code above cannot tell that the disk is simulated.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace raidsim {

inline constexpr uint32_t block_bytes = 512;  ///< DEV_BSIZE

/// Device number (md_dev64_t): may change across boots. A number is no identity; DeviceId is.
using DeviceNumber = uint64_t;
inline constexpr DeviceNumber no_device = ~uint64_t{0};  ///< NODEV64

/// Burnt in, stays with the disk. 0: the disk has none.
using DeviceId = uint64_t;

enum class IoOp : uint8_t { read, write, flush };

/// One transfer, owned by the caller, who keeps it and its data in place until `done` ran.
struct IoRequest {
  IoOp op = IoOp::read;
  bool fua = false;       ///< write: durable by its completion
  bool preflush = false;  ///< write: acts as a flush before the write
  uint8_t purpose = 0;    ///< free for the caller; the device passes it on to nobody
  uint32_t blocks = 0;    ///< transfer length; 0 for a flush
  uint64_t block = 0;     ///< first block
  std::byte* data = nullptr;

  /// Runs in the event loop and must not suspend (D-05): make a waiter ready, or queue work.
  using Done = void (*)(IoRequest&);
  Done done = nullptr;
  void* owner = nullptr;  ///< free for `done`

  int error = 0;          ///< errno, 0 for success
  uint32_t residual = 0;  ///< blocks that were not transferred; without an errno it counts as EIO (F08)

  [[nodiscard]] bool failed() const noexcept { return error != 0 || residual != 0; }

  void* driver = nullptr;  ///< the host driver's own, while the request is outstanding
};

enum class CacheKind : uint8_t { none, volatile_write_back };

class BlockDevice {
 public:
  /// Queues one transfer; completes later, never inside this call.
  /// Shape  within the device, at most longest_transfer() blocks; else it completes with EINVAL
  virtual void submit(IoRequest& request) = 0;
  [[nodiscard]] virtual DeviceNumber number() const noexcept = 0;
  [[nodiscard]] virtual uint64_t blocks() const noexcept = 0;
  [[nodiscard]] virtual uint32_t longest_transfer() const noexcept = 0;  ///< blocks
  [[nodiscard]] virtual CacheKind cache() const noexcept = 0;

 protected:
  ~BlockDevice() = default;
};

/// Open count is per device; each open is paired with one close.
class DeviceTable {
 public:
  struct Opened {
    BlockDevice* device = nullptr;  ///< null on error
    int error = 0;
  };
  /// Opens a slice. Suspends (an open takes time on a real disk).
  /// Errors  ENXIO: missing, of another id than `expected` (0: any), or smaller than `blocks_needed`;
  ///         other errnos as injected (F36)
  [[nodiscard]] virtual Opened open(DeviceNumber number, DeviceId expected, uint64_t blocks_needed) = 0;
  virtual void close(BlockDevice& device) = 0;
  /// Present number of the slice `slice` of the disk with this id; no_device when it is not there.
  [[nodiscard]] virtual DeviceNumber find(DeviceId id, uint32_t slice) const = 0;
  /// Id of the disk behind a number; 0 when there is none.
  [[nodiscard]] virtual DeviceId id_of(DeviceNumber number) const = 0;

 protected:
  ~DeviceTable() = default;
};

/// Numbers of disk slices: major 32, minor 8 * disk + slice (a metadevice has major 85).
inline constexpr uint32_t disk_major = 32;
inline constexpr uint32_t md_major = 85;
inline constexpr uint32_t slices_per_disk = 8;
[[nodiscard]] constexpr DeviceNumber make_device(uint32_t major, uint32_t minor) {
  return (uint64_t{major} << 32) | minor;
}
[[nodiscard]] constexpr uint32_t major_of(DeviceNumber d) { return static_cast<uint32_t>(d >> 32); }
[[nodiscard]] constexpr uint32_t minor_of(DeviceNumber d) { return static_cast<uint32_t>(d); }
[[nodiscard]] constexpr DeviceNumber disk_slice(uint32_t disk, uint32_t slice) {
  return make_device(disk_major, disk * slices_per_disk + slice);
}

}  // namespace raidsim
