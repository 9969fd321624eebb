// Are you there? The failure detector: every period one member is probed, out of turn those of whom the
// network has told something (a link that closed, a dial refused) and suspects we still have a link with.
// Probes and answers carry the news. What is believed of whom is belief.hpp; here is who is asked when, and
// what an answer or its absence means; a dial that fails means nothing where all fail (doors.hpp). A node
// that overslept first doubts itself: its probes close without a verdict and suspects get the time back.
// (SWIM: Das, Gupta, Motivala, DSN 2002. Lifeguard: arXiv 1707.00788.)
#pragma once

#include "gossip/belief.hpp"
#include "gossip/bulletin.hpp"
#include "gossip/chart.hpp"
#include "gossip/errand.hpp"
#include "gossip/links.hpp"
#include "gossip/probe.hpp"
#include "gossip/roundtrip.hpp"

#include <deque>

namespace grapevine::gossip {

class Swim {
 public:
  Swim(const Config& config, const Self& self, Roster& roster, Peers& peers, Members& members,
       const Links& links, Random random);

  /// Speaks for the first time in this life, above the incarnation of the last one.
  void start(Incarnation last, Now now);
  /// Says again that I am here.
  void speak_again(Now now) { belief_.speak(belief_.incarnation(), now); }
  void expel(Peer peer, Now now, Effects& out);
  /// The sentence with which I go.
  Rumor leave() { return belief_.leave(); }

  void receive(Peer from, const Ping& ping, Now now, Effects& out);
  void receive(Peer from, const Ack& ack, Now now, Effects& out);
  void receive(Peer from, const PingRequest& request, Now now, Effects& out);
  void receive(Peer from, const IndirectAck& answer, Now now, Effects& out);
  void receive(Peer from, const Nack& answer, Now now, Effects& out);
  /// A rumor from any other road.
  Reception hear(const Rumor& rumor, Now now, Effects& out);
  /// A member's link broke, or its dial did not stand: it is asked soon, and the answer decides.
  void lost(Peer peer, Evidence evidence, Now now);
  /// Tells a peer we hold dead or left that we do, so that it can object; nothing to others.
  void tell_if_down(Peer peer, Effects& out) const;

  void say(Bytes bulletin) { bulletins_.say(std::move(bulletin)); }
  void set_registry_root(const Root& root) { registry_ = root; }
  const Root& registry_root() const { return registry_; }

  void tick(Now now, Effects& out);
  Time deadline() const;
  /// We slept for this long beyond our deadline.
  void overslept(Duration by);

  Incarnation incarnation() const { return belief_.incarnation(); }
  unsigned health() const { return health_.score(); }
  Duration round_trip(Peer peer) const {
    const auto trip = trips_.find(peer);
    return trip == trips_.end() ? Duration::zero() : trip->second.usual();
  }
  /// Who cannot reach whom, and whose clock says what, as far as it showed here.
  const Chart& chart() const { return chart_; }
  std::vector<Rumor> take_urgent() { return belief_.take_urgent(); }

 private:
  struct Due {
    Time at;
    Peer peer = 0;
  };
  News news(Peer addressee, Now now);
  void read(Peer from, const News& news, Now now, Effects& out);
  void probe(Peer target, Now now, Effects& out);
  void ask_friends(Probe& probe, Now now, Effects& out);
  void judge(const Probe& probe, Now now, Effects& out);
  bool is_before_shut_door(const Probe& probe, Now now);
  void probe_out_of_turn(Now now, Effects& out);
  void call_the_dead(Now now, Effects& out);
  void notice(std::size_t from, Now now, const Effects& out);
  void queue(Peer peer, Now now);
  Waits waits(Peer peer, Road road) const;
  Duration period() const { return config_.period(members_.up_count()) * static_cast<int>(health_.factor()); }
  void ping(Peer peer, std::uint32_t number, Now now, Effects& out);

  const Config& config_;
  const Peers& peers_;
  const Members& members_;
  const Links& links_;
  Random random_;
  Health health_;
  Belief belief_;
  Bulletins bulletins_;
  Root registry_;
  Pass pass_;
  Mourned mourned_;
  Probes probes_;
  Errands errands_;
  Chart chart_;
  std::unordered_map<Peer, RoundTrip> trips_;  // of those once linked; never iterated
  std::deque<Due> soon_;               // out of turn, the first to be asked first, at most out_of_turn_max
  std::map<Peer, Evidence> evidence_;  // what links have told, for the next probe; at most out_of_turn_max
  std::uint32_t number_ = 0;           // of the last ping
  Time next_turn_ = never;
  Time next_wake_ = never;  // a member dead for a short time is pinged
  Time next_call_ = never;  // any dead member is
};

}  // namespace grapevine::gossip
