#include "node/models/transcript.hpp"

#include "moa/text.hpp"
#include "node/models/utf8.hpp"

namespace grapevine::node {

bool Transcript::add(std::string_view words) {
  if (full_) return false;
  const auto clean = moa::printable(repair_utf8(words));
  const auto piece = moa::cut(clean, bytes_max_ - text_.size());
  full_ = piece.size() < clean.size();
  text_ += piece;
  if (!piece.empty()) sink_->piece(piece);
  return !full_;
}

Result<moa::Finished> Transcript::finish(Ending why, const Request& request) const {
  const auto finished = [&](moa::Finish how) {
    return moa::Finished{.text = text_,
                         .finish = full_ ? moa::Finish::length : how,
                         .tokens_in = tokens_in(request.turns),
                         .tokens_out = tokens_in(text_),
                         .evidence = std::nullopt};
  };
  switch (why) {
    case Ending::complete:
    case Ending::enough: return finished(moa::Finish::stop);
    case Ending::stopped: return finished(moa::Finish::cancelled);
    case Ending::late:
      if (text_.empty()) return fail(Code::expired, "the model said nothing in time");
      return finished(moa::Finish::deadline);
    case Ending::too_big:
      if (text_.empty()) return fail(Code::too_big, "the model's reply is over its limit and holds no words");
      return finished(moa::Finish::length);
  }
  return fail(Code::malformed, "no such ending");
}

std::uint32_t tokens_in(std::string_view text) {
  return static_cast<std::uint32_t>((text.size() + 3) / 4);
}

std::uint32_t tokens_in(const std::vector<moa::Turn>& turns) {
  std::uint32_t tokens = 0;
  for (const auto& turn : turns) tokens += tokens_in(turn.text);
  return tokens;
}

}  // namespace grapevine::node
