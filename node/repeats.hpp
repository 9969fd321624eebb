// Notes that repeat themselves. A member can have us note each frame it sends; told one by one, its notes
// would bury whatever else the log has to say, and fill the disk. So of the notes of one event about one node
// the first few of a period are told as they are, and the rest are counted and told together when it ends.
#pragma once

#include "crypto/effect.hpp"

#include <map>
#include <vector>

namespace grapevine::node {

class Repeats {
 public:
  static constexpr std::uint64_t told_max =
      5;  // of a kind in a period: one may well come, go, and come again
  static constexpr std::size_t kinds_max = 1'024;  // of events about nodes; what is more is counted by event

  /// Whether the note is to be told as it is; if not, it has been counted.
  bool is_news(const Note& note);
  /// Ends a period: of each kind that had more than were told, a note that says how many more.
  std::vector<Note> take_counts();

 private:
  struct Kind {
    std::string_view event;
    std::optional<NodeId> about;
    auto operator<=>(const Kind&) const = default;
  };
  std::map<Kind, std::uint64_t> noted_;  // in this period
};

}  // namespace grapevine::node
