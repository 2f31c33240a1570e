#include "harness/oracle/legal_values.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim::harness {

LegalValues::LegalValues(uint64_t blocks) : blocks_(blocks) {
  // Write 0: the zeroes of the start, acknowledged before everything.
  writes_.push_back({.began = 0, .settled = 0, .end = WriteEnd::acknowledged, .count = 0, .block = 0});
}

WriteId LegalValues::begin_write(uint64_t block, uint32_t count) {
  RAIDSIM_ASSERT(block + count <= blocks_);
  const auto id = static_cast<WriteId>(writes_.size());
  writes_.push_back({.began = clock_++, .settled = none, .end = WriteEnd::in_flight, .count = count, .block = block});
  in_flight_.push_back(id);
  for (uint64_t b = block; b < block + count; ++b) push(slot(b), id);
  return id;
}

void LegalValues::end_write(WriteId id, WriteEnd end) {
  Write& w = writes_[id];
  RAIDSIM_ASSERT(w.end == WriteEnd::in_flight);
  w.end = end;
  w.settled = clock_++;
  in_flight_.erase(std::find(in_flight_.begin(), in_flight_.end(), id));
  if (end != WriteEnd::acknowledged) return;
  for (uint64_t b = w.block; b < w.block + w.count; ++b) prune(slot(b));
}

void LegalValues::host_died() {
  reads_.clear();
  for (const WriteId id : in_flight_) {
    writes_[id].end = WriteEnd::interrupted;
    writes_[id].settled = clock_++;
  }
  in_flight_.clear();
}

bool LegalValues::lose(uint64_t block, std::span<const std::byte> content) {
  RAIDSIM_ASSERT(block < blocks_ && content.size() == sizeof(Loss::content));
  const auto found = identify(block, content);
  if (found && legal({clock_}, block, *found)) return false;
  const auto id = static_cast<WriteId>(writes_.size());
  writes_.push_back({.began = clock_, .settled = clock_ + 1, .end = WriteEnd::interrupted, .count = 1, .block = block});
  clock_ += 2;
  push(slot(block), id);
  Loss& loss = losses_[block];
  loss.id = id;
  loss.settled = writes_[id].settled;
  std::copy(content.begin(), content.end(), loss.content.begin());
  return true;
}

void LegalValues::loss_was_read(uint64_t block) {
  Write& w = writes_[losses_.at(block).id];
  if (w.end == WriteEnd::acknowledged) return;
  w.end = WriteEnd::acknowledged;
  w.settled = clock_++;
}

void LegalValues::losses_may_come_back(const std::function<bool(uint64_t block)>& of) {
  for (const auto& [block, loss] : losses_) {
    if (!of(block)) continue;
    writes_[loss.id].end = WriteEnd::interrupted;
    writes_[loss.id].settled = loss.settled;
  }
}

bool LegalValues::is_loss(uint64_t block, WriteId id) const {
  const auto it = losses_.find(block);
  return it != losses_.end() && it->second.id == id;
}

std::optional<WriteId> LegalValues::identify(uint64_t block, std::span<const std::byte> content) const {
  const auto it = losses_.find(block);
  if (it != losses_.end() && std::equal(content.begin(), content.end(), it->second.content.begin())) {
    return it->second.id;
  }
  return identify_pattern(content, block);
}

LegalValues::Read LegalValues::begin_read() {
  reads_.push_back(clock_++);
  return {reads_.back()};
}

void LegalValues::end_read(Read read) {
  const auto it = std::lower_bound(reads_.begin(), reads_.end(), read.began);
  RAIDSIM_ASSERT(it != reads_.end() && *it == read.began);
  reads_.erase(it);
}

bool LegalValues::legal(Read read, uint64_t block, WriteId found) const {
  const Slot* s = find(block);
  if (s == nullptr) return found == initial_zeroes;
  bool listed = s->newest == found;
  for (uint32_t n = s->older; !listed && n != none; n = nodes_[n].next) listed = nodes_[n].id == found;
  return listed && !superseded(*s, found, read.began);
}

std::vector<WriteId> LegalValues::legal_now(uint64_t block) const {
  const Slot* s = find(block);
  if (s == nullptr) return {initial_zeroes};
  std::vector<WriteId> out;
  if (!superseded(*s, s->newest, clock_)) out.push_back(s->newest);
  for (uint32_t n = s->older; n != none; n = nodes_[n].next) {
    if (!superseded(*s, nodes_[n].id, clock_)) out.push_back(nodes_[n].id);
  }
  return out;
}

std::vector<uint64_t> LegalValues::touched() const {
  std::vector<uint64_t> out;
  for (const auto& [number, page] : pages_) {
    for (uint64_t i = 0; i < page_blocks; ++i) {
      if (page->slots[i].touched) out.push_back(number * page_blocks + i);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

const LegalValues::Slot* LegalValues::find(uint64_t block) const {
  const auto it = pages_.find(block / page_blocks);
  return it == pages_.end() ? nullptr : &it->second->slots[block % page_blocks];
}

LegalValues::Slot& LegalValues::slot(uint64_t block) {
  auto& page = pages_[block / page_blocks];
  if (!page) page = std::make_unique<Page>();
  return page->slots[block % page_blocks];
}

void LegalValues::push(Slot& s, WriteId id) {
  uint32_t node = free_node_;
  if (node != none) {
    free_node_ = nodes_[node].next;
  } else {
    node = static_cast<uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  nodes_[node] = {s.newest, s.older};
  s.older = node;
  s.newest = id;
  s.touched = true;
}

// Drops what no read of now or later can legally find; an active read keeps what it may still see.
void LegalValues::prune(Slot& s) {
  const uint32_t horizon = oldest_read();
  for (uint32_t* link = &s.older; *link != none;) {
    const uint32_t node = *link;
    if (!superseded(s, nodes_[node].id, horizon)) {
      link = &nodes_[node].next;
      continue;
    }
    *link = nodes_[node].next;
    nodes_[node].next = free_node_;
    free_node_ = node;
  }
}

bool LegalValues::superseded(const Slot& s, WriteId id, uint32_t read_began) const {
  const Write& v = writes_[id];
  if (v.end == WriteEnd::in_flight) return false;
  const auto beats = [&](WriteId other) {
    const Write& w = writes_[other];
    return w.end == WriteEnd::acknowledged && w.began > v.settled && w.settled < read_began;
  };
  if (beats(s.newest)) return true;
  for (uint32_t n = s.older; n != none; n = nodes_[n].next) {
    if (beats(nodes_[n].id)) return true;
  }
  return false;
}

uint32_t LegalValues::oldest_read() const noexcept { return reads_.empty() ? clock_ : reads_.front(); }

}  // namespace raidsim::harness
