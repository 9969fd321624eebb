#include "dns/store_guard.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace grapevine::dns {

namespace {

constexpr std::string_view aside = ".corrupt-";  // then the seconds since 1970

/// Whether the child that walked the store came back and was content. A child that cannot be started judges
/// nothing.
Result<bool> is_sound(const std::filesystem::path& folder, const std::filesystem::path& checker) {
  std::string program = checker.string(), verb = "--check-store", where = folder.string();
  char* arguments[] = {program.data(), verb.data(), where.data(), nullptr};
  pid_t child = 0;
  if (const int error = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environ);
      error != 0)
    return fail(Code::storage, "cannot run " + program + " to check the store: " + std::strerror(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fail(Code::storage, "lost sight of the store check");
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Moves a damaged store out of the way, to a name not yet taken.
Result<std::filesystem::path> set_aside(const std::filesystem::path& folder) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
  const std::string name = folder.string() + std::string(aside) + std::to_string(seconds);
  std::filesystem::path target = name;
  for (int copy = 2; std::filesystem::exists(target); ++copy) target = name + "-" + std::to_string(copy);
  std::error_code error;
  std::filesystem::rename(folder, target, error);
  if (error) return fail(Code::storage, "cannot set the damaged store aside: " + error.message());
  return target;
}

}  // namespace

Result<GuardedStore> open_guarded(const std::filesystem::path& home, const std::filesystem::path& checker) {
  const auto folder = home / "data";
  std::error_code error;
  std::filesystem::create_directories(home, error);
  if (error) return fail(Code::storage, "cannot make " + home.string() + ": " + error.message());
  auto lock = HomeLock::take(home);
  if (!lock) return fail(lock.error());

  std::optional<std::filesystem::path> damaged;
  if (std::filesystem::exists(folder)) {
    const auto sound = is_sound(folder, checker);
    if (!sound) return fail(sound.error());
    if (!*sound) {
      auto moved = set_aside(folder);
      if (!moved) return fail(moved.error());
      damaged = *std::move(moved);
    }
  }
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::storage, "cannot make " + folder.string() + ": " + error.message());
  auto store = LmdbStore::open(folder);
  if (!store) return fail(store.error());
  return GuardedStore{.lock = *std::move(lock), .store = *std::move(store), .set_aside = std::move(damaged)};
}

std::vector<std::filesystem::path> stores_set_aside(const std::filesystem::path& home) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(home, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with("data" + std::string(aside))) found.push_back(at->path());
  std::sort(found.begin(), found.end());
  return found;
}

Result<HomeLock> HomeLock::take(const std::filesystem::path& home) {
  const auto file = home / "lock";
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!opened) return fail(Code::storage, "cannot make " + file.string() + ": " + std::strerror(errno));
  if (::flock(opened.number(), LOCK_EX | LOCK_NB) != 0)
    return fail(Code::refused, "another grapevined runs on this home, " + home.string() + "; stop it first");
  return HomeLock(std::move(opened));
}

}  // namespace grapevine::dns
