#include "tests/dns/disk.hpp"

#include "crypto/match.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <dlfcn.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace grapevine::dns::disk {

namespace {

constexpr std::size_t sector = 512;

bool is_recording = false;
std::vector<Event> events;
Fault fault_now = Fault::none;
Syncing syncing_now = Syncing::as_opened;

bool is_data_file(int file) {
  std::error_code none;
  const auto link = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), none);
  return link.filename() == "data.mdb";
}

/// LMDB writes its root page through a descriptor of its own.
bool waits_for_disk(int file) {
  return (::fcntl(file, F_GETFL) & O_DSYNC) != 0;
}

/// Whether a write may go on; otherwise errno says why not.
bool may_write(int file) {
  if (fault_now == Fault::full) errno = ENOSPC;
  if (fault_now == Fault::rootless) errno = EIO;
  return !(fault_now == Fault::full || (fault_now == Fault::rootless && waits_for_disk(file)));
}

void note_write(int file, const void* bytes, std::size_t size, std::size_t at) {
  if (!is_recording) return;
  const auto* first = static_cast<const std::uint8_t*>(bytes);
  events.emplace_back(
      Written{.at = at, .bytes = Bytes(first, first + size), .is_synced = waits_for_disk(file)});
}

void put(Bytes& file, std::size_t at, View bytes) {
  if (file.size() < at + bytes.size()) file.resize(at + bytes.size());
  std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_some(Bytes& file, const Written& written, Random& random) {
  const auto fate = random.below(3);
  if (fate == 0) return;
  for (std::size_t from = 0; from < written.bytes.size(); from += sector) {
    const auto size = std::min(sector, written.bytes.size() - from);
    if (fate == 1 || random.chance(0.5))
      put(file, written.at + from, View(written.bytes).subspan(from, size));
  }
}

}  // namespace

void record() {
  events.clear();
  is_recording = true;
}

void acknowledge(std::uint32_t number) {
  if (is_recording) events.emplace_back(Acknowledged{number});
}

std::vector<Event> take_recording() {
  is_recording = false;
  return std::exchange(events, {});
}

Bytes after_power_cut(std::span<const Event> before, Random& random) {
  std::size_t safe = before.size();  // all events before this one are on the disk
  for (; safe > 0; --safe) {
    if (safe < before.size() && std::holds_alternative<Synced>(before[safe - 1])) break;
  }
  Bytes file;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool under_way = i + 1 == before.size();
    match(
        before[i],
        [&](const Written& written) {
          i < safe || (written.is_synced && !under_way) ? put(file, written.at, written.bytes)
                                                        : put_some(file, written, random);
        },
        [&](const Truncated& truncated) { file.resize(truncated.size); }, [](const Synced&) {},
        [](const Acknowledged&) {});
  }
  return file;
}

void set_fault(Fault fault) {
  fault_now = fault;
}

void set_syncing(Syncing syncing) {
  syncing_now = syncing;
}

}  // namespace grapevine::dns::disk

// What LMDB calls instead of the C library's, and instead of its own.
using namespace grapevine::dns;

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  const bool is_data = disk::is_data_file(file);
  if (is_data && !disk::may_write(file)) return -1;
  const auto written = ::syscall(SYS_pwrite64, file, bytes, size, at);
  if (is_data && written > 0)
    disk::note_write(file, bytes, static_cast<std::size_t>(written), static_cast<std::size_t>(at));
  return written;
}

ssize_t writev(int file, const iovec* parts, int count) {
  const bool is_data = disk::is_data_file(file);
  if (is_data && !disk::may_write(file)) return -1;
  const auto begin = ::lseek(file, 0, SEEK_CUR);
  const auto written = ::syscall(SYS_writev, file, parts, count);
  if (!is_data || written <= 0) return written;
  auto at = static_cast<std::size_t>(begin);
  auto left = static_cast<std::size_t>(written);
  for (int i = 0; i < count && left > 0; ++i) {
    const std::size_t size = std::min(left, parts[i].iov_len);
    disk::note_write(file, parts[i].iov_base, size, at);
    at += size;
    left -= size;
  }
  return written;
}

int ftruncate(int file, off_t size) noexcept {
  const auto status = static_cast<int>(::syscall(SYS_ftruncate, file, size));
  if (status == 0 && disk::is_recording && disk::is_data_file(file))
    disk::events.emplace_back(disk::Truncated{static_cast<std::size_t>(size)});
  return status;
}

int fdatasync(int file) {
  const bool is_data = disk::is_data_file(file);
  if (is_data && disk::fault_now == disk::Fault::unsynced) {
    errno = EIO;
    return -1;
  }
  const auto status = static_cast<int>(::syscall(SYS_fdatasync, file));
  if (status == 0 && is_data && disk::is_recording) disk::events.emplace_back(disk::Synced{});
  return status;
}

int mdb_env_open(MDB_env* env, const char* path, unsigned flags, mdb_mode_t mode) {
  using Open = int (*)(MDB_env*, const char*, unsigned, mdb_mode_t);
  static const Open open = reinterpret_cast<Open>(::dlsym(RTLD_NEXT, "mdb_env_open"));
  return open(env, path, disk::syncing_now == disk::Syncing::never ? flags | MDB_NOSYNC : flags, mode);
}
}
