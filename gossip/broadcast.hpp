// News for everybody: one tree, lazily repaired (Plumtree: Leitao, Pereira, Rodrigues, "Epidemic Broadcast
// Trees", SRDS 2007). A payload goes in full to *eager* neighbours and by name to *lazy* ones. Who gets a
// second copy says Prune, and that road becomes lazy; who hears a name and not the payload says Graft, and
// that road becomes eager: what is left is a tree that follows the fastest roads, and every other link is its
// spare. The first copy is shown to whoever can judge it, in the same step, and only what is accepted is
// passed on. A neighbour begins eager while there are few; there is no message about the tree but these
// three. What repair misses too, the floors above mend by comparing; so in a storm of news, when a thousand
// devices join at once, a node passes on what its budget allows and leaves the rest to comparison, which
// carries many in one frame.
#pragma once

#include "crypto/budget.hpp"
#include "crypto/random.hpp"
#include "gossip/config.hpp"
#include "gossip/effect.hpp"
#include "gossip/links.hpp"

#include <deque>
#include <map>
#include <unordered_map>

namespace grapevine::gossip {

/// Of what and under which topic: told as something else, it is something else.
GossipId gossip_id(Topic topic, View payload);

class Broadcast {
 public:
  Broadcast(const Config& config, const Peers& peers, const Links& links, Random random)
      : config_(config),
        peers_(peers),
        links_(links),
        random_(random),
        relays_(config.relays_rate, config.relays_burst) {}

  /// Tells everybody; what was told in the last `seen_kept` is not told again.
  void publish(Topic topic, Bytes payload, Time now, Effects& out);
  /// The id of a first copy, to be judged in the same step; nothing for later ones.
  std::optional<GossipId> receive(Peer from, const Parcel& parcel, Time now, Effects& out);
  /// Passes an accepted one on; keeps it to itself; or forgets that it came, so that a lie makes nobody deaf.
  /// False when no such one waits for a verdict.
  bool accept(const GossipId& id, Time now, Effects& out);
  bool drop(const GossipId& id);
  bool refuse(const GossipId& id);

  /// Names of payloads a neighbour has; those that do not come by themselves are fetched.
  void receive(Peer from, const IHave& said, Time now, Effects& out);
  /// A neighbour wants to be told eagerly, and lacks this one.
  void receive(Peer from, const Graft& graft, Time now, Effects& out);
  /// A neighbour has what we tell it from elsewhere.
  void receive(Peer from, const Prune&, Time now, Effects&);

  /// Tells the names that wait, one frame to each neighbour, and fetches what is missing for too long, at
  /// most `grafts_max`; what remains is due at once.
  void tick(Time now, Effects& out);
  Time deadline() const;

  std::size_t seen() const { return seen_.size(); }
  /// Neighbours that are told in full.
  std::size_t eager_count() const;

 private:
  /// What is passed on for others: a storm of rumors leaves room for records, and one of records for rumors.
  struct Relays {
    Relays(double rate, double burst) : rumors(rate, burst), records(rate, burst) {}
    Budget& of(Topic topic) { return topic == Topic::rumor ? rumors : records; }
    Budget rumors;
    Budget records;
  };
  struct Road {
    explicit Road(const Config& config) : relays(config.relays_rate / 2, config.relays_burst / 2) {}
    enum class Kind : std::uint8_t { eager, lazy } kind = Kind::eager;
    unsigned duplicates = 0;  // since it last brought something first
    Relays relays;            // at most half of all: who floods leaves room for the others
  };
  struct Seen {
    Time at;
    std::uint16_t round = 0;  // hops it took
    Peer giver = 0;
  };
  struct Judged {
    GossipId id;
    Peer giver;
    Parcel parcel;
  };
  struct Missing {
    Time due;
    std::vector<Peer> announcers;  // not yet asked, first to announce first; at most announcers_max
  };
  struct Hash {
    std::size_t operator()(const GossipId& id) const {
      std::size_t hash = 0;
      std::memcpy(&hash, id.data(), sizeof hash);
      return hash;
    }
  };
  // A step brings one; who forgets its verdict loses the oldest.
  static constexpr std::size_t judged_max = 64;
  static constexpr std::size_t announcers_max = 8;  // of whom the first is nearly always enough

  static void raise(Road& road);
  bool may_relay(Topic topic, Peer giver, Time now);
  bool is_first(const GossipId& id, Time now, std::uint16_t round, Peer giver);
  void spread(const GossipId& id, Parcel parcel, Peer giver, Time now, Effects& out);
  void keep(const GossipId& id, const Parcel& parcel, Time now);
  void follow_links(Time now);
  void tell_names(Time now, Effects& out);
  void fetch_missing(Time now, Effects& out);
  void name_later(Peer to, const IHave::Name& name, Time now);
  void graft(Peer peer, std::optional<GossipId> id, Effects& out);
  void prune(Peer peer, Effects& out);
  void shorten(Peer announcer, const IHave::Name& name, Effects& out);

  const Config& config_;
  const Peers& peers_;
  const Links& links_;
  Random random_;
  std::unordered_map<GossipId, Seen, Hash> seen_;   // never iterated; at most seen_max
  std::deque<GossipId> order_;                      // of the seen, oldest first
  std::deque<Judged> judged_;                       // at most judged_max
  std::map<Peer, Road> roads_;                      // of the present neighbours
  std::map<Peer, std::vector<IHave::Name>> names_;  // to be told; at most names_max each
  std::map<GossipId, Missing> missing_;             // at most missing_max
  struct Kept {
    Time until;
    GossipId id;
  };
  std::unordered_map<GossipId, Parcel, Hash> kept_;  // never iterated; at most kept_bytes
  std::deque<Kept> kept_order_;                      // oldest first
  std::size_t kept_bytes_ = 0;
  Relays relays_;
  Time next_names_ = never;
  Time named_{};  // when names were told last
  Time next_grafts_ = never;
};

}  // namespace grapevine::gossip
