// Probes done for others: a friend asks "is it there for you?", I ping under a number of my own, and tell the
// friend yes when the answer comes. Before the friend's patience ends I say "not yet": that proves that the
// friend hears me, so the silence is not the friend's own trouble (Lifeguard's nack); a yes may still follow.
// At most `errands_max`; who asks for more gets no answer, which costs the asker's own health and nobody's
// life.
#pragma once

#include "crypto/time.hpp"
#include "gossip/book.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace grapevine::gossip {

struct Errand {
  Peer asker = 0;
  std::uint32_t asked = 0;   // the asker's number
  std::uint32_t number = 0;  // mine
  Peer target = 0;
  Time nack_at{};                        // never, once it was sent
  Time until{};                          // from then on no answer is waited for
  Evidence evidence = Evidence::silent;  // the worst that was seen of the target
};

class Errands {
 public:
  explicit Errands(std::size_t max) : max_(max) {}

  bool has_room() const { return open_.size() < max_; }
  void take_on(const Errand& errand) { open_.push_back(errand); }

  /// Takes out the errand this answer belongs to.
  std::optional<Errand> answered(std::uint32_t number, Peer target) {
    for (auto errand = open_.begin(); errand != open_.end(); ++errand) {
      if (errand->number != number || errand->target != target) continue;
      const Errand done = *errand;
      open_.erase(errand);
      return done;
    }
    return std::nullopt;
  }
  /// The dial was refused: errands to this target end now.
  void refused(Peer target, Time now) {
    for (Errand& errand : open_) {
      if (errand.target != target) continue;
      errand.evidence = Evidence::refused;
      errand.until = std::min(errand.until, now);
    }
  }
  /// The errands whose asker is to be told "not yet", or that the dial was refused, which is the last word;
  /// those that have ended are forgotten.
  std::vector<Errand> unanswered(Time now) {
    std::vector<Errand> untold;
    for (Errand& errand : open_) {
      if (errand.nack_at > now && errand.evidence != Evidence::refused) continue;
      errand.nack_at = never;
      untold.push_back(errand);
    }
    std::erase_if(open_, [now](const Errand& errand) { return errand.until <= now; });
    return untold;
  }
  Time deadline() const {
    Time next = never;
    for (const Errand& errand : open_) next = std::min({next, errand.nack_at, errand.until});
    return next;
  }

 private:
  std::size_t max_;
  std::vector<Errand> open_;
};

}  // namespace grapevine::gossip
