#include "node/line.hpp"

#include "node/socket_options.hpp"

#include <algorithm>
#include <sstream>

namespace grapevine::node {

namespace {

// Both time limits and a reserve: ZeroMQ reports nothing at all when an address cannot be resolved.
constexpr auto dial_time_out = connect_time_out + handshake_time_out + std::chrono::milliseconds(500);

// Up to the limit the other side's kernel has answered; from there on our own patience has.
constexpr auto refusal_time_out = connect_time_out - std::chrono::milliseconds(100);

std::vector<std::string> addresses_of(const gossip::Contact& contact) {
  std::vector<std::string> addresses;
  std::istringstream text(contact);
  for (std::string address; addresses.size() < Line::addresses_max && std::getline(text, address, ',');) {
    if (!address.empty()) addresses.push_back(std::move(address));
  }
  return addresses;
}

}  // namespace

Line::Line(zmq::context_t& context, const TransportPair& own, const Connect& to) : server_(to.key) {
  also_try(context, own, to.contact);
  if (tries_.empty()) end(gossip::Evidence::silent);
}

void Line::also_try(zmq::context_t& context, const TransportPair& own, const gossip::Contact& contact) {
  for (const std::string& address : addresses_of(contact)) {
    const bool known = std::any_of(tries_.begin(), tries_.end(),
                                   [&](const Try& attempt) { return attempt.address == address; });
    if (known || state_ != State::dialling || tries_.size() >= tries_max) continue;
    try {
      tries_.emplace_back(context, own, server_, address);
    } catch (const zmq::error_t&) {
      // Its contact is what a peer wrote: an address that is none, or no socket left, is one road less.
      evidence_ = gossip::Evidence::silent;
    }
  }
}

Line::Try::Try(zmq::context_t& context, const TransportPair& own, const TransportKey& server,
               const std::string& at)
    : address(at), socket(make_dealer(context, frame_bytes_max)), monitor(context, socket) {
  speak_curve(socket, own, server);
  socket.connect(zmq_address(socket, address));
}

void Line::look() {
  const auto age = Clock::now() - begun_;
  for (auto at = tries_.begin(); at != tries_.end();) {
    std::optional<gossip::Evidence> failed;
    while (const auto event = at->monitor.next()) {
      if (event->kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        state_ = State::up;
        tries_.remove_if([&](const Try& other) { return &other != &*at; });
      }
      if (!failed) failed = failure(*at, *event, age);
    }
    if (failed && state_ == State::up) return end(gossip::Evidence::closed);
    if (failed == gossip::Evidence::silent) evidence_ = gossip::Evidence::silent;
    at = failed ? tries_.erase(at) : std::next(at);
  }
  if (state_ != State::dialling) return;
  if (tries_.empty()) end(evidence_);
  if (age > dial_time_out) end(gossip::Evidence::silent);
}

std::optional<gossip::Evidence> Line::failure(Try& attempt, const Monitor::Event& event,
                                              Clock::duration age) {
  switch (event.kind) {
    case ZMQ_EVENT_CONNECT_DELAYED: attempt.reached_out = true; return std::nullopt;
    case ZMQ_EVENT_CONNECTED: attempt.connected = true; return std::nullopt;
    case ZMQ_EVENT_CLOSED:
      // An end without a beginning is our own network's; one after the limit is nobody's answer.
      return !attempt.connected && attempt.reached_out && age < refusal_time_out ? gossip::Evidence::refused
                                                                                 : gossip::Evidence::silent;
    case ZMQ_EVENT_DISCONNECTED:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return gossip::Evidence::silent;
    default: return std::nullopt;
  }
}

void Line::end(gossip::Evidence why) {
  state_ = State::ended;
  evidence_ = why;
  tries_.clear();
}

Sent Line::send(View frame) {
  if (state_ != State::up) return Sent::gone;
  const auto sent =
      tries_.front().socket.send(zmq::buffer(frame.data(), frame.size()), zmq::send_flags::dontwait);
  return sent ? Sent::yes : Sent::full;
}

std::variant<Line::Nothing, Bytes, Line::Nonsense> Line::receive() {
  if (state_ != State::up) return Nothing{};
  zmq::message_t frame;
  if (!tries_.front().socket.recv(frame, zmq::recv_flags::dontwait)) return Nothing{};
  if (frame.more()) {
    drain_message(tries_.front().socket, frame);
    end(gossip::Evidence::closed);
    return Nonsense{};
  }
  return Bytes(frame.data<std::uint8_t>(), frame.data<std::uint8_t>() + frame.size());
}

void Line::add_to(std::vector<zmq_pollitem_t>& polled) {
  for (Try& attempt : tries_) {
    polled.push_back({attempt.monitor.handle(), 0, ZMQ_POLLIN, 0});
    if (state_ == State::up) polled.push_back({attempt.socket.handle(), 0, ZMQ_POLLIN, 0});
  }
}

void drain_message(zmq::socket_t& socket, zmq::message_t& frame) {
  while (frame.more()) {
    if (!socket.recv(frame)) return;
  }
}

}  // namespace grapevine::node
