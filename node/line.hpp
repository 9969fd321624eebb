// One dialled peer. A DEALER for each of its addresses, all at once, so that dead ones cost nothing; the
// first that stands is the line, the others are dropped. Who is at the other end is certain: the handshake
// succeeds only with the holder of the server key, which the peer's certificate names. A line is dialled
// once, stands at most once, and then has ended, with the evidence why.
#pragma once

#include "crypto/time.hpp"
#include "node/effect.hpp"
#include "node/monitor.hpp"

#include <chrono>
#include <list>
#include <vector>

namespace grapevine::node {

/// What became of a frame handed over for sending.
enum class Sent { yes, full, gone };

class Line {
 public:
  static constexpr std::size_t addresses_max = 4;  // of a contact
  static constexpr std::size_t tries_max = 6;      // at one time, with what is heard meanwhile
  enum class State { dialling, up, ended };

  Line(zmq::context_t& context, const TransportPair& own, const Connect& to);

  /// While it dials: tries these addresses as well, unless it does already or has tried enough.
  void also_try(zmq::context_t& context, const TransportPair& own, const gossip::Contact& contact);

  /// Reads what the sockets tell; then state() is of now.
  void look();
  State state() const { return state_; }
  /// Why it ended. closed: it stood. refused: every address that was reached refused, at once. silent:
  /// anything else; also a handshake that failed, which may mean that the other side has not heard of us yet.
  gossip::Evidence evidence() const { return evidence_; }

  Sent send(View frame);
  /// The next frame. Nonsense is a message of more than one frame: the rest of it is drained, the line has
  /// ended.
  struct Nothing {};
  struct Nonsense {};
  std::variant<Nothing, Bytes, Nonsense> receive();

  void add_to(std::vector<zmq_pollitem_t>& polled);

 private:
  using Clock = std::chrono::steady_clock;
  struct Try {
    Try(zmq::context_t& context, const TransportPair& own, const TransportKey& server, const std::string& at);
    std::string address;
    zmq::socket_t socket;
    Monitor monitor;
    // The kernel has sent something: a later end says something about the other side.
    bool reached_out = false;
    bool connected = false;
  };
  static std::optional<gossip::Evidence> failure(Try& attempt, const Monitor::Event& event,
                                                 Clock::duration age);
  void end(gossip::Evidence why);

  TransportKey server_;
  std::list<Try> tries_;  // one once it is up
  State state_ = State::dialling;
  gossip::Evidence evidence_ = gossip::Evidence::refused;
  Clock::time_point begun_ = Clock::now();
};

/// Reads the frames of one message that follow the one just read, so that the next read begins a message.
void drain_message(zmq::socket_t& socket, zmq::message_t& frame);

}  // namespace grapevine::node
