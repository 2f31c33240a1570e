// model/raid/buffers.cpp
#include "model/raid/buffers.h"

#include <utility>

#include "engine/assert.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {
namespace {

constexpr const char* data_site = "raid-data-buffer";
constexpr const char* parity_site = "raid-parity-buffer";
constexpr const char* column_site = "raid-column-buffer";
constexpr const char* reserve_site = "raid-reserve-buffer";

}  // namespace

ReservePair::ReservePair(md::Memory& memory, size_t bytes_each)
    : memory_(&memory),
      data_(memory.allocate(bytes_each, reserve_site)),
      parity_(memory.allocate(bytes_each, reserve_site)),
      bytes_(bytes_each),
      present_(true) {}

ReservePair::~ReservePair() {
  if (memory_ == nullptr) return;
  memory_->free(data_, bytes_);
  memory_->free(parity_, bytes_);
}

bool try_buffers(Child& cs) {
  RaidUnit& unit = *cs.unit;
  md::Memory& memory = *unit.system.env.memory;
  const size_t bytes = cs.payload_bytes() + block_bytes;
  cs.buffer_bytes = static_cast<uint32_t>(bytes);
  cs.cs_dbuffer = memory.try_allocate(bytes, data_site);
  if (cs.cs_dbuffer != nullptr) {
    cs.cs_pbuffer = memory.try_allocate(bytes, parity_site);
    if (cs.cs_pbuffer != nullptr) return true;
    memory.free(std::exchange(cs.cs_dbuffer, nullptr), bytes);
  }
  ReservePair& pair = unit.reserve;
  MutexLock words(unit.un_mx);
  if (!pair.present_ || pair.waiters() > 0) return false;
  RAIDSIM_ASSERT(bytes <= pair.bytes_);
  pair.present_ = false;
  cs.cs_dbuffer = pair.data_;
  cs.cs_pbuffer = pair.parity_;
  cs.cs_flags |= MD_RCS_UNDBUF | MD_RCS_UNPBUF;
  return true;
}

void wait_for_buffers(Child& cs) {
  RaidUnit& unit = *cs.unit;
  ReservePair& pair = unit.reserve;
  RAIDSIM_ASSERT(!cs.is(MD_RCS_LLOCKD) && !cs.unit_hold);  // RH-25
  const size_t bytes = cs.payload_bytes() + block_bytes;
  RAIDSIM_ASSERT(bytes <= pair.bytes_);
  cs.buffer_bytes = static_cast<uint32_t>(bytes);
  MutexLock words(unit.un_mx);
  ++unit.statistics.reserve_waits;
  unit.un_rflags |= MD_RFLAG_NEEDBUF;
  const uint64_t ticket = pair.next_ticket_++;
  while (!pair.present_ || pair.serving_ != ticket) unit.un_cv.wait(words);
  ++pair.serving_;
  pair.present_ = false;
  if (pair.waiters() == 0) unit.un_rflags &= ~uint32_t{MD_RFLAG_NEEDBUF};
  cs.cs_dbuffer = pair.data_;
  cs.cs_pbuffer = pair.parity_;
  cs.cs_flags |= MD_RCS_UNDBUF | MD_RCS_UNPBUF;
}

void allocate_column_buffers(Child& cs) {
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    cs.cs_buflist[i].buffer = cs.unit->system.env.memory->allocate(cs.buffer_bytes, column_site);
  }
}

void drop_buffers(Child& cs) noexcept {
  md::Memory& memory = *cs.unit->system.env.memory;
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    std::byte* buffer = std::exchange(cs.cs_buflist[i].buffer, nullptr);
    if (buffer != nullptr) memory.free(buffer, cs.buffer_bytes);
  }
  std::byte* data = std::exchange(cs.cs_dbuffer, nullptr);
  std::byte* parity = std::exchange(cs.cs_pbuffer, nullptr);
  if (data == nullptr || cs.is(MD_RCS_UNDBUF)) return;
  memory.free(data, cs.buffer_bytes);
  memory.free(parity, cs.buffer_bytes);
}

void free_buffers(Child& cs) {
  RaidUnit& unit = *cs.unit;
  drop_buffers(cs);
  if (!cs.is(MD_RCS_UNDBUF)) return;
  MutexLock words(unit.un_mx);
  cs.cs_flags &= ~uint32_t{MD_RCS_UNDBUF | MD_RCS_UNPBUF};
  unit.reserve.present_ = true;
  if (unit.reserve.waiters() > 0) unit.un_cv.notify_all();
}

}  // namespace raidsim::raid
