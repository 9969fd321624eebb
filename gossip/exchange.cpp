#include "gossip/exchange.hpp"

namespace grapevine::gossip {

namespace {
// What two tables are compared by: a suspicion is passing, so it is no difference.
Standing settled(Standing standing) {
  if (standing.status == Status::suspect) standing.status = Status::alive;
  return standing;
}
}  // namespace

void Exchange::begin(Peer with, Time now, Effects& out) {
  if (now >= next_begin_) begin_now(with, now, out);
}

void Exchange::begin_now(Peer with, Time now, Effects& out) {
  next_begin_ = now + config_.exchange_spacing(members_.up_count());
  out.push_back(Send<Message>{.to = peers_.node(with), .message = rows()});
}

void Exchange::receive(Peer from, const Rows& rows, Time now, Effects& out) {
  if (!may_answer(now)) return;
  Rumors answer;
  std::vector<bool> named(members_.rows(), false);
  std::vector<std::pair<Peer, Incarnation>> ahead;  // and the incarnation the other side knows; 0: none
  for (const Row& row : rows.rows) {
    const auto peer = peers_.find(row.node);
    const Member* held = peer ? members_.find(*peer) : nullptr;
    const Standing theirs = settled({.incarnation = row.incarnation, .status = row.status});
    if (held) named[*peer] = true;
    if (held && settled(held->standing) > theirs) ahead.push_back({*peer, row.incarnation});
    const bool behind = held ? settled(held->standing) < theirs : is_up(theirs.status);
    if (behind && answer.wanted.size() < answer.wanted.max) answer.wanted.push_back(row.node);
  }
  if (rows.rows.size() < rows.rows.max) {  // the whole table: what it does not name, it does not know
    for (Peer peer = 0; peer < named.size(); ++peer) {
      if (!named[peer] && members_.is_up(peer)) ahead.push_back({peer, 0});
    }
  }
  for (const auto& [peer, known] : random_.sample(std::move(ahead), answer.rumors.max))
    add_sentences(peer, known, answer.rumors);
  if (answer.rumors.empty() && answer.wanted.empty()) return;
  out.push_back(Send<Message>{.to = peers_.node(from), .message = std::move(answer)});
}

void Exchange::give(Peer to, const List<NodeId, 64>& wanted, Time now, Effects& out) {
  if (wanted.empty() || !may_answer(now)) return;
  Rumors answer;
  for (const NodeId& node : wanted) {
    if (const auto peer = peers_.find(node); peer && members_.find(*peer))
      add_sentences(*peer, 0, answer.rumors);
  }
  if (!answer.rumors.empty())
    out.push_back(Send<Message>{.to = peers_.node(to), .message = std::move(answer)});
}

void Exchange::tick(Time now, Effects& out) {
  if (now < deadline()) return;
  next_restless_ = now + config_.restless_every;
  const std::vector<Peer>& up = links_.up();
  if (!up.empty()) begin(up[random_.below(up.size())], now, out);
}

Time Exchange::deadline() const {
  return next_restless_ <= members_.changed() + config_.restless ? next_restless_ : never;
}

Rows Exchange::rows() {
  Rows rows;
  const std::size_t all = members_.rows();
  const std::size_t first = all <= rows.rows.max ? 0 : random_.below(all);
  for (std::size_t i = 0; i < all && rows.rows.size() < rows.rows.max; ++i) {
    const auto peer = static_cast<Peer>((first + i) % all);
    const Member* member = members_.find(peer);
    if (!member) continue;
    rows.rows.push_back({.node = peers_.node(peer),
                         .incarnation = member->standing.incarnation,
                         .status = member->standing.status});
  }
  return rows;
}

// An accusation is worth nothing to who does not hold the Alive it accuses, so that goes first.
void Exchange::add_sentences(Peer about, Incarnation known, List<Rumor, 64>& to) const {
  const Member& member = *members_.find(about);
  const bool needs_word = is_up(member.standing.status) || known < member.standing.incarnation;
  if (needs_word && to.size() < to.max) to.push_back(Rumor{.alive = members_.word(member)});
  if (!is_up(member.standing.status) && to.size() < to.max) to.push_back(members_.proof(about).front());
}

bool Exchange::may_answer(Time now) {
  if (now >= answers_since_ + 1s) {
    answers_since_ = now;
    answers_ = 0;
  }
  return ++answers_ <= config_.exchanges_answered;
}

}  // namespace grapevine::gossip
