#include "node/core.hpp"

#include "crypto/match.hpp"
#include "node/envelope.hpp"

#include <algorithm>

namespace grapevine::node {
namespace {

constexpr std::string_view gossip_state_key = "gossip";  // in Table::meta: own incarnation and contacts
// Of the five seconds a daemon has to end, so that peers still hear goodbye.
constexpr Duration drain_at_most = 3s;

// In Table::meta: what was learned of answers, and of devices.
constexpr std::string_view taste_key = "taste";
constexpr std::string_view trust_key = "trust";

Bytes stored(const dns::Store& store, std::string_view key) {
  auto found = store.get(dns::Table::meta, view(key));
  return found ? std::move(*found) : Bytes{};
}

// A newcomer that claims at once has not heard yet who bears the name; after a first exchange it has.
constexpr Duration claim_after = 1s;

Certificate opened(const Signed<Certificate>& certificate) {
  const auto claimed = certificate.claimed();
  ensure(claimed.has_value(), "a node's own certificate can be read");
  return *claimed;
}

gossip::Verdict to_gossip(dns::Verdict verdict) {
  switch (verdict) {
    case dns::Verdict::accept: return gossip::Verdict::accept;
    case dns::Verdict::ignore: return gossip::Verdict::ignore;
    case dns::Verdict::reject: return gossip::Verdict::reject;
  }
  return gossip::Verdict::ignore;
}

dns::CallEnd::How to_dns(moa::Outcome outcome) {
  switch (outcome) {
    case moa::Outcome::answered: return dns::CallEnd::How::answered;
    case moa::Outcome::refused: return dns::CallEnd::How::refused;
    case moa::Outcome::failed: return dns::CallEnd::How::failed;
    case moa::Outcome::silent:
    case moa::Outcome::gone:
    case moa::Outcome::cancelled: return dns::CallEnd::How::timed_out;
  }
  return dns::CallEnd::How::timed_out;
}

}  // namespace

Core::Core(Options options, Identity identity, dns::Store& store, Verifier& verifier, gossip::Book& book)
    : options_(std::move(options)),
      identity_(std::move(identity)),
      store_(store),
      roster_(identity_.mesh, verifier),
      random_(options_.seed),
      gossip_(options_.gossip,
              {identity_.node, options_.contact, identity_.certificate, &identity_.operational}, roster_,
              book, stored(store, gossip_state_key), Random(random_.next())),
      registry_(options_.dns,
                {identity_.node, identity_.inception, identity_.certificate, &identity_.operational,
                 identity_.root ? &*identity_.root : nullptr, identity_.chain},
                store, roster_, Random(random_.next())),
      engine_(
          options_.moa,
          {identity_.node, opened(identity_.certificate).owner, identity_.mesh.id, &identity_.operational},
          roster_, Random(random_.next()),
          moa::Taste::decode(stored(store, taste_key)).value_or(moa::Taste()),
          moa::Trust::decode(stored(store, trust_key)).value_or(moa::Trust())),
      events_(identity_.node, identity_.operational, roster_, Random(random_.next())),
      invites_(Issuer({identity_.node, &identity_.operational, identity_.root ? &*identity_.root : nullptr},
                      roster_),
               store, roster_) {}

Effects Core::start(Now now) {
  Effects out;
  const auto admit = [&](const Signed<Certificate>& certificate) {
    if (const auto admitted = roster_.admit(certificate, now.wall); !admitted)
      out.emplace_back(Note{"certificate", std::nullopt, admitted.error().text});
  };
  for (const auto& issuer : identity_.issuers) admit(issuer);
  admit(identity_.certificate);
  route(registry_.start(options_.announcement, now, options_.memory), now, out);
  route(gossip_.start(now), now, out);
  route(gossip_.join(identity_.introductions, now), now, out);
  open_join_port(now, out);
  if (options_.name) claim_at_ = registry_.silent_until() + claim_after;
  finish(now, out);
  return out;
}

Effects Core::step(Input input, Now now) {
  Effects out;
  match(
      input, [&](Received& received) { receive(received, now, out); },
      [&](const Linked& linked) {
        if (!gossip_.linked_to(linked.peer)) route(registry_.met(linked.peer, now), now, out);
        route(gossip_.linked(linked.peer, linked.dialler, now), now, out);
      },
      [&](const Unlinked& ended) { route(gossip_.unlinked(ended.peer, ended.evidence, now), now, out); },
      [&](const Sighted& seen) { route(gossip_.sighted(seen.peer, seen.contact, now), now, out); },
      [&](Generated& generated) {
        route(engine_.generated(generated.call, std::move(generated.said), now), now, out);
      },
      [&](ModelFound& found) { route(engine_.set_profile(std::move(found.profile), now.time), now, out); },
      [&](moa::Ask& ask) { route(engine_.ask(std::move(ask), now.time), now, out); },
      [&](const Abandoned& abandoned) { route(engine_.abandon(abandoned.query, now.time), now, out); },
      [&](const Knocked& knocked) { answer(knocked, now, out); },
      [&](const Leaving&) {
        if (drained_by_ != never) return;
        drained_by_ = now.time + drain_at_most;
        registry_.save();
        route(engine_.drain(now.time), now, out);
      },
      [](const Tick&) {});
  finish(now, out);
  return out;
}

Time Core::deadline() const {
  return std::min({gossip_.deadline(), registry_.deadline(), engine_.deadline(), claim_at_,
                   said_goodbye_ ? never : drained_by_});
}

Result<Effects> Core::tell(std::string_view name, std::string_view body, Now now) {
  Effects out;
  auto payload = events_.tell(name, body, now, out);
  if (!payload) return fail(std::move(payload.error()));
  route(gossip_.publish(gossip::Topic::event, std::move(*payload), now), now, out);
  return out;
}

Result<Effects> Core::judge(const std::optional<moa::QueryId>& query, moa::Scores scores,
                            std::optional<double> overall, Now now) {
  auto learned = engine_.judge(query, std::move(scores), overall);
  if (!learned) return fail(std::move(learned.error()));
  Effects out;
  route(std::move(*learned), now, out);
  return out;
}

// The floors know our key by where it is kept, so all of them turn to the new one at once.
Result<Effects> Core::rotate(SigningKey next, const KeyCommitment& promise, Now now) {
  std::swap(identity_.operational, next);
  auto said = registry_.rotate(identity_.operational, promise, now);
  if (!said) {
    std::swap(identity_.operational, next);
    return fail(std::move(said.error()));
  }
  Effects out;
  route(std::move(*said), now, out);
  route(gossip_.speak_again(now), now, out);
  invites_.end_open(now.wall);
  open_join_port(now, out);
  finish(now, out);
  return out;
}

Result<Invited> Core::invite(const InviteWish& wish, Now now) {
  auto invite = invites_.open(wish, options_.join_addresses, now);
  if (!invite) return fail(std::move(invite.error()));
  Invited invited{std::move(*invite), {}};
  open_join_port(now, invited.effects);
  return invited;
}

Effects Core::welcome(const Signed<Certificate>& certificate, Now now) {
  Effects out;
  route(registry_.introduce(certificate, now), now, out);
  finish(now, out);
  return out;
}

bool Core::has_left(Now now) const {
  return said_goodbye_ && gossip_.has_left(now);
}

void Core::receive(Received& received, Now now, Effects& out) {
  const NodeId& from = received.from;
  // libzmq cannot close one peer of a ROUTER, so a membership that has ended is noticed here, message by
  // message.
  if (!roster_.is_member(from, now.wall)) {
    out.emplace_back(Note{"hostile.not_a_member", from, {}});
    return;
  }
  auto message = open_frame(received.frame);
  if (!message) {
    ++hostile_frames_;
    out.emplace_back(Note{"hostile.frame", from, std::move(message.error().text)});
    return;
  }
  match(
      *message, [&](const gossip::Message& said) { route(gossip_.receive(from, said, now), now, out); },
      [&](const dns::Message& said) { route(registry_.receive(from, said, now), now, out); },
      [&](const moa::Message& said) {
        if (roster_.key_of(from) != nullptr) return route(engine_.receive(from, said, now), now, out);
        out.emplace_back(Note{"muted", from, "its key is suspended"});
      });
}

void Core::answer(const Knocked& knocked, Now now, Effects& out) {
  auto answer =
      invites_.answer(knocked.frame, knocked.key, gossip_.introductions(JoinGranted{}.peers.max), now);
  if (answer.newcomer) route(registry_.introduce(*answer.newcomer, now), now, out);
  out.emplace_back(AnswerKnock{knocked.knock, to_frame(answer.reply)});
  out.emplace_back(Note{"join", std::nullopt, std::move(answer.reason)});
  open_join_port(now, out);
}

void Core::open_join_port(Now now, Effects& out) {
  if (auto port = invites_.port(now.wall)) out.emplace_back(OpenJoinPort{port->secret, port->until});
}

/// What follows every step: machines that are due, and what they must know of each other.
void Core::finish(Now now, Effects& out) {
  if (registry_.deadline() <= now.time) route(registry_.tick(now), now, out);
  if (engine_.deadline() <= now.time) route(engine_.tick(now), now, out);
  if (claim_at_ <= now.time) claim_name(now, out);
  const bool drained = engine_.active_queries() == 0 && engine_.queue().running == 0;
  if (drained_by_ != never && !said_goodbye_ && (drained || drained_by_ <= now.time)) {
    said_goodbye_ = true;
    route(gossip_.leave(now), now, out);
  }
  gossip_.set_registry_root(registry_.root());
  if (gossip_.deadline() <= now.time) route(gossip_.tick(now), now, out);
}

/// The configured name, else the first that is free of those it takes by itself. Claiming again what is held
/// changes nothing.
void Core::claim_name(Now now, Effects& out) {
  claim_at_ = never;
  std::vector<std::string> wanted = unasked_names();
  if (!options_.name->empty()) wanted.insert(wanted.begin(), *options_.name);
  for (const std::string& name : wanted) {
    auto claimed = registry_.claim(name, now);
    if (claimed) return route(std::move(*claimed), now, out);
    out.emplace_back(Note{"name.refused", std::nullopt, std::move(claimed.error().text)});
  }
}

Result<Effects> Core::published(Result<dns::Effects> effects, Now now) {
  if (!effects) return fail(std::move(effects.error()));
  Effects out;
  route(std::move(*effects), now, out);
  finish(now, out);
  return out;
}

template <class Floor>
void Core::route(std::vector<Floor> effects, Now now, Effects& out) {
  for (auto& effect : effects)
    match(std::move(effect), [&](auto&& one) { perform(std::move(one), now, out); });
}

template <class Message>
void Core::perform(Send<Message> send, Now now, Effects& out) {
  route(gossip_.carry(send.to, to_frame(send.message), now), now, out);
}

template <class Outward>
requires std::constructible_from<Effect, Outward>
void Core::perform(Outward effect, Now, Effects& out) {
  out.emplace_back(std::move(effect));
}

void Core::perform(const gossip::Dial& dial, Now, Effects& out) {
  if (const Certificate* certificate = roster_.find(dial.to))
    out.emplace_back(Connect{dial.to, certificate->inception.transport, dial.contact});
}

void Core::perform(const gossip::Persist& persist, Now, Effects&) {
  store_.put(dns::Table::meta, view(gossip_state_key), persist.state);
}

void Core::perform(const gossip::Arrived& arrived, Now now, Effects& out) {
  if (arrived.topic == gossip::Topic::event) {
    const auto verdict = events_.arrived(arrived.from, arrived.payload, now, out);
    return route(gossip_.verdict(arrived.id, verdict, now), now, out);
  }
  auto [verdict, effects] = registry_.arrived(arrived.from, arrived.payload, now);
  route(gossip_.verdict(arrived.id, to_gossip(verdict), now), now, out);
  route(std::move(effects), now, out);
}

void Core::perform(const gossip::Heard& heard, Now now, Effects& out) {
  if (roster_.key_of(heard.peer) == nullptr) return;
  route(engine_.heard(heard.peer, heard.bulletin, now.time), now, out);
}

void Core::perform(const gossip::Changed& changed, Now now, Effects& out) {
  out.emplace_back(changed);
  const Certificate* certificate = roster_.find(changed.peer);
  if (changed.status == gossip::Status::alive && certificate) {
    out.emplace_back(Admit{changed.peer, certificate->inception.transport});
    if (may_ask(changed.peer)) engine_.met(changed.peer, certificate->owner);
  } else if (changed.status == gossip::Status::dead || changed.status == gossip::Status::left) {
    route(engine_.gone(changed.peer, now.time), now, out);
  }
}

void Core::perform(const gossip::Meet& meet, Now now, Effects& out) {
  route(registry_.meet(meet.peer, now), now, out);
}

void Core::perform(dns::Publish publish, Now now, Effects& out) {
  route(gossip_.publish(gossip::Topic::record, std::move(publish.record), now), now, out);
}

void Core::perform(const dns::Certified& certified, Now now, Effects& out) {
  out.emplace_back(Admit{certified.certificate.node, certified.certificate.inception.transport});
  if (certified.certificate.node == identity_.node) take_up_certificate(now, out);
}

/// Ours was renewed: the next start begins with the new one, and peers that meet us are shown it.
void Core::take_up_certificate(Now now, Effects& out) {
  const auto held = roster_.find_signed(identity_.node).value();
  if (held == identity_.certificate) return;
  identity_.certificate = held;
  out.emplace_back(KeepCertificate{held, roster_.issuers_of(held)});
  route(gossip_.speak_again(now), now, out);
}

void Core::perform(dns::Changed changed, Now now, Effects& out) {
  for (const NodeId& node : changed.nodes) heed(node, now, out);
  out.emplace_back(std::move(changed));
}

/// What became of a node's keys, which the registry knows first, is told to the floors beside it.
void Core::heed(const NodeId& node, Now now, Effects& out) {
  if (node == identity_.node) return heed_self(now, out);
  const Voice voice = roster_.voice_of(node);
  if (voice == Voice::heard) {
    const auto* certificate = roster_.find(node);
    const auto member = certificate == nullptr ? std::nullopt : gossip_.find(node);
    if (member && member->status == gossip::Status::alive && may_ask(node))
      engine_.met(node, certificate->owner);
    return;
  }
  route(engine_.gone(node, now.time), now, out);
  if (voice == Voice::muted) return;
  route(gossip_.expel(node, now), now, out);
  out.emplace_back(Expel{node});
}

/// Nobody answers a device whose key counts no more, so it asks nobody until it has another.
void Core::heed_self(Now now, Effects& out) {
  const Voice voice = roster_.voice_of(identity_.node);
  if (voice > Voice::muted) out.emplace_back(Note{"membership.ended", identity_.node, "it was expelled"});
  for (const auto& member : gossip_.view()) {
    if (member.node == identity_.node || member.status != gossip::Status::alive) continue;
    if (voice == Voice::heard) {
      heed(member.node, now, out);
    } else {
      route(engine_.gone(member.node, now.time), now, out);
    }
  }
}

/// Whether calls between the two of us count.
bool Core::may_ask(const NodeId& peer) const {
  return roster_.voice_of(peer) == Voice::heard && roster_.voice_of(identity_.node) == Voice::heard;
}

void Core::perform(const moa::Remember& learned, Now, Effects&) {
  const bool is_taste = learned.what == moa::Remember::What::taste;
  store_.put(dns::Table::meta, view(is_taste ? taste_key : trust_key), learned.learned);
}

void Core::perform(const moa::Ended& ended, Now now, Effects&) {
  const bool is_ours = ended.asker == moa::Ended::Asker::self;
  registry_.called(ended.peer,
                   {.asker = is_ours ? dns::CallEnd::Asker::self : dns::CallEnd::Asker::peer,
                    .how = to_dns(ended.outcome),
                    .capability = ended.stage == moa::Stage::aggregate ? "merge" : "answer",
                    .took = ended.elapsed},
                   now);
}

void Core::perform(moa::PublishLoad load, Now, Effects&) {
  gossip_.set_bulletin(std::move(load.bulletin));
}

}  // namespace grapevine::node
