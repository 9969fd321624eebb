#include "gossip/members.hpp"

namespace grapevine::gossip {

const Member* Members::find(Peer peer) const {
  return peer < rows_.size() && rows_[peer] ? &*rows_[peer] : nullptr;
}

bool Members::is_up(Peer peer) const {
  const Member* member = find(peer);
  return member && gossip::is_up(member->standing.status);
}

void Members::believe(Peer peer, const Alive& alive, const Signed<Alive>& word, Time now) {
  if (peer >= rows_.size()) {
    rows_.resize(peer + 1);
    seats_.resize(peer + 1);
  }
  const Standing standing{alive.incarnation, Status::alive};
  if (!rows_[peer])
    rows_[peer] = Member{.standing = {0, Status::left}, .since = now, .contact = {}, .word = {}};
  ensure(standing > rows_[peer]->standing, "believed news is more than what was held");
  doubts_.erase(peer);
  rows_[peer]->contact = alive.contact;
  rows_[peer]->word = word;
  place(peer, standing, now);
}

void Members::doubt(Peer peer, Standing standing, Rumor proof, Time now) {
  ensure(find(peer) && standing > find(peer)->standing, "a doubt is more than what was held");
  doubts_[peer] = {std::move(proof)};
  place(peer, standing, now);
}

void Members::add_proof(Peer peer, Rumor proof) {
  doubts_[peer].push_back(std::move(proof));
}

void Members::forget(Time before) {
  for (auto doubt = doubts_.begin(); doubt != doubts_.end();) {
    auto& row = rows_[doubt->first];
    if (!gossip::is_up(row->standing.status) && row->since < before) {
      row.reset();
      doubt = doubts_.erase(doubt);
    } else {
      ++doubt;
    }
  }
}

std::vector<Rumor> Members::proof(Peer peer) const {
  const Member* member = find(peer);
  if (!member) return {};
  if (member->standing.status == Status::alive) return {Rumor{.alive = member->word}};
  return doubts_.at(peer);
}

std::vector<Peer> Members::dead() const {
  std::vector<Peer> dead;
  for (const auto& [peer, proof] : doubts_) {
    if (rows_[peer]->standing.status == Status::dead) dead.push_back(peer);
  }
  return dead;
}

Root Members::root() const {
  Root root;
  static_assert(sizeof sum_ == Root::size());
  std::memcpy(root.data(), sum_.data(), Root::size());
  return root;
}

void Members::place(Peer peer, Standing standing, Time now) {
  Member& member = *rows_[peer];
  const Standing before = member.standing;
  const bool was_up = gossip::is_up(before.status);
  const bool up = gossip::is_up(standing.status);
  if (before.status != standing.status || before.incarnation != standing.incarnation) member.since = now;
  member.standing = standing;
  if (was_up == up && (!up || before.incarnation == standing.incarnation)) return;
  if (was_up) {
    const auto old = row_hash(peer, before.incarnation);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] -= old[i];
  }
  if (up) {
    const auto fresh = row_hash(peer, standing.incarnation);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] += fresh[i];
  }
  changed_ = now;
  if (peer == myself || was_up == up) return;
  if (up) {
    seat(peer);
  } else {
    unseat(peer);
  }
}

void Members::seat(Peer peer) {
  seats_[peer] = living_.size();
  living_.push_back(peer);
}

void Members::unseat(Peer peer) {
  const Peer last = living_.back();
  living_[seats_[peer]] = last;
  seats_[last] = seats_[peer];
  living_.pop_back();
}

std::array<std::uint64_t, 2> Members::row_hash(Peer peer, Incarnation incarnation) const {
  const std::array<std::uint8_t, 4> number{
      static_cast<std::uint8_t>(incarnation >> 24), static_cast<std::uint8_t>(incarnation >> 16),
      static_cast<std::uint8_t>(incarnation >> 8), static_cast<std::uint8_t>(incarnation)};
  const Fixed<16> made = hash<16>(purpose::members_root, {peers_.node(peer).value.view(), number});
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), made.data(), made.size());
  return halves;
}

}  // namespace grapevine::gossip
