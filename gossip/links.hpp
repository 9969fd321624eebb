// The only machine that may dial. Others hand over a frame for a peer; it goes at once when there is a link,
// and waits a little while one is made when there is not. Up to 32 members everybody is linked with
// everybody; above, a node keeps a few standing links to random members, which is a connected graph with
// overwhelming probability, and some links made on demand and closed when they are the least recently used.
// Whom a node chose it is a neighbour of in turn, as long as there is room. Dials are few at a time, and
// repeated with full jitter. Of a pair the smaller id dials first. Dials that cross anyway are left to the
// transport below, for which a peer is linked while either direction stands.
// Links in all: at most `links_max`; frames waiting in all: at most `frames_max`.
#pragma once

#include "crypto/random.hpp"
#include "gossip/config.hpp"
#include "gossip/effect.hpp"
#include "gossip/members.hpp"

#include <map>

namespace grapevine::gossip {

/// Who made a connection.
enum class Dialler : std::uint8_t { self, other };
/// How a link ended: somebody said goodbye, it broke, or it never stood.
enum class Ending : std::uint8_t { agreed, broken, never_stood };

class Links {
 public:
  Links(const Config& config, const Peers& peers, const Members& members, Random random)
      : config_(config), peers_(peers), members_(members), random_(random) {}

  /// Begins: for a while, more dials are allowed at once.
  void start(Time now);
  /// Somebody to call until linked with, known by introduction and not yet by its own word. At most
  /// contacts_max at one time.
  void call(Peer peer, const Contact& contact, Time now, Effects& out);
  /// A frame for a peer: Transmit, or it waits for the link and may be dropped with a Note.
  void carry(Peer to, Bytes frame, Time now, Effects& out);

  /// A connection stands; what waited for it goes.
  void linked(Peer peer, Dialler by, Time now, Effects& out);
  /// No connection is left.
  Ending unlinked(Peer peer, Time now, Effects& out);
  /// The peer said goodbye: the end of its link will be no evidence. Who dialled ends it, since not every
  /// transport can end what it has only accepted.
  void heard_goodbye(Peer peer, Time now, Effects& out);
  /// A link carried something for us.
  void used(Peer peer, Time now);
  /// Who dialled us says what the link is for. Above `chosen_max` neighbours of others' choice it has to find
  /// another.
  void heard_purpose(Peer peer, Purpose purpose, Time now, Effects& out);
  /// Ends a link with a goodbye.
  void part(Peer peer, Farewell reason, Time now, Effects& out);

  /// Ends the link with somebody who is no member any more, and calls it no more.
  void expel(Peer peer, Time now, Effects& out);

  /// Chooses the standing links anew, after the table or a link has changed.
  void settle(Time now, Effects& out);
  void tick(Time now, Effects& out);
  Time deadline() const { return next_; }

  bool linked(Peer peer) const;
  /// Linked peers, by handle.
  const std::vector<Peer>& up() const { return up_; }
  std::size_t up_count() const { return up_.size(); }
  /// Dials under way.
  std::size_t dialling_count() const { return dialling_; }
  /// Linked peers that pass broadcasts on: those we chose and those who chose us. By handle.
  const std::vector<Peer>& neighbours() const { return neighbours_; }
  /// Contacts from introductions, for those whose own word has not come.
  const std::map<Peer, Contact>& introduced() const { return introduced_; }

 private:
  enum class Stage : std::uint8_t { idle, dialling, up, closing };
  struct Waiting {
    Bytes frame;
    Time until;
  };
  struct Link {
    Stage stage = Stage::idle;
    Dialler by = Dialler::self;
    bool standing = false;  // our neighbour: to be kept, and made again when lost
    bool chosen = false;    // we are its neighbour
    bool calling = false;   // to be made once
    bool goodbye = false;   // the peer has said so
    unsigned failures = 0;  // dials in a row that did not stand
    Time changed{};         // when the stage was entered
    Time used{};
    Time next_dial{};  // not before
    std::vector<Waiting> frames;
  };

  static bool is_wanted(const Link& link) { return link.standing || link.calling || !link.frames.empty(); }
  const Contact* contact(Peer peer) const;
  void dial_wanted(Time now, Effects& out);
  bool make_room(Time now, Effects& out);
  std::optional<Peer> least_used(Peer except) const;
  void trim_cached(Time now, Effects& out);
  void evict(Peer peer, Time now, Effects& out) { part(peer, Farewell::idle, now, out); }
  void fail_dial(Link& link, Time now);
  void enter(Peer peer, Link& link, Stage stage, Time now);
  void stand(Peer peer, Time now, Effects& out);
  void rotate(Time now, Effects& out);
  Duration rotation();
  void dismiss(Peer peer, Link& link, Effects& out);
  void say_purpose(Peer peer, const Link& link, Effects& out) const;
  void list_neighbour(Peer peer, const Link& link);
  void forget_introduced();
  void drop_frames(Peer peer, Link& link, Time before, Effects& out);
  void tidy(Time now);

  const Config& config_;
  const Peers& peers_;
  const Members& members_;
  Random random_;
  // Standing links, calls, and peers with frames waiting: each list has its bound.
  std::map<Peer, Link> table_;
  std::map<Peer, Contact> introduced_;  // at most contacts_max
  std::vector<Peer> up_;                // ascending; one more than links_max for a moment
  std::vector<Peer> neighbours_;        // ascending; some of up_
  std::size_t dialling_ = 0;
  std::size_t frames_ = 0;
  Time started_{};
  std::optional<Peer> rotating_;  // a standing one, until the next rotation
  Time next_rotation_ = never;
  Time next_ = never;
};

}  // namespace grapevine::gossip
