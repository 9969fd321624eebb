#include "moa/provenance.hpp"

namespace grapevine::moa {

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::answered: return "answered";
    case Outcome::refused: return "refused";
    case Outcome::failed: return "failed";
    case Outcome::silent: return "silent";
    case Outcome::gone: return "gone";
    case Outcome::cancelled: return "cancelled";
  }
  return "?";
}

std::string_view name(Attempt attempt) {
  switch (attempt) {
    case Attempt::planned: return "planned";
    case Attempt::instead: return "instead";
    case Attempt::beside: return "beside";
  }
  return "?";
}

std::string_view name(Merge merge) {
  switch (merge) {
    case Merge::alone: return "alone";
    case Merge::synthesized: return "synthesized";
    case Merge::consensus: return "consensus";
    case Merge::chosen: return "chosen";
    case Merge::joined: return "joined";
  }
  return "?";
}

}  // namespace grapevine::moa
