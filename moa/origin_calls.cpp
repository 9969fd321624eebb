// What becomes of single calls: tickets sent and taken back, and what comes in return.
#include "moa/lanes.hpp"
#include "moa/origin.hpp"
#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {
constexpr Duration remember_after = 60s;  // a disk is written at most once a minute, however much is asked
}

void Origin::send_ticket(Inquiry& inquiry, const Another& another, Time now, Effects& out) {
  const TicketId ticket{++last_ticket_};
  const NodeId& to = another.offer.node;
  Sampling sampling = inquiry.ask.sampling;
  // The same device asked twice would otherwise say the same twice.
  for (const auto& call : inquiry.round.calls()) sampling.seed += call.offer.node == to ? 1u : 0u;
  inquiry.round.sent(another, ticket, now, inquiry.stage_until);
  answers_.canaries().ticket_sent(inquiry.known_answer);
  by_ticket_.emplace(ticket, inquiry.ask.id);
  if (to != self_.node) market_.sent(to, ticket, charged(inquiry.stage, another.offer.work), now);
  out.emplace_back(Send<Message>{to, Ticket{.ticket = ticket,
                                            .query = inquiry.ask.id,
                                            .stage = inquiry.stage,
                                            .layer = inquiry.layer,
                                            .attempt = another.attempt,
                                            .remaining = inquiry.stage_until - now,
                                            .scope = inquiry.ask.scope,
                                            .sampling = sampling,
                                            .turns = inquiry.prompt}});
}

Effects Origin::started(const NodeId& from, const Started& started, Time now) {
  Effects out;
  learn(from, started.ticket, started.load, now, out);
  Inquiry* inquiry = find(from, started.ticket, "late.start", "hostile.start", out);
  if (inquiry == nullptr) return out;
  take_back(*inquiry, inquiry->round.started(started.ticket), Outcome::cancelled, now, out);
  return out;
}

Effects Origin::proposed(const NodeId& from, const Proposal& proposal, Time now) {
  Effects out;
  learn(from, proposal.ticket, proposal.load, now, out);
  Inquiry* inquiry = find(from, proposal.ticket, "late.proposal", "hostile.proposal", out);
  if (inquiry == nullptr) return out;
  const auto statement = check(from, *inquiry, proposal);
  if (!statement) {
    out.emplace_back(Note{.event = "hostile.proposal", .about = from, .detail = statement.error().text});
    trust_.refute(from);
    lose_call(*inquiry, proposal.ticket, Outcome::failed, now, out);
    return out;
  }
  Voice& voice = end_call(*inquiry, *inquiry->round.find(proposal.ticket), Outcome::answered, now, out);
  voice.model = printable(statement->model);
  voice.queued = statement->queued;
  voice.running = statement->running;
  voice.tokens_in = statement->tokens_in;
  voice.tokens_out = statement->tokens_out;
  voice.text_hash = statement->text_hash;
  const std::size_t place = inquiry->provenance.voices.size() - 1;
  std::string text = printable(proposal.text);  // honest models' words are that already
  take_back(*inquiry, inquiry->round.answered(proposal.ticket, now), Outcome::cancelled, now, out);
  if (inquiry->stage == Stage::aggregate) {
    finish_merged(*inquiry, text, statement->finish, place, now, out);
    return out;
  }
  const auto first = from == self_.node ? inquiry->heard.begin() : inquiry->heard.end();
  inquiry->heard.insert(first, Spoken{.node = from,
                                      .device = name_of(from),
                                      .text = std::move(text),
                                      .evidence = proposal.evidence,
                                      .finish = statement->finish,
                                      .voice = place});
  go_on(*inquiry, now, out);
  return out;
}

void Origin::learn(const NodeId& from, TicketId about, const Load& load, Time now, Effects& out) {
  if (!peers_.is_here(from)) return;
  market_.replied(from, about, load, now);
  if (market_.asks_topics(from, now)) out.emplace_back(Send<Message>{from, TopicsWanted{}});
}

Result<Statement> Origin::check(const NodeId& from, const Inquiry& inquiry, const Proposal& proposal) const {
  const PublicKey* key = from == self_.node ? &self_.key->public_key() : roster_->key_of(from);
  if (key == nullptr) return fail(Code::unknown, "the proposer is not to be heard");
  auto statement = proposal.statement.open(roster_->verifier(), self_.mesh, *key);
  if (!statement) return statement;
  const bool is_about_this = statement->query == inquiry.ask.id && statement->stage == inquiry.stage &&
                             statement->layer == inquiry.layer &&
                             statement->prompt_hash == inquiry.prompt_hash;
  if (!is_about_this) return fail(Code::conflict, "the statement is about another question");
  if (statement->text_hash != text_hash(proposal.text))
    return fail(Code::conflict, "the statement is about another text");
  return statement;
}

Effects Origin::refused(const NodeId& from, const Nack& nack, Time now) {
  Effects out;
  learn(from, nack.ticket, nack.load, now, out);
  Inquiry* inquiry = find(from, nack.ticket, "late.nack", "hostile.nack", out);
  if (inquiry == nullptr) return out;
  const Outcome outcome = nack.reason == Unwilling::failed ? Outcome::failed : Outcome::refused;
  lose_call(*inquiry, nack.ticket, outcome, now, out, nack.reason);
  return out;
}

Effects Origin::gone(const NodeId& peer, Time now) {
  peers_.gone(peer);
  market_.forget(peer);
  std::vector<TicketId> lost;
  for (const auto& [id, inquiry] : inquiries_) {
    for (const auto& call : inquiry.round.calls()) {
      if (call.offer.node == peer) lost.push_back(call.ticket);
    }
  }
  return lose_calls(lost, Outcome::gone, now);
}

Effects Origin::expire(Time now) {
  Effects out;
  std::vector<TicketId> silent;
  std::vector<QueryId> late;
  for (const auto& [id, inquiry] : inquiries_) {
    if (inquiry.round.deadline() > now) continue;
    late.push_back(id);
    for (const auto& call : inquiry.round.calls()) {
      if (call.until > now) continue;
      silent.push_back(call.ticket);
      out.emplace_back(Send<Message>{call.offer.node, Cancel{call.ticket}});
    }
  }
  append(out, lose_calls(silent, Outcome::silent, now));
  for (const auto& id : late) {
    const auto found = inquiries_.find(id);
    if (found == inquiries_.end()) continue;
    Inquiry& inquiry = found->second;
    if (inquiry.round.deadline() > now) continue;  // a later round by now
    for (const auto& twin : inquiry.round.twins(now)) send_ticket(inquiry, twin, now, out);
    const auto missed = inquiry.round.miss(now);
    take_back(inquiry, missed, Outcome::silent, now, out);
    if (!missed.empty()) go_on(inquiry, now, out);
  }
  if (canary_at_ <= now) send_canary(now, out);
  if (remember_at_ <= now) {
    remember_at_ = never;
    out.emplace_back(Remember{Remember::What::trust, trust_.encode()});
  }
  return out;
}

void Origin::take_back(Inquiry& inquiry, const std::vector<Call>& calls, Outcome outcome, Time now,
                       Effects& out) {
  for (const auto& call : calls) {
    out.emplace_back(Send<Message>{call.offer.node, Cancel{call.ticket}});
    end_call(inquiry, call, outcome, now, out);
  }
}

Effects Origin::lose_calls(const std::vector<TicketId>& tickets, Outcome outcome, Time now) {
  Effects out;
  for (const auto ticket : tickets) {
    // An earlier one may have ended the query, and with it the others.
    const auto found = by_ticket_.find(ticket);
    if (found != by_ticket_.end()) lose_call(inquiries_.at(found->second), ticket, outcome, now, out);
  }
  return out;
}

void Origin::lose_call(Inquiry& inquiry, TicketId ticket, Outcome outcome, Time now, Effects& out,
                       std::optional<Unwilling> refusal) {
  end_call(inquiry, *inquiry.round.find(ticket), outcome, now, out).refusal = refusal;
  const auto another = inquiry.round.lost(ticket, now);
  if (another) send_ticket(inquiry, *another, now, out);
  go_on(inquiry, now, out);
}

Voice& Origin::end_call(Inquiry& inquiry, const Call& call, Outcome outcome, Time now, Effects& out) {
  by_ticket_.erase(call.ticket);
  market_.ended(call.offer.node, call.ticket);
  // A call that waited in vain was sent to a full device, not to a bad one.
  const bool has_begun = call.is_bound || outcome != Outcome::silent;
  if (call.offer.node != self_.node && has_begun) trust_.ended(call.offer.node, outcome);
  remember_at_ = std::min(remember_at_, now + remember_after);
  if (call.offer.node != self_.node && outcome != Outcome::cancelled)
    out.emplace_back(Ended{
        .peer = call.offer.node, .outcome = outcome, .stage = inquiry.stage, .elapsed = now - call.sent});
  Voice voice;
  voice.node = call.offer.node;
  voice.attempt = call.attempt;
  voice.stage = inquiry.stage;
  voice.layer = inquiry.layer;
  voice.outcome = outcome;
  voice.elapsed = now - call.sent;
  return inquiry.provenance.voices.emplace_back(std::move(voice));
}

Inquiry* Origin::find(const NodeId& from, TicketId ticket, std::string_view late, std::string_view hostile,
                      Effects& out) {
  const auto found = by_ticket_.find(ticket);
  if (found == by_ticket_.end()) {
    out.emplace_back(Note{.event = late, .about = from});
    return nullptr;
  }
  Inquiry& inquiry = inquiries_.at(found->second);
  const Call* call = inquiry.round.find(ticket);
  if (call != nullptr && call->offer.node == from) return &inquiry;
  out.emplace_back(Note{.event = hostile, .about = from, .detail = "the ticket is another's"});
  if (peers_.is_here(from)) trust_.refute(from);
  return nullptr;
}

}  // namespace grapevine::moa
