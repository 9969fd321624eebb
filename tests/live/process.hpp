// Programs that tests and benches start, and what the kernel says of them. Whatever is started here is killed
// by the kernel when the thread that started it ends, so that a test that crashes leaves nothing behind.
// (prctl(2), PR_SET_PDEATHSIG)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace grapevine::live {

/// Where what a program prints goes: open descriptors, or -1 for nowhere.
struct Output {
  int standard = -1;
  int error = -1;
};

/// Starts a program found by its path or in PATH, with its arguments after it. Throws std::runtime_error when
/// there is no such program or no room for it.
pid_t spawn(const std::vector<std::string>& words, Output output);

/// Of a process that runs: memory in use, processor time so far, and bytes sent so far on the loopback of its
/// network namespace, by everybody in there.
std::size_t resident_kib(pid_t process);
/// The same in parts: what is its own, and pages of mapped files, which the kernel may take back.
struct Resident {
  std::size_t anonymous_kib = 0;
  std::size_t file_kib = 0;
};
Resident resident(pid_t process);
double cpu_seconds(pid_t process);
std::size_t loopback_bytes(pid_t process);

/// The whole file; empty when it cannot be read.
std::string read_file(const std::filesystem::path& file);

}  // namespace grapevine::live
