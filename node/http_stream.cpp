#include "node/http_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

namespace grapevine::node {

namespace {

// How often a thread that waits for the next request looks whether the server is ending.
constexpr std::chrono::milliseconds look_up_every{200};

using AddressOf = int (*)(int, sockaddr*, socklen_t*);
void read_address(socket_t socket, AddressOf address_of, std::string& ip, int& port);

}  // namespace

bool HttpStream::wait_for_request(const std::function<bool()>& stopping) {
  const auto until = Clock::now() + idle_at_most;
  while (taken_ == pending_.size() && !wait(POLLIN, look_up_every)) {
    if (stopping() || Clock::now() >= until) return false;
  }
  request_until_ = Clock::now() + request_within;
  return !stopping() && !client_is_gone();
}

void HttpStream::end() {
  ::shutdown(socket_, SHUT_WR);
  std::array<char, pieces_bytes> dropped;
  for (std::size_t left = drained_bytes_max; left > 0;) {
    const auto got = read(dropped.data(), std::min(left, dropped.size()));
    if (got <= 0) return;
    left -= static_cast<std::size_t>(got);
  }
}

bool HttpStream::client_is_gone() const {
  char byte = 0;
  const auto got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool HttpStream::is_readable() const {
  return taken_ < pending_.size() || wait(POLLIN, request_until_ - Clock::now());
}

bool HttpStream::is_writable() const {
  return !client_is_gone() && wait(POLLOUT, write_within);
}

ssize_t HttpStream::read(char* to, std::size_t size) {
  if (taken_ == pending_.size()) {
    if (!wait(POLLIN, request_until_ - Clock::now())) return -1;
    pending_.resize(pieces_bytes);
    taken_ = 0;
    const auto got = ::recv(socket_, pending_.data(), pending_.size(), 0);
    pending_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got <= 0) return got;
  }
  const auto given = std::min(size, pending_.size() - taken_);
  std::memcpy(to, pending_.data() + taken_, given);
  taken_ += given;
  return static_cast<ssize_t>(given);
}

ssize_t HttpStream::write(const char* from, std::size_t size) {
  if (!wait(POLLOUT, write_within)) return -1;
  return ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void HttpStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  read_address(socket_, ::getpeername, ip, port);
}

void HttpStream::get_local_ip_and_port(std::string& ip, int& port) const {
  read_address(socket_, ::getsockname, ip, port);
}

bool HttpStream::wait(short events, Clock::duration at_most) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
  pollfd polled{socket_, events, 0};
  return ::poll(&polled, 1, static_cast<int>(std::max<decltype(left)>(left, 0))) > 0;
}

namespace {

void read_address(socket_t socket, AddressOf address_of, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = {};
  char service[NI_MAXSERV] = {};
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (address_of(socket, plain, &size) != 0 ||
      ::getnameinfo(plain, size, host, sizeof host, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return;
  ip = host;
  port = std::atoi(service);
}

}  // namespace

}  // namespace grapevine::node
