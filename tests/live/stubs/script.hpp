// What a stub of a model server says, piece by piece: the well-behaved replies of both protocols, and every
// way we know of to misbehave. A script is a value; the server asks it for the next piece when it is due.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::stub {

enum class Protocol { openai, ollama };

/// ok: answers. plain: one JSON document though a stream was asked for (openai). refuse: nobody listens.
/// hang: takes the request and says nothing. trickle: keeps the connection alive without words. endless:
/// words without end. longline: a line without end. cut: breaks off after half the words. garbage: no JSON,
/// no UTF-8. deep: JSON nested 100 000 times. redirect: points elsewhere. error500: fails. trouble: an error
/// inside the stream. empty: lists no models.
enum class Mode {
  ok,
  plain,
  refuse,
  hang,
  trickle,
  endless,
  longline,
  cut,
  garbage,
  deep,
  redirect,
  error500,
  trouble,
  empty
};
std::optional<Mode> parse_mode(std::string_view word);

struct Options {
  Protocol protocol = Protocol::openai;
  Mode mode = Mode::ok;
  std::string answer = "Forty-two.";
  double tokens_per_second = 0;  // a token is a word; 0: all at once
  double seconds = 60;           // the stub ends by itself after this
};

/// A piece of a reply, `wait` seconds after the one before it.
struct Piece {
  std::string bytes;
  double wait = 0;
};

/// The reply to one request.
class Script {
 public:
  Script(const Options& options, std::string_view request);

  /// The next piece; nothing when the reply is over and the connection is to be closed.
  std::optional<Piece> next();

 private:
  enum class Kind { whole, words, silence, alive, endless_words, endless_line };
  void script_chat();
  std::optional<Piece> next_word();
  std::string words_event(std::string_view words) const;
  std::string last_event() const;

  Options options_;
  Kind kind_ = Kind::whole;
  std::string whole_;
  std::size_t said_ = 0;  // bytes of the answer
  std::size_t pieces_ = 0;
  bool ended_ = false;
};

}  // namespace grapevine::stub
