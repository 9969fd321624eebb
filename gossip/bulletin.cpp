#include "gossip/bulletin.hpp"

#include <algorithm>

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
    forget(kept_.rbegin()->first);
  }
  kept_[*peer] = std::move(said);
  rides_.add(*peer);
  return true;
}

void Bulletins::forget(Peer peer) {
  kept_.erase(peer);
  rides_.drop(peer);
}

List<Word, 8> Bulletins::next(bool to_newcomer) {
  List<Word, 8> words;
  const Incarnation spoken = members_.find(peers_.myself())->standing.incarnation;
  if (std::exchange(own_.incarnation, spoken) != spoken) own_offers_ = 0;
  const unsigned most = config_.rides(members_.up_count());
  const unsigned offer = own_offers_++;
  const bool is_due = offer < most || offer % config_.own_word_every == 0;
  if (own_.number > 0 && (is_due || to_newcomer)) words.push_back(word(peers_.myself(), own_));
  rides_.board(words.max - words.size(), most, [&](Peer peer) {
    words.push_back(word(peer, kept_.at(peer)));
    return Ride::taken;
  });
  if (!to_newcomer) return words;
  for (std::size_t left = kept_.size(); left > 0 && words.size() < words.max; --left) {
    auto at = kept_.upper_bound(turn_);
    if (at == kept_.end()) at = kept_.begin();
    turn_ = at->first;
    const Word told = word(turn_, at->second);
    if (std::ranges::find(words, told.node, &Word::node) == words.end()) words.push_back(told);
  }
  return words;
}

Word Bulletins::word(Peer peer, const Kept& kept) const {
  return {
      .node = peers_.node(peer), .incarnation = kept.incarnation, .number = kept.number, .body = kept.body};
}

}  // namespace grapevine::gossip
