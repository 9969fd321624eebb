// Where a request becomes a response: gate, route, and a question to the loop. It knows no sockets and waits
// only in the Front. An answer of the mesh takes its time and may be streamed, so the desk hands out the
// Asking and whoever has the client's socket waits with it.
#pragma once

#include "node/api_answer.hpp"
#include "node/api_chat.hpp"
#include "node/api_events.hpp"
#include "node/api_gate.hpp"
#include "node/api_routes.hpp"
#include "node/api_verdict.hpp"
#include "node/front.hpp"
#include "node/key_ring.hpp"
#include "node/surroundings.hpp"

namespace grapevine::node {

/// A question on its way, with what its answer must say.
struct Question {
  AnswerHead head;
  Delivery delivery = Delivery::whole;
  AnswerStream::Usage usage = AnswerStream::Usage::omitted;
  Asking asking;
};

class Desk {
 public:
  Desk(Gate gate, ChatRules rules, KeyRing keys, Front& front, LookAround look_around)
      : gate_(std::move(gate)),
        rules_(rules),
        keys_(std::move(keys)),
        front_(front),
        look_around_(std::move(look_around)) {}

  /// A response at once, a question to wait with, or somebody who listens.
  std::variant<ApiResponse, Question, Listening> take(const ApiRequest& request);
  /// What the nodes of an answer are called.
  NodeNames names(const moa::Provenance& provenance);

  /// The events a listener has not had yet, as server-sent events; nothing when the node is about to end.
  std::optional<std::string> news(Listening& listening);

 private:
  std::variant<ApiResponse, Question, Listening> ask(const ApiRequest& request);
  Or<std::string> look(const Routed& routed, const ApiRequest& request);
  Or<std::string> invite(const ApiRequest& request);
  Or<std::string> change_name(Route what, const ApiRequest& request);
  Or<std::string> change_pin(const ApiRequest& request);
  Or<std::string> tell(const ApiRequest& request);
  Or<std::string> judge(const ApiRequest& request);
  Or<std::string> change_keys(Route what, const ApiRequest& request);
  std::variant<ApiResponse, Question, Listening> listen(const ApiRequest& request);
  template <class View>
  Or<std::string> read(View view);

  Gate gate_;
  ChatRules rules_;
  KeyRing keys_;  // touched on the loop's thread only
  Front& front_;
  LookAround look_around_;
};

}  // namespace grapevine::node
