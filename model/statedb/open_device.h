// model/statedb/open_device.h: a device that is open as long as this object is there.
#pragma once

#include <utility>

#include "model/disk/block_device.h"

namespace raidsim::statedb {

class OpenDevice {
 public:
  OpenDevice() = default;
  OpenDevice(DeviceTable& table, BlockDevice& device) : table_(&table), device_(&device) {}
  OpenDevice(OpenDevice&& other) noexcept : table_(other.table_), device_(std::exchange(other.device_, nullptr)) {}
  OpenDevice& operator=(OpenDevice&& other) noexcept {
    std::swap(table_, other.table_);
    std::swap(device_, other.device_);
    return *this;
  }
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;
  ~OpenDevice() {
    if (device_ != nullptr) table_->close(*device_);
  }

 private:
  DeviceTable* table_ = nullptr;
  BlockDevice* device_ = nullptr;
};

}  // namespace raidsim::statedb
