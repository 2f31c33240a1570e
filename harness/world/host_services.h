// harness/world/host_services.h: what the machine under test offers to the volume manager (D-11): memory, wall
// clock, console, event channel. Console and events end in the trace; judges and the script look at events.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "engine/simulation.h"
#include "harness/world/host_clock.h"
#include "harness/world/memory_shortage.h"
#include "model/disk/device_tree.h"
#include "model/md/environment.h"

namespace raidsim::harness {

/// Buffers by power-of-two size, recycled over epochs. Nothing is refused but by a shortage (F53).
class HostMemory final : public md::Memory {
 public:
  [[nodiscard]] std::byte* try_allocate(size_t bytes, const char* site) override;
  [[nodiscard]] std::byte* allocate(size_t bytes, const char* site) override;
  void free(std::byte* memory, size_t bytes) noexcept override;
  /// Null: there is always enough. Shape  outlives this
  void set_shortage(MemoryShortage* shortage) noexcept { shortage_ = shortage; }
  /// The epoch's memory is gone: everything handed out is free again.
  void host_died();
  [[nodiscard]] uint64_t outstanding() const noexcept { return outstanding_; }  ///< allocations not freed

 private:
  static constexpr size_t classes = 40;
  static constexpr size_t alignment = 64;
  struct Chunk {
    std::byte* memory;
    uint32_t size_class;
  };
  struct Free {
    void operator()(std::byte* p) const noexcept;
  };
  std::array<std::vector<std::byte*>, classes> free_;
  std::vector<Chunk> chunks_;
  std::vector<std::unique_ptr<std::byte, Free>> owned_;
  [[nodiscard]] std::byte* take(size_t bytes);
  uint64_t outstanding_ = 0;
  MemoryShortage* shortage_ = nullptr;
};

/// Devices go into the trace by the index of their disk, whatever number they have.
class HostConsole final : public md::Console {
 public:
  HostConsole(Simulation& simulation, const disk::DeviceTree& tree) : simulation_(simulation), tree_(tree) {}
  void message(md::MessageId id, uint64_t a, uint64_t b, uint64_t c) override;

 private:
  Simulation& simulation_;
  const disk::DeviceTree& tree_;
};

/// Told of each event; must not suspend.
class EventListener {
 public:
  virtual void on_event(const md::SvmEvent& event) = 0;

 protected:
  ~EventListener() = default;
};

class HostEvents final : public md::Notifier {
 public:
  HostEvents(Simulation& simulation, const disk::DeviceTree& tree) : simulation_(simulation), tree_(tree) {}
  void add_listener(EventListener& listener) { listeners_.push_back(&listener); }
  void notify(const md::SvmEvent& event) override;
  /// How often an event was emitted for a device, over all epochs.
  [[nodiscard]] uint64_t count(md::EventSubclass subclass, md::EventTag tag, uint64_t device) const;
  [[nodiscard]] uint64_t count(md::EventSubclass subclass) const;

 private:
  struct Key {
    md::EventSubclass subclass;
    md::EventTag tag;
    uint64_t device;
    auto operator<=>(const Key&) const = default;
  };
  Simulation& simulation_;
  const disk::DeviceTree& tree_;
  std::vector<EventListener*> listeners_;
  std::map<Key, uint64_t> counts_;
};

}  // namespace raidsim::harness
