// What a rumor changes. Cheap before dear: a rumor that tells nothing new is dropped by what it claims,
// before its signature is looked at; only then it is verified, and only a verified one changes anything or is
// passed on. Nobody speaks for another: only its own node raises an incarnation, an accusation counts only
// against an incarnation whose Alive we hold. A death told by others begins a suspicion here, or confirms
// one, and ends one only when somebody besides its author accuses too: one liar alone buries nobody. Accused
// myself, I raise my incarnation over the accusation and say so (SWIM, section 4.2).
#pragma once

#include "crypto/random.hpp"
#include "gossip/doors.hpp"
#include "gossip/early.hpp"
#include "gossip/effect.hpp"
#include "gossip/health.hpp"
#include "gossip/rumors.hpp"
#include "gossip/self.hpp"
#include "gossip/suspicion.hpp"

namespace grapevine::gossip {

/// What became of a rumor: it changed something, it was no news, it waits for the word of somebody we have
/// not met, or it is not to be believed.
enum class Reception { fresh, old, unknown, refused };

class Belief {
 public:
  Belief(const Config& config, const Self& self, Roster& roster, Peers& peers, Members& members,
         Health& health, Random random);

  /// Weighs one rumor, from wherever it came. Appends Changed and Note.
  Reception hear(const Rumor& rumor, Now now, Effects& out);
  /// Says that I am here, under an incarnation above both mine and `over`; at its maximum the incarnation
  /// stays.
  void speak(Incarnation over, Now now);
  /// Accuses a member that did not answer, in my own name; once an incarnation, and not when enough others
  /// have.
  void accuse(Peer peer, Evidence evidence, Now now, Effects& out);
  /// Somebody is no member any more: what was said of it is forgotten, and nothing is believed of it again.
  void expel(Peer peer, Time now, Effects& out);
  /// The sentence with which I go. Nothing is refuted after it.
  Rumor leave();

  /// Buries those whose time has come, tells of deaths I was an accuser in, forgets the long dead.
  void tick(Now now, Effects& out);
  Time deadline() const;
  /// Suspects get back the time in which we could not listen.
  void postpone(Duration by) { suspicions_.postpone(by); }

  Incarnation incarnation() const { return incarnation_; }
  RumorMill& mill() { return mill_; }
  Doors& doors() { return doors_; }
  /// Rumors of my own that should not wait for a ride; taken out. At most one a change.
  std::vector<Rumor> take_urgent();

 private:
  struct Publication {
    Time at;
    Peer dead;
    Standing standing;
  };

  Reception hear_alive(const Signed<Alive>& word, Now now, Effects& out);
  Reception hear_accusation(const Signed<Accusation>& accusation, Now now, Effects& out);
  Reception hear_left(const Signed<Left>& left, Now now, Effects& out);
  Reception hear_of_myself(Incarnation claimed, Now now, Effects& out);
  void recall(const NodeId& node, Now now, Effects& out);
  Reception weigh(Peer peer, const Accusation& claim, const Rumor& rumor, Now now, Effects& out);
  bool may_bury(Peer suspect, Peer author) const;
  Reception not_opened(const Rumor& rumor, const NodeId& author, const Error& error, Now now, Effects& out);
  Reception wait_for(const NodeId& node, const Rumor& rumor, Now now, Effects& out);
  Result<Alive> open(const Signed<Alive>& word, const Alive& claim, WallTime now);
  template <class T>
  Result<T> open_by(const Signed<T>& sentence, const NodeId& author, WallTime now) const;
  void bury(Peer peer, Rumor proof, Now now, Effects& out);
  Rumor accusation(Peer peer, Status verdict, Evidence evidence) const;

  const Config& config_;
  const Self& self_;
  Roster& roster_;
  Peers& peers_;
  Members& members_;
  Health& health_;
  Random random_;
  Suspicions suspicions_;
  Doors doors_;
  Early early_;
  RumorMill mill_;
  Incarnation incarnation_ = 0;
  enum class Life { here, leaving } life_ = Life::here;
  std::vector<Rumor> urgent_;
  std::vector<Publication> publications_;  // at most one a suspicion that ended here
  Time next_forget_{};
};

}  // namespace grapevine::gossip
