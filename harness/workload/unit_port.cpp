#include "harness/workload/unit_port.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>

#include "engine/sync/semaphore.h"
#include "harness/oracle/tolerance.h"
#include "harness/trace_kinds.h"
#include "harness/verdicts.h"
#include "model/manager.h"

namespace raidsim::harness {
namespace {

std::string describe(std::optional<WriteId> found) {
  if (!found) return "foreign bytes";
  return *found == initial_zeroes ? "zeroes" : fmt::format("write {}", *found);
}

std::string list(const LegalValues& legal, uint64_t block) {
  std::string out;
  for (const WriteId id : legal.legal_now(block)) {
    out += (out.empty() ? "" : " or ") + (legal.is_loss(block, id) ? "what force left" : describe(id));
  }
  return out;
}

}  // namespace

UnitPort::UnitPort(Simulation& simulation, Verdicts& verdicts, Tolerance& tolerance, std::string name, md::Minor minor,
                   uint64_t blocks)
    : simulation_(simulation),
      verdicts_(verdicts),
      tolerance_(tolerance),
      name_(std::move(name)),
      minor_(minor),
      legal_(blocks) {}

void UnitPort::host_died() {
  manager_ = nullptr;
  in_flight_ = 0;
  paused_ = false;
  legal_.host_died();
}

void UnitPort::trace(uint16_t kind, uint32_t client, const md::Buffer& buffer, uint16_t flags, WriteId id) {
  const uint64_t size_and_write = (uint64_t{buffer.bytes / block_bytes} << 32) | id;
  simulation_.recorder().add(simulation_.now(), kind, client, buffer.block, size_and_write, flags);
}

namespace {

/// What a buffer's `done` finds: whom to wake, whom to tell, and of a write its id.
struct Waiting {
  UnitPort* port;
  AnswerListener* answers;
  WriteId write;
  Semaphore finished{"request"};
};

int error_of(const md::Buffer& buffer) { return buffer.error == 0 && buffer.residual != 0 ? EIO : buffer.error; }

}  // namespace

// A write counts as acknowledged here and not when its client runs: the host may crash in between.
void UnitPort::answered(md::Buffer& buffer) {
  auto& waiting = *static_cast<Waiting*>(buffer.owner);
  if (buffer.op == md::BufferOp::write) {
    waiting.port->legal_.end_write(waiting.write, error_of(buffer) == 0 ? WriteEnd::acknowledged : WriteEnd::failed);
  }
  if (waiting.answers != nullptr) waiting.answers->on_answer(waiting.port->minor_, buffer);
  waiting.finished.release();
}

bool UnitPort::send(md::Buffer& buffer, WriteId write) {
  Waiting waiting{.port = this, .answers = answers_, .write = write};
  buffer.owner = &waiting;
  buffer.done = answered;
  ++in_flight_;
  manager_->strategy(minor_, buffer);
  if (!waiting.finished.acquire_unless_killed()) return false;
  --in_flight_;
  ++completed_;
  return true;
}

int UnitPort::write(uint32_t client, uint64_t block, uint32_t blocks, std::byte* data) {
  if (paused_) return host_gone;
  if (manager_ == nullptr) {
    ++counters_.skipped;
    return ENXIO;
  }
  const SimTime began = simulation_.now();
  const WriteId id = legal_.begin_write(block, blocks);
  for (uint32_t i = 0; i < blocks; ++i) fill_pattern({data + i * block_bytes, block_bytes}, id, block + i);
  md::Buffer buffer{
      .op = md::BufferOp::write, .fua = fua_, .block = block, .bytes = blocks * block_bytes, .data = data};
  trace(kind_request_begin, client, buffer, static_cast<uint16_t>(buffer.op), id);
  if (!send(buffer, id)) return host_gone;
  ++counters_.writes;
  const int error = error_of(buffer);
  trace(kind_request_end, client, buffer, static_cast<uint16_t>(error), id);
  if (error != 0) check_error(began, md::BufferOp::write, block, blocks, error);
  return error;
}

int UnitPort::read(uint32_t client, uint64_t block, uint32_t blocks, std::byte* data) {
  if (paused_) return host_gone;
  if (manager_ == nullptr) {
    ++counters_.skipped;
    return ENXIO;
  }
  const SimTime began = simulation_.now();
  const LegalValues::Read ticket = legal_.begin_read();
  // Something that no write leaves: a read that fills nothing in must not pass for one that found old data.
  std::memset(data, 0xA5, size_t{blocks} * block_bytes);
  md::Buffer buffer{.op = md::BufferOp::read, .block = block, .bytes = blocks * block_bytes, .data = data};
  trace(kind_request_begin, client, buffer, static_cast<uint16_t>(buffer.op), 0);
  if (!send(buffer)) return host_gone;
  ++counters_.reads;
  const int error = error_of(buffer);
  trace(kind_request_end, client, buffer, static_cast<uint16_t>(error), 0);
  if (error == 0) {
    check_read(ticket, began, block, blocks, data);
  } else {
    check_error(began, md::BufferOp::read, block, blocks, error);
  }
  legal_.end_read(ticket);
  return error;
}

int UnitPort::flush(uint32_t client) {
  if (paused_) return host_gone;
  if (manager_ == nullptr) {
    ++counters_.skipped;
    return ENXIO;
  }
  md::Buffer buffer{.op = md::BufferOp::flush};
  trace(kind_request_begin, client, buffer, static_cast<uint16_t>(buffer.op), 0);
  if (!send(buffer)) return host_gone;
  trace(kind_request_end, client, buffer, static_cast<uint16_t>(buffer.error), 0);
  return buffer.error;
}

void UnitPort::check_read(LegalValues::Read read, SimTime began, uint64_t block, uint32_t blocks,
                          const std::byte* data) {
  if (verdicts_.units_given_up()) return;
  for (uint32_t i = 0; i < blocks; ++i) {
    const std::byte* at = data + i * block_bytes;
    const auto found = legal_.identify(block + i, {at, block_bytes});
    if (!found || !legal_.legal(read, block + i, *found)) {
      report_wrong_block(began, block + i, at);
    } else if (legal_.is_loss(block + i, *found)) {
      legal_.loss_was_read(block + i);
    }
  }
}

void UnitPort::report_wrong_block(SimTime, uint64_t block, const std::byte* data) {
  const auto found = legal_.identify(block, {data, block_bytes});
  const auto expected = legal_.legal_now(block);
  const std::string text =
      fmt::format("{} block {}: read returned {}, legal is {}", name_, block, describe(found), list(legal_, block));
  const std::string excuse = tolerance_.excuse_for_content(minor_, block);
  if (!excuse.empty()) {
    verdicts_.finding(Outcome::exposed_silent, text + "; exposed by " + excuse);
    return;
  }
  const bool bystander = expected.size() == 1 && expected.front() == initial_zeroes;
  verdicts_.reached(Outcome::silent_bug);
  verdicts_.violation(bystander ? "V2" : "V1", fmt::format("{}/read", name_), text);
}

void UnitPort::check_error(SimTime began, md::BufferOp op, uint64_t block, uint32_t blocks, int error) {
  ++counters_.failed;
  const std::string text =
      fmt::format("{} {} of blocks {}..{} failed: {}", name_, op == md::BufferOp::read ? "read" : "write", block,
                  block + blocks - 1, std::strerror(error));
  const std::string excuse = tolerance_.excuse_for_error(minor_, began, op, block, blocks, error);
  if (excuse.empty()) {
    verdicts_.violation("V4", fmt::format("{}/{}", name_, op == md::BufferOp::read ? "read" : "write"),
                        text + ", within tolerance");
    return;
  }
  const bool loss = op == md::BufferOp::read;
  verdicts_.finding(loss ? Outcome::detected_loss : Outcome::reported, text + "; " + excuse);
}

}  // namespace raidsim::harness
