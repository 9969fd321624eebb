// Where a request becomes a response: gate, route, and a question to the loop. It knows no sockets and waits
// only in the Front. An answer of the mesh takes its time and may be streamed, so the desk hands out the
// Asking and whoever has the client's socket waits with it.
#pragma once

#include "node/api_answer.hpp"
#include "node/api_change.hpp"
#include "node/api_chat.hpp"
#include "node/api_events.hpp"
#include "node/api_gate.hpp"
#include "node/front.hpp"
#include "node/key_ring.hpp"
#include "node/surroundings.hpp"

#include <atomic>

namespace grapevine::node {

/// A place among those who wait for what is still to come; given back when it is destroyed.
class Seat {
 public:
  /// nullptr when so many are taken.
  static std::unique_ptr<Seat> take(std::atomic<std::size_t>& taken, std::size_t most) {
    std::unique_ptr<Seat> seat(new Seat(taken));
    return taken.load() <= most ? std::move(seat) : nullptr;
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { --taken_; }

 private:
  explicit Seat(std::atomic<std::size_t>& taken) : taken_(taken) { ++taken_; }
  std::atomic<std::size_t>& taken_;
};

/// A question on its way, with what its answer must say.
struct Question {
  std::unique_ptr<Seat> seat;
  AnswerHead head;
  Delivery delivery = Delivery::whole;
  AnswerStream::Usage usage = AnswerStream::Usage::omitted;
  Asking asking;
};

/// Somebody who hears of events as they come.
struct Listener {
  std::unique_ptr<Seat> seat;
  Listening listening;
};

/// A response at once, a question to wait with, or somebody who listens.
using Reply = std::variant<ApiResponse, Question, Listener>;

class Desk {
 public:
  static constexpr std::size_t seats = 24;  // fewer than threads serve, so that status always finds one

  Desk(Gate gate, ChatRules rules, KeyRing keys, Front& front, LookAround look_around)
      : gate_(std::move(gate)),
        rules_(rules),
        keys_(std::move(keys)),
        front_(front),
        look_around_(std::move(look_around)) {}

  /// What comes of a request, if the gate lets it in and there is a route for it.
  Reply take(const ApiRequest& request);
  /// Headers that every response to it has, whatever it says.
  std::vector<std::pair<std::string, std::string>> sharing(const ApiRequest& request) const {
    return gate_.sharing(request);
  }
  /// What the nodes of an answer are called.
  NodeNames names(const moa::Provenance& provenance);
  /// The events a listener has not had yet, as server-sent events; nothing when the node is about to end.
  std::optional<std::string> news(Listening& listening);

  // Routes that take more than the Core, for those whom take() let in.
  Reply greet(const ApiRequest& request);
  Reply check_ready(const ApiRequest& request);
  Reply examine(const ApiRequest& request);
  Reply ask(const ApiRequest& request);
  Reply listen(const ApiRequest& request);
  Reply invite(const ApiRequest& request);
  Reply rotate(const ApiRequest& request);

 private:
  template <class View>
  Reply read(View view);
  template <class Parse>
  Reply change(const ApiRequest& request, Parse parse);

  Gate gate_;
  ChatRules rules_;
  KeyRing keys_;  // touched on the loop's thread only
  Front& front_;
  LookAround look_around_;
  std::atomic<std::size_t> taken_ = 0;  // of the seats
};

}  // namespace grapevine::node
