// One connection to a client as cpp-httplib sees it, with three things it lacks: a time by which the whole
// request must have come, so that a client that trickles does not keep a thread, a look at whether the client
// is still there while an answer is being made, and an end that lets it read the answer.
#pragma once

#include <chrono>

#include <httplib.h>

namespace grapevine::node {

class HttpStream final : public httplib::Stream {
 public:
  static constexpr std::chrono::seconds request_within{5};  // from its first byte
  static constexpr std::chrono::seconds write_within{
      5};  // for each piece; a client that does not read is gone
  static constexpr std::chrono::seconds idle_at_most{5};  // between two requests
  static constexpr std::size_t pieces_bytes = 4096;       // read at a time: headers come a byte a call
  static constexpr std::size_t drained_bytes_max = 4 * 1024 * 1024;  // of a body nobody wants

  explicit HttpStream(socket_t socket) : socket_(socket) {}

  /// Waits for the first byte of the next request; false when none comes, or `stopping` says so.
  bool wait_for_request(const std::function<bool()>& stopping);
  /// Says that no more will come, and drops what the client still sends until it closes, within the time of
  /// the request: a connection closed over unread bytes is reset, and takes the answer with it.
  void end();
  /// Whether the other side has closed its end.
  bool client_is_gone() const;

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wait(short events, Clock::duration at_most) const;

  socket_t socket_;
  Clock::time_point request_until_{};
  std::string pending_;    // read from the socket, not yet asked for
  std::size_t taken_ = 0;  // of pending_
};

}  // namespace grapevine::node
