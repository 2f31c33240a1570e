// model/raid/admin/create.cpp
#include "model/raid/admin/create.h"

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "engine/assert.h"
#include "engine/sync/semaphore.h"
#include "model/raid/admin/lookup.h"
#include "model/raid/column_device.h"
#include "model/raid/init.h"
#include "model/raid/prewrite_header.h"
#include "model/raid/record.h"
#include "model/raid/scoped_hold.h"
#include "model/statedb/db_status.h"

namespace raidsim::raid {
namespace {

/// One block of a device that belongs to no unit yet. False: it could not be read.
bool read_block(BlockDevice& device, uint64_t block, std::array<std::byte, block_bytes>& into) {
  Semaphore over("transfer");
  IoRequest request;
  request.block = block;
  request.blocks = 1;
  request.data = into.data();
  request.owner = &over;
  request.done = [](IoRequest& done) { static_cast<Semaphore*>(done.owner)->release(); };
  device.submit(request);
  over.acquire();
  return !request.failed();
}

/// `unit` is the minor in column 0's header, which the others must carry too.
bool header_verifies(md::System& system, const Unit& image, ColumnIndex col, uint32_t& unit) {
  const Column& column = image.columns[col.value];
  DeviceNumber number = system.names.md_resolve_bydevid(image.un_self_id, column.now.dev, column.un_orig_key);
  const uint64_t needed = blocks_needed(image, column.now);
  const DeviceTable::Opened opened = system.md_layered_open(image.un_self_id, number, column.un_orig_key, needed);
  if (opened.device == nullptr) return false;
  std::array<std::byte, block_bytes> block{};
  const bool read = read_block(*opened.device, column.now.pwstart, block);
  system.md_layered_close(*opened.device);
  if (!read) return false;
  const PreWriteHeader header = decode_header(block);
  if (col.value == 0) unit = header.rpw_unit;
  return header.rpw_unit == unit && matches_geometry(header, image, col);
}

Unit as_created(const Unit& image, md::RecordId record) {
  Unit unit = image;
  unit.un_record_id = record;
  unit.un_capabilities = md::MD_CAN_PARENT | md::MD_CAN_SP;
  unit.un_parent = md::MD_NO_PARENT;
  unit.un_resync_copysize = 0;
  unit.un_status = unit.un_state == RUS_INIT ? uint32_t{MD_UN_GROW_PENDING} : 0;
  unit.un_pwid = 1;
  for (Column& column : unit.columns) {
    column.un_devflags &= ~uint32_t{MD_RAID_DEV_ISOPEN | MD_RAID_ALT_ISOPEN | MD_RAID_WRITE_ALT};
  }
  return unit;
}

}  // namespace

bool slot_zero_headers_verify(md::System& system, const Unit& image) {
  uint32_t unit = 0;
  for (uint64_t i = 0; i < image.columns.size(); ++i) {
    if (!header_verifies(system, image, ColumnIndex{i}, unit)) return false;
  }
  return true;
}

md::Error raid_create(md::System& system, const Unit& image) {
  const md::Minor minor = image.un_self_id;
  if (const md::Error error = raid_getun_for_create(system, minor); !error.is_ok()) return error;
  if (broken_structure(image) != nullptr) return md::mdmderror(md::MDE_BAD_RAID, minor);
  const md::RecordId record = system.store.create(statedb::RecordType::raid);
  if (record < 0) return statedb::mddbstatus2error(static_cast<statedb::DbStatus>(record), minor, 0);
  if (image.un_state != RUS_INIT && !slot_zero_headers_verify(system, image)) {
    return system.discard(record, md::mderror(md::MDE_RAID_INVALID));
  }
  auto unit = std::make_unique<RaidUnit>(system, as_created(image, record));
  std::vector<md::RecordId> group{record};
  if (image.un_hsp_id != md::MD_HSP_NONE) {
    const hotspare::Service::Counted counted = system.hs().increment(image.un_hsp_id);
    if (!counted.ok) return system.discard(record, md::mdhsperror(md::MDE_INVAL_HSP, image.un_hsp_id));
    group.push_back(counted.record);
  }
  system.store.set_owner(record, unit.get());
  for (const Column& column : unit->un.columns) group.push_back(system.md_set_parent(column.orig.dev, minor));
  {
    const ScopedWrite held(unit->unit_lock.write());
    system.commit_group(group);
  }
  const bool initialise = unit->un.un_state == RUS_INIT;
  system.make_visible(std::move(unit));
  system.notify(md::EventClass::EC_SVM_CONFIG, md::EventSubclass::ESC_SVM_CREATE, md::EventTag::SVM_TAG_METADEVICE,
                minor);
  return initialise ? raid_init_unit(system, minor) : md::no_error;
}

}  // namespace raidsim::raid
