#include "tests/model/statedb/random_history.h"

#include <algorithm>

namespace raidsim::testing {
namespace {

constexpr std::array<const char*, 11> deed_words = {
    "create",         "commit",     "group",        "delete", "grow", "add replica",
    "delete replica", "disk fails", "disk is well", "crash",  "boot"};

std::string disks_in(uint32_t mask) {
  std::string out;
  for (uint32_t i = 0; i < RandomHistory::disks; ++i) {
    if ((mask >> i & 1) != 0) out += " " + std::to_string(i);
  }
  return out;
}

bool is_of_disk(Deed deed) { return deed >= Deed::add && deed <= Deed::heal; }

}  // namespace

std::ostream& operator<<(std::ostream& out, const HistoryStep& step) {
  out << deed_words[static_cast<size_t>(step.deed)];
  if (step.deed == Deed::boot) {
    out << (step.disks == 0 ? " with all disks" : " without disks" + disks_in(step.disks));
  } else if (is_of_disk(step.deed)) {
    out << " " << step.which % RandomHistory::disks;
  } else if (step.deed != Deed::crash) {
    if (step.deed == Deed::group) out << " of " << 2 + step.count % 7;
    out << " from record #" << step.which << ", " << step.bytes << " bytes";
  }
  if (step.cut != 0) {
    out << " - dies in write " << step.cut << " of disk " << step.cut_disk << ", sectors " << step.kept << " kept";
  }
  return out << "\n";
}

void RandomHistory::take(const HistoryStep& step) {
  if (!broken_.empty()) return;
  switch (step.deed) {
    case Deed::fail:
      machine_.disks[step.which % disks]->fail_writes = EIO;
      return;
    case Deed::heal:
      machine_.disks[step.which % disks]->fail_writes = 0;
      return;
    case Deed::crash:
      return crash();
    case Deed::boot:
      return boot(step);
    default:
      if (!up()) return;
      arm(step);
      operate(step);
      disarm();
  }
}

void RandomHistory::operate(const HistoryStep& step) {
  switch (step.deed) {
    case Deed::create:
      return create(step);
    case Deed::commit:
      return commit(step, 1, 0);
    case Deed::group:
      return commit(step, 2 + step.count % 7, 0);
    case Deed::grow:
      return commit(step, 1, 600);
    case Deed::remove:
      return remove(step);
    case Deed::add:
      return add(step);
    default:
      return drop(step);
  }
}

std::string RandomHistory::text(uint32_t bytes) {
  std::string out = std::to_string(++serial_) + ":";
  out.resize(std::max<size_t>(out.size(), bytes), '.');
  return out;
}

/// What comes of a change of records: done, refused for want of space, or open.
void RandomHistory::end_of_contents(std::optional<Status> status, Contents after) {
  if (status == Status::ok) {
    ++acknowledged_;
    legal_ = {after, after};
  } else if (!status || status == Status::notnow) {
    legal_[1] = std::move(after);
    if (status) crash();  // D-03: the host stops
  } else if (status != Status::nospace) {
    broke("an operation answered " + std::to_string(static_cast<int>(*status)));
  }
}

void RandomHistory::end_of_list(std::optional<Status> status, uint32_t after) {
  if (status == Status::ok) {
    ++acknowledged_;
    members_ = {after, after};
  } else if (!status || status == Status::notnow) {
    members_[1] = after;
    if (status) crash();
  } else if (status != Status::toofew && status != Status::toosmall) {
    broke("a change of the list answered " + std::to_string(static_cast<int>(*status)));
  }
}

void RandomHistory::create(const HistoryStep& step) {
  if (legal_[0].size() >= records_most) return;
  uint32_t number = 0;
  const auto made = run([&] {
    const statedb::Created created = create_record(*set_, *services_, {.user_bytes = step.bytes});
    number = created.number;
    return created.status;
  });
  // Created and not committed is not there (DB-C9).
  if (made != Status::ok) return end_of_contents(made, legal_[0]);
  commit_numbers({number}, {text(step.bytes)});
}

void RandomHistory::commit(const HistoryStep& step, size_t count, size_t more_bytes) {
  const Contents& now = legal_[0];
  if (now.empty()) return;
  std::vector<uint32_t> numbers;
  std::vector<std::string> texts;
  for (size_t i = 0; i < std::min(count, now.size()); ++i) {
    const auto record = std::next(now.begin(), static_cast<std::ptrdiff_t>((step.which + i) % now.size()));
    const size_t grown = more_bytes == 0 ? step.bytes : std::min<size_t>(record->second.size() + more_bytes, 3000);
    numbers.push_back(record->first);
    texts.push_back(text(static_cast<uint32_t>(grown)));
  }
  commit_numbers(numbers, texts);
}

void RandomHistory::commit_numbers(const std::vector<uint32_t>& numbers, const std::vector<std::string>& texts) {
  Contents after = legal_[0];
  std::vector<statedb::NewData> list;
  for (size_t i = 0; i < numbers.size(); ++i) {
    list.push_back({numbers[i], std::as_bytes(std::span(texts[i]))});
    after[numbers[i]] = texts[i];
  }
  end_of_contents(run([&] { return commit_records(*set_, *services_, list); }), std::move(after));
}

void RandomHistory::remove(const HistoryStep& step) {
  if (legal_[0].empty()) return;
  Contents after = legal_[0];
  const auto record = std::next(after.begin(), static_cast<std::ptrdiff_t>(step.which % after.size()));
  const uint32_t number = record->first;
  after.erase(record);
  end_of_contents(run([&] { return delete_record(*set_, *services_, number); }), std::move(after));
}

void RandomHistory::add(const HistoryStep& step) {
  const uint32_t disk = step.which % disks;
  TestDisk& on = *machine_.disks[disk];
  if ((members_[0] >> disk & 1) != 0 || !on.present || on.fail_writes != 0) return;
  const statedb::NewReplica replica = replica_on(on);
  if (std::find(boot_list_.begin(), boot_list_.end(), replica.place) == boot_list_.end()) {
    boot_list_.push_back(replica.place);
  }
  end_of_list(run([&] { return add_replica(*set_, *services_, replica); }), members_[0] | 1U << disk);
}

void RandomHistory::drop(const HistoryStep& step) {
  const uint32_t disk = step.which % disks;
  if ((members_[0] >> disk & 1) == 0 || members_[0] == 1U << disk) return;
  size_t index = 0;
  for (const statedb::Locator& each : set_->lb.lb_locators) {
    if (each.deleted()) continue;
    if (each.did == machine_.disks[disk]->id) break;
    ++index;
  }
  end_of_list(run([&] { return delete_replica(*set_, *services_, index); }), members_[0] & ~(1U << disk));
}

}  // namespace raidsim::testing
