#include "moa/message.hpp"

namespace grapevine::moa {

std::string_view name(Unwilling reason) {
  switch (reason) {
    case Unwilling::lane_full: return "lane_full";
    case Unwilling::share_used_up: return "share_used_up";
    case Unwilling::too_large: return "too_large";
    case Unwilling::scope: return "scope";
    case Unwilling::no_model: return "no_model";
    case Unwilling::draining: return "draining";
    case Unwilling::malformed: return "malformed";
    case Unwilling::failed: return "failed";
  }
  return "?";
}

Fixed<32> prompt_hash(const Turns& turns) {
  return hash<32>(purpose::prompt, {wire::encode(turns)});
}

Fixed<32> text_hash(std::string_view text) {
  return hash<32>(purpose::text, {view(text)});
}

}  // namespace grapevine::moa
