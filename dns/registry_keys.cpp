// What a node decides about its keys, its names and the members it answers for: all of it is one record, said
// by whoever may say it.
#include "crypto/issuer.hpp"
#include "dns/registry.hpp"

#include <algorithm>

namespace grapevine::dns {

Result<std::vector<Bytes>> Registry::successor(const SigningKey& next, const KeyCommitment& promise) const {
  const auto* entry = ledger_.find(self_.node);
  if (entry == nullptr || !entry->keys || entry->retired)
    return fail(Code::refused, "this node is no member any more; join the mesh again");
  const auto& keys = *entry->keys;
  const std::uint32_t rot = keys.rot() + 1;
  if (rot > rotations_max)
    return fail(Code::full, "a node rotates its key 64 times at most; join the mesh as a new one");
  if (!keys.is_promised(next.public_key(), promise))
    return fail(Code::refused,
                "this is not the key that was promised; restore the keys folder from its newest copy");
  std::vector<Bytes> chain;
  for (std::uint32_t held = 0; held < rot; ++held) {
    auto link = store_->get(Table::record, keys.find(held)->record.value.view());
    if (!link) return fail(Code::storage, "the registry has lost the keys of this node; start it again");
    chain.push_back(*std::move(link));
  }
  chain.push_back(author_.rotation(next, rot, keys.tip().record, promise));
  return chain;
}

std::uint32_t Registry::rotations() const {
  const auto* entry = ledger_.find(self_.node);
  return entry == nullptr || !entry->keys ? 0 : entry->keys->rot();
}

Result<Effects> Registry::rotate(const SigningKey& next, const KeyCommitment& promise, Now now) {
  auto chain = successor(next, promise);
  if (!chain) return fail(chain.error());

  self_.key = &next;
  self_.chain = std::move(*chain);
  Effects effects;
  publish_self(now, effects);
  return effects;
}

/// Says how we came to the key we have, as far as it is news; with the key before it falls what that had
/// said, and so is said again.
void Registry::publish_keys(Now now, Effects& effects) {
  const auto names = own_names(now.wall);
  const auto revocations = ledger_.revocations_by(self_.node);
  bool is_news = false;
  for (const Bytes& link : self_.chain) is_news |= publish(link, now, effects) == Reason::none;
  if (!is_news || !may_speak(now.wall)) return;
  author_.speak_as(*self_.key, ledger_.find(self_.node)->keys->rot());
  for (const Name& name : names)
    publish(author_.claim(name, config_.name_lease, now.wall, random_), now, effects);
  for (const Revocation& revocation : revocations) publish(author_.revocation(revocation), now, effects);
}

Result<Effects> Registry::revoke(const NodeId& node, std::string_view reason,
                                 const std::vector<Fixed<16>>& kept, Now now) {
  Revocation revocation;
  if (reason.size() > revocation.reason.max || kept.size() > revocation.keep.max)
    return fail(Code::too_big, "a reason has at most 64 bytes, and at most 16 certificates are kept");
  if (node == self_.node)
    return fail(Code::refused, "this is the device itself; retire it, or revoke it on another");
  if (self_.root == nullptr) {
    if (const auto may = may_speak(now.wall); !may) return fail(may.error());
    const auto* other = ledger_.find(node);
    if (ledger_.find(self_.node)->member.role != Role::admin)
      return fail(Code::refused, "only an admin, or the device with the root key, revokes");
    if (other != nullptr && other->member.role == Role::admin)
      return fail(Code::refused, "only the device with the root key revokes an admin");
  }
  revocation.node = node;
  revocation.at = now.wall;
  revocation.reason.assign(reason);
  revocation.keep.assign(kept.begin(), kept.end());
  return say(author_.revocation(std::move(revocation)), now);
}

std::vector<NodeId> Registry::falls_with(const NodeId& sponsor, WallTime now) const {
  std::vector<NodeId> falls;
  for (const auto& [node, entry] : ledger_.entries()) {
    const auto& member = entry.member;
    if (member.role == Role::member && member.rests_on(sponsor) && roster_->is_member(node, now))
      falls.push_back(node);
  }
  return falls;
}

Result<Effects> Registry::suspend(Cause cause, Now now) {
  if (const auto may = may_speak(now.wall); !may) return fail(may.error());
  return say(author_.suspension(cause), now);
}

Result<Effects> Registry::retire(View record, Now now) {
  const auto body = body_of(record);
  if (!body || type_of(*body) != RecordType::retirement)
    return fail(Code::malformed, "this is no recovery record");
  return say(to_bytes(record), now);
}

Result<Effects> Registry::renew(std::string_view text, Now now) {
  if (const auto may = may_speak(now.wall); !may) return fail(may.error());
  auto names = own_names(now.wall);
  if (text.empty()) {  // what is being handed over is taken back by name only
    std::erase_if(names, [&](const Name& name) { return !holds(name.skeleton(), now.wall); });
  } else {
    const auto wanted = Name::parse(text);
    if (!wanted) return fail(wanted.error());
    std::erase_if(names, [&](const Name& name) { return name.skeleton() != wanted->skeleton(); });
  }
  if (names.empty())
    return fail(Code::unknown,
                "this node does not hold that name; `grapevine name list` shows those it does");
  Effects effects;
  for (const Name& name : names)
    publish(author_.claim(name, config_.name_lease, now.wall, random_), now, effects);
  return effects;
}

Result<Offer> Registry::offer(std::string_view text, const NodeId& to, Now now) {
  if (const auto may = may_speak(now.wall); !may) return fail(may.error());
  const auto name = Name::parse(text);
  if (!name) return fail(name.error());
  if (!holds(name->skeleton(), now.wall))
    return fail(Code::unknown,
                "this node does not hold that name; `grapevine name list` shows those it does");
  const auto* receiver = ledger_.find(to);
  if (to == self_.node || receiver == nullptr || !receiver->keys || receiver->retired)
    return fail(Code::unknown, "there is no other node of this id to take the name");
  const Term not_before = term_of(now.wall) + offer_terms;
  const Offer offer = author_.offer(*name, to, receiver->keys->rot(), not_before, now.wall, random_);
  offers_.make(offer, now.wall);
  offers_due_ = now.time;
  return offer;
}

void Registry::tell_offers(Now now, Effects& effects) {
  offers_due_ = never;
  for (const Offer& offer : offers_.made(now.wall)) {
    effects.emplace_back(Send<Message>{offer.transfer.to, offer});
    offers_due_ = now.time + offer_again;
  }
}

Result<Effects> Registry::accept(const Offer& offer, Now now) {
  if (const auto may = may_speak(now.wall); !may) return fail(may.error());
  if (offer.transfer.to != self_.node || offer.transfer.to_rot != ledger_.find(self_.node)->keys->rot())
    return fail(Code::refused, "this offer is made to another node, or to a key this one has replaced");
  if (const auto may = may_hold_another(now.wall); !may) return fail(may.error());
  return say(author_.accept(offer), now);
}

Result<Offer> Registry::offer_of(std::string_view text, WallTime now) const {
  const auto name = Name::parse(text);
  if (!name) return fail(name.error());
  for (const Offer& offer : offers_.open(now)) {
    if (skeleton_of(offer.transfer.name) == name->skeleton()) return offer;
  }
  return fail(Code::unknown, "nobody offers this name to this node now; ask its holder to transfer it again");
}

/// Prolongs a membership that is ours to prolong, and our own. Its holder has said within a lease where it
/// is: so it is there, and our clock, which nobody may be renewed by if it runs ahead, agrees with its own.
void Registry::renew_member(const NodeId& node, Now now, Effects& effects) {
  const auto* entry = ledger_.find(node);
  const bool is_seen = entry != nullptr && entry->address && entry->address->ends > now.wall;
  if (!is_seen || !roster_->is_member(self_.node, now.wall) || !may_speak(now.wall)) return;
  const Issuer issuer({self_.node, self_.key, self_.root}, *roster_);
  for (const NodeId& each : {node, self_.node}) {
    if (!roster_->is_member(each, now.wall)) continue;
    if (const auto renewed = issuer.renewal(*roster_->find(each), now.wall))
      publish(seal_member(*renewed), now, effects);
  }
}

/// Places and publishes a record, or says why it may not be said.
Result<Effects> Registry::say(Bytes record, Now now) {
  Effects effects;
  const Reason reason = publish(std::move(record), now, effects);
  if (reason == Reason::none || reason == Reason::duplicate) return effects;
  return fail(Code::refused, "the registry does not take this: " + std::string(name(reason)));
}

/// Whether the mesh listens to the key we have.
Result<void> Registry::may_speak(WallTime now) const {
  const auto* entry = ledger_.find(self_.node);
  if (entry == nullptr || !entry->keys || ledger_.until(entry->member) < horizon(now))
    return fail(Code::refused, "this node's certificate is not accepted; join the mesh again");
  if (entry->retired) return fail(Code::refused, "this node has been retired; join the mesh as a new one");
  if (roster_->voice_of(self_.node) > Voice::muted)
    return fail(Code::refused, "this node has been expelled; join the mesh as a new one");
  if (entry->keys->tip().key != self_.key->public_key())
    return fail(Code::refused,
                "this node's key has been replaced elsewhere; restore the newer one from a copy, or rotate");
  if (entry->suspended) return fail(Code::refused, "this node's key is suspended; rotate it first");
  return {};
}

/// A name that is being handed over can still be taken back, and has its place until then.
Result<void> Registry::may_hold_another(WallTime now) const {
  const auto& names = ledger_.find(self_.node)->names;
  const auto holding = std::count_if(names.begin(), names.end(), [&](const Ledger::NameHead& head) {
    return !head.given_up && !(head.handover && head.issued <= now);
  });
  if (static_cast<std::size_t>(holding) < names_held_max) return {};
  return fail(Code::full, "a node holds 4 names at most; give one up first");
}

/// Whether a name leads to us, and we have not agreed to hand it over.
bool Registry::holds(const Skeleton& name, WallTime now) const {
  const auto* entry = ledger_.find(self_.node);
  const auto* said = entry == nullptr ? nullptr : entry->find(name);
  const auto live = ledger_.live_claims(name, now);
  return std::any_of(live.begin(), live.end(), [&](const auto& claim) {
    return claim.bearer == self_.node && !(claim.head == said && said->handover);
  });
}

/// The names that lead to us and are ours to claim again.
std::vector<Name> Registry::own_names(WallTime now) const {
  std::vector<Name> names;
  for (const auto& claim : ledger_.live_names(self_.node, now)) {
    if (const auto name = Name::parse(claim.head->label)) names.push_back(*name);
  }
  return names;
}

}  // namespace grapevine::dns
