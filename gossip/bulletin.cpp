#include "gossip/bulletin.hpp"

namespace grapevine::gossip {

void Bulletins::say(Bytes body) {
  ensure(body.size() <= Bulletin::max, "a bulletin is short");
  own_.body = std::move(body);
  ++own_.number;
  own_offers_ = 0;
}

bool Bulletins::hear(Peer from, const Word& word) {
  const auto peer = peers_.find(word.node);
  if (!peer || *peer == peers_.myself() || !members_.is_up(*peer)) return false;
  const bool first_hand = *peer == from;
  if (!first_hand && word.incarnation != members_.find(*peer)->standing.incarnation) return false;
  Kept said{.incarnation = word.incarnation, .number = word.number, .body = word.body};
  const auto held = kept_.find(*peer);
  if (held != kept_.end()) {
    const Kept& kept = held->second;
    const bool newer = std::tie(said.incarnation, said.number) > std::tie(kept.incarnation, kept.number);
    if (first_hand ? said == kept : !newer) return false;
  } else if (kept_.size() >= config_.words_max) {
    rides_.drop(kept_.rbegin()->first);
    kept_.erase(std::prev(kept_.end()));
  }
  kept_[*peer] = std::move(said);
  rides_.add(*peer);
  return true;
}

List<Word, 8> Bulletins::next() {
  List<Word, 8> words;
  const unsigned most = config_.rides(members_.up_count());
  const unsigned offer = own_offers_++;
  if (own_.number > 0 && (offer < most || offer % config_.own_word_every == 0)) {
    words.push_back({.node = peers_.node(peers_.myself()),
                     .incarnation = members_.find(peers_.myself())->standing.incarnation,
                     .number = own_.number,
                     .body = own_.body});
  }
  rides_.board(words.max - words.size(), most, [&](Peer peer) {
    const Kept& kept = kept_.at(peer);
    words.push_back({.node = peers_.node(peer),
                     .incarnation = kept.incarnation,
                     .number = kept.number,
                     .body = kept.body});
    return Ride::taken;
  });
  return words;
}

}  // namespace grapevine::gossip
