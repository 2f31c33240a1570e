#include "engine/sync/wait_graph.h"

#include <algorithm>

#include "engine/kernel.h"

namespace raidsim {

namespace {

bool waits_for_lock(const FiberBlock& fiber) {
  return fiber.reason == WaitReason::mutex || fiber.reason == WaitReason::read_lock ||
         fiber.reason == WaitReason::write_lock;
}

bool blocked_now(const FiberBlock& fiber) {
  return !fiber.ready && fiber.reason != WaitReason::none && fiber.reason != WaitReason::ready;
}

std::string_view words_of(WaitReason reason) {
  switch (reason) {
    case WaitReason::none:
      return "runs";
    case WaitReason::ready:
      return "is ready";
    case WaitReason::sleep:
      return "sleeps";
    case WaitReason::mutex:
      return "waits for mutex ";
    case WaitReason::condition:
      return "waits for condition ";
    case WaitReason::read_lock:
      return "waits to read under ";
    case WaitReason::write_lock:
      return "waits to write under ";
    case WaitReason::semaphore:
      return "waits for semaphore ";
  }
  return "";
}

std::string held_by(const FiberBlock& fiber) {
  std::string text;
  for (const Lock* lock : fiber.held.all()) text += (text.empty() ? "" : ", ") + described(*lock);
  return text;
}

std::string title(const FiberBlock& fiber) {
  return "fiber " + std::to_string(static_cast<uint32_t>(fiber.id)) + " \"" + fiber.name + "\"";
}

}  // namespace

WaitGraph::WaitGraph(const Kernel& kernel) {
  for (const FiberBlock* fiber = kernel.first_live(); fiber != nullptr; fiber = fiber->live_next) {
    nodes_.push_back({fiber, {}});
  }
  for (Node& node : nodes_) {
    if (!blocked_now(*node.fiber) || !waits_for_lock(*node.fiber)) continue;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const auto held = nodes_[i].fiber->held.all();
      if (std::find(held.begin(), held.end(), node.fiber->waits_for) != held.end()) node.waits_on.push_back(i);
    }
  }
}

std::vector<BlockedFiber> WaitGraph::blocked() const {
  std::vector<BlockedFiber> result;
  for (const Node& node : nodes_) {
    const FiberBlock& fiber = *node.fiber;
    if (!blocked_now(fiber) || fiber.daemon) continue;
    result.push_back({.id = fiber.id,
                      .name = fiber.name,
                      .parent = fiber.parent,
                      .reason = fiber.reason,
                      .waits_for = fiber.waits_for == nullptr ? "" : described(*fiber.waits_for),
                      .held_locks = held_by(fiber)});
  }
  return result;
}

namespace {

/// Path of nodes from `at` back to `start`, over nodes that are not below `start`.
template <class Nodes>
bool find_cycle(const Nodes& nodes, size_t start, size_t at, std::vector<bool>& visited, std::vector<size_t>& path) {
  path.push_back(at);
  visited[at] = true;
  for (size_t to : nodes[at].waits_on) {
    if (to == start) return true;
    if (to > start && !visited[to] && find_cycle(nodes, start, to, visited, path)) return true;
  }
  path.pop_back();
  return false;
}

}  // namespace

std::vector<std::vector<FiberId>> WaitGraph::cycles() const {
  std::vector<std::vector<FiberId>> result;
  for (size_t start = 0; start < nodes_.size(); ++start) {
    std::vector<bool> visited(nodes_.size(), false);
    std::vector<size_t> path;
    if (!find_cycle(nodes_, start, start, visited, path)) continue;
    auto& cycle = result.emplace_back();
    for (size_t index : path) cycle.push_back(nodes_[index].fiber->id);
  }
  return result;
}

std::string WaitGraph::line(const Node& node) const {
  const FiberBlock& fiber = *node.fiber;
  std::string text = title(fiber) + " " + std::string(words_of(fiber.reason));
  if (fiber.waits_for != nullptr) text += described(*fiber.waits_for);
  for (size_t i = 0; i < node.waits_on.size(); ++i) {
    text += (i == 0 ? ", held by fiber " : ", ") +
            std::to_string(static_cast<uint32_t>(nodes_[node.waits_on[i]].fiber->id));
  }
  if (fiber.held.size() != 0) text += "; holds " + held_by(fiber);
  return text;
}

std::string WaitGraph::cycle_line(const std::vector<FiberId>& cycle) const {
  std::string text = "deadlock: ";
  for (FiberId id : cycle) {
    const auto node = std::find_if(nodes_.begin(), nodes_.end(), [id](const Node& n) { return n.fiber->id == id; });
    text += title(*node->fiber) + " -> " + described(*node->fiber->waits_for) + " -> ";
  }
  return text + "fiber " + std::to_string(static_cast<uint32_t>(cycle.front()));
}

std::string WaitGraph::text() const {
  std::string text;
  for (const Node& node : nodes_) {
    const bool of_interest = !node.fiber->daemon || node.fiber->held.size() != 0;
    if (blocked_now(*node.fiber) && of_interest) text += line(node) + "\n";
  }
  for (const auto& cycle : cycles()) text += cycle_line(cycle) + "\n";
  return text;
}

}  // namespace raidsim
