#include "tests/dns/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local std::size_t asked = 0;
}

std::size_t grapevine::dns::bytes_allocated() {
  return asked;
}

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {  // std::stable_sort's
  asked += bytes;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes) {
  if (void* room = operator new(bytes, std::nothrow)) return room;
  throw std::bad_alloc();
}
void operator delete(void* room) noexcept {
  std::free(room);
}
void operator delete(void* room, std::size_t) noexcept {
  std::free(room);
}
