#include "harness/world/host_services.h"

#include <bit>
#include <cstdlib>
#include <new>

#include "harness/trace_kinds.h"

namespace raidsim::harness {

void HostMemory::Free::operator()(std::byte* p) const noexcept { ::operator delete(p, std::align_val_t{alignment}); }

std::byte* HostMemory::try_allocate(size_t bytes, const char* site) {
  if (shortage_ != nullptr && shortage_->refuses(site)) return nullptr;
  return take(bytes);
}

std::byte* HostMemory::allocate(size_t bytes, const char* site) {
  if (shortage_ != nullptr && shortage_->refuses(site)) shortage_->wait();
  return take(bytes);
}

std::byte* HostMemory::take(size_t bytes) {
  const auto size_class = static_cast<uint32_t>(std::bit_width(bytes | 511));
  auto& list = free_[size_class];
  ++outstanding_;
  if (!list.empty()) {
    std::byte* memory = list.back();
    list.pop_back();
    return memory;
  }
  auto* memory = static_cast<std::byte*>(::operator new(size_t{1} << size_class, std::align_val_t{alignment}));
  owned_.emplace_back(memory);
  chunks_.push_back({memory, size_class});
  return memory;
}

void HostMemory::free(std::byte* memory, size_t bytes) noexcept {
  free_[static_cast<uint32_t>(std::bit_width(bytes | 511))].push_back(memory);
  --outstanding_;
  if (shortage_ != nullptr) shortage_->freed();
}

// In order of first allocation, so that a recycled buffer does not depend on who died with it.
void HostMemory::host_died() {
  for (auto& list : free_) list.clear();
  for (size_t i = chunks_.size(); i-- > 0;) free_[chunks_[i].size_class].push_back(chunks_[i].memory);
  outstanding_ = 0;
}

void HostConsole::message(md::MessageId id, uint64_t a, uint64_t b, uint64_t) {
  simulation_.recorder().add(simulation_.now(), kind_message, static_cast<uint32_t>(a), tree_.by_index(b), 0,
                             static_cast<uint16_t>(id));
}

void HostEvents::notify(const md::SvmEvent& event) {
  simulation_.recorder().add(simulation_.now(), kind_svm_event, static_cast<uint32_t>(event.device),
                             static_cast<uint64_t>(event.tag), tree_.by_index(event.device),
                             static_cast<uint16_t>(event.subclass));
  ++counts_[{event.subclass, event.tag, event.device}];
  for (EventListener* listener : listeners_) listener->on_event(event);
}

uint64_t HostEvents::count(md::EventSubclass subclass, md::EventTag tag, uint64_t device) const {
  const auto it = counts_.find({subclass, tag, device});
  return it == counts_.end() ? 0 : it->second;
}

uint64_t HostEvents::count(md::EventSubclass subclass) const {
  uint64_t sum = 0;
  for (const auto& [key, n] : counts_) {
    if (key.subclass == subclass) sum += n;
  }
  return sum;
}

}  // namespace raidsim::harness
