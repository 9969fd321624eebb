#include "gossip/belief.hpp"

namespace grapevine::gossip {

namespace {

Reception refuse(Effects& out, std::string_view event, std::optional<NodeId> about, std::string detail) {
  out.push_back(Note{.event = event, .about = about, .detail = std::move(detail)});
  return Reception::refused;
}

bool possible(Incarnation incarnation) {
  return incarnation >= 1 && incarnation <= incarnation_last;
}

}  // namespace

Belief::Belief(const Config& config, const Self& self, Roster& roster, Peers& peers, Members& members,
               Health& health, Random random)
    : config_(config),
      self_(self),
      roster_(roster),
      peers_(peers),
      members_(members),
      health_(health),
      random_(random),
      suspicions_(config),
      doors_(config),
      early_(config),
      mill_(config, members) {}

Reception Belief::hear(const Rumor& rumor, Now now, Effects& out) {
  const int sentences =
      int{rumor.alive.has_value()} + int{rumor.accusation.has_value()} + int{rumor.left.has_value()};
  if (sentences != 1) return refuse(out, "hostile.malformed_rumor", std::nullopt, "a rumor is one sentence");
  if (rumor.alive) return hear_alive(*rumor.alive, now, out);
  if (rumor.accusation) return hear_accusation(*rumor.accusation, now, out);
  return hear_left(*rumor.left, now, out);
}

Reception Belief::hear_alive(const Signed<Alive>& word, Now now, Effects& out) {
  const auto claim = word.claimed();
  if (!claim || !possible(claim->incarnation))
    return refuse(out, "hostile.malformed_rumor", std::nullopt, "alive");
  if (claim->node == self_.node) {
    if (claim->incarnation < incarnation_ || word == members_.word(*members_.find(peers_.myself())))
      return Reception::old;
    if (!word.open(roster_.verifier(), roster_.mesh().id, self_.key->public_key()))
      return refuse(out, "hostile.bad_rumor", claim->node, "alive, in my name");
    return hear_of_myself(claim->incarnation, now, out);
  }
  const auto known = peers_.find(claim->node);
  const Member* held = known ? members_.find(*known) : nullptr;
  const bool says_otherwise =
      held && claim->incarnation == held->standing.incarnation && claim->contact != members_.contact(*held);
  if (held && claim->incarnation <= held->standing.incarnation && !says_otherwise) return Reception::old;

  const auto alive = open(word, *claim, now.wall);
  if (!alive) return not_opened({.alive = word}, claim->node, alive.error(), now, out);
  if (says_otherwise)
    return refuse(out, "identity_conflict", claim->node, "two contacts under one incarnation");
  const auto peer = peers_.meet(claim->node);
  if (!peer) return refuse(out, "full", claim->node, "no more members fit");

  const bool was_alive = held && held->standing.status == Status::alive;
  if (held && held->standing.status == Status::suspect) doors_.learn(*peer, Door::shut, now.time);
  members_.believe(*peer, *alive, word, now.time);
  suspicions_.drop(*peer);
  mill_.tell(*peer);
  if (!was_alive) out.push_back(Changed{.peer = alive->node, .status = Status::alive});
  recall(alive->node, now, out);
  return Reception::fresh;
}

// Rumors that waited for this member's word. Who told them is forgotten, so a bad one among them is counted
// and put down to nobody.
void Belief::recall(const NodeId& node, Now now, Effects& out) {
  const std::size_t before = out.size();
  for (const Rumor& rumor : early_.come(node, now.time)) hear(rumor, now, out);
  for (std::size_t i = before; i < out.size(); ++i) {
    Note* note = std::get_if<Note>(&out[i]);
    if (note && note->event == "hostile.bad_rumor")
      *note = {.event = "rumor_refused", .detail = note->detail};
  }
}

Reception Belief::hear_accusation(const Signed<Accusation>& accusation, Now now, Effects& out) {
  const auto claim = accusation.claimed();
  const bool verdict_fits = claim && (claim->verdict == Status::suspect || claim->verdict == Status::dead);
  if (!verdict_fits || !possible(claim->incarnation))
    return refuse(out, "hostile.malformed_rumor", std::nullopt, "accusation");
  if (claim->accuser == self_.node) return Reception::old;
  if (claim->node == self_.node) {
    if (claim->incarnation < incarnation_) return Reception::old;
    const auto opened = open_by(accusation, claim->accuser, now.wall);
    return opened ? hear_of_myself(claim->incarnation, now, out)
                  : not_opened({.accusation = accusation}, claim->accuser, opened.error(), now, out);
  }
  const auto peer = peers_.find(claim->node);
  const Member* held = peer ? members_.find(*peer) : nullptr;
  if (!held || claim->incarnation > held->standing.incarnation)
    return wait_for(claim->node, {.accusation = accusation}, now, out);
  if (claim->incarnation < held->standing.incarnation) return Reception::old;

  const Status status = held->standing.status;
  const auto accuser = peers_.find(claim->accuser);
  const bool buries =
      claim->verdict == Status::dead && status == Status::suspect && (!accuser || may_bury(*peer, *accuser));
  const bool counts =
      is_up(status) && (!accuser || suspicions_.would_count(*peer, {*accuser, claim->evidence}));
  const auto published = std::find_if(publications_.begin(), publications_.end(),
                                      [&](const Publication& mine) { return mine.dead == *peer; });
  const bool spares_mine = claim->verdict == Status::dead && published != publications_.end();
  if (!buries && !counts && !spares_mine) return Reception::old;

  const auto opened = open_by(accusation, claim->accuser, now.wall);
  if (!opened) return not_opened({.accusation = accusation}, claim->accuser, opened.error(), now, out);
  if (spares_mine) publications_.erase(published);
  if (!is_up(status)) return Reception::old;
  return weigh(*peer, *opened, Rumor{.accusation = accusation}, now, out);
}

// A sentence that does not open is hostile, unless only its author has not been met, or who tells it cannot
// know yet that its author has been expelled.
Reception Belief::not_opened(const Rumor& rumor, const NodeId& author, const Error& error, Now now,
                             Effects& out) {
  if (error.code == Code::unknown) return wait_for(author, rumor, now, out);
  const bool is_outdated = error.code == Code::expired;
  return refuse(out, is_outdated ? "rumor_outdated" : "hostile.bad_rumor", author, error.text);
}

Reception Belief::wait_for(const NodeId& node, const Rumor& rumor, Now now, Effects& out) {
  out.push_back(Note{.event = "rumor_unknown", .about = node, .detail = {}});
  early_.keep(node, rumor, now.time);
  return Reception::unknown;
}

// A verified accusation of a member that is up, under the incarnation we hold.
Reception Belief::weigh(Peer peer, const Accusation& claim, const Rumor& rumor, Now now, Effects& out) {
  const Standing held = members_.find(peer)->standing;
  const auto accuser = peers_.meet(claim.accuser);
  if (!accuser) return refuse(out, "full", claim.accuser, "no more members fit");
  if (claim.verdict == Status::dead && held.status == Status::suspect && may_bury(peer, *accuser)) {
    bury(peer, rumor, now, out);
    return Reception::fresh;
  }
  const std::size_t n = members_.up_count();
  if (!suspicions_.accuse(peer, {.peer = *accuser, .evidence = claim.evidence}, n, now.time))
    return Reception::old;
  if (held.status == Status::alive) {
    members_.doubt(peer, {.incarnation = held.incarnation, .status = Status::suspect}, rumor, now.time);
    out.push_back(Changed{.peer = claim.node, .status = Status::suspect});
  } else {
    members_.add_proof(peer, rumor);
  }
  mill_.tell(peer);
  return Reception::fresh;
}

bool Belief::may_bury(Peer suspect, Peer author) const {
  return config_.few(members_.up_count()) || suspicions_.accused_by_other(suspect, author);
}

Reception Belief::hear_left(const Signed<Left>& left, Now now, Effects& out) {
  const auto claim = left.claimed();
  if (!claim || !possible(claim->incarnation))
    return refuse(out, "hostile.malformed_rumor", std::nullopt, "left");
  if (claim->node == self_.node) {
    if (claim->incarnation < incarnation_) return Reception::old;
    if (!left.open(roster_.verifier(), roster_.mesh().id, self_.key->public_key()))
      return refuse(out, "hostile.bad_rumor", claim->node, "left, in my name");
    return hear_of_myself(claim->incarnation, now, out);
  }
  const auto peer = peers_.find(claim->node);
  const Member* held = peer ? members_.find(*peer) : nullptr;
  if (!held) return wait_for(claim->node, {.left = left}, now, out);
  const Standing standing{.incarnation = claim->incarnation, .status = Status::left};
  if (standing <= held->standing) return Reception::old;
  const auto opened = open_by(left, claim->node, now.wall);
  if (!opened) return not_opened({.left = left}, claim->node, opened.error(), now, out);

  members_.doubt(*peer, standing, Rumor{.left = left}, now.time);
  suspicions_.drop(*peer);
  mill_.tell(*peer);
  out.push_back(Changed{.peer = claim->node, .status = Status::left});
  return Reception::fresh;
}

// Somebody believes that I am gone, or knows an earlier life of mine: I speak again. Such a rumor is never
// passed on.
Reception Belief::hear_of_myself(Incarnation claimed, Now now, Effects& out) {
  if (life_ == Life::leaving || incarnation_ == incarnation_last || !config_.refutes) return Reception::old;
  health_.worsen();
  speak(claimed, now);
  out.push_back(Note{.event = "refuted", .about = self_.node, .detail = std::to_string(incarnation_)});
  return Reception::old;
}

void Belief::speak(Incarnation over, Now now) {
  const Incarnation highest = std::max(over, incarnation_);
  if (highest >= incarnation_last) return;
  incarnation_ = highest + 1;
  const Alive alive{.node = self_.node,
                    .incarnation = incarnation_,
                    .contact = self_.contact,
                    .certificate = self_.certificate_in(roster_)};
  const Signed<Alive> word(alive, roster_.mesh().id, *self_.key);
  const Member* adopted = members_.find(peers_.myself());
  if (adopted && members_.word(*adopted) == word) return;  // the table we began with has it: all others do
  members_.believe(peers_.myself(), alive, word, now.time);
  mill_.tell(peers_.myself());
  urgent_.push_back(Rumor{.alive = word});
}

void Belief::accuse(Peer peer, Evidence evidence, Now now, Effects& out) {
  if (!members_.is_up(peer) || !suspicions_.would_count(peer, {peers_.myself(), evidence})) return;
  const Accusation claim{.node = peers_.node(peer),
                         .incarnation = members_.find(peer)->standing.incarnation,
                         .accuser = self_.node,
                         .verdict = Status::suspect,
                         .evidence = evidence};
  const Rumor rumor = accusation(peer, Status::suspect, evidence);
  if (weigh(peer, claim, rumor, now, out) == Reception::fresh) urgent_.push_back(rumor);
}

void Belief::expel(Peer peer, Time now, Effects& out) {
  if (!members_.find(peer)) return;
  suspicions_.drop(peer);
  std::erase_if(publications_, [&](const Publication& due) { return due.dead == peer; });
  members_.expel(peer, now);
  out.push_back(Changed{.peer = peers_.node(peer), .status = Status::left});
}

Rumor Belief::leave() {
  life_ = Life::leaving;
  const Left left{.node = self_.node, .incarnation = incarnation_};
  return Rumor{.left = Signed<Left>(left, roster_.mesh().id, *self_.key)};
}

void Belief::tick(Now now, Effects& out) {
  for (const Peer peer : suspicions_.ripe(now.time)) {
    const auto mine = suspicions_.evidence(peer, peers_.myself());
    if (mine && !may_bury(peer, peers_.myself()) && suspicions_.call_again(peer, now.time)) {
      urgent_.push_back(accusation(peer, Status::suspect, *mine));
      mill_.tell(peer);
      continue;
    }
    Rumor proof = mine ? accusation(peer, Status::dead, *mine) : members_.proof(peer).front();
    bury(peer, std::move(proof), now, out);
    if (!mine) continue;
    const Time at = now.time + random_.between(Duration::zero(), config_.burial_spread);
    publications_.push_back({.at = at, .dead = peer, .standing = members_.find(peer)->standing});
  }
  std::erase_if(publications_, [&](const Publication& due) {
    if (due.at > now.time) return false;
    const Member* member = members_.find(due.dead);
    if (member && member->standing == due.standing) urgent_.push_back(members_.proof(due.dead).front());
    return true;
  });
  if (now.time >= next_forget_) {
    members_.forget(now.time - config_.dead_remembered);
    next_forget_ = now.time + 1min;
  }
}

Time Belief::deadline() const {
  Time next = std::min(suspicions_.deadline(), next_forget_);
  for (const Publication& due : publications_) next = std::min(next, due.at);
  return next;
}

std::vector<Rumor> Belief::take_urgent() {
  return std::exchange(urgent_, {});
}

void Belief::bury(Peer peer, Rumor proof, Now now, Effects& out) {
  const Incarnation incarnation = members_.find(peer)->standing.incarnation;
  members_.doubt(peer, {.incarnation = incarnation, .status = Status::dead}, std::move(proof), now.time);
  suspicions_.drop(peer);
  mill_.tell(peer);
  out.push_back(Changed{.peer = peers_.node(peer), .status = Status::dead});
}

Rumor Belief::accusation(Peer peer, Status verdict, Evidence evidence) const {
  const Accusation claim{.node = peers_.node(peer),
                         .incarnation = members_.find(peer)->standing.incarnation,
                         .accuser = self_.node,
                         .verdict = verdict,
                         .evidence = evidence};
  return Rumor{.alive = {}, .accusation = Signed<Accusation>(claim, roster_.mesh().id, *self_.key)};
}

Result<Alive> Belief::open(const Signed<Alive>& word, const Alive& claim, WallTime now) {
  if (roster_.find_signed(claim.node) != claim.certificate) {
    const auto admitted = roster_.admit(claim.certificate, now);
    if (!admitted) return fail(admitted.error());
    if (admitted->node != claim.node) return fail(Code::refused, "its certificate is somebody else's");
  }
  return open_by(word, claim.node, now);
}

template <class T>
Result<T> Belief::open_by(const Signed<T>& sentence, const NodeId& author, WallTime now) const {
  if (!roster_.find(author)) return fail(Code::unknown, "its author has not been met");
  const PublicKey* key = roster_.is_member(author, now) ? roster_.key_of(author) : nullptr;
  if (!key) return fail(Code::expired, "its author is no member now, or is not to be heard");
  return sentence.open(roster_.verifier(), roster_.mesh().id, *key);
}

}  // namespace grapevine::gossip
