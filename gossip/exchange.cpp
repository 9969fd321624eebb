#include "gossip/exchange.hpp"

#include <algorithm>
#include <bit>
#include <set>

namespace grapevine::gossip {

namespace {
constexpr unsigned messages_of_a_round = 2;  // to whoever begins it: sums of leaves, then wishes

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
  next_begin_ = now + config_.exchange_every;
  partner(with).awaited = messages_of_a_round;
  if (members_.held() <= config_.exchange_whole) {
    send(peers_, with, all_rows(), out);
    return;
  }
  Digest digest;
  for (std::size_t branch = 0; branch < branches; ++branch) digest.sums.push_back(branch_sum(branch));
  send(peers_, with, std::move(digest), out);
}

void Exchange::receive(Peer from, const Digest& digest, Time now, Effects& out) {
  if (digest.sums.size() != branches || !may_answer(from, now)) return;
  std::vector<std::size_t> differ;
  for (std::size_t branch = 0; branch < branches; ++branch)
    if (digest.sums[branch] != branch_sum(branch)) differ.push_back(branch);
  if (differ.empty()) return;
  differ = random_.sample(std::move(differ), Branches::branches_max);
  std::sort(differ.begin(), differ.end());
  Branches answer;
  for (const std::size_t branch : differ) {
    answer.which |= 1u << branch;
    for (std::size_t leaf = 0; leaf < leaves_of_branch; ++leaf)
      answer.sums.push_back(members_.leaf_sum(branch * leaves_of_branch + leaf));
  }
  send(peers_, from, std::move(answer), out);
}

void Exchange::receive(Peer from, const Branches& said, Time now, Effects& out) {
  const auto count = static_cast<std::size_t>(std::popcount(said.which));
  if (said.sums.size() != count * leaves_of_branch || !may_answer(from, now)) return;
  Rows rows;
  auto sum = said.sums.begin();
  for (std::size_t branch = 0; branch < branches; ++branch) {
    if ((said.which >> branch & 1u) == 0) continue;
    for (std::size_t leaf = branch * leaves_of_branch; leaf < (branch + 1) * leaves_of_branch; ++leaf)
      if (*sum++ != members_.leaf_sum(leaf)) add_rows(leaf, rows);
  }
  if (!rows.leaves.empty()) send(peers_, from, std::move(rows), out);
}

void Exchange::receive(Peer from, const Rows& rows, Time now, Effects& out) {
  if (!may_answer(from, now)) return;
  Rumors answer;
  std::set<Peer> named;
  std::vector<std::pair<Peer, Incarnation>> ahead;  // and the incarnation the other side knows; 0: none
  for (const Row& row : rows.rows) {
    const auto peer = peers_.find(row.node);
    const Member* held = peer ? members_.find(*peer) : nullptr;
    const Standing theirs = settled({.incarnation = row.incarnation, .status = row.status});
    if (held) named.insert(*peer);
    if (held && settled(held->standing) > theirs) ahead.push_back({*peer, row.incarnation});
    const bool behind = held ? settled(held->standing) < theirs : is_up(theirs.status);
    if (behind && answer.wanted.size() < answer.wanted.max) answer.wanted.push_back(row.node);
  }
  for (const Peer peer : covered(rows))
    if (!named.contains(peer) && members_.is_up(peer)) ahead.push_back({peer, 0});
  for (const auto& [peer, known] : random_.sample(std::move(ahead), answer.rumors.max))
    add_sentences(peer, known, answer.rumors);
  if (!answer.rumors.empty() || !answer.wanted.empty()) send(peers_, from, std::move(answer), out);
}

void Exchange::give(Peer to, const List<NodeId, 64>& wanted, Time now, Effects& out) {
  if (wanted.empty() || !may_answer(to, now)) return;
  Rumors answer;
  for (const NodeId& node : wanted) {
    if (const auto peer = peers_.find(node); peer && members_.find(*peer))
      add_sentences(*peer, 0, answer.rumors);
  }
  if (!answer.rumors.empty()) send(peers_, to, std::move(answer), out);
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

std::uint64_t Exchange::branch_sum(std::size_t branch) const {
  std::uint64_t sum = 0;
  for (std::size_t leaf = 0; leaf < leaves_of_branch; ++leaf)
    sum += members_.leaf_sum(branch * leaves_of_branch + leaf);
  return sum;
}

Rows Exchange::all_rows() const {
  Rows rows;
  for (Peer peer = 0; peer < members_.rows(); ++peer) add_row(peer, rows);
  return rows;
}

// A leaf is covered whole or not at all.
void Exchange::add_rows(std::size_t leaf, Rows& to) const {
  const std::vector<Peer>& peers = peers_.book().leaf(leaf);
  if (to.leaves.size() == to.leaves.max || to.rows.size() + peers.size() > to.rows.max) return;
  to.leaves.push_back(static_cast<std::uint16_t>(leaf));
  for (const Peer peer : peers) add_row(peer, to);
}

void Exchange::add_row(Peer peer, Rows& to) const {
  const Member* member = members_.find(peer);
  if (!member) return;
  to.rows.push_back({.node = peers_.node(peer),
                     .incarnation = member->standing.incarnation,
                     .status = member->standing.status});
}

// Of whom rows speak: what they do not name, their sender does not know.
std::vector<Peer> Exchange::covered(const Rows& rows) const {
  if (rows.leaves.empty()) {
    std::vector<Peer> all = members_.living();
    all.push_back(members_.myself());
    return all;
  }
  std::vector<Peer> some;
  for (const std::uint16_t leaf : rows.leaves) {
    if (leaf >= branches * leaves_of_branch) continue;
    const std::vector<Peer>& peers = peers_.book().leaf(leaf);
    some.insert(some.end(), peers.begin(), peers.end());
  }
  return some;
}

// An accusation is worth nothing to who does not hold the Alive it accuses, so that goes first.
void Exchange::add_sentences(Peer about, Incarnation known, List<Rumor, 64>& to) const {
  const Member& member = *members_.find(about);
  const bool needs_word = is_up(member.standing.status) || known < member.standing.incarnation;
  if (needs_word && to.size() < to.max) to.push_back(Rumor{.alive = members_.word(member)});
  if (!is_up(member.standing.status) && to.size() < to.max) to.push_back(members_.proof(about).front());
}

bool Exchange::may_answer(Peer from, Time now) {
  auto& [share, awaited] = partner(from);
  if (awaited > 0) {
    --awaited;
    return true;
  }
  if (!answers_.has(1, now) || !share.has(1, now)) return false;
  answers_.spend();
  share.spend();
  return true;
}

Exchange::Partner& Exchange::partner(Peer peer) {
  if (partners_.size() > config_.links_max)
    std::erase_if(partners_, [&](const auto& one) { return !links_.linked(one.first); });
  return partners_.try_emplace(peer, config_).first->second;
}

}  // namespace grapevine::gossip
