// The freshest word of each node about itself: a few bytes, opaque here, that ride on every probe and its
// answer (a device puts its load there). Newest (incarnation, number) wins, under the incarnation held of the
// node, so whoever raises its own says its word anew; what it says itself overrules whatever was told of it.
// A newcomer to a mesh at rest, where words are news no longer, is told them by each who speaks with it. Words
// are not signed: 64 bytes of signature would cost more than the word. So a lie about a node spreads as news
// does, and misplaces the questions of each who hears it, until the node itself speaks to that one in a ping
// or an answer, some passes of probes later; and again with the liar's next lie.
#pragma once

#include "gossip/config.hpp"
#include "gossip/members.hpp"
#include "gossip/rides.hpp"

namespace grapevine::gossip {

class Bulletins {
 public:
  Bulletins(const Config& config, const Peers& peers, const Members& members)
      : config_(config), peers_(peers), members_(members), rides_(config.words_max) {}

  /// What oneself has to say from now on; its number is raised.
  void say(Bytes body);
  /// Takes a word in: true when it is news of a member that is up.
  bool hear(Peer from, const Word& word);
  /// Of a member that is gone.
  void forget(Peer peer);
  /// The words for one message: one's own while it is new and now and then, and those of others that were
  /// told least. A newcomer has missed what was told before: one's own, and the others in turn.
  List<Word, 8> next(bool to_newcomer);

 private:
  struct Kept {
    Incarnation incarnation = 0;
    std::uint32_t number = 0;
    Bulletin body;
    bool operator==(const Kept&) const = default;
  };

  Word word(Peer peer, const Kept& kept) const;

  const Config& config_;
  const Peers& peers_;
  const Members& members_;
  Kept own_;
  unsigned own_offers_ = 0;  // messages since it was said
  // At most words_max: those of higher handles go first, which are as good as any.
  std::map<Peer, Kept> kept_;
  Peer turn_{};  // whose word was told to a newcomer last
  Rides<Peer> rides_;
};

}  // namespace grapevine::gossip
