// The third driver: Gossip machines alone, ten thousand of them in one process, in virtual time. World plays
// whole nodes and finds what breaks; here the floor that must scale is watched at the size it must scale to,
// so everything above it is left out and nothing costs O(N) a step: messages are not encoded on the way but
// wait in a pool, a frame being their ticket; one roster and one verifier serve all; the agenda is a
// calendar. A story begins with everybody knowing everybody, since how 10 000 join is not what is measured.
// The network is that of link.hpp, and what can go wrong with it is said below. Equal seeds give equal
// traces, on every compiler.
#pragma once

#include "gossip/gossip.hpp"
#include "node/sim/agenda.hpp"
#include "node/sim/citizens.hpp"
#include "node/sim/link.hpp"
#include "node/sim/trace.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace grapevine::node::sim {

struct SwarmOptions {
  std::size_t nodes = 100;
  std::uint64_t seed = 1;
  Weather weather;
  gossip::Config gossip;
};

/// One node has changed its belief about another.
struct Sighting {
  Time at;
  Index by = 0;
  Index about = 0;
  gossip::Status status = gossip::Status::alive;
};

/// The number of something a Swarm has published, from 0.
using Publication = std::uint64_t;

/// A node was shown a publication for the first time.
struct Hearing {
  Time at;
  Index by = 0;
  Publication what = 0;
  std::uint32_t hops = 0;
};

/// What went over all links together since the beginning.
struct Traffic {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  // above TCP, sealed by CURVE; handshakes are counted apart
  std::uint64_t dials = 0;
  std::uint64_t handshakes = 0;  // dials that stood
};

class Swarm {
 public:
  explicit Swarm(SwarmOptions options);

  void run_until(Time end);
  void run_for(Duration span) { run_until(now_ + span); }
  Time now() const { return now_; }

  // Accidents. Each takes effect now.
  /// The process ends: the others learn it one way later, and dials to it are refused.
  void kill(Index node);
  /// The device vanishes without a word: its links end after 20 s, and dials to it after 2 s.
  void cut_power(Index node);
  /// A process starts again, with its incarnation and three contacts on its disk.
  void revive(Index node);
  /// A node does nothing for a while; what arrives waits.
  void pause(Index node, Duration span);
  /// From now on a node passes nothing on that is broadcast, and repairs nothing.
  void silence(Index node);
  /// Those in the island and those outside no longer reach each other: what they send is gone, and links end
  /// after 20 s.
  void cut(std::vector<bool> island);
  void heal();
  /// Calls `what` at a later time, in order with everything else.
  void at(Time when, std::function<void()> what);

  /// Tells everybody something new of 64 bytes, as the record of a name is told.
  Publication publish(Index node);
  /// How often it has arrived anywhere, first copies included.
  std::uint64_t copies(Publication what) const { return copies_[what]; }

  /// Hears every sighting; every hearing. One listener each.
  void on_sighting(std::function<void(const Sighting&)> listener) { sighted_ = std::move(listener); }
  void on_hearing(std::function<void(const Hearing&)> listener) { heard_ = std::move(listener); }

  std::size_t size() const { return nodes_.size(); }
  const NodeId& id(Index node) const { return citizens_.id(node); }
  bool is_up(Index node) const { return nodes_[node].machine != nullptr; }
  /// Requires: is_up(node).
  const gossip::Gossip& machine(Index node) const { return *nodes_[node].machine; }
  /// Links of a node now, and the most any node ever had.
  std::size_t links(Index node) const { return nodes_[node].links; }
  std::size_t most_links() const { return most_links_; }
  /// Into how many parts the links divide the nodes that are up.
  std::size_t parts() const;
  /// Whether all nodes that are up hold the same table.
  bool agrees() const;

  const Traffic& traffic() const { return traffic_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t trace() const { return trace_.value(); }
  /// How often each note was heard.
  const std::map<std::string_view, std::uint64_t>& notes() const { return notes_; }

 private:
  struct Node {
    std::unique_ptr<gossip::Gossip> machine;  // absent while the process is down
    Time wake = never;
    Time resumes{};          // until then it stands still
    std::uint32_t life = 0;  // raised with every start: what was meant for an earlier life is ignored
    gossip::Incarnation incarnation = 0;  // of its last life
    std::size_t links = 0;
    enum class Power : std::uint8_t { on, cut } power = Power::on;
    enum class Voice : std::uint8_t { loud, silent } voice = Voice::loud;
  };
  enum class Kind : std::uint8_t { wake, arrive, stands, failed, ended, call };
  struct Event {
    Time at;
    std::uint64_t sequence = 0;
    Index node = 0;
    Index other = 0;
    std::uint32_t mark = 0;    // the life, the connection or the call it belongs to
    std::uint32_t letter = 0;  // in the pool
    Kind kind = Kind::wake;
    gossip::Evidence evidence = gossip::Evidence::silent;
  };
  /// A message on its way. The stamp tells it from the next one in the same place.
  struct Letter {
    gossip::Message message;
    std::uint32_t stamp = 0;
  };
  struct Parked {
    Time since;
    std::uint32_t letter;
    std::uint32_t stamp;
  };

  void boot(Index index, View stored);
  std::unique_ptr<gossip::Gossip> acquainted();
  void give_up(Index gone, Index side, std::uint32_t epoch);
  void happen(const Event& event);
  void happen_to(Index index, const Event& event);
  void wake(Index index);
  void stand(Index from, Index to);
  void end(Index index, const Event& event);
  void deliver(Index to, Index from, std::uint32_t letter);
  void perform(Index index, gossip::Effects effects);
  void perform_one(Index index, gossip::Effect& effect);
  void send(Index from, Send<gossip::Message>& send);
  void transmit(Index from, gossip::Transmit& transmit);
  void hear(Index by, const gossip::Arrived& arrived);
  void dial(Index from, Index to);
  void fail(Index from, Index to, Duration after, gossip::Evidence evidence);
  void hang_up(Index from, Index to);
  void sleep_until_due(Index index);
  bool answers_dials(Index node) const { return nodes_[node].machine && nodes_[node].resumes <= now_; }

  std::uint32_t post(gossip::Message message);
  void free_letter(std::uint32_t letter);
  Now moment() const;

  SwarmOptions options_;
  Random random_;
  Citizens citizens_;
  RememberingVerifier verifier_;
  Roster roster_;
  gossip::Book book_;
  Network network_;
  std::vector<Network::BarrierId> barriers_;  // of the cut
  std::vector<Node> nodes_;
  Agenda<Event> agenda_;
  Time now_{};
  std::vector<Letter> letters_;
  std::vector<std::uint32_t> free_letters_;
  std::deque<Parked> parked_;  // letters that wait for a link, oldest first
  std::map<std::uint32_t, std::function<void()>> calls_;
  std::uint32_t last_call_ = 0;
  std::vector<std::uint64_t> copies_;  // by publication
  std::uint32_t hops_ = 0;             // of what is being delivered
  std::function<void(const Sighting&)> sighted_;
  std::function<void(const Hearing&)> heard_;
  Traffic traffic_;
  std::size_t most_links_ = 0;
  std::uint64_t events_ = 0;
  Trace trace_;
  std::map<std::string_view, std::uint64_t> notes_;
};

}  // namespace grapevine::node::sim
