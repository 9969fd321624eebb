// A program that is a join port's process and nothing else, for join_test.cpp.
#include "node/join_server.hpp"

int main(int count, char** arguments) {
  using namespace grapevine;
  start_crypto();
  if (count != 3 || arguments[1] != node::serve_join_flag) return 2;
  return node::serve_join(arguments[2]);
}
