// What this floor may ask for.
#pragma once

#include "crypto/effect.hpp"
#include "moa/message.hpp"
#include "moa/provenance.hpp"
#include "moa/query.hpp"

#include <variant>
#include <vector>

namespace grapevine::moa {

/// Run the model on this device; answered by generated(call, ...).
struct Generate {
  CallId call;
  Stage stage = Stage::propose;
  std::vector<Turn> turns;
  Sampling sampling;
  Duration time_left{};
};
/// Stop that call; whatever it still says is ignored.
struct Abort {
  CallId call;
};

/// A piece of the answer's text, in order.
struct Piece {
  std::string text;
};
/// How far the query has come, for progress lines: "asking 2 of 3".
struct Progress {
  std::uint8_t layer = 0;
  std::uint8_t answered = 0;
  std::uint8_t asked = 0;
};
/// The answer is complete; the pieces, one after the other, are its text.
struct Answered {
  std::string text;
  Finish finish = Finish::stop;
  std::uint32_t tokens_in = 0;
  std::uint32_t tokens_out = 0;
  Provenance provenance;
};
/// There is no answer, and why. `wait` goes into Retry-After.
struct Refused {
  enum class Reason : std::uint8_t { overloaded, too_many, no_model, deadline, too_big, failed };
  Reason reason = Reason::overloaded;
  Duration wait{};
  std::string text;
};
/// Exactly one Answered or Refused ends every query, unless it was abandoned.
struct Reply {
  QueryId query;
  std::variant<Progress, Piece, Answered, Refused> said;
};
/// This device's load, for gossip to carry (at most 48 bytes).
struct PublishLoad {
  Bytes bulletin;
};

/// What was learned, to be given to the next life.
struct Remember {
  enum class What : std::uint8_t { taste, trust };
  What what = What::taste;
  Bytes learned;
};

/// A call between this node and a peer has ended, for whoever keeps the history of those we met. Calls that
/// were taken back say nothing of either side and are not told.
struct Ended {
  enum class Asker : std::uint8_t { self, peer };
  NodeId peer;
  Asker asker = Asker::self;
  Outcome outcome = Outcome::answered;
  Stage stage = Stage::propose;  // what was asked for, if we asked
  Duration elapsed{};            // as we waited for it, if we asked
};

using Effect = std::variant<Send<Message>, Generate, Abort, Reply, PublishLoad, Remember, Ended, Note>;
using Effects = std::vector<Effect>;

}  // namespace grapevine::moa
