// What a model has said so far in one call: made fit to show, passed on to the sink as it comes, kept for the
// end, and never longer than a proposal may be.
#pragma once

#include "node/model.hpp"
#include "node/models/stream_client.hpp"

#include <string>
#include <string_view>

namespace grapevine::node {

/// Tokens where nobody counted them: a token of English is about four characters.
std::uint32_t tokens_in(std::string_view text);
std::uint32_t tokens_in(const std::vector<moa::Turn>& turns);

class Transcript {
 public:
  explicit Transcript(Sink& sink, std::size_t bytes_max = moa::proposal_bytes_max)
      : sink_(&sink), bytes_max_(bytes_max) {}

  /// Takes words in; false once there is no room for more.
  bool add(std::string_view words);
  bool is_full() const { return full_; }
  const std::string& text() const { return text_; }

  /// The call's outcome, tokens estimated from the text. Errors: expired, too_big (a limit was met before any
  /// words).
  Result<moa::Finished> finish(Ending why, const Request& request) const;

 private:
  Sink* sink_;
  std::size_t bytes_max_;
  std::string text_;
  bool full_ = false;
};

}  // namespace grapevine::node
