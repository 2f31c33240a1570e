#include "harness/world/protocol_points.h"

#include <cstring>
#include <optional>

#include "harness/trace_kinds.h"
#include "model/raid/types.h"

namespace raidsim::harness {
namespace {

using scenarios::ProtocolPoint;
using scenarios::RequestKind;
using scenarios::Side;

/// The harness's own look at a header block: the magic word alone says live or empty.
bool live_header(const std::byte* data) {
  uint32_t magic = 0;
  std::memcpy(&magic, data, sizeof magic);
  return magic == raid::RAID_PWMAGIC;
}

/// Points that are reached when the request goes out. What acts on either side of them acts before anything else
/// happens; a crash then finds the request outstanding, and its `outstanding` says what becomes of it.
std::optional<ProtocolPoint> point_when_issued(RequestKind kind) {
  switch (kind) {
    case RequestKind::log_write:
      return ProtocolPoint::pre_write_issued;
    case RequestKind::home_write:
      return ProtocolPoint::home_write_issued;
    default:
      return std::nullopt;
  }
}

/// Points that are reached when the request is through.
std::optional<ProtocolPoint> point_when_complete(RequestKind kind) {
  switch (kind) {
    case RequestKind::home_write:
      return ProtocolPoint::home_write_done;
    case RequestKind::resync_read:
      return ProtocolPoint::resync_read;
    case RequestKind::resync_write:
      return ProtocolPoint::resync_write;
    case RequestKind::replay_read:
      return ProtocolPoint::replay_read;
    case RequestKind::replay_write:
      return ProtocolPoint::replay_write;
    case RequestKind::log_clear:
      return ProtocolPoint::log_clear;
    case RequestKind::replica_write:
      return ProtocolPoint::replica_write;
    default:
      return std::nullopt;
  }
}

scenarios::Op op_of(IoOp op) {
  switch (op) {
    case IoOp::read:
      return scenarios::Op::read;
    case IoOp::write:
      return scenarios::Op::write;
    case IoOp::flush:
      break;
  }
  return scenarios::Op::flush;
}

RequestKind classify_log(const disk::TransferView& view, const raid::RaidUnit* unit) {
  if (view.op == IoOp::read) {
    const bool replaying = unit != nullptr && !unit->un.has(raid::MD_UN_REPLAYED);
    return replaying ? RequestKind::replay_read : RequestKind::log_read;
  }
  return view.data != nullptr && live_header(view.data) ? RequestKind::log_write : RequestKind::log_clear;
}

RequestKind classify_data(const disk::TransferView& view, const Place& place, const raid::RaidUnit* unit) {
  const bool write = view.op == IoOp::write;
  if (unit == nullptr) return write ? RequestKind::home_write : RequestKind::data_read;
  if (unit->un.has(raid::MD_UN_RESYNC_ACTIVE)) {
    const raid::RowRange rows{place.offset, place.offset + view.blocks - 1};
    for (const raid::Child* cs = unit->lines.chain(); cs != nullptr; cs = cs->chain_next) {
      if (cs->line_only && cs->rows.overlaps(rows)) return write ? RequestKind::resync_write : RequestKind::resync_read;
    }
  }
  if (!unit->un.has(raid::MD_UN_REPLAYED)) return write ? RequestKind::replay_write : RequestKind::replay_read;
  if (write) return RequestKind::home_write;
  const raid::Geometry geometry = unit->geometry();
  const raid::LineIndex line = raid::line_of(raid::RowIndex{place.offset}, geometry);
  const bool parity = raid::parity_column(line, geometry).value == place.column;
  return parity ? RequestKind::parity_read : RequestKind::data_read;
}

RequestKind classify(const disk::TransferView& view, const Place& place, const raid::RaidUnit* unit) {
  switch (place.role) {
    case Role::replica:
      return view.op == IoOp::write ? RequestKind::replica_write : RequestKind::replica_read;
    case Role::log:
      return classify_log(view, unit);
    case Role::data:
      return classify_data(view, place, unit);
    case Role::unused:
      break;
  }
  return RequestKind::any;
}

constexpr SimTime never = sim_start - 1h;  ///< before all that a judge may ask about: a boot, a request, a second ago

}  // namespace

ProtocolPoints::ProtocolPoints(Simulation& simulation, const disk::DiskBay& bay, const DiskRoles& roles,
                               const UnitLookup& units)
    : simulation_(simulation),
      bay_(bay),
      roles_(roles),
      units_(units),
      outstanding_(bay.size()),
      last_trouble_(bay.size(), never),
      last_path_change_(bay.size(), never) {
  for (disk::DiskIndex d = 0; d < bay.size(); ++d) asked_.push_back(bay[d].id());
  for (Outstanding& of_disk : outstanding_) {  // a disk's depth
    of_disk.numbers.reserve(32);
    of_disk.meanings.reserve(32);
  }
}

void ProtocolPoints::host_died() {
  for (Outstanding& of_disk : outstanding_) {
    of_disk.numbers.clear();
    of_disk.meanings.clear();
  }
}

const raid::RaidUnit* ProtocolPoints::unit_of(const Place& place) const {
  return place.role == Role::log || place.role == Role::data ? units_.unit(place.unit) : nullptr;
}

ClassifiedTransfer ProtocolPoints::classified(const disk::TransferView& view) const {
  ClassifiedTransfer out{.view = view, .place = roles_.find(view.disk, view.block)};
  out.unit = unit_of(out.place);
  out.kind = classify(view, out.place, out.unit);
  return out;
}

void ProtocolPoints::point(ProtocolPoint reached, Side side, const ClassifiedTransfer& transfer) {
  if (side == Side::after && traced_) {
    simulation_.recorder().add(simulation_.now(), kind_point, transfer.place.unit, transfer.place.column,
                               transfer.place.offset, static_cast<uint16_t>(reached));
  }
  if (script_ == nullptr || !script_->wants_points()) return;
  script_->point_reached({.point = reached,
                          .side = side,
                          .unit = transfer.place.unit,
                          .column = transfer.place.column,
                          .disk = transfer.view.disk});
}

void ProtocolPoints::on_issue(const disk::TransferView& view) {
  asked_[view.disk] = bay_[view.disk].id();
  if (view.op == IoOp::flush) return;
  const ClassifiedTransfer transfer = classified(view);
  outstanding_[view.disk].numbers.push_back(view.number);
  outstanding_[view.disk].meanings.push_back({transfer.place, transfer.kind});
  const std::optional<ProtocolPoint> issued = point_when_issued(transfer.kind);
  if (issued) point(*issued, Side::before, transfer);
  for (TransferListener* listener : listeners_) listener->on_issue(transfer);
  if (script_ != nullptr && script_->wants_points()) {
    script_->request_issued(
        {.disk = view.disk, .op = op_of(view.op), .kind = transfer.kind, .block = view.block, .blocks = view.blocks});
  }
  if (issued) point(*issued, Side::after, transfer);
}

void ProtocolPoints::on_start(const disk::TransferView& view) {
  if (view.op == IoOp::flush || script_ == nullptr || !script_->wants_points()) return;
  const Outstanding& of_disk = outstanding_[view.disk];
  const size_t found = of_disk.find(view.number);
  if (found == Outstanding::none) return;
  const ClassifiedTransfer transfer{
      .view = view, .place = of_disk.meanings[found].place, .kind = of_disk.meanings[found].kind};
  if (transfer.kind == RequestKind::log_write) point(ProtocolPoint::pre_write_durable, Side::before, transfer);
  if (const auto later = point_when_complete(transfer.kind)) point(*later, Side::before, transfer);
}

size_t ProtocolPoints::Outstanding::find(uint64_t number) const noexcept {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == number) return i;
  }
  return none;
}

void ProtocolPoints::on_complete(const disk::TransferView& view, int error, uint32_t residual) {
  if (error != 0 || residual != 0) last_trouble_[view.disk] = simulation_.now();
  if (view.op == IoOp::flush) return;
  Outstanding& of_disk = outstanding_[view.disk];
  const size_t found = of_disk.find(view.number);
  if (found == Outstanding::none) return;
  Meaning& meaning = of_disk.meanings[found];
  const ClassifiedTransfer transfer{
      .view = view, .place = meaning.place, .unit = unit_of(meaning.place), .kind = meaning.kind};
  of_disk.numbers[found] = of_disk.numbers.back();
  of_disk.numbers.pop_back();
  meaning = of_disk.meanings.back();
  of_disk.meanings.pop_back();
  const int result = error != 0 ? error : (residual != 0 ? EIO : 0);
  for (TransferListener* listener : listeners_) listener->on_complete(transfer, result);
  if (result != 0) return;
  if (const auto reached = point_when_complete(transfer.kind)) point(*reached, Side::after, transfer);
}

void ProtocolPoints::on_durable(const disk::DurableView& view) {
  const disk::TransferView write{.disk = view.disk,
                                 .op = IoOp::write,
                                 .blocks = view.blocks,
                                 .block = view.block,
                                 .number = view.number,
                                 .data = view.data};
  const ClassifiedTransfer transfer = classified(write);
  for (TransferListener* listener : listeners_) listener->on_durable(transfer);
  if (transfer.kind == RequestKind::log_write) point(ProtocolPoint::pre_write_durable, Side::after, transfer);
}

void ProtocolPoints::on_fault(const disk::FaultBite& bite) {
  ++faults_fired_;
  last_trouble_[bite.disk] = simulation_.now();
  for (TransferListener* listener : listeners_) listener->on_fault(bite);
}

}  // namespace raidsim::harness
