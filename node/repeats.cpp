#include "node/repeats.hpp"

namespace grapevine::node {

bool Repeats::is_news(const Note& note) {
  auto kind = noted_.find({note.event, note.about});
  if (kind == noted_.end()) {
    const auto about = noted_.size() < kinds_max ? note.about : std::nullopt;
    kind = noted_.try_emplace({note.event, about}, 0).first;
  }
  return ++kind->second <= told_max;
}

std::vector<Note> Repeats::take_counts() {
  std::vector<Note> counts;
  for (const auto& [kind, noted] : std::exchange(noted_, {})) {
    if (noted > told_max)
      counts.push_back({kind.event, kind.about, std::to_string(noted - told_max) + " more"});
  }
  return counts;
}

}  // namespace grapevine::node
