#include "harness/verdicts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/trace_kinds.h"

namespace raidsim::harness {
namespace {

/// Places of the host and its database; all others are units, and what belongs to them.
constexpr std::array of_the_host{"replicas", "database", "panic", "locks", "memory", "daemons"};

bool about_the_host(std::string_view id, std::string_view place) {
  return id == "ASSERT" || id == "EXPECT" || id == "V11" ||
         std::find(of_the_host.begin(), of_the_host.end(), place) != of_the_host.end();
}

}  // namespace

void Verdicts::violation(std::string id, std::string place, std::string text) {
  if (units_given_up_ && !about_the_host(id, place)) return;
  const auto same = [&](const Violation& v) { return v.id == id && v.place == place; };
  if (violations_.size() >= most || std::any_of(violations_.begin(), violations_.end(), same)) {
    ++suppressed_;
    return;
  }
  Recorder& recorder = simulation_.recorder();
  violations_.push_back({std::move(id), std::move(text), std::move(place), simulation_.now(), recorder.count()});
  recorder.add(simulation_.now(), kind_violation, static_cast<uint32_t>(violations_.size() - 1));
}

void Verdicts::finding(Outcome outcome, std::string text, Keep keep) {
  reached(outcome);
  if (findings_.size() >= most && keep == Keep::while_few) {
    ++suppressed_;
    return;
  }
  findings_.push_back(std::move(text));
  simulation_.recorder().add(simulation_.now(), kind_finding, static_cast<uint32_t>(findings_.size() - 1));
}

void Verdicts::reached(Outcome outcome) noexcept { outcome_ = std::max(outcome_, outcome); }

const char* word_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::masked:
      return "masked";
    case Outcome::degraded:
      return "degraded";
    case Outcome::reported:
      return "reported";
    case Outcome::refused:
      return "refused";
    case Outcome::detected_loss:
      return "detected-loss";
    case Outcome::exposed_silent:
      return "exposed-silent";
    case Outcome::silent_bug:
      return "silent-bug";
    case Outcome::hang:
      return "hang";
    case Outcome::diverged:
      return "diverged";
  }
  return "?";
}

}  // namespace raidsim::harness
