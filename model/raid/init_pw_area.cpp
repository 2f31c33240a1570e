// model/raid/init_pw_area.cpp
#include "model/raid/init_pw_area.h"

#include <vector>

#include "engine/assert.h"
#include "model/raid/prewrite_header.h"

namespace raidsim::raid {

int init_pw_area(RaidUnit& unit, ColumnIndex col, Target target) {
  RAIDSIM_ASSERT(unit.device(col, target) != nullptr);
  const uint64_t iosize = unit.un.un_iosize;
  std::vector<std::byte> image(iosize * block_bytes);
  encode(empty_header(unit.un, col), HeaderBlock(image.data(), block_bytes));
  const uint64_t start = unit.group(col, target).pwstart;
  for (uint64_t slot = 0; slot < unit.un.un_pwcnt; ++slot) {
    const int error = unit.write_sync(col, target, start + slot * iosize, static_cast<uint32_t>(iosize), image.data());
    if (error != 0) return error;
  }
  if (const int error = unit.flush_sync(col, target); error != 0) return error;
  // The slot table tells what the current device's log holds; the alternate follows it.
  if (target == Target::now) unit.log_initialised(col);
  return 0;
}

}  // namespace raidsim::raid
