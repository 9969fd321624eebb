// What to tell next, and how often is enough: least told first, newest first among equals. News rides on
// messages that go anyway, so it costs none of its own; told 4 log N times it reaches everybody with high
// probability (Demers et al., PODC 1987; SWIM, section 4.1). Only the *topic* of a ride is kept; what is said
// about it is looked up when it is told, so that nothing outdated is ever told. The list is bounded at
// insertion: the most told ride gets off.
#pragma once

#include "crypto/ensure.hpp"

#include <map>
#include <set>

namespace grapevine::gossip {

/// What became of an offer: it was told, or it did not fit.
enum class Ride { taken, refused };

template <class Key>
class Rides {
 public:
  explicit Rides(std::size_t max) : max_(max) { ensure(max > 0, "there is room for news"); }

  /// There is news about this; its count starts again.
  void add(const Key& key) {
    drop(key);
    if (seats_.size() >= max_) drop(order_.rbegin()->key);
    const Seat seat{.told = 0, .age = --newest_, .key = key};
    order_.insert(seat);
    seats_.emplace(key, seat);
  }

  void drop(const Key& key) {
    const auto found = seats_.find(key);
    if (found == seats_.end()) return;
    order_.erase(found->second);
    seats_.erase(found);
  }

  /// Counts one telling of a key, which gets off after `most`.
  void told(const Key& key, unsigned most) {
    const auto found = seats_.find(key);
    if (found == seats_.end()) return;
    order_.erase(found->second);
    if (++found->second.told >= most) {
      seats_.erase(found);
    } else {
      order_.insert(found->second);
    }
  }

  /// Offers keys, least told first, to `offer(key) -> Ride`, at most `offers` of them.
  template <class Offer>
  void board(std::size_t offers, unsigned most, Offer offer) {
    std::vector<Key> taken;
    for (auto seat = order_.begin(); seat != order_.end() && offers > 0; ++seat, --offers) {
      if (offer(seat->key) == Ride::taken) taken.push_back(seat->key);
    }
    for (const Key& key : taken) told(key, most);
  }

  bool has(const Key& key) const { return seats_.contains(key); }
  std::size_t size() const { return seats_.size(); }

 private:
  struct Seat {
    unsigned told = 0;
    std::uint64_t age = 0;  // smaller is newer
    Key key{};
    auto operator<=>(const Seat&) const = default;
  };

  std::size_t max_;
  std::uint64_t newest_ = ~std::uint64_t{0};
  std::set<Seat> order_;
  std::map<Key, Seat> seats_;
};

}  // namespace grapevine::gossip
