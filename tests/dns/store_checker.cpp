// Looks at the store it is given, as `grapevined --check-store FOLDER` does.
#include "dns/lmdb_check.hpp"

#include <string_view>

int main(int count, char** arguments) {
  if (count != 3 || std::string_view(arguments[1]) != "--check-store") return 2;
  return grapevine::dns::check_store(arguments[2]);
}
