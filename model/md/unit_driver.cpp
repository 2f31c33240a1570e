#include "model/md/unit_driver.h"

#include <cerrno>

namespace raidsim::md {

Error UnitDriver::reset(UnitFrame&) { return mdsyserror(ENOTTY); }
Error UnitDriver::get(UnitFrame&, GetStructure&) { return mdsyserror(ENOTTY); }
Error UnitDriver::get_devs(UnitFrame&, GetDevices&) { return mdsyserror(ENOTTY); }
Error UnitDriver::change(UnitFrame&, const ChangeParameters&) { return mdsyserror(ENOTTY); }
Error UnitDriver::grow(UnitFrame&, const GrowRequest&) { return mdsyserror(ENOTTY); }

}  // namespace raidsim::md
