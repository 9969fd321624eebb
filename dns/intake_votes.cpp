#include "dns/intake.hpp"

namespace grapevine::dns {

namespace {

/// The key a voter had after so many rotations; nullptr when we do not know it.
const PublicKey* key_of(const Ledger& ledger, const NodeId& node, std::uint32_t rot) {
  const auto* entry = ledger.find(node);
  const auto* link = entry == nullptr || !entry->keys ? nullptr : entry->keys->find(rot);
  return link == nullptr ? nullptr : &link->key;
}

/// When a record of a term to come may be taken.
std::optional<WallTime> due_at(Term term, WallTime now) {
  const WallTime due = begin_of(term) - ahead_max;
  return now < due ? std::optional(due) : std::nullopt;
}

}  // namespace

/// A vote counts from a member of the jury of its term, for somebody who claims the name: so nobody can fill
/// a registry with votes about names that nobody wants. Like all a node says it stands while its key speaks;
/// inside a certificate it stays, for nobody could tell whether it is older than the next key.
Intake::Taken Intake::take_vote(const Sealed& sealed, View envelope, const Vote& body, WallTime now,
                                Proof proof) {
  Taken taken{.node = body.voter, .name = Skeleton{body.skeleton}};
  const auto refuse = [&](Reason reason) { return taken.reason = reason, taken; };
  if (end_of_vote(body.term) < horizon(now)) return refuse(Reason::stale);
  taken.due = due_at(body.term, now);
  if (taken.due && proof == Proof::needed) return refuse(Reason::future);
  const auto* key = key_of(*ledger_, body.voter, body.rot);
  if (key == nullptr) return refuse(Reason::unknown_node);
  const auto& voter = *ledger_->find(body.voter);
  if (voter.retired) return refuse(Reason::retired);
  if (body.rot < voter.keys->rot()) return refuse(Reason::stale);
  if (voter.suspended) return refuse(Reason::not_entitled);
  if (const auto* entry = ledger_->find(body.claim);
      entry == nullptr || entry->find(*taken.name) == nullptr) {
    taken.node = body.claim;
    return refuse(Reason::unknown_node);
  }
  if (proof != Proof::on_disk && !polls_->is_juror(body.voter, *taken.name, body.term))
    return refuse(Reason::not_entitled);
  if (!is_signed(sealed, *key, proof)) return refuse(Reason::bad_signature);
  const auto* box = ledger_->ballots().find(*taken.name);
  for (const auto& held : box == nullptr ? std::vector<BallotBox::HeldVote>{} : box->votes) {
    if (held.ballot.voter == body.voter && held.ballot.choice.term == body.term)
      taken.evidence = evidence_against(held.record, envelope);
  }
  return refuse(ledger_->place_vote(sealed.id, envelope, body));
}

/// A certificate is as good as the votes it stands for. What the disk kept was checked against the jury of
/// its day; today's members may no longer tell who that was.
Intake::Taken Intake::take_certificate(const Sealed& sealed, View envelope, const NameCertificate& body,
                                       WallTime now, Proof proof) {
  Taken taken{.node = body.claim, .due = due_at(body.term, now), .name = Skeleton{body.skeleton}};
  if (end_of_certificate(body.term) < horizon(now))
    taken.reason = Reason::stale;
  else if (proof == Proof::needed && taken.due)
    taken.reason = Reason::future;
  else if (proof != Proof::on_disk)
    taken.reason = check_votes(body, taken);
  if (taken.reason == Reason::none) taken.reason = ledger_->place_certificate(sealed.id, envelope, body);
  return taken;
}

Reason Intake::check_votes(const NameCertificate& body, Taken& taken) const {
  const Quorum quorum = polls_->quorum(epoch_of(body.term));
  if (quorum.jurors == 0 || body.votes.size() < quorum.needed()) return Reason::not_entitled;
  for (const Endorsement& endorsement : body.votes) {
    if (polls_->is_juror(endorsement.voter, *taken.name, body.term)) continue;
    return Reason::not_entitled;
  }
  for (const Endorsement& endorsement : body.votes) {
    const auto* key = key_of(*ledger_, endorsement.voter, endorsement.rot);
    if (key == nullptr) {
      taken.node = endorsement.voter;
      return Reason::unknown_node;
    }
    const Bytes sentence = sentence_of(vote_of(body, endorsement), roster_->mesh().id);
    if (!roster_->verifier().verify(*key, sentence, endorsement.signature)) return Reason::bad_signature;
  }
  return Reason::none;
}

}  // namespace grapevine::dns
