// Claims about the memory of this very process, as the kernel counts it.
#include "node/footprint.hpp"

#include <cstddef>
#include <fstream>
#include <regex>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace grapevine::node;

namespace {

/// Pages in use that stand for files, code above all. (proc(5), statm)
std::size_t file_pages() {
  std::ifstream in("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t of_files = 0;
  in >> size >> resident >> of_files;
  return of_files;
}

bool runs_much_code() {
  return std::regex_match("a word that was heard", std::regex("a (word|rumou?r) that [a-z ]+"));
}

}  // namespace

TEST_CASE("code that has run is given back, and runs again") {
  REQUIRE(runs_much_code());
  const std::size_t before = file_pages();

  give_back_what_is_idle();

  CHECK(file_pages() < before / 2);
  CHECK(runs_much_code());
}

TEST_CASE("what was read of a mapped file is given back, and reads the same again") {
  constexpr std::size_t bytes = 4 << 20;
  const int file = ::memfd_create("a store", MFD_CLOEXEC);
  REQUIRE(::write(file, std::string(bytes, 'x').data(), bytes) == static_cast<ssize_t>(bytes));
  void* map = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  REQUIRE(map != MAP_FAILED);
  const std::string_view text(static_cast<const char*>(map), bytes);
  const auto sound = [&] { return text.find_first_not_of('x') == text.npos; };
  REQUIRE(sound());
  const std::size_t before = file_pages();

  give_back_what_is_idle();

  CHECK(file_pages() + bytes / 4096 <= before);
  CHECK(sound());
  ::munmap(map, bytes);
  ::close(file);
}
