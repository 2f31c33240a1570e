// harness/invariants/invariant.h: one invariant of the specification as an object: id, sentence, occasions.
//
// An invariant looks and reports; it never changes the world and never suspends. What it reads of the code
// under test is const; what it knows of disks it reads from their media.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdicts.h"
#include "harness/workload/unit_port.h"
#include "harness/world/host_services.h"
#include "harness/world/protocol_points.h"
#include "harness/world/state_watch.h"

namespace raidsim::harness {

class World;

/// When an invariant is looked at, as the specification's "when" column says.
enum class When : uint8_t { always, unit_lock, quiescent, restart, at_end };
[[nodiscard]] const char* word_of(When when) noexcept;

/// Moments at which an invariant can be called. It names those that it overrides, so that transfers cost only
/// those who follow them.
enum Occasion : uint32_t {
  at_unit = 1,
  at_issue = 2,
  at_complete = 4,
  at_durable = 8,
  at_event = 16,
  at_answer = 32,
  at_host_death = 64,
  at_restart = 128,
  at_quiescence = 256,
  at_boot = 512,
  at_command = 1024,
};
inline constexpr size_t occasion_count = 11;

/// Set of request kinds, a bit each: what an invariant follows of all transfers.
using Kinds = uint32_t;
inline constexpr size_t kind_count = static_cast<size_t>(scenarios::RequestKind::replica_read) + 1;
template <class... Kind>
[[nodiscard]] constexpr Kinds kinds(Kind... kind) noexcept {
  return ((Kinds{1} << static_cast<uint32_t>(kind)) | ...);
}
inline constexpr Kinds every_kind = (Kinds{1} << kind_count) - 1;
/// Writes to a column's data area; to its log or data area.
inline constexpr Kinds data_writes = kinds(scenarios::RequestKind::home_write, scenarios::RequestKind::resync_write,
                                           scenarios::RequestKind::replay_write);
inline constexpr Kinds column_writes =
    data_writes | kinds(scenarios::RequestKind::log_write, scenarios::RequestKind::log_clear);

/// A row of `raidsim list invariants`.
struct InvariantInfo {
  std::string_view id;  ///< "RT-02", "V3"
  When when;
  std::string_view sentence;
};

/// What an invariant gets to report with.
class Judgement {
 public:
  Judgement(World& world, std::string_view id) : world_(world), id_(id) {}
  [[nodiscard]] World& world() const noexcept { return world_; }
  /// `place`: short key of where; `text`: one line with the observed values.
  void broken(std::string place, std::string text) const;

 private:
  World& world_;
  std::string_view id_;
};

/// Occasions are virtual functions with empty defaults: an invariant overrides those it needs.
class Invariant {
 public:
  virtual ~Invariant() = default;
  [[nodiscard]] virtual const InvariantInfo& info() const = 0;
  [[nodiscard]] virtual uint32_t occasions() const = 0;  ///< Occasion bits: exactly what is overridden
  [[nodiscard]] virtual Kinds follows() const = 0;       ///< transfers of other kinds are not shown to it

  /// A unit writer lock was released, or an event came: `before` is the unit at the last look of this epoch, without
  /// columns at its first. At an event the unit lock may be held by a writer: see at_rest().
  virtual void on_unit(const Judgement&, uint32_t /*unit*/, const raid::Unit& /*before*/,
                       const raid::RaidUnit& /*now*/) {}
  virtual void on_issue(const Judgement&, const ClassifiedTransfer&) {}
  virtual void on_complete(const Judgement&, const ClassifiedTransfer&, int /*error*/) {}
  virtual void on_durable(const Judgement&, const ClassifiedTransfer&) {}
  virtual void on_event(const Judgement&, const md::SvmEvent&) {}
  /// A request of a user is about to be answered: `error` is what the user gets.
  virtual void on_answer(const Judgement&, md::Minor /*unit*/, const md::Buffer&) {}
  /// A command of the script begins, and ends with what the administrator is told. Several may run at once.
  virtual void on_command_begins(const Judgement&) {}
  virtual void on_command_ended(const Judgement&, const scenarios::Ioctl&, const md::Error&) {}
  virtual void on_host_died(const Judgement&) {}  ///< its memory can still be looked at
  virtual void on_boot(const Judgement&) {}       ///< a boot begins: nothing has been read yet
  virtual void on_restart(const Judgement&) {}    ///< booted, units opened and replayed, before new I/O
  virtual void on_quiescent(const Judgement&) {}  ///< no request, daemon item, thread or ioctl in progress
};

/// No writer holds the unit lock: the moments that the specification calls "unit-lock".
[[nodiscard]] inline bool at_rest(const raid::RaidUnit& unit) noexcept { return !unit.unit_lock.write_held(); }

/// An invariant that keeps its info in a member.
class NamedInvariant : public Invariant {
 public:
  NamedInvariant(const InvariantInfo& info, uint32_t occasions, Kinds follows = every_kind)
      : info_(info), occasions_(occasions), follows_(follows) {}
  [[nodiscard]] const InvariantInfo& info() const final { return info_; }
  [[nodiscard]] uint32_t occasions() const final { return occasions_; }
  [[nodiscard]] Kinds follows() const final { return follows_; }

 private:
  InvariantInfo info_;
  uint32_t occasions_;
  Kinds follows_;
};

/// All invariants of a run.
class InvariantSet final : public StateListener, public TransferListener, public EventListener, public AnswerListener {
 public:
  explicit InvariantSet(World& world);
  ~InvariantSet();

  void on_unit_looked_at(uint32_t unit, const raid::Unit& before, const raid::RaidUnit& now) override;
  void on_issue(const ClassifiedTransfer& transfer) override;
  void on_complete(const ClassifiedTransfer& transfer, int error) override;
  void on_durable(const ClassifiedTransfer& transfer) override;
  void on_event(const md::SvmEvent& event) override;
  void on_answer(md::Minor unit, const md::Buffer& buffer) override;
  void command_begins();
  void command_ended(const scenarios::Ioctl& request, const md::Error& error);
  void host_died();
  void booting();
  void restarted();
  void quiescent();

 private:
  struct Called {
    Invariant* invariant;
    Judgement judgement;
  };
  /// Of one moment of transfers: who is called, and by kind of request whom of them it concerns, a bit each.
  struct Followers {
    std::vector<Called> called;
    std::array<uint64_t, kind_count> by_kind{};
    void add(const Called& follower, Kinds follows);
    template <class Call>
    void each(scenarios::RequestKind kind, Call call);
  };
  template <class Call>
  void each(Occasion occasion, Call call);
  World& world_;
  std::vector<std::unique_ptr<Invariant>> all_;
  std::array<std::vector<Called>, occasion_count> called_;  // by bit of the occasion; transfers apart
  Followers issue_, complete_, durable_;
  std::vector<bool> seen_in_epoch_;  // by unit
};

/// Every invariant that this version checks, in the order in which they are called.
[[nodiscard]] std::vector<std::unique_ptr<Invariant>> make_invariants();
/// Their rows in order of id, for lists and documents.
[[nodiscard]] std::vector<InvariantInfo> invariant_table();

}  // namespace raidsim::harness
