// What was heard too early: sentences about or by somebody whose own word has not come yet. News takes many
// roads, so a farewell may overtake the greeting; without a place to wait it would be lost, and who has left
// would be alive here until two tables are compared. A sentence waits ten seconds, unverified, and is weighed
// again like any other once the word it needs has come. At most `early_max`, the oldest goes first: a liar
// can fill the place, and delays by that what the comparison brings anyway.
#pragma once

#include "gossip/config.hpp"
#include "gossip/message.hpp"

#include <deque>

namespace grapevine::gossip {

class Early {
 public:
  explicit Early(const Config& config) : config_(config) {}

  /// Keeps a rumor, once, until the word of this node has come.
  void keep(const NodeId& until, const Rumor& rumor, Time now) {
    for (const Waiting& one : waiting_) {
      if (Rumor::fields(one.rumor) == Rumor::fields(rumor)) return;
    }
    if (waiting_.size() >= config_.early_max) waiting_.pop_front();
    waiting_.push_back({.until = until, .rumor = rumor, .kept = now});
  }

  /// Takes out what waited for this node's word, in the order in which it came; what waited too long is gone.
  std::vector<Rumor> come(const NodeId& node, Time now) {
    std::vector<Rumor> due;
    std::erase_if(waiting_, [&](const Waiting& one) {
      const bool late = one.kept + config_.early_kept < now;
      if (!late && one.until == node) due.push_back(one.rumor);
      return late || one.until == node;
    });
    return due;
  }

 private:
  struct Waiting {
    NodeId until;
    Rumor rumor;
    Time kept;
  };

  const Config& config_;
  std::deque<Waiting> waiting_;  // at most early_max
};

}  // namespace grapevine::gossip
