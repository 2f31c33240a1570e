// model/disk/late_write.h: a write that its host has aborted and that will reach the medium all the same (F28).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/event.h"
#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

/// Its own copy of the bytes: the host has its buffer back.
struct VirtualDisk::LateWrite : Event {
  LateWrite(Action action, VirtualDisk& of) : Event(action), disk(of) {}
  VirtualDisk& disk;
  uint64_t number = 0;
  uint64_t block = 0;
  uint32_t blocks = 0;
  FaultHandle by = 0;
  uint8_t by_number = 0;
  std::vector<std::byte> bytes;
};

}  // namespace raidsim::disk
