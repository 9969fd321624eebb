#include "tests/live/connection.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace grapevine::live {

Connection::Connection(std::uint16_t port, const std::string& bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 && send(bytes)) return;
  ::close(socket_);
  throw std::runtime_error("nobody listens on port " + std::to_string(port));
}

Connection::~Connection() {
  ::close(socket_);
}

bool Connection::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto some = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (some <= 0) return false;
    sent += static_cast<std::size_t>(some);
  }
  return true;
}

std::string Connection::receive_until(const std::string& what, std::chrono::milliseconds at_most) {
  const auto end = Clock::now() + at_most;
  std::string come;
  while (come.find(what) == come.npos) {
    const auto more = receive(end);
    if (more.empty()) break;
    come += more;
  }
  return come;
}

bool Connection::ends_within(std::chrono::milliseconds time) {
  const auto end = Clock::now() + time;
  while (!receive(end).empty()) {
  }
  return Clock::now() < end;
}

// Nothing: the other side has closed, or the time is over.
std::string Connection::receive(Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  pollfd waited{.fd = socket_, .events = POLLIN, .revents = 0};
  if (left <= 0 || ::poll(&waited, 1, static_cast<int>(left)) <= 0) return {};
  char bytes[4096];
  const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
  return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : std::string();
}

std::string chat_request(const std::string& json) {
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
         "application/json\r\nContent-Length: " +
         std::to_string(json.size()) + "\r\n\r\n" + json;
}

std::string streamed(const std::string& model, const std::string& question) {
  return R"({"model":")" + model +
         R"(","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":")" +
         question + R"("}]})";
}

}  // namespace grapevine::live
