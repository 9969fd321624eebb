#include "gossip/members.hpp"

namespace grapevine::gossip {

Members::~Members() {
  for (const Member& member : rows_)
    if (member.page != no_page) book_.release(member.page);
}

const Member* Members::find(Peer peer) const {
  return peer < rows_.size() && rows_[peer].page != no_page ? &rows_[peer] : nullptr;
}

bool Members::is_up(Peer peer) const {
  const Member* member = find(peer);
  return member && gossip::is_up(member->standing.status);
}

void Members::adopt(const Members& other) {
  ensure(rows_.empty() && other.doubts_.empty(), "only an empty table adopts, and no doubts");
  rows_ = other.rows_;
  living_ = other.living_;
  sum_ = other.sum_;
  leaf_sums_ = other.leaf_sums_;
  changed_ = other.changed_;
  for (const Member& member : rows_)
    if (member.page != no_page) book_.hold(member.page);
  if (find(other.peers_.myself())) seat(other.peers_.myself());
  if (find(peers_.myself())) unseat(peers_.myself());
}

void Members::believe(Peer peer, const Alive& alive, const Signed<Alive>& word, Time now) {
  if (peer >= rows_.size()) rows_.resize(peer + 1);
  Member& member = rows_[peer];
  const Standing standing{alive.incarnation, Status::alive};
  if (member.page == no_page) member = Member{.since = now, .standing = {0, Status::left}};
  ensure(standing > member.standing, "believed news is more than what was held");
  doubts_.erase(peer);
  const Page before = member.page;
  member.page = book_.keep(peer, alive, word);
  place(peer, standing, before, now);
  if (before != no_page) book_.release(before);
}

void Members::doubt(Peer peer, Standing standing, Rumor proof, Time now) {
  ensure(find(peer) && standing > find(peer)->standing, "a doubt is more than what was held");
  doubts_[peer] = {std::move(proof)};
  place(peer, standing, find(peer)->page, now);
}

void Members::add_proof(Peer peer, Rumor proof) {
  doubts_[peer].push_back(std::move(proof));
}

void Members::expel(Peer peer, Time now) {
  const Member& member = *find(peer);
  const Page page = member.page;
  place(peer, {.incarnation = member.standing.incarnation, .status = Status::left}, page, now);
  doubts_.erase(peer);
  rows_[peer] = {};
  book_.release(page);
}

void Members::forget(Time before) {
  for (auto doubt = doubts_.begin(); doubt != doubts_.end();) {
    Member& member = rows_[doubt->first];
    if (!gossip::is_up(member.standing.status) && member.since < before) {
      book_.release(member.page);
      member = {};
      doubt = doubts_.erase(doubt);
    } else {
      ++doubt;
    }
  }
}

std::vector<Rumor> Members::proof(Peer peer) const {
  const Member* member = find(peer);
  if (!member) return {};
  if (member->standing.status == Status::alive) return {Rumor{.alive = word(*member)}};
  return doubts_.at(peer);
}

bool Members::holds(const Rumor& rumor) const {
  const auto about = rumor.alive  ? std::optional(rumor.alive->claimed()->node)
                     : rumor.left ? std::optional(rumor.left->claimed()->node)
                                  : std::nullopt;
  const auto peer = about ? peers_.find(*about) : std::nullopt;
  if (!peer || !find(*peer)) return false;
  for (const Rumor& held : proof(*peer))
    if (held == rumor) return true;
  return false;
}

std::optional<Peer> Members::dead_from(Peer first) const {
  const auto is_dead = [&](const auto& doubt) { return rows_[doubt.first].standing.status == Status::dead; };
  const auto middle = doubts_.lower_bound(first);
  auto found = std::find_if(middle, doubts_.end(), is_dead);
  if (found == doubts_.end()) found = std::find_if(doubts_.begin(), middle, is_dead);
  return found != doubts_.end() && is_dead(*found) ? std::optional(found->first) : std::nullopt;
}

std::size_t Members::held() const {
  const auto up = [&](const auto& doubt) { return gossip::is_up(rows_[doubt.first].standing.status); };
  const auto suspects = static_cast<std::size_t>(std::count_if(doubts_.begin(), doubts_.end(), up));
  return up_count() + doubts_.size() - suspects;
}

Root Members::root() const {
  Root root;
  static_assert(sizeof sum_ == Root::size());
  std::memcpy(root.data(), &sum_, Root::size());
  return root;
}

void Members::place(Peer peer, Standing standing, Page page_before, Time now) {
  Member& member = rows_[peer];
  const Standing before = member.standing;
  const bool was_up = gossip::is_up(before.status);
  const bool up = gossip::is_up(standing.status);
  if (before.status != standing.status || before.incarnation != standing.incarnation) member.since = now;
  member.standing = standing;
  if (was_up == up && (!up || before.incarnation == standing.incarnation)) return;
  std::uint64_t& leaf_sum = leaf_sums_[book_.leaf_of(peer)];
  if (was_up) {
    const RowHash& row = book_.row_hash(page_before);
    sum_.low -= row.low;
    sum_.high -= row.high;
    leaf_sum -= row.low;
  }
  if (up) {
    const RowHash& row = book_.row_hash(member.page);
    sum_.low += row.low;
    sum_.high += row.high;
    leaf_sum += row.low;
  }
  changed_ = now;
  if (peer == peers_.myself() || was_up == up) return;
  if (up) {
    seat(peer);
  } else {
    unseat(peer);
  }
}

void Members::seat(Peer peer) {
  rows_[peer].seat = static_cast<std::uint32_t>(living_.size());
  living_.push_back(peer);
}

void Members::unseat(Peer peer) {
  const Peer last = living_.back();
  living_[rows_[peer].seat] = last;
  rows_[last].seat = rows_[peer].seat;
  living_.pop_back();
}

}  // namespace grapevine::gossip
