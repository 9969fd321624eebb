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

const KeyChain* keys_of(const Ledger& ledger, const NodeId& node) {
  const auto* entry = ledger.find(node);
  return entry == nullptr || !entry->keys ? nullptr : &*entry->keys;
}

// The rank of what a record would replace.

std::optional<Rank> rank_held(const Ledger::Entry& entry, const Address&) {
  return entry.address ? std::optional(entry.address->rank) : std::nullopt;
}

std::optional<Rank> rank_held(const Ledger::Entry& entry, const Suspension&) {
  return entry.suspended ? std::optional(Rank{entry.suspended->rot, 0, entry.suspended->record})
                         : std::nullopt;
}

std::optional<Rank> rank_held(const Ledger::Entry&, const Rotation&) {
  return std::nullopt;  // it has no rival
}

std::optional<Rank> rank_held(const Ledger::Entry&, const Retirement&) {
  return std::nullopt;  // any of several will do
}

template <class T>
requires std::same_as<T, NameClaim> || std::same_as<T, Transfer> std::optional<Rank> rank_held(
    const Ledger::Entry& entry, const T& body) {
  const auto* head = entry.find(skeleton_of(body.name));
  return head == nullptr ? std::nullopt : std::optional(head->rank);
}

std::uint64_t sequence_of(const Transfer& transfer) {
  return transfer.from_seq;
}

template <class T>
std::uint64_t sequence_of(const T& body) {
  if constexpr (requires { body.seq; }) return body.seq;
  return 0;
}

/// When a record is no longer too early.
std::optional<WallTime> due_at(const Transfer& transfer, WallTime now) {
  return begin_of(transfer.not_before) < now + transfer_notice ? std::optional(now + transfer_notice)
                                                               : std::nullopt;
}

template <class T>
std::optional<WallTime> due_at(const T& body, WallTime now) {
  if constexpr (requires { body.issued; }) {
    if (body.issued > now + ahead_max) return body.issued - ahead_max;
  }
  return std::nullopt;
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
      *body,
      [&](const Membership& member) {
        return member.kind == Membership::Kind::revocation
                   ? take_revocation(sealed, envelope, member, now, proof)
                   : take_member(sealed, envelope, member, now, proof);
      },
      [&](const Origin& origin) { return take_origin(sealed, envelope, origin, proof); },
      [&](const Evidence& evidence) { return take_evidence(sealed, envelope, evidence, proof); },
      [&](const Vote& vote) { return take_vote(sealed, envelope, vote, now, proof); },
      [&](const NameCertificate& votes) { return take_certificate(sealed, envelope, votes, now, proof); },
      [&](const auto& said) { return take_spoken(sealed, envelope, said, *speaker_of(*body), now, proof); });
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
    return {.reason = Reason::future, .due = claimed->not_before - ahead_max};
  const Ledger::MemberHead head = Ledger::head_of(sealed.id, *claimed, certificate->signature());
  if (ledger_->until(head) < horizon(now) - Ledger::grounds_life(head.role))
    return {.reason = Reason::stale, .node = claimed->node};
  const auto* held = ledger_->find(claimed->node);
  if (held != nullptr && head.precedence() <= held->member.precedence())
    return {.reason = Reason::stale, .node = claimed->node};

  // Judged as of its first moment, whenever it is heard: one that has ended is still part of the set that
  // nodes compare, and so is one whose issuer's has; views ask for the date themselves.
  const auto admitted = roster_->admit(*certificate, claimed->not_before);
  if (!admitted) return {.reason = reason_of(admitted.error().code), .node = claimed->issuer};
  const Reason reason = ledger_->place_member(envelope, claimed->node, head);
  return {.reason = reason, .node = claimed->node, .certificate = *admitted};
}

/// Only the last key of an admin revokes, as it alone says anything else.
Intake::Taken Intake::take_revocation(const Sealed& sealed, View envelope, const Membership& body,
                                      WallTime now, Proof proof) {
  const auto revocation = wire::decode<Signed<Revocation>>(body.statement);
  const auto claimed = revocation ? revocation->claimed() : fail(Code::malformed, {});
  const bool makes_sense = claimed && claimed->version == 1 && claimed->node != NodeId{};  // the root stays
  if (!makes_sense) return {.reason = Reason::not_canonical};
  PublicKey key = roster_->mesh().root.root;
  if (claimed->by != NodeId{}) {
    const auto* keys = keys_of(*ledger_, claimed->by);
    if (keys == nullptr || claimed->rot > keys->rot())
      return {.reason = Reason::unknown_node, .node = claimed->by};
    const auto& admin = *ledger_->find(claimed->by);
    if (admin.retired) return {.reason = Reason::retired, .node = claimed->by};
    if (claimed->rot < keys->rot()) return {.reason = Reason::stale, .node = claimed->by};
    const bool may_revoke = admin.member.role == Role::admin && claimed->at <= admin.member.not_after &&
                            ledger_->expulsion_of(claimed->by) == nullptr;
    if (!may_revoke) return {.reason = Reason::not_entitled, .node = claimed->by};
    key = keys->tip().key;
  }
  if (Revocation::forgotten(claimed->by, claimed->at) < horizon(now)) return {.reason = Reason::stale};
  if (proof == Proof::needed && claimed->at > now + ahead_max)
    return {.reason = Reason::future, .due = claimed->at - ahead_max};
  if (proof != Proof::on_disk && !revocation->open(roster_->verifier(), roster_->mesh().id, key))
    return {.reason = Reason::bad_signature};
  return {.reason = ledger_->place_revocation(sealed.id, envelope, *claimed), .node = claimed->node};
}

Intake::Taken Intake::take_origin(const Sealed& sealed, View envelope, const Origin& body, Proof proof) {
  const NodeId node = node_id(roster_->mesh().id, body);
  if (ledger_->find(node) == nullptr) return {.reason = Reason::unknown_node, .node = node};
  if (!is_signed(sealed, body.key, proof)) return {.reason = Reason::bad_signature, .node = node};
  return {.reason = ledger_->place_origin(sealed.id, envelope, node, body), .node = node};
}

template <class T>
Intake::Taken Intake::take_spoken(const Sealed& sealed, View envelope, const T& body, const Speaker& by,
                                  WallTime now, Proof proof) {
  Taken taken{.node = by.node, .seq = sequence_of(body)};
  if constexpr (requires { body.name; }) taken.name = skeleton_of(body.name);
  const auto refused = [&](Reason reason) {
    taken.reason = reason;
    return taken;
  };
  if (const Reason reason = check_spoken(body, by, now); reason != Reason::none) return refused(reason);
  if constexpr (std::same_as<T, Transfer>) {
    const auto* keys = keys_of(*ledger_, body.to);
    if (keys == nullptr || keys->find(body.to_rot) == nullptr) {
      taken.node = body.to;
      return refused(Reason::unknown_node);
    }
  }
  const Rank rank{.rot = by.rot, .seq = taken.seq, .record = sealed.id};
  const auto held = rank_held(*ledger_->find(by.node), body);
  const bool yields = held && rank <= *held;
  const bool rivals = held && std::tie(rank.rot, rank.seq) == std::tie(held->rot, held->seq);
  if (yields && !rivals) return refused(Reason::stale);
  if (!is_proven(sealed, body, by, proof)) return refused(Reason::bad_signature);
  taken.due = due_at(body, now);
  if (taken.due && proof == Proof::needed) return refused(Reason::future);
  if (rivals) taken.evidence = evidence_against(held->record, envelope);
  return refused(yields ? Reason::stale : ledger_->place(sealed.id, envelope, body));
}

/// Whether this key may say this now.
template <class T>
Reason Intake::check_spoken(const T& body, const Speaker& by, WallTime now) const {
  constexpr bool is_next = std::same_as<T, Rotation>;
  if constexpr (requires { body.name; }) {
    if (const Reason wrong = check_name(body.name); wrong != Reason::none) return wrong;
  }
  if constexpr (requires { end_of(body); }) {
    if (end_of(body) < horizon(now)) return Reason::stale;
  }
  const auto* keys = keys_of(*ledger_, by.node);
  if (keys == nullptr || by.rot > keys->rot() + (is_next ? 1 : 0)) return Reason::unknown_node;
  if constexpr (std::same_as<T, Retirement>) {
    return keys->may_end(body.key) ? Reason::none : Reason::not_entitled;
  } else if constexpr (is_next) {
    const bool is_promised =
        by.rot > keys->rot() && body.prev == keys->tip().record && keys->is_promised(body.key, body.next);
    return is_promised ? Reason::none : Reason::not_entitled;
  } else {
    const auto& entry = *ledger_->find(by.node);
    if (entry.retired) return Reason::retired;
    if (by.rot < keys->rot() || ledger_->until(entry.member) < horizon(now)) return Reason::stale;
    return ledger_->expelled_since(by.node) ? Reason::not_entitled : Reason::none;
  }
}

template <class T>
bool Intake::is_proven(const Sealed& sealed, const T& body, const Speaker& by, Proof proof) const {
  if constexpr (requires { body.key; }) {
    return is_signed(sealed, body.key, proof);
  } else if (!is_signed(sealed, keys_of(*ledger_, by.node)->find(by.rot)->key, proof)) {
    return false;
  } else if constexpr (std::same_as<T, Transfer>) {
    const auto& receiver = keys_of(*ledger_, body.to)->find(body.to_rot)->key;
    return proof == Proof::on_disk ||
           roster_->verifier().verify(receiver, sealed.sentence, sealed.countersignature);
  }
  return true;
}

Intake::Taken Intake::take_evidence(const Sealed& sealed, View envelope, const Evidence& body, Proof proof) {
  const auto one = body_of(body.one), other = body_of(body.other);
  if (!one || !other || contradiction(*one, *other) != body.kind) return {.reason = Reason::not_canonical};
  const Speaker by = *speaker_of(*one);
  Taken taken{.node = by.node};
  taken.reason = prove_quoted(body.one, by, proof);
  if (taken.reason == Reason::none) taken.reason = prove_quoted(body.other, by, proof);
  if (taken.reason != Reason::none) return taken;
  const auto* vote = std::get_if<Vote>(&*one);
  taken.reason = ledger_->place_evidence(sealed.id, envelope, by.node,
                                         vote == nullptr ? std::nullopt : std::optional(vote->term));
  if (taken.reason == Reason::none) taken.convicted = by.node;
  return taken;
}

/// Whether a record was signed by whom it names, be it with a key that speaks no more.
Reason Intake::prove_quoted(View envelope, const Speaker& by, Proof proof) const {
  const auto unsealed = unseal(envelope, roster_->mesh().id);
  const auto* sealed = std::get_if<Sealed>(&unsealed);
  if (sealed == nullptr || envelope.size() > datagram_bytes_max) return Reason::not_canonical;
  const auto* keys = keys_of(*ledger_, by.node);
  const auto* link = keys == nullptr ? nullptr : keys->find(by.rot);
  if (link == nullptr) return Reason::unknown_node;
  return is_signed(*sealed, link->key, proof) ? Reason::none : Reason::bad_signature;
}

std::optional<Bytes> Intake::evidence_against(const RecordId& held, View envelope) const {
  const auto other = ledger_->store().get(Table::record, held.value.view());
  const auto one_body = body_of(envelope), other_body = other ? body_of(*other) : std::nullopt;
  if (!one_body || !other_body) return std::nullopt;
  const auto kind = contradiction(*one_body, *other_body);
  return kind ? std::optional(seal_evidence(*kind, envelope, *other)) : std::nullopt;
}

bool Intake::is_signed(const Sealed& sealed, const PublicKey& key, Proof proof) const {
  return proof == Proof::on_disk || roster_->verifier().verify(key, sealed.sentence, sealed.signature);
}

}  // namespace grapevine::dns
