// What others may see of this floor: who is here, since when and why, and whom a newcomer can call.
#include "gossip/gossip.hpp"

namespace grapevine::gossip {

bool Gossip::linked_to(const NodeId& node) const {
  const auto peer = peers_.find(node);
  return peer && links_.linked(*peer);
}

std::vector<NodeId> Gossip::linked_peers() const {
  std::vector<NodeId> nodes;
  for (const Peer peer : links_.up()) nodes.push_back(peers_.node(peer));
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

std::vector<MemberView> Gossip::view() const {
  std::vector<MemberView> all;
  for (Peer peer = 0; peer < members_.rows(); ++peer) {
    if (members_.find(peer)) all.push_back(view_of(peer));
  }
  std::sort(all.begin(), all.end(), [](const MemberView& a, const MemberView& b) { return a.node < b.node; });
  return all;
}

std::optional<MemberView> Gossip::find(const NodeId& node) const {
  const auto peer = peers_.find(node);
  if (!peer || !members_.find(*peer)) return std::nullopt;
  return view_of(*peer);
}

std::vector<GapView> Gossip::gaps(Time now) const {
  std::vector<GapView> seen;
  for (const auto& gap : swim_.chart().gaps(now))
    if (members_.is_up(gap.from) && members_.is_up(gap.to))
      seen.push_back({.from = peers_.node(gap.from), .to = peers_.node(gap.to)});
  return seen;
}

std::vector<ClockView> Gossip::clocks(Time now) const {
  std::vector<ClockView> seen;
  for (const auto& clock : swim_.chart().clocks(now))
    seen.push_back({.node = peers_.node(clock.peer), .ahead = clock.ahead});
  return seen;
}

std::vector<Introduction> Gossip::introductions(std::size_t max) const {
  std::vector<Introduction> some;
  if (max > 0) some.push_back({.certificate = self_.certificate_in(roster_), .contact = self_.contact});
  for (const Peer peer : members_.living()) {
    if (some.size() >= max) break;
    const auto certificate = roster_.find_signed(peers_.node(peer));
    if (certificate)
      some.push_back({.certificate = *certificate, .contact = members_.contact(*members_.find(peer))});
  }
  return some;
}

MemberView Gossip::view_of(Peer peer) const {
  const Member& member = *members_.find(peer);
  MemberView view{.node = peers_.node(peer),
                  .status = member.standing.status,
                  .incarnation = member.standing.incarnation,
                  .contact = members_.contact(member),
                  .since = member.since,
                  .round_trip = swim_.round_trip(peer),
                  .evidence = std::nullopt,
                  .accuser = std::nullopt,
                  .accusers = 0,
                  .linked = links_.linked(peer)};
  if (member.standing.status == Status::alive) return view;
  const auto proofs = members_.proof(peer);
  if (!proofs.front().accusation) return view;
  if (const auto accusation = proofs.front().accusation->claimed()) {
    view.evidence = accusation->evidence;
    view.accuser = accusation->accuser;
    view.accusers = proofs.size();
  }
  return view;
}

}  // namespace grapevine::gossip
