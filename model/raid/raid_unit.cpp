// model/raid/raid_unit.cpp
#include "model/raid/raid_unit.h"

#include <utility>

#include "engine/assert.h"
#include "engine/sync/semaphore.h"
#include "model/raid/record.h"

namespace raidsim::raid {
namespace {

/// A transfer whose issuer waits for it.
struct Waited {
  IoRequest io;
  Semaphore over{"transfer"};

  Waited(IoOp op, uint64_t block, uint32_t blocks, std::byte* data) {
    io.op = op;
    io.block = block;
    io.blocks = blocks;
    io.data = data;
    io.done = [](IoRequest& request) { static_cast<Waited*>(request.owner)->over.release(); };
    io.owner = this;
  }
  [[nodiscard]] int run(BlockDevice& device) {
    device.submit(io);
    over.acquire();
    if (io.error != 0) return io.error;
    return io.residual != 0 ? EIO : 0;  // F08
  }
};

}  // namespace

RaidUnit::RaidUnit(md::System& its_system, Unit record)
    : md::UnitFrame(record.un_self_id, md::UnitType::MD_METARAID),
      system(its_system),
      un(std::move(record)),
      un_mx(md::locks::unit_words, un.un_self_id),
      un_cv("un_cv", un.un_self_id),
      reserve(*system.env.memory, un.un_iosize * block_bytes),
      lines(un.un_self_id) {
  columns_added();
}

RaidUnit::~RaidUnit() {
  for (Child* child : pool.all_children()) {  // a host died with requests under way
    if (child->unit != nullptr) drop_buffers(*child);
  }
}

void RaidUnit::columns_added() {
  while (slots.size() < un.columns.size()) slots.emplace_back(un.un_pwcnt);
  devices.resize(un.columns.size());
}

void RaidUnit::log_initialised(ColumnIndex c) { slots[c.value].reset(); }

int RaidUnit::read_sync(ColumnIndex c, Target target, uint64_t block, uint32_t blocks, std::byte* data) {
  BlockDevice* open = device(c, target);
  if (open == nullptr) return ENXIO;
  return Waited(IoOp::read, block, blocks, data).run(*open);
}

int RaidUnit::write_sync(ColumnIndex c, Target target, uint64_t block, uint32_t blocks, const std::byte* data,
                         bool fua) {
  BlockDevice* open = device(c, target);
  if (open == nullptr) return ENXIO;
  Waited transfer(IoOp::write, block, blocks, const_cast<std::byte*>(data));  // a write leaves its data alone
  transfer.io.fua = fua;
  return transfer.run(*open);
}

int RaidUnit::flush_sync(ColumnIndex c, Target target) {
  BlockDevice* open = device(c, target);
  if (open == nullptr) return ENXIO;
  if (open->cache() == CacheKind::none) return 0;
  return Waited(IoOp::flush, 0, 0, nullptr).run(*open);
}

void RaidUnit::commit(const WriteHold& held, std::initializer_list<md::RecordId> extras) {
  RAIDSIM_ASSERT(held.is_for(unit_lock));
  system.commit(un.un_record_id, extras);
}

void RaidUnit::encode(std::vector<std::byte>& out) const { encode_record(un, out); }

void RaidUnit::event(md::EventSubclass subclass) {
  system.notify(md::EventClass::EC_SVM_STATE, subclass, md::EventTag::SVM_TAG_METADEVICE, minor);
}

}  // namespace raidsim::raid
