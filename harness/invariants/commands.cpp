// INV-M22, INV-E04, INV-E07: a command that is refused changes nothing and says nothing, and events name what they
// mean.
#include <fmt/core.h>

#include "harness/invariants/command_rules.h"
#include "harness/invariants/families.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

/// What two commands did at once cannot be told apart, so only one that ran alone is judged.
class Alone {
 public:
  /// True: the watch begins.
  bool begins() {
    ++running_;
    crowded_ = running_ > 1 || (crowded_ && running_ != 1);
    return running_ == 1;
  }
  /// True: nobody else ran since it began.
  bool ended() {
    const bool alone = running_ == 1 && !crowded_;
    if (--running_ == 0) crowded_ = false;
    return alone;
  }
  [[nodiscard]] bool watching() const noexcept { return running_ == 1 && !crowded_; }
  void host_died() { *this = {}; }

 private:
  uint32_t running_ = 0;
  bool crowded_ = false;
};

class RefusedChangesNothing final : public NamedInvariant {
 public:
  RefusedChangesNothing()
      : NamedInvariant({"INV-M22", When::always, "a command that is refused leaves the configuration as it was"},
                       at_command | at_host_death) {}
  void on_command_begins(const Judgement& judgement) override {
    if (alone_.begins()) before_ = configuration_of(judgement.world().machine()->manager().view());
  }
  void on_command_ended(const Judgement& judgement, const scenarios::Ioctl&, const md::Error& error) override {
    if (!alone_.ended() || error.is_ok() || may_have_changed(error)) return;
    const Broken broken = difference(before_, configuration_of(judgement.world().machine()->manager().view()));
    if (!broken.empty()) judgement.broken("configuration", fmt::format("{} after {}", broken, md::name_of(error)));
  }
  void on_host_died(const Judgement&) override { alone_.host_died(); }

 private:
  Alone alone_;
  Configuration before_;
};

class ChangesAreAnnounced final : public NamedInvariant {
 public:
  ChangesAreAnnounced()
      : NamedInvariant({"INV-E04", When::always, "a change by command is announced once, a refused command not at all"},
                       at_command | at_event | at_host_death) {}
  void on_command_begins(const Judgement&) override {
    if (alone_.begins()) heard_.clear();
  }
  void on_event(const Judgement&, const md::SvmEvent& event) override {
    const bool by_command =
        event.event_class == md::EventClass::EC_SVM_CONFIG || event.subclass == md::EventSubclass::ESC_SVM_ENABLE;
    if (alone_.watching() && by_command && event.tag != md::EventTag::SVM_TAG_REPLICA) heard_.push_back(event);
  }
  void on_command_ended(const Judgement& judgement, const scenarios::Ioctl& request, const md::Error& error) override {
    if (!alone_.ended()) return;
    const Broken broken = unfitting_events(request, error, heard_);
    if (!broken.empty())
      judgement.broken("events", fmt::format("{} by a command that answered {}", broken, md::name_of(error)));
  }
  void on_host_died(const Judgement&) override { alone_.host_died(); }

 private:
  Alone alone_;
  std::vector<md::SvmEvent> heard_;
};

class EventsAreNamedRight final : public NamedInvariant {
 public:
  EventsAreNamedRight()
      : NamedInvariant({"INV-E07", When::always, "an event has the class, tag and device that the table gives it"},
                       at_event) {}
  void on_event(const Judgement& judgement, const md::SvmEvent& event) override {
    const Machine* machine = judgement.world().machine();
    if (machine == nullptr || !machine->manager().view().system().snarfed) return;
    const Broken broken = misnamed(event, machine->manager().view());
    if (!broken.empty()) judgement.broken("events", broken);
  }
};

}  // namespace

void add_command_invariants(InvariantList& all) {
  all.push_back(std::make_unique<RefusedChangesNothing>());
  all.push_back(std::make_unique<ChangesAreAnnounced>());
  all.push_back(std::make_unique<EventsAreNamedRight>());
}

}  // namespace raidsim::harness
