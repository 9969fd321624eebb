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
