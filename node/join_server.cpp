#include "node/join_server.hpp"

#include "node/socket_options.hpp"
#include "node/zap.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

constexpr int channel = STDIN_FILENO;
constexpr std::size_t waiting_max = 64;  // connections that wait for an answer; the oldest makes room
constexpr int secret_time_out_ms = 5'000;

/// Somebody who knocked and has not been answered.
struct Waiting {
  std::uint64_t knock;
  std::string route;
};

class JoinServer {
 public:
  JoinServer(const Fixed<32>& secret, std::string_view listen);
  void serve();

 private:
  void hear();
  bool answer();

  zmq::context_t context_{1};
  zmq::socket_t zap_;
  zmq::socket_t port_;
  std::deque<Waiting> waiting_;
  std::uint64_t knocks_ = 0;
};

std::optional<Fixed<32>> read_secret();
std::optional<Fixed<32>> anybody(const TransportKey& key) {
  return key.value;
}

}  // namespace

int serve_join(std::string_view listen) {
  const auto secret = read_secret();
  if (!secret) {
    std::fprintf(stderr, "grapevined: the join port is opened by a running node, not by hand\n");
    return 2;
  }
  try {
    JoinServer(*secret, listen).serve();
    return 0;
  } catch (const zmq::error_t& error) {
    std::fprintf(stderr, "grapevined: cannot listen for newcomers on %s: %s\n", std::string(listen).c_str(),
                 error.what());
    return 1;
  }
}

namespace {

std::optional<Fixed<32>> read_secret() {
  pollfd waits{channel, POLLIN, 0};
  if (::poll(&waits, 1, secret_time_out_ms) <= 0) return std::nullopt;
  Fixed<32> secret;
  const auto size = ::recv(channel, secret.data(), secret.size(), MSG_TRUNC | MSG_DONTWAIT);
  if (size != static_cast<ssize_t>(secret.size())) return std::nullopt;
  return secret;
}

JoinServer::JoinServer(const Fixed<32>& secret, std::string_view listen)
    : zap_(make_zap_socket(context_)), port_(make_router(context_, join_frame_bytes_max)) {
  serve_curve(port_, secret, join_domain);
  port_.bind(zmq_address(port_, listen));
}

void JoinServer::serve() {
  for (bool open = true; open;) {
    std::array<zmq_pollitem_t, 3> waits{{{zap_.handle(), 0, ZMQ_POLLIN, 0},
                                         {port_.handle(), 0, ZMQ_POLLIN, 0},
                                         {nullptr, channel, ZMQ_POLLIN, 0}}};
    zmq_poll(waits.data(), static_cast<int>(waits.size()), -1);
    while (answer_zap(zap_, join_domain, anybody)) {
    }
    hear();
    open = answer();
  }
}

// One waiting request goes up; what is no request of a known key is dropped here.
void JoinServer::hear() {
  zmq::message_t route;
  zmq::message_t frame;
  if (!port_.recv(route, zmq::recv_flags::dontwait) || !route.more() || !port_.recv(frame)) return;
  bool single = true;
  const auto key = user_of(frame);
  Bytes bytes(frame.data<std::uint8_t>(), frame.data<std::uint8_t>() + frame.size());
  while (frame.more() && port_.recv(frame)) single = false;
  if (!key || !single || bytes.size() > join_request_bytes_max) return;
  if (waiting_.size() >= waiting_max) waiting_.pop_front();
  waiting_.push_back({++knocks_, route.to_string()});
  const Bytes packet = to_packet(JoinRequestPacket{knocks_, TransportKey{*key}, std::move(bytes)});
  ::send(channel, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// False: the daemon has closed the channel.
bool JoinServer::answer() {
  Bytes packet(8 + join_answer_bytes_max);
  const auto size = ::recv(channel, packet.data(), packet.size(), MSG_DONTWAIT);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  const auto answer = parse_join_answer(View(packet).first(static_cast<std::size_t>(size)));
  if (!answer) return false;
  const auto is_it = [&](const Waiting& waiting) { return waiting.knock == answer->knock; };
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), is_it);
  if (found == waiting_.end()) return true;
  try {
    port_.send(zmq::buffer(found->route), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
    port_.send(zmq::buffer(answer->frame), zmq::send_flags::dontwait);
  } catch (const zmq::error_t&) {
    // It has gone; asking again it gets the same answer.
  }
  waiting_.erase(found);
  return true;
}

}  // namespace

}  // namespace grapevine::node
