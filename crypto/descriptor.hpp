// A file descriptor that is closed with its owner: a value that moves. Sockets, files and signals are all
// held by it, so that no path out of a function leaks one.
#pragma once

#include <utility>

#include <unistd.h>

namespace grapevine {

class Descriptor {
 public:
  /// None.
  Descriptor() = default;
  /// What a call of the system gave; negative when it failed, which is none.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  /// For calls of the system; -1 when there is none.
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

}  // namespace grapevine
