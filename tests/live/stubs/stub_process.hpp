// A model stub as a child process: started with its flags, asked for its port, ended by its id when it goes
// out of scope.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace grapevine::stub {

class StubProcess {
 public:
  /// Starts `model_stub` with these flags and waits until it has told its port. Throws std::runtime_error.
  explicit StubProcess(std::vector<std::string> flags);
  ~StubProcess();
  StubProcess(const StubProcess&) = delete;
  StubProcess& operator=(const StubProcess&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:PORT"
  std::string url() const;

 private:
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace grapevine::stub
