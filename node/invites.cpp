#include "node/invites.hpp"

#include <algorithm>

namespace grapevine::node {
namespace {

constexpr std::string_view invite_prefix = "invite/";  // in Table::meta, before the invite's id
constexpr Duration valid_for_max = 30 * 24h;
constexpr auto ask_again_within = 10min;  // a newcomer whose reply was lost tries again at once, not tomorrow

/// The port's pair follows from the operational key, so that invites outlive a restart and no secret lies in
/// the store.
TransportPair port_of(const SigningKey& operational) {
  return TransportPair::from_secret(hash<32>(purpose::join_port, {operational.seed().view()}));
}

std::string key_of(const InviteId& id) {
  return std::string(invite_prefix).append(text(id.value.view()));
}

}  // namespace

Invites::Invites(Issuer issuer, dns::Store& store, Roster& roster)
    : issuer_(issuer), store_(store), roster_(roster), port_(port_of(*issuer.keys().operational)) {}

Result<Invite> Invites::open(const InviteWish& wish, const std::vector<std::string>& addresses, Now now) {
  if (auto allowed = issuer_.may_issue(wish.role); !allowed) return fail(std::move(allowed.error()));
  if (wish.valid_for <= Duration{} || wish.valid_for > valid_for_max)
    return fail(Code::malformed, "an invite is valid for more than nothing and at most 30 days");
  if (wish.owner.size() > 32) return fail(Code::malformed, "an owner's label has at most 32 bytes");
  Invite invite{.mesh = roster_.mesh().id, .inviter = issuer_.keys().node, .join_key = port_.key};
  for (const auto& address : addresses)
    if (invite.addresses.size() < invite.addresses.max && address.size() <= 64)
      invite.addresses.emplace_back(address);
  if (invite.addresses.empty())
    return fail(Code::malformed, "no address where a newcomer could knock; set mesh.advertise");
  const auto kept = forget_ended(now.wall);
  const auto unused = std::count_if(kept.begin(), kept.end(), [](const Entry& e) { return !e.spent_by; });
  if (unused >= static_cast<std::ptrdiff_t>(open_max))
    return fail(Code::full, "64 invites are open; let some be used or end");
  if (kept.size() >= kept_max)
    return fail(Code::full, "too many have just been let in; invite the next in ten minutes");

  invite.seed = random_bytes<32>();
  invite.not_after = now.wall + std::chrono::ceil<std::chrono::milliseconds>(wish.valid_for);
  const Certificate* own = roster_.find(issuer_.keys().node);
  keep({.key = SigningKey::from_seed(invite.seed).public_key(),
        .role = wish.role,
        .owner = wish.owner.empty() && own ? own->owner : owner_of(wish.owner),
        .not_after = invite.not_after});
  return invite;
}

Invites::Answer Invites::answer(View frame, const TransportKey& from, std::vector<Introduction> introductions,
                                Now now) {
  const auto refuse = [this](std::string reason) {
    ++refused_;
    return Answer{JoinRefused{}, std::nullopt, std::move(reason)};
  };
  if (is_too_fast(now.time)) return refuse("too many bad knocks this minute");
  const auto message = wire::decode_message<JoinMessage>(frame);
  if (!message) return refuse(message.error().text);
  const auto* request = std::get_if<JoinRequest>(&*message);
  if (!request) return refuse("not a request");
  auto newcomer = admit(*request, from, now);
  if (!newcomer) return refuse(newcomer.error().text);
  JoinGranted granted{.mesh = roster_.mesh().statement, .certificate = *newcomer};
  if (auto own = roster_.find_signed(issuer_.keys().node)) granted.issuers.push_back(*std::move(own));
  if (introductions.size() > granted.peers.max) introductions.resize(granted.peers.max);
  granted.peers = std::move(introductions);
  return {std::move(granted), *std::move(newcomer), "granted"};
}

Result<Signed<Certificate>> Invites::admit(const JoinRequest& request, const TransportKey& from, Now now) {
  const auto claimed = wire::decode<JoinWish>(request.wish);
  if (!claimed) return fail(claimed.error());
  const auto held = store_.get(dns::Table::meta, view(key_of(claimed->invite)));
  auto entry = held ? wire::decode<Entry>(*held) : Result<Entry>(fail(Code::unknown, "no such invite"));
  if (!entry) return fail(entry.error());
  const auto wish = open_join_request(request, roster_.mesh().id, entry->key, roster_.verifier());
  if (!wish) return fail(wish.error());
  if (wish->inception.transport != from)
    return fail(Code::refused, "the wish names another transport key than its connection");
  if (wish->inception.inviter != issuer_.keys().node)
    return fail(Code::refused, "the wish names another inviter");
  if (wish->join_key != port_.key) return fail(Code::refused, "the wish was meant for another join port");

  if (entry->not_after <= now.wall) return fail(Code::expired, "the invite has ended");
  if (entry->spent_by && *entry->spent_by != wish->inception.key)
    return fail(Code::refused, "the invite is spent");
  if (!entry->spent_by) {
    if (auto allowed = issuer_.may_issue(entry->role); !allowed) return fail(std::move(allowed.error()));
    entry->spent_by = wish->inception.key;
    entry->bought = certify(*entry, *wish, now.wall);
    entry->not_after = std::min(entry->not_after, now.wall + ask_again_within);
    keep(*entry);
  }
  return *entry->bought;
}

Signed<Certificate> Invites::certify(const Entry& entry, const JoinWish& wish, WallTime now) const {
  Certificate newcomer;
  newcomer.node = node_id(roster_.mesh().id, wish.inception);
  newcomer.inception = wish.inception;
  newcomer.label = wish.label;
  newcomer.owner = entry.owner;
  newcomer.role = entry.role;
  return issuer_.admit(std::move(newcomer), now);
}

void Invites::end_open(WallTime now) {
  for (Entry& entry : entries()) {
    if (entry.not_after <= now) continue;
    entry.not_after = now;
    keep(entry);
  }
  port_ = port_of(*issuer_.keys().operational);
}

std::optional<Invites::Port> Invites::port(WallTime now) const {
  std::optional<Port> open;
  for (const Entry& entry : entries()) {
    if (entry.not_after <= now) continue;
    if (!open) open = Port{port_.secret, entry.not_after};
    open->until = std::max(open->until, entry.not_after);
  }
  return open;
}

std::vector<Invites::Entry> Invites::entries() const {
  std::vector<Entry> found;
  store_.each(dns::Table::meta, view(invite_prefix), [&](View, View value) {
    if (auto entry = wire::decode<Entry>(value)) found.push_back(std::move(*entry));
    return dns::Walk::on;
  });
  return found;
}

// What remains.
std::vector<Invites::Entry> Invites::forget_ended(WallTime now) {
  std::vector<Entry> kept = entries();
  std::erase_if(kept, [&](const Entry& entry) {
    const bool ended = entry.not_after <= now;
    if (ended) store_.erase(dns::Table::meta, view(key_of(invite_id(entry.key))));
    return ended;
  });
  return kept;
}

void Invites::keep(const Entry& entry) {
  store_.put(dns::Table::meta, view(key_of(invite_id(entry.key))), wire::encode(entry));
}

bool Invites::is_too_fast(Time now) {
  if (now - minute_began_ >= 1min) {
    minute_began_ = now;
    refused_ = 0;
  }
  return refused_ >= refusals_a_minute;
}

}  // namespace grapevine::node
