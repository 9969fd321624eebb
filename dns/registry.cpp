#include "dns/registry.hpp"

#include "crypto/match.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// The event of a record that no honest node sends; absent when an honest one may.
std::optional<std::string_view> hostile_event(Reason reason) {
  switch (reason) {
    case Reason::too_big: return "hostile.record_too_big";
    case Reason::bad_form: return "hostile.record_bad_form";
    case Reason::not_canonical: return "hostile.record_not_canonical";
    case Reason::bad_signature: return "hostile.record_bad_signature";
    case Reason::bad_name: return "hostile.record_bad_name";
    case Reason::reserved_name: return "hostile.record_reserved_name";
    case Reason::none:
    case Reason::duplicate:
    case Reason::unknown_node:
    case Reason::not_entitled:
    case Reason::retired:
    case Reason::stale:
    case Reason::over_quota:
    case Reason::future:
    case Reason::no_room: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Registry::Registry(Config config, Self self, Store& store, Roster& roster, Random random)
    : config_(config),
      self_(std::move(self)),
      store_(&store),
      roster_(&roster),
      random_(random),
      ledger_(store),
      polls_(ledger_, roster),
      intake_(ledger_, roster, polls_),
      sync_(config_, ledger_.set(), store, Random(random_.next())),
      author_(self_, roster.mesh().id, store, config_),
      voter_(store),
      offers_(ledger_, self_.node),
      social_(store),
      pins_(store) {}

Effects Registry::start(const Announcement& announcement, Now now, Memory memory) {
  Effects effects;
  load(now, effects);
  const bool may_repeat = memory == Memory::lost || author_.is_ahead_of(now.wall);
  silent_until_ = may_repeat ? now.time + config_.recall_time : now.time;
  if (may_repeat) voter_.fall_silent(term_of(now.wall));
  publish_chain(now, effects);  // our certificate may have been renewed since
  append(effects, announce(announcement, now));
  turn_hour(now, effects);
  turn_term(now, effects);
  return effects;
}

Effects Registry::announce(const Announcement& announcement, Now now) {
  announcement_ = announcement;
  Effects effects;
  publish_self(now, effects);
  return effects;
}

Effects Registry::introduce(const Signed<Certificate>& certificate, Now now) {
  Effects effects;
  publish(seal_member(certificate), now, effects);
  return effects;
}

Result<Effects> Registry::claim(std::string_view text, Now now) {
  const auto name = Name::parse(text);
  if (!name) return fail(name.error());
  if (now.time < silent_until_)
    return fail(Code::unavailable, "this node asks its peers what it last said; try again in some seconds");
  if (const auto may = may_speak(now.wall); !may) return fail(may.error());
  const auto* held = ledger_.find(self_.node)->find(name->skeleton());
  const bool ours = held != nullptr && !held->given_up && !held->handover;
  if (ours && held->label == name->text() && held->ends > now.wall) return Effects{};
  if (const auto may = may_hold_another(now.wall); !ours && !may) return fail(may.error());
  if (is_taken(name->skeleton(), now.wall))
    return fail(Code::conflict, "another node claims this name or one that looks like it; choose another");
  Effects effects;
  announce_claim(name->skeleton(), author_.claim(*name, config_.name_lease, now.wall, random_), now, effects);
  return effects;
}

Result<Effects> Registry::give_up(std::string_view text, Now now) {
  const auto name = Name::parse(text);
  if (!name) return fail(name.error());
  if (!holds(name->skeleton(), now.wall))
    return fail(Code::unknown,
                "this node does not hold that name; `grapevine name list` shows those it does");
  std::erase_if(untold_, [&](const Untold& claim) { return claim.name == name->skeleton(); });
  Effects effects;
  publish(author_.claim(*name, 0s, now.wall, random_), now, effects);
  return effects;
}

Effects Registry::receive(const NodeId& from, const Message& message, Now now) {
  return match(
      message, [&](const Question& question) { return sync_.answer(from, question, now.time); },
      [&](const Comparison& comparison) { return sync_.compared(from, comparison, now.time); },
      [&](const Wanted& wanted) { return sync_.answer(from, wanted); },
      [&](const Records& records) { return receive_records(from, records, now); },
      [&](const Offer& offer) { return receive_offer(from, offer, now); },
      [&](const ClaimAhead& claim) {
        ledger_.arrivals().announce(from, claim.hash, now.time);
        return Effects{};
      });
}

Effects Registry::meet(const NodeId& peer, Now now) {
  return sync_.meet(peer, now.time);
}

std::pair<Verdict, Effects> Registry::arrived(const NodeId& from, View record, Now now) {
  Effects effects;
  const Reason reason = take(from, record, now, effects);
  // What came before by comparison is passed on as well: others may hear it only from here.
  if (reason == Reason::none || reason == Reason::duplicate) return {Verdict::accept, std::move(effects)};
  const auto hostile = hostile_event(reason);
  if (hostile) effects.emplace_back(Note{*hostile, from});
  return {hostile ? Verdict::reject : Verdict::ignore, std::move(effects)};
}

Effects Registry::tick(Now now) {
  Effects effects;
  for (const auto& [by, record] : waiting_.release(now.time))
    take(by, record, now, effects, Intake::Proof::waited);
  sync_.tick(now.time);
  if (address_due_ <= now.time) publish_self(now, effects);
  if (hour_due_ <= now.time) turn_hour(now, effects);
  if (term_due_ <= now.time) turn_term(now, effects);
  tell_claims(now, effects);
  ledger_.arrivals().forget(now.time);
  if (decide_due_ <= now.time) decide_some(now, effects);
  if (offers_due_ <= now.time) tell_offers(now, effects);
  if (social_.deadline() <= now.time) social_.save();
  return effects;
}

Time Registry::deadline() const {
  Time told = never;
  for (const auto& claim : untold_) told = std::min(told, claim.due);
  return std::min({address_due_, hour_due_, term_due_, decide_due_, offers_due_, told, waiting_.deadline(),
                   sync_.deadline(), social_.deadline()});
}

/// Takes a record that a peer brought, and all that waited for it.
Reason Registry::take(const NodeId& from, View record, Now now, Effects& effects, Intake::Proof proof) {
  Intake::Taken taken = intake_.take(record, now.wall, proof);
  if (taken.evidence) publish(std::move(*taken.evidence), now, effects);
  // Both were signed by us, the second under a clock that is no longer ours.
  if (taken.reason == Reason::none || taken.reason == Reason::future) heard_of_self(taken, now);
  if (taken.reason == Reason::unknown_node) {
    const Reason waits = waiting_.wait_for(*taken.node, *taken.id, {from, to_bytes(record)}, now.time);
    return waits == Reason::none ? Reason::unknown_node : waits;
  }
  if (taken.reason == Reason::future) {
    const Reason waits =
        waiting_.wait_until(now.time + (*taken.due - now.wall), *taken.id, {from, to_bytes(record)});
    return waits == Reason::none ? Reason::future : waits;
  }
  if (taken.reason == Reason::none) {
    ledger_.remember(*taken.id, {.by = from, .at = now.wall});
    settle(taken, now, effects);
    if (taken.node != self_.node) renew_member(*taken.node, now, effects);
  } else if (taken.reason != Reason::duplicate && !hostile_event(taken.reason)) {
    effects.emplace_back(Note{"registry.record_refused", taken.node, std::string(name(taken.reason))});
  }
  return taken.reason;
}

/// Says what follows from a record that was taken, and takes those that waited for it.
void Registry::settle(const Intake::Taken& taken, Now now, Effects& effects) {
  if (taken.certificate && roster_->is_member(taken.certificate->node, now.wall))
    effects.emplace_back(Certified{*taken.certificate});
  tell_changes(now, effects);
  if (taken.convicted) {
    const bool is_self = *taken.convicted == self_.node;  // two devices have our key, or one of them lied
    effects.emplace_back(
        Note{is_self ? "registry.duplicate_identity" : "registry.contradiction", taken.convicted});
  }
  for (const auto& [by, record] : waiting_.release(*taken.node)) take(by, record, now, effects);
  if (taken.name) deliberate(*taken.name, now, effects);
}

void Registry::tell_changes(Now now, Effects& effects) {
  const auto changed = ledger_.take_changed();
  if (changed.empty()) return;
  for (const NodeId& node : changed) {
    roster_->learn(node, ledger_.standing_of(node));
    compare_with_pins(node, now, effects);
  }
  effects.emplace_back(Changed{{changed.begin(), changed.end()}});
}

/// A record of ours beyond the last we remember: the store was lost, or somebody has our key. Speak louder
/// than it, but not at once again and again: two nodes with one key would shout each other down for ever.
void Registry::heard_of_self(const Intake::Taken& taken, Now now) {
  if (taken.node != self_.node || taken.seq <= author_.sequence()) return;
  voter_.fall_silent(term_of(now.wall));
  author_.jump_past(taken.seq);
  address_due_ = std::min(address_due_, std::max(now.time, address_published_ + config_.own_pause));
}

Effects Registry::receive_records(const NodeId& from, const Records& records, Now now) {
  if (!sync_.may_bring(from, records.turn, records.records.size(), now.time))
    return {Note{"registry.too_fast", from}};
  Effects effects;
  for (const auto& record : records.records) {
    if (const auto hostile = hostile_event(take(from, record, now, effects))) {
      effects.emplace_back(Note{*hostile, from});
      sync_.give_up(from, now.time);
      return effects;
    }
  }
  append(effects, sync_.received(from, records.turn, now.time));
  return effects;
}

/// Only a person accepts; until then it is shown.
Effects Registry::receive_offer(const NodeId& from, const Offer& offer, Now now) {
  const Reason reason = offers_.take(from, offer, roster_->mesh().id, roster_->verifier(), now.wall);
  if (reason == Reason::none) return {Note{"registry.name_offered", from, std::string(offer.transfer.name)}};
  if (reason == Reason::duplicate) return {};  // told again, as it has to be
  return {Note{hostile_event(reason).value_or("registry.offer_refused"), from, std::string(name(reason))}};
}

/// Takes what the store kept, grounds before what rests on them, and drops what no longer belongs to the set.
void Registry::load(Now now, Effects& effects) {
  std::vector<Bytes> pending;  // ids only: the records of a large mesh would fill memory twice
  store_->each(Table::record, {}, [&](View id, View) {
    pending.push_back(to_bytes(id));
    return Walk::on;
  });
  for (std::size_t before = 0;
       before != pending.size();) {  // as often as records refer to each other in a row
    before = pending.size();
    std::erase_if(pending, [&](const Bytes& id) {
      const auto record = store_->get(Table::record, id);
      if (!record) return true;  // replaced by one that came before it
      const auto taken = intake_.take(*record, now.wall, Intake::Proof::on_disk);
      if (taken.certificate) settle(taken, now, effects);
      return taken.reason == Reason::none;
    });
  }
  for (const Bytes& id : pending) {
    store_->erase(Table::record, id);
    store_->erase(Table::told, id);
  }
  tell_changes(now, effects);
}

/// The certificates from the root down to our own: others can check ours only after those of its issuers.
void Registry::publish_chain(Now now, Effects& effects) {
  (void)roster_->admit(self_.certificate, now.wall);  // the one held may be later, or before it
  const auto own = roster_->find_signed(self_.node).value_or(self_.certificate);
  for (const auto& issuer : roster_->issuers_of(own)) publish(seal_member(issuer), now, effects);
  publish(seal_member(own), now, effects);
}

/// Places a record this node vouches for and, when it is new, tells everybody.
Reason Registry::publish(Bytes record, Now now, Effects& effects) {
  const Reason reason = adopt(record, now, effects);
  if (reason == Reason::none) effects.emplace_back(Publish{std::move(record)});
  return reason;
}

Reason Registry::adopt(View record, Now now, Effects& effects) {
  const auto taken = intake_.take(record, now.wall);
  const Reason reason = taken.reason;
  if (reason == Reason::duplicate || reason == Reason::stale) return reason;  // others know as much
  if (reason != Reason::none) {
    effects.emplace_back(Note{"registry.own_record_refused", self_.node, std::string(name(reason))});
    return reason;
  }
  ledger_.remember(*taken.id, {.by = self_.node, .at = now.wall});
  settle(taken, now, effects);
  return reason;
}

/// Who we are, unless it is known, and where. While we may not speak (a clock that is not yet set makes our
/// own certificate one of the future; of a node that rotated and lost its store others know the chain) it is
/// tried again soon.
void Registry::publish_self(Now now, Effects& effects) {
  address_due_ = silent_until_;
  if (now.time < silent_until_) return;
  const auto* entry = ledger_.find(self_.node);
  if (entry == nullptr || !entry->keys) {
    publish_chain(now, effects);
    if (self_.chain.empty()) publish(author_.origin(), now, effects);
  }
  if (!self_.chain.empty()) publish_keys(now, effects);
  if (!may_speak(now.wall)) {
    address_due_ = now.time + config_.own_pause;
    return;
  }
  author_.speak_as(*self_.key, ledger_.find(self_.node)->keys->rot());
  publish(author_.address(announcement_, now.wall), now, effects);
  if (social_.all().empty()) renew_member(self_.node, now, effects);  // there is no other clock to go by
  address_published_ = now.time;
  const double jitter = config_.renew_jitter * (2 * random_.uniform() - 1);
  address_due_ = now.time + from_seconds(seconds(config_.address_lease) * config_.renew_at * (1 + jitter));
}

void Registry::turn_hour(Now now, Effects& effects) {
  ledger_.expire(horizon(now.wall));
  tell_changes(now, effects);
  voter_.forget(term_of(now.wall));
  const WallTime next = std::chrono::floor<std::chrono::hours>(now.wall) + 1h;
  hour_due_ = now.time + (next - now.wall);
}

void Registry::renew_names(Now now, Effects& effects) {
  const auto* entry = ledger_.find(self_.node);
  if (entry == nullptr || now.time < silent_until_) return;
  std::vector<std::string> due;
  for (const auto& head : entry->names) {
    const auto title = title_of(polls_.of(head.skeleton, now.wall), term_of(now.wall));
    const bool is_certified = title && title->claim == self_.node;
    const std::chrono::seconds pause = is_certified ? config_.name_lease / 2 : config_.name_renewal;
    if (!head.given_up && !head.handover && head.issued + pause <= now.wall) due.push_back(head.label);
  }
  for (const auto& claim : ledger_.live_names(self_.node, now.wall)) {
    if (claim.head->handover && claim.head != entry->find(claim.head->skeleton))
      due.push_back(claim.head->label);
  }
  for (const auto& label : due) {
    const auto name = Name::parse(label);
    if (name) publish(author_.claim(*name, config_.name_lease, now.wall, random_), now, effects);
  }
}

Result<Resolution> Registry::resolve(std::string_view name_or_id, WallTime now) const {
  return directory().resolve(name_or_id, now);
}

Result<NodeId> Registry::node_of(std::string_view name_or_id, WallTime now) const {
  return directory().node_of(name_or_id, now);
}

std::vector<Resolution> Registry::find(const std::vector<std::string>& capabilities, WallTime now,
                                       std::size_t limit) const {
  return directory().find(capabilities, now, limit);
}

std::vector<Resolution> Registry::beginning_with(std::string_view prefix, WallTime now,
                                                 std::size_t limit) const {
  return directory().beginning_with(prefix, now, limit);
}

std::vector<NameView> Registry::names(WallTime now) const {
  return directory().names(now);
}

std::string Registry::display_name(const NodeId& node, WallTime now) const {
  return directory().display_name(node, now);
}

Result<Whois> Registry::whois(std::string_view name_or_id, WallTime now) const {
  const auto node = node_of(name_or_id, now);
  if (!node) return fail(node.error());
  return whois_of(*node, directory(), ledger_, *roster_, now);
}

Presence Registry::presence(const NodeId& node, WallTime now) const {
  return presence_of(node, directory(), ledger_, now);
}

}  // namespace grapevine::dns
