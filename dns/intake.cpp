#include "dns/intake.hpp"

#include "crypto/match.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// Why the roster did not admit a certificate, in the words of records.
Reason reason_of(Code code) {
  switch (code) {
    case Code::bad_signature: return Reason::bad_signature;
    case Code::unknown: return Reason::unknown_node;
    case Code::expired:
    case Code::early: return Reason::stale;
    case Code::full: return Reason::no_room;
    case Code::malformed:
    case Code::not_canonical:
    case Code::too_big: return Reason::not_canonical;
    case Code::refused:
    case Code::conflict:
    case Code::unavailable:
    case Code::storage: return Reason::not_entitled;
  }
  return Reason::not_entitled;
}

Reason check_name(const std::string& label) {
  const auto name = Name::parse(label);
  if (!name) return name.error().code == Code::refused ? Reason::reserved_name : Reason::bad_name;
  return name->text() == label ? Reason::none : Reason::bad_name;
}

const Rank* rank_held(const Ledger::Entry& entry, const Address&) {
  return entry.address ? &entry.address->rank : nullptr;
}

const Rank* rank_held(const Ledger::Entry& entry, const NameClaim& claim) {
  const auto* head = entry.find(skeleton_of(claim.name));
  return head == nullptr ? nullptr : &head->rank;
}

}  // namespace

WallTime horizon(WallTime now) {
  return std::chrono::floor<std::chrono::hours>(now) - 2h;
}

Intake::Taken Intake::take(View envelope, WallTime now, Proof proof) {
  const auto unsealed = unseal(envelope, roster_->mesh().id);
  if (const auto* reason = std::get_if<Reason>(&unsealed)) return {.reason = *reason};
  const auto& sealed = std::get<Sealed>(unsealed);
  if (ledger_->set().contains(sealed.type, sealed.id)) return {.reason = Reason::duplicate, .id = sealed.id};
  const auto body = read_body(sealed);
  if (!body) return {.reason = Reason::not_canonical, .id = sealed.id};
  Taken taken = match(
      *body, [&](const Membership& member) { return take_member(sealed, envelope, member, now, proof); },
      [&](const Origin& origin) { return take_origin(sealed, envelope, origin, proof); },
      [&](const Address& address) { return take_claim(sealed, envelope, address, now, proof); },
      [&](const NameClaim& claim) { return take_claim(sealed, envelope, claim, now, proof); },
      [&](const Vote& vote) { return take_vote(sealed, envelope, vote, now, proof); },
      [&](const NameCertificate& votes) { return take_certificate(sealed, envelope, votes, now, proof); },
      [](const auto&) { return Taken{.reason = Reason::not_entitled}; });
  taken.id = sealed.id;
  return taken;
}

Intake::Taken Intake::take_member(const Sealed& sealed, View envelope, const Membership& body, WallTime now,
                                  Proof proof) {
  const auto certificate = wire::decode<Signed<Certificate>>(body.statement);
  const auto claimed = certificate ? certificate->claimed() : fail(Code::malformed, {});
  if (!claimed) return {.reason = Reason::not_canonical};
  if (claimed->issuer != NodeId{} && ledger_->find(claimed->issuer) == nullptr)
    return {.reason = Reason::unknown_node, .node = claimed->issuer};
  if (proof == Proof::needed && claimed->not_before > now + ahead_max)
    return {.reason = Reason::future, .issued = claimed->not_before};
  if (claimed->not_after < horizon(now)) return {.reason = Reason::stale, .node = claimed->node};
  const auto* held = ledger_->find(claimed->node);
  if (held != nullptr && claimed->not_after < held->member.not_after)
    return {.reason = Reason::stale, .node = claimed->node};

  // One that ended within the horizon is judged as of its last moment: it is still part of the set that nodes
  // compare, and views ask for the date themselves.
  const auto admitted =
      roster_->admit(*certificate, std::max(claimed->not_before, std::min(now, claimed->not_after - 1ms)));
  if (!admitted) return {.reason = reason_of(admitted.error().code), .node = claimed->issuer};
  const Reason reason = ledger_->place_member(sealed.id, envelope, *claimed);
  return {.reason = reason, .node = claimed->node, .certificate = *admitted};
}

Intake::Taken Intake::take_origin(const Sealed& sealed, View envelope, const Origin& body, Proof proof) {
  const NodeId node = node_id(roster_->mesh().id, body);
  if (ledger_->find(node) == nullptr) return {.reason = Reason::unknown_node, .node = node};
  if (!is_signed(sealed, body.key, proof)) return {.reason = Reason::bad_signature, .node = node};
  return {.reason = ledger_->place_origin(sealed.id, envelope, node, body), .node = node};
}

template <class T>
Intake::Taken Intake::take_claim(const Sealed& sealed, View envelope, const T& body, WallTime now,
                                 Proof proof) {
  Taken taken{.node = body.node, .issued = body.issued, .seq = body.seq};
  if constexpr (std::same_as<T, NameClaim>) taken.name = skeleton_of(body.name);
  taken.reason = check_claim(sealed, body, now);
  if (taken.reason != Reason::none) return taken;
  if (!is_signed(sealed, ledger_->find(body.node)->origin->key, proof)) {
    taken.reason = Reason::bad_signature;
  } else if (proof == Proof::needed && body.issued > now + ahead_max) {
    taken.reason = Reason::future;
  } else {
    taken.reason = place(sealed.id, envelope, body);
  }
  return taken;
}

template <class T>
Reason Intake::check_claim(const Sealed& sealed, const T& body, WallTime now) const {
  if constexpr (std::same_as<T, NameClaim>) {
    if (const Reason wrong = check_name(body.name); wrong != Reason::none) return wrong;
  }
  if (body.rot != 0) return Reason::not_entitled;
  if (end_of(body) < horizon(now)) return Reason::stale;
  const auto* entry = ledger_->find(body.node);
  if (entry == nullptr || !entry->origin) return Reason::unknown_node;
  const Rank* held = rank_held(*entry, body);
  const Rank rank{.rot = body.rot, .seq = body.seq, .record = sealed.id};
  return held != nullptr && rank <= *held ? Reason::stale : Reason::none;
}

Reason Intake::place(const RecordId& id, View envelope, const Address& body) {
  return ledger_->place_address(id, envelope, body);
}
Reason Intake::place(const RecordId& id, View envelope, const NameClaim& body) {
  return ledger_->place_name(id, envelope, body);
}

bool Intake::is_signed(const Sealed& sealed, const PublicKey& key, Proof proof) const {
  return proof == Proof::on_disk || roster_->verifier().verify(key, sealed.sentence, sealed.signature);
}

}  // namespace grapevine::dns
