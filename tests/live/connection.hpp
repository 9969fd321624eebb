// A TCP connection to loopback on which a test may say anything, also what no client library would, and which
// it may drop at any moment. Closed with its owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace grapevine::live {

class Connection {
 public:
  /// Connects and sends these bytes. Throws std::runtime_error when nobody listens.
  Connection(std::uint16_t port, const std::string& bytes);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// False when the other side has gone.
  bool send(const std::string& bytes);
  /// What comes until `what` has come, the other side closes, or the time is over.
  std::string receive_until(const std::string& what, std::chrono::milliseconds at_most);

  /// Whether the other side closes in that time; what it says until then is dropped.
  bool ends_within(std::chrono::milliseconds time);

 private:
  using Clock = std::chrono::steady_clock;
  std::string receive(Clock::time_point end);

  int socket_;
};

/// A question to /v1/chat/completions as bytes; `json` is the body.
std::string chat_request(const std::string& json);
/// The body of a streamed question to a model name, its usage included.
std::string streamed(const std::string& model, const std::string& question);

}  // namespace grapevine::live
