// harness/invariants/core_rules.h: INV-M as questions to a table of what is installed (spec/metadevice.md 15); pure.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "harness/invariants/unit_rules.h"
#include "model/md/numbering.h"
#include "model/md/unit_header.h"
#include "model/statedb/record_store.h"

namespace raidsim::harness {

struct Installed {
  md::Minor slot = 0;
  md::Minor minor = 0;      ///< as the companion has it (ui_link.id)
  uint32_t in_list = 0;     ///< how often the module's list names it
  bool exclusive = false;   ///< open exclusively
  uint32_t user_opens = 0;  ///< of all types
  const md::UnitHeader* un = nullptr;
};

struct CoreTable {
  std::vector<Installed> units;
  uint32_t listed = 0;  ///< length of the module's list
  uint32_t s_un_avail = md::md_maxunits;
  uint32_t s_un_next = 0;
  const std::map<md::Minor, uint64_t>* size_map = nullptr;
  const std::map<md::RecordId, statedb::StoredRecord>* committed = nullptr;
};

[[nodiscard]] Broken broken_identity(const CoreTable& table);  ///< INV-M02
[[nodiscard]] Broken broken_list(const CoreTable& table);      ///< INV-M03
[[nodiscard]] Broken broken_records(const CoreTable& table);   ///< INV-M04
[[nodiscard]] Broken broken_slots(const CoreTable& table);     ///< INV-M05
[[nodiscard]] Broken broken_size_map(const CoreTable& table);  ///< INV-M06
[[nodiscard]] Broken broken_sizes(const CoreTable& table);     ///< INV-M07
[[nodiscard]] Broken broken_opens(const CoreTable& table);     ///< INV-M10

}  // namespace raidsim::harness
