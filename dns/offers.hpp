// Names that are to be handed over: the giver's half of a transfer, kept until the person at the receiver
// adds the other half, the giver thinks better of it, or there is no time left. A name changes hands only
// after a notice of one term (intake.hpp), and the giver leaves one term more for the person who is to
// accept: an offer lives for half an hour at most, so the few kept here cannot be taken up for long. They are
// in memory alone, and told again and again: a message can be lost, and a receiver restart.
#pragma once

#include "dns/ledger.hpp"
#include "dns/message.hpp"

namespace grapevine::dns {

/// From the term in which an offer is made to the one in which it takes effect: a whole one in which it can
/// be accepted, and a whole one of notice, whenever in its term the first word was said.
inline constexpr Term offer_terms = 3;
/// How often an offer is told that is neither accepted nor taken back.
inline constexpr Duration offer_again = 5s;

/// Until when the receiver may sign, and from when on the name is its own.
WallTime accept_by(const Offer& offer);
WallTime takes_effect(const Offer& offer);

class Offers {
 public:
  static constexpr std::size_t offers_max = 16;

  /// Views upon these, which must outlive it.
  Offers(const Ledger& ledger, const NodeId& self) : ledger_(&ledger), self_(self) {}

  /// Keeps an offer, in place of an earlier one of the same name by the same node. duplicate; not_entitled:
  /// it is not the giver who makes it, or it is not made to us; unknown_node; bad_signature; stale: the time
  /// to accept it is over, or it follows an earlier key; future: it leaves more time than an honest one;
  /// bad_name; over_quota: of one giver as many are kept as a node may hold; no_room.
  Reason take(const NodeId& from, const Offer& offer, const MeshId& mesh, Verifier& verifier, WallTime now);
  /// Those that can be accepted now, by the end of that: the giver bears the name, and has said nothing of it
  /// since.
  std::vector<Offer> open(WallTime now) const;

  /// Keeps one this node makes, in place of an earlier one of the same name: at most as many as it holds
  /// names.
  void make(const Offer& offer, WallTime now);
  /// Those made that can still be accepted.
  std::vector<Offer> made(WallTime now) const;

 private:
  Reason check(const NodeId& from, const Offer& offer, WallTime now) const;
  std::vector<Offer> those_open(const std::vector<Offer>& offers, WallTime now) const;
  bool is_open(const Offer& offer, WallTime now) const;

  const Ledger* ledger_;
  NodeId self_;
  std::vector<Offer> offers_;  // to us, by accept_by
  std::vector<Offer> made_;
};

}  // namespace grapevine::dns
