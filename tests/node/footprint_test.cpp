// Claims about the memory of this very process, as the kernel counts it.
#include "node/footprint.hpp"

#include <cstddef>
#include <fstream>
#include <regex>

#include <doctest/doctest.h>

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

  give_back_what_starting_needed();

  CHECK(file_pages() < before / 2);
  CHECK(runs_much_code());
}
