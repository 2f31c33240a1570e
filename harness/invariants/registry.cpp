// All invariants. A new one is a class or a row in its family's file; a new family is a line here.
#include <algorithm>
#include <charconv>

#include "harness/invariants/families.h"
#include "harness/invariants/invariant.h"

namespace raidsim::harness {
namespace {

/// "RT-08" sorts as ("RT-", 8), "V10" as ("V", 10).
std::pair<std::string_view, unsigned> sort_key(std::string_view id) {
  const size_t digits = id.find_first_of("0123456789");
  unsigned number = 0;
  if (digits != std::string_view::npos) std::from_chars(id.data() + digits, id.data() + id.size(), number);
  return {id.substr(0, digits), number};
}

}  // namespace

std::vector<std::unique_ptr<Invariant>> make_invariants() {
  std::vector<std::unique_ptr<Invariant>> all;
  all.reserve(64);
  add_structure_invariants(all);
  add_state_invariants(all);
  add_spare_invariants(all);
  add_lock_invariants(all);
  add_write_invariants(all);
  add_data_invariants(all);
  add_durability_invariants(all);
  add_progress_invariants(all);
  add_event_invariants(all);
  add_replica_invariants(all);
  add_replica_commit_invariants(all);
  add_replica_boot_invariants(all);
  add_stop_invariants(all);
  add_core_invariants(all);
  add_command_invariants(all);
  add_stripe_invariants(all);
  add_system_invariants(all);
  return all;
}

std::vector<InvariantInfo> invariant_table() {
  std::vector<InvariantInfo> table;
  for (const auto& invariant : make_invariants()) table.push_back(invariant->info());
  std::sort(table.begin(), table.end(),
            [](const InvariantInfo& a, const InvariantInfo& b) { return sort_key(a.id) < sort_key(b.id); });
  return table;
}

}  // namespace raidsim::harness
