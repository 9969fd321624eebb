// What can generate. A model blocks in its worker's thread and never touches the Core: pieces go to a sink,
// the end is the return value, and a stop token says that nobody waits any more. One object serves one worker
// at a time unless its profile has more slots; then generate() is called from as many threads.
#pragma once

#include "moa/query.hpp"

#include <stop_token>
#include <string_view>
#include <vector>

namespace grapevine::node {

/// One generation. `time_left` bounds the whole call.
struct Request {
  moa::Stage stage = moa::Stage::propose;
  std::vector<moa::Turn> turns;
  moa::Sampling sampling;
  Duration time_left{};
};

/// Takes text as it comes.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void piece(std::string_view text) = 0;
};

class Model {
 public:
  virtual ~Model() = default;
  /// What it claims to be; changes in generate() and refresh() alone, and only where there is one slot.
  virtual moa::Profile profile() const = 0;
  /// Called in a worker's thread now and then while nothing is asked, to see what has changed meanwhile.
  virtual void refresh() {}
  /// Generates until done, stopped or out of time. Errors: unavailable (the server does not answer),
  /// malformed (it does not speak its protocol), unknown (recorded: no such prompt; knowledge: nothing
  /// found), too_big, expired (a time limit, with nothing said). What was said before a limit is kept and
  /// `finish` says which.
  virtual Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) = 0;
};

}  // namespace grapevine::node
