// Probes done for others: a friend asks "is it there for you?", I ping under a number of my own, and tell the
// friend yes when the answer comes, or no when it does not. At most `errands_max`; who asks for more gets no
// answer, which costs the asker's own health and nobody's life.
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
  Time until{};
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
  /// The dial was refused: errands to this target have failed now.
  void refused(Peer target, Time now) {
    for (Errand& errand : open_) {
      if (errand.target == target) errand.until = std::min(errand.until, now);
    }
  }
  /// Takes out the errands that have failed.
  std::vector<Errand> take_failed(Time now) {
    std::vector<Errand> failed;
    std::erase_if(open_, [&](const Errand& errand) {
      if (errand.until > now) return false;
      failed.push_back(errand);
      return true;
    });
    return failed;
  }
  Time deadline() const {
    Time next = never;
    for (const Errand& errand : open_) next = std::min(next, errand.until);
    return next;
  }

 private:
  std::size_t max_;
  std::vector<Errand> open_;
};

}  // namespace grapevine::gossip
