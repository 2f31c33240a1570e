#include "model/disk/host_driver.h"

#include <algorithm>
#include <utility>

#include "engine/assert.h"
#include "model/disk/disk_bay.h"
#include "model/disk/trace_kinds.h"

namespace raidsim::disk {

namespace {
constexpr uint32_t front_slice = 7;
constexpr Duration path_error_time = 10us;  // a command on a dead link; chosen
}  // namespace

/// One slice, opened or not.
class HostDriver::Slice final : public BlockDevice {
 public:
  Slice(HostDriver& driver, VirtualDisk& disk, DeviceNumber number, uint32_t slice)
      : driver_(driver),
        disk_(disk),
        number_(number),
        front_(slice == front_slice),
        start_(front_ ? 0 : disk.options().front_slice_blocks) {}

  void submit(IoRequest& request) override { driver_.submit(*this, request); }
  [[nodiscard]] DeviceNumber number() const noexcept override { return number_; }
  [[nodiscard]] uint64_t blocks() const noexcept override {
    if (front_) return std::min(disk_.options().front_slice_blocks, disk_.blocks());
    return disk_.blocks() - std::min(start_, disk_.blocks());
  }
  [[nodiscard]] uint32_t longest_transfer() const noexcept override { return disk_.options().longest_transfer; }
  [[nodiscard]] CacheKind cache() const noexcept override { return cache_kind; }

  [[nodiscard]] VirtualDisk& disk() const noexcept { return disk_; }
  [[nodiscard]] uint64_t start() const noexcept { return start_; }

  uint32_t opens = 0;
  uint32_t incarnation = 0;                ///< of the disk, when the slice was opened
  uint32_t path = 0;                       ///< the one that worked last
  CacheKind cache_kind = CacheKind::none;  ///< as the disk said at the open (F23)
  uint32_t power_losses = 0;               ///< of the disk, that who has the slice open knows of

 private:
  HostDriver& driver_;
  VirtualDisk& disk_;
  DeviceNumber number_;
  bool front_;
  uint64_t start_;
};

struct HostDriver::Job {
  struct Timer : Event {
    Timer(Action action, Job& of) : Event(action), job(of) {}
    Job& job;
  };
  explicit Job(HostDriver& of) : driver(of), timer(&HostDriver::on_job_timer, *this) {}

  HostDriver& driver;
  Slice* slice = nullptr;
  IoRequest* request = nullptr;
  uint32_t path = 0;
  uint32_t transport_errors = 0;
  uint32_t media_errors = 0;
  uint32_t timeouts = 0;
  bool retry = false;  ///< when the timer fires: send again; else finish with what is in `transfer`
  Job* next = nullptr;
  Job* previous = nullptr;
  Transfer transfer;
  Timer timer;
};

HostDriver::HostDriver(DiskBay& bay, const HostDriverOptions& options)
    : bay_(bay), options_(options), fates_(bay.simulation().choices().stream("crash/fate")) {
  for (DiskIndex i = 0; i < bay.size(); ++i) {
    slices_.make(*this, bay[i], bay.tree().number_of(i, 0), 0U);
    slices_.make(*this, bay[i], bay.tree().number_of(i, front_slice), front_slice);
  }
  bay_.set_driver(this);
}

HostDriver::~HostDriver() {
  // The end of a run, rather than of an epoch: what is on its way has no fate any more.
  if (!crashed_) drop_all(OutstandingFate::undone);
  bay_.clear_driver(this);
}

HostDriver::Slice* HostDriver::slice_of(DeviceNumber number) const {
  const DiskIndex disk = bay_.tree().disk_of(number);
  const uint32_t slice = minor_of(number) % slices_per_disk;
  if (disk == no_disk || (slice != 0 && slice != front_slice)) return nullptr;
  Slice* found = slices_.all()[2 * disk + (slice == front_slice ? 1 : 0)];
  return slice == front_slice && found->disk().options().front_slice_blocks == 0 ? nullptr : found;
}

bool HostDriver::reachable(const VirtualDisk& disk) const {
  return !disk.dead() && disk.powered() && bay_.paths(disk.index()).any_up();
}

int HostDriver::open_error(Slice* slice, DeviceId expected, uint64_t blocks_needed) const {
  if (slice == nullptr) return ENXIO;
  VirtualDisk& disk = slice->disk();
  if (!reachable(disk)) return ENXIO;
  if (const int injected = bay_.faults().at_open(disk); injected != 0) return injected;
  if (expected != 0 && disk.id() != expected) return ENXIO;
  return slice->blocks() < blocks_needed ? ENXIO : 0;
}

DeviceTable::Opened HostDriver::open(DeviceNumber number, DeviceId expected, uint64_t blocks_needed) {
  if (options_.open_time != Duration{}) sleep_for(options_.open_time);
  Slice* slice = slice_of(number);
  const int error = open_error(slice, expected, blocks_needed);
  const DiskIndex disk = bay_.tree().disk_of(number);
  bay_.simulation().recorder().add(bay_.simulation().now(), trace_disk_open, disk, number, expected,
                                   static_cast<uint16_t>(error));
  if (error != 0) {
    ++stats_.failed_opens;
    return {nullptr, error};
  }
  bay_.faults().at_opened(slice->disk());
  if (slice->opens++ == 0) slice->power_losses = slice->disk().power_losses();  // else somebody is still to be told
  slice->incarnation = slice->disk().incarnation();
  slice->cache_kind = slice->disk().options().cache;
  return {slice, 0};
}

void HostDriver::close(BlockDevice& device) {
  Slice* slice = slice_of(device.number());
  RAIDSIM_ASSERT(slice == &device && slice->opens > 0);
  --slice->opens;
}

uint32_t HostDriver::open_count(DeviceNumber number) const {
  const Slice* slice = slice_of(number);
  return slice == nullptr ? 0 : slice->opens;
}

DeviceNumber HostDriver::find(DeviceId id, uint32_t slice) const {
  if (id == 0) return no_device;
  for (uint32_t instance = 0; instance < bay_.size(); ++instance) {
    const DeviceNumber number = disk_slice(instance, slice);
    const VirtualDisk& disk = bay_[bay_.tree().disk_of(number)];
    if (disk.id() != id || !reachable(disk)) continue;
    return slice_of(number) == nullptr ? no_device : number;
  }
  return no_device;
}

DeviceId HostDriver::id_of(DeviceNumber number) const {
  const Slice* slice = slice_of(number);
  return slice == nullptr || !reachable(slice->disk()) ? 0 : slice->disk().id();
}

HostDriver::Job& HostDriver::take_job() {
  Job& job = free_jobs_ == nullptr ? jobs_.make(*this) : *std::exchange(free_jobs_, free_jobs_->next);
  job.next = nullptr;
  job.previous = last_;
  (last_ == nullptr ? first_ : last_->next) = &job;
  last_ = &job;
  ++outstanding_;
  return job;
}

void HostDriver::give(Job& job) {
  if (job.timer.pending()) bay_.simulation().cancel(job.timer);
  (job.previous == nullptr ? first_ : job.previous->next) = job.next;
  (job.next == nullptr ? last_ : job.next->previous) = job.previous;
  --outstanding_;
  job.next = std::exchange(free_jobs_, &job);
}

void HostDriver::submit(Slice& slice, IoRequest& request) {
  if (crashed_) return;  // a dying fiber: nobody will hear of it
  ++stats_.requests;
  request.error = 0;
  request.residual = 0;
  Job& job = take_job();
  request.driver = &job;
  job.slice = &slice;
  job.request = &request;
  job.path = slice.path;
  job.transport_errors = 0;
  job.media_errors = 0;
  job.timeouts = 0;
  Transfer& t = job.transfer;
  t.op = request.op;
  t.fua = request.fua;
  t.preflush = request.preflush;
  t.blocks = request.op == IoOp::flush ? 0 : request.blocks;
  t.block = slice.start() + request.block;
  t.data = request.data;
  t.client = this;
  t.owner = &job;
  t.timeout_retries = options_.timeout_retries;
  const bool fits = request.op == IoOp::flush ||
                    (request.blocks != 0 && request.blocks <= slice.longest_transfer() &&
                     request.block <= slice.blocks() && request.blocks <= slice.blocks() - request.block);
  if (fits) [[likely]] {
    send(job);
  } else {
    answer_later(job, EINVAL, 0ns);
  }
}

/// The request ends with `error` a little later, without the disk.
void HostDriver::answer_later(Job& job, int error, Duration delay) {
  job.retry = false;
  job.transfer.error = error;
  job.transfer.error_kind = error == EINVAL ? TransferError::media : TransferError::transport;
  job.transfer.residual = job.transfer.blocks;
  bay_.simulation().schedule_after(job.timer, delay);
}

void HostDriver::send(Job& job) {
  VirtualDisk& disk = job.slice->disk();
  if (job.slice->incarnation != disk.incarnation()) [[unlikely]] {
    answer_later(job, ENXIO, path_error_time);  // another disk has taken the place of the one that was opened
    return;
  }
  if (!bay_.paths(disk.index()).up(job.path)) [[unlikely]] {
    answer_later(job, EIO, path_error_time);
    return;
  }
  job.transfer.deadline = bay_.simulation().now() + options_.timeout;
  job.transfer.again = job.transport_errors + job.media_errors + job.timeouts > 0;
  job.transfer.attention = disk.powered() && job.slice->power_losses != disk.power_losses();
  if (job.transfer.attention) job.slice->power_losses = disk.power_losses();
  disk.submit(job.transfer);
}

void HostDriver::on_job_timer(Event& event) {
  Job& job = static_cast<Job::Timer&>(event).job;
  if (job.retry) {
    job.driver.send(job);
  } else {
    job.driver.transfer_done(job.transfer);
  }
}

void HostDriver::transfer_done(Transfer& t) {
  if (crashed_) return;
  Job& job = *static_cast<Job*>(t.owner);
  if (t.error_kind == TransferError::none) [[likely]] {
    if (t.recovered) [[unlikely]]
      ++stats_.recovered;
    finish(job, 0, t.residual);
    return;
  }
  const bool transport = t.error_kind == TransferError::transport;
  uint32_t& errors = transport ? job.transport_errors : job.media_errors;
  const uint32_t retries = transport ? options_.transport_retries : options_.media_retries;
  const bool gone = job.slice->incarnation != job.slice->disk().incarnation();
  if (t.error == EINVAL || gone || errors++ >= retries) {
    finish(job, t.error, t.residual);
    return;
  }
  retry(job, transport);
}

void HostDriver::retry(Job& job, bool next_path) {
  ++stats_.retries;
  const DiskIndex disk = job.slice->disk().index();
  if (next_path) {
    const uint32_t path = bay_.paths(disk).after(job.path);
    stats_.path_switches += path != job.path ? 1 : 0;
    job.path = path;
    job.slice->path = path;
  }
  bay_.simulation().recorder().add(bay_.simulation().now(), trace_disk_retry, disk, job.transfer.number, job.path);
  job.retry = true;
  bay_.simulation().schedule_after(job.timer, options_.retry_delay);
}

bool HostDriver::sends_again(DiskIndex disk, uint64_t block, IoOp op) const {
  for (const Job* job = first_; job != nullptr; job = job->next) {
    const Transfer& t = job->transfer;
    if (job->slice->disk().index() == disk && t.block == block && t.op == op) return true;
  }
  return false;
}

void HostDriver::transfer_late(Transfer& t) {
  if (crashed_) return;
  Job& job = *static_cast<Job*>(t.owner);
  ++stats_.timeouts;
  job.slice->disk().abort(t);
  if (job.timeouts++ < t.timeout_retries) {
    retry(job, false);
  } else {
    finish(job, ETIMEDOUT, t.blocks);
  }
}

void HostDriver::finish(Job& job, int error, uint32_t residual) {
  IoRequest& request = *job.request;
  give(job);
  request.error = error;
  request.residual = residual;
  request.driver = nullptr;
  request.done(request);
}

void HostDriver::paths_lost(DiskIndex disk, uint32_t mask) {
  for (Job* job = first_; job != nullptr; job = job->next) {
    if (job->slice->disk().index() != disk || (mask >> job->path & 1U) == 0) continue;
    if (job->transfer.stage == TransferStage::idle) continue;  // waits for its retry, or failed already
    // The command may have got there; its answer will not come back.
    job->slice->disk().forsake(job->transfer, OutstandingFate::drawn, job->slice->disk().fault_choices());
    answer_later(*job, EIO, 0ns);
  }
  bay_[disk].resume();  // by another path they wait still
}

uint32_t HostDriver::link_reset(const Link& link, FaultHandle by) {
  uint32_t hit = 0;
  for (Job* job = first_; job != nullptr; job = job->next) {
    VirtualDisk& disk = job->slice->disk();
    if (disk.index() != link.disk || (link.paths >> job->path & 1U) == 0) continue;
    if (job->transfer.stage == TransferStage::idle) continue;  // waits for its retry, or failed already
    ++hit;
    bay_.faults().reset_met(by, disk, job->transfer);
    disk.reset(job->transfer);
    if (crashed_) return hit;  // a judge ended the epoch, and took the jobs
    answer_later(*job, EIO, 0ns);
  }
  bay_[link.disk].resume();
  return hit;
}

void HostDriver::crash(CrashKind kind, OutstandingFate fate) {
  if (crashed_) return;
  crashed_ = true;
  if (kind == CrashKind::power_cut) bay_.power_cut();  // settles what is in service; nothing is left to draw
  drop_all(fate);
  bay_.clear_driver(this);
}

void HostDriver::drop_all(OutstandingFate fate) {
  for (Job* job = first_; job != nullptr; job = job->next) {
    job->slice->disk().forsake(job->transfer, fate, fates_);
  }
  while (first_ != nullptr) give(*first_);
}

}  // namespace raidsim::disk
