// MD_IOCPROBE_DEV: tests of units, run by three workers (spec/metadevice.md 7.7).
//
//   command ──> chain of requests ──> md_ff_daemonq ──> worker: ioctl lock, unit (W), ioctl lock free, test
//      └── waits without the ioctl lock, so that the workers can have it
#include <cerrno>
#include <memory>

#include "engine/sync/semaphore.h"
#include "model/manager.h"
#include "model/raid/scoped_hold.h"

namespace raidsim {

using md::Error;

namespace {

struct Request : md::DaemonElement {
  Request(md::System& on, md::UnitDriver& of, md::Minor unit_minor, Semaphore& over)
      : DaemonElement(&serve, this), system(on), driver(of), minor(unit_minor), finished(over) {}
  static void serve(md::DaemonElement& element) {
    Request& self = *static_cast<Request*>(element.owner);
    self.test();
    self.finished.release();
  }
  // The unit may have gone since the command looked.
  void test() {
    WriteHold ioctl = system.ioctl_lock.enter();
    md::UnitFrame* const frame = system.unit(minor);
    if (frame == nullptr || frame->type != driver.type) return;
    const raid::ScopedWrite held(frame->unit_lock.write());
    ioctl.release();
    error = driver.probe(*frame, held.token());
    if (error != 0) system.message(md::MessageId::PROBE_FAILED, minor, static_cast<uint64_t>(error));
  }
  md::System& system;
  md::UnitDriver& driver;
  md::Minor minor;
  Semaphore& finished;
  int error = 0;
};

md::UnitDriver* driver_named(const md::System& system, std::string_view module) {
  for (md::UnitDriver* driver : system.drivers()) {
    if (driver->module == module) return driver;
  }
  return nullptr;
}

}  // namespace

Error Manager::probe(const ProbeRequest& request, std::vector<md::Minor>& failed) {
  WriteHold lock = system_.ioctl_lock.enter();
  if (const Error error = not_usable(); !error.is_ok()) return error;
  md::UnitDriver* const driver = driver_named(system_, request.driver);
  if (driver == nullptr) return md::mdsyserror(ENOTTY);
  if (!driver->can_probe()) return md::no_error;  // nothing is redundant: there is nothing to find
  if (request.minors.empty() || request.test != "probe open test") return md::mdsyserror(EINVAL);
  Semaphore finished("probes");
  std::vector<std::unique_ptr<Request>> requests;
  std::vector<md::DaemonElement*> chain;
  for (const md::Minor minor : request.minors) {
    if (system_.unit(minor) == nullptr) {
      system_.message(md::MessageId::PROBE_NO_UNIT, minor);
      continue;
    }
    requests.push_back(std::make_unique<Request>(system_, *driver, minor, finished));
    chain.push_back(requests.back().get());
  }
  if (chain.empty()) return md::mdsyserror(ENODEV);
  system_.md_ff_daemonq.enqueue(chain);
  lock.release();
  for (size_t i = 0; i < chain.size(); ++i) finished.acquire();
  lock = system_.ioctl_lock.enter();
  for (const auto& each : requests) {
    if (each->error != 0) failed.push_back(each->minor);
  }
  return md::no_error;
}

}  // namespace raidsim
