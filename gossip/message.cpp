#include "gossip/message.hpp"

namespace grapevine::gossip {

std::string_view name(Status status) {
  switch (status) {
    case Status::alive: return "alive";
    case Status::suspect: return "suspect";
    case Status::dead: return "dead";
    case Status::left: return "left";
  }
  return "?";
}

std::string_view name(Evidence evidence) {
  switch (evidence) {
    case Evidence::silent: return "silent";
    case Evidence::closed: return "closed";
    case Evidence::refused: return "refused";
  }
  return "?";
}

}  // namespace grapevine::gossip
