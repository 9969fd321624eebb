#include "moa/origin.hpp"

#include "moa/prompt.hpp"
#include "moa/text.hpp"

#include <algorithm>
#include <functional>

namespace grapevine::moa {

namespace {

bool is_alone(const Inquiry& inquiry) {
  return inquiry.plan.shape.layers == 0;
}

}  // namespace

Origin::Origin(const Config& config, const Self& self, const Roster& roster, Random random)
    : config_(config),
      self_(self),
      roster_(&roster),
      random_(random),
      admission_(config, Random(random_.next())),
      last_ticket_(random_.next() >> 1) {}

Effects Origin::ask(Ask ask, Time now) {
  if (inquiries_.contains(ask.id)) return {Note{.event = "repeated.query"}};
  const auto candidates = peers_.askable(ask.scope, self_.owner);
  const bool has_own_model = own_.ability != Ability::none;
  const bool has_only =
      ask.only &&
      (*ask.only == self_.node ? has_own_model : peers_.may_ask(*ask.only, ask.scope, self_.owner));
  auto planned = plan(
      ask, config_, {.has_own_model = has_own_model, .has_only = has_only, .candidates = candidates.size()});
  if (const auto refused = objection(ask, planned, candidates, now)) return {Reply{ask.id, *refused}};

  const QueryId id = ask.id;
  Inquiry& inquiry = inquiries_[id];
  const Duration wished = ask.deadline > Duration(0) ? ask.deadline : config_.deadline;
  inquiry.asked = now;
  inquiry.until = now + std::min(wished, config_.deadline_max);
  inquiry.plan = std::move(*planned);
  inquiry.provenance.query = id;
  inquiry.provenance.wanted = ask.only ? Shape{} : ask.shape.value_or(config_.shape);
  inquiry.ask = std::move(ask);
  Effects out;
  begin_layer(inquiry, now, out);
  return out;
}

std::optional<Refused> Origin::objection(const Ask& ask, const std::optional<Plan>& planned,
                                         const std::vector<NodeId>& candidates, Time now) {
  using Reason = Refused::Reason;
  if (bytes_of(ask.turns) > prompt_bytes_max || ask.turns.size() > turns_max)
    return Refused{Reason::too_big, {}, "a prompt holds at most 64 messages and 128 KiB"};
  if (ask.turns.empty()) return Refused{Reason::failed, {}, "there is no message to answer"};
  if (draining_) return Refused{Reason::no_model, Duration(5s), "this node is shutting down"};
  if (!planned)
    return Refused{Reason::no_model, Duration(5s),
                   "no model can be asked: none here, and no peer within the scope"};
  if (inquiries_.size() >= config_.active_queries_max)
    return Refused{Reason::too_many, admission_.jittered(5s),
                   std::to_string(config_.active_queries_max) + " queries are being answered already"};

  Duration alpha_max = own_.alpha();
  if (ask.only && *ask.only != self_.node) {
    alpha_max = peers_.alpha_max({*ask.only});
  } else if (planned->shape.layers > 0) {
    alpha_max = std::max(alpha_max, peers_.alpha_max(candidates));
  }
  if (alpha_max == Duration(0)) alpha_max = config_.call_guess;
  const auto wait = admission_.refuse(calls_of(planned->shape), alpha_max, now);
  if (!wait) return std::nullopt;
  return Refused{Reason::overloaded, *wait, "more queries than the devices can answer"};
}

void Origin::begin_layer(Inquiry& inquiry, Time now, Effects& out) {
  if (!is_alone(inquiry)) inquiry.layer += 1;
  inquiry.stage = inquiry.layer > 1 ? Stage::refine : Stage::propose;
  inquiry.prompt = Turns(inquiry.ask.turns);
  if (inquiry.stage == Stage::refine) show_proposals(inquiry);
  inquiry.prompt_hash = prompt_hash(inquiry.prompt);
  inquiry.tried.clear();
  inquiry.heard.clear();

  std::vector<NodeId> proposers;
  if (inquiry.ask.only) {
    proposers = {*inquiry.ask.only};
  } else {
    if (own_.ability != Ability::none) proposers.push_back(self_.node);
    const auto peers =
        draw_proposers(peers_.askable(inquiry.ask.scope, self_.owner), inquiry.plan.shape.proposers, random_);
    proposers.insert(proposers.end(), peers.begin(), peers.end());
  }
  const auto layers_left = static_cast<std::uint32_t>(inquiry.plan.shape.layers - inquiry.layer + 1);
  const std::uint32_t merging = !is_alone(inquiry) && own_.ability == Ability::synthesizes ? 1 : 0;
  const Time until = call_deadline(now, inquiry.until, layers_left + merging);
  for (const auto& node : proposers) send_ticket(inquiry, node, 0, until, now, out);
  if (inquiry.awaited.empty()) return finish(inquiry, now, out);
  report(inquiry, out);
}

void Origin::begin_aggregation(Inquiry& inquiry, Time now, Effects& out) {
  inquiry.stage = Stage::aggregate;
  show_proposals(inquiry);
  inquiry.prompt_hash = prompt_hash(inquiry.prompt);
  send_ticket(inquiry, self_.node, 0, call_deadline(now, inquiry.until, 1), now, out);
}

void Origin::show_proposals(Inquiry& inquiry) {
  std::vector<std::string_view> texts;
  for (const auto& spoken : inquiry.best) texts.push_back(spoken.text);
  inquiry.fence = draw_fence(inquiry.ask.id, random_);
  inquiry.prompt = compose(inquiry.ask.turns, texts, inquiry.fence);
}

void Origin::send_ticket(Inquiry& inquiry, const NodeId& to, std::uint8_t attempt, Time until, Time now,
                         Effects& out) {
  const TicketId ticket{++last_ticket_};
  inquiry.awaited.push_back({.ticket = ticket, .node = to, .attempt = attempt, .sent = now, .until = until});
  if (to != self_.node) inquiry.tried.push_back(to);
  by_ticket_.emplace(ticket, inquiry.ask.id);
  out.emplace_back(Send<Message>{to, Ticket{.ticket = ticket,
                                            .query = inquiry.ask.id,
                                            .stage = inquiry.stage,
                                            .layer = inquiry.layer,
                                            .attempt = attempt,
                                            .remaining = until - now,
                                            .scope = inquiry.ask.scope,
                                            .sampling = inquiry.ask.sampling,
                                            .turns = inquiry.prompt}});
}

void Origin::report(const Inquiry& inquiry, Effects& out) const {
  const std::size_t answered = inquiry.heard.size();
  out.emplace_back(
      Reply{inquiry.ask.id, Progress{.layer = inquiry.layer,
                                     .answered = static_cast<std::uint8_t>(answered),
                                     .asked = static_cast<std::uint8_t>(answered + inquiry.awaited.size())}});
}

Effects Origin::proposed(const NodeId& from, const Proposal& proposal, Time now) {
  Effects out;
  Inquiry* inquiry = find(from, proposal.ticket, "late.proposal", "hostile.proposal", out);
  if (inquiry == nullptr) return out;
  const auto statement = check(from, *inquiry, proposal);
  if (!statement) {
    out.emplace_back(Note{.event = "hostile.proposal", .about = from, .detail = statement.error().text});
    lose_call(*inquiry, proposal.ticket, Outcome::failed, now, out);
    return out;
  }
  Voice& voice = end_call(*inquiry, proposal.ticket, Outcome::answered, now);
  voice.model = statement->model;
  voice.queued = statement->queued;
  voice.running = statement->running;
  voice.tokens_in = statement->tokens_in;
  voice.tokens_out = statement->tokens_out;
  voice.text_hash = statement->text_hash;
  if (inquiry->stage == Stage::aggregate) {
    finish_merged(*inquiry, proposal.text, statement->finish, now, out);
    return out;
  }
  Spoken spoken{.node = from,
                .device = name_of(from),
                .text = proposal.text,
                .evidence = proposal.evidence,
                .finish = statement->finish,
                .voice = inquiry->provenance.voices.size() - 1};
  const auto place = from == self_.node ? inquiry->heard.begin() : inquiry->heard.end();
  inquiry->heard.insert(place, std::move(spoken));
  go_on(*inquiry, now, out);
  return out;
}

Result<Statement> Origin::check(const NodeId& from, const Inquiry& inquiry, const Proposal& proposal) const {
  const Certificate* proposer = roster_->find(from);
  if (proposer == nullptr && from != self_.node) return fail(Code::unknown, "no certificate of the proposer");
  const PublicKey& key = from == self_.node ? self_.key->public_key() : proposer->key;
  auto statement = proposal.statement.open(roster_->verifier(), self_.mesh, key);
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
  Inquiry* inquiry = find(from, nack.ticket, "late.nack", "hostile.nack", out);
  if (inquiry == nullptr) return out;
  inquiry->refusals.push_back(nack.reason);
  lose_call(*inquiry, nack.ticket, nack.reason == Unwilling::failed ? Outcome::failed : Outcome::refused, now,
            out);
  return out;
}

Effects Origin::gone(const NodeId& peer, Time now) {
  peers_.gone(peer);
  std::vector<TicketId> lost;
  for (const auto& [id, inquiry] : inquiries_) {
    for (const auto& call : inquiry.awaited) {
      if (call.node == peer) lost.push_back(call.ticket);
    }
  }
  return end_calls(lost, Outcome::gone, now);
}

Effects Origin::expire(Time now) {
  std::vector<TicketId> late;
  Effects out;
  for (const auto& [id, inquiry] : inquiries_) {
    for (const auto& call : inquiry.awaited) {
      if (call.until > now) continue;
      late.push_back(call.ticket);
      out.emplace_back(Send<Message>{call.node, Cancel{call.ticket}});
    }
  }
  append(out, end_calls(late, Outcome::silent, now));
  return out;
}

Effects Origin::end_calls(const std::vector<TicketId>& tickets, Outcome outcome, Time now) {
  Effects out;
  for (const auto ticket : tickets) {
    // An earlier one may have ended the query, and with it the others.
    const auto found = by_ticket_.find(ticket);
    if (found != by_ticket_.end()) lose_call(inquiries_.at(found->second), ticket, outcome, now, out);
  }
  return out;
}

void Origin::lose_call(Inquiry& inquiry, TicketId ticket, Outcome outcome, Time now, Effects& out) {
  const auto call = std::find_if(inquiry.awaited.begin(), inquiry.awaited.end(),
                                 [&](const Awaited& awaited) { return awaited.ticket == ticket; });
  const Awaited lost = *call;
  end_call(inquiry, ticket, outcome, now);
  if (outcome != Outcome::silent) replace(inquiry, lost, now, out);
  go_on(inquiry, now, out);
}

void Origin::replace(Inquiry& inquiry, const Awaited& lost, Time now, Effects& out) {
  const bool has_time = now - lost.sent <= (lost.until - lost.sent) / 2;
  if (lost.node == self_.node || lost.attempt > 0 || inquiry.ask.only || !has_time) return;
  auto unused = peers_.askable(inquiry.ask.scope, self_.owner);
  std::erase_if(unused, [&](const NodeId& node) {
    return std::find(inquiry.tried.begin(), inquiry.tried.end(), node) != inquiry.tried.end();
  });
  for (const auto& node : draw_proposers(std::move(unused), 1, random_))
    send_ticket(inquiry, node, 1, lost.until, now, out);
}

Voice& Origin::end_call(Inquiry& inquiry, TicketId ticket, Outcome outcome, Time now) {
  const auto call = std::find_if(inquiry.awaited.begin(), inquiry.awaited.end(),
                                 [&](const Awaited& awaited) { return awaited.ticket == ticket; });
  ensure(call != inquiry.awaited.end(), "a call ends once");
  Voice voice;
  voice.node = call->node;
  voice.stage = inquiry.stage;
  voice.layer = inquiry.layer;
  voice.outcome = outcome;
  voice.elapsed = now - call->sent;
  inquiry.awaited.erase(call);
  by_ticket_.erase(ticket);
  return inquiry.provenance.voices.emplace_back(std::move(voice));
}

void Origin::go_on(Inquiry& inquiry, Time now, Effects& out) {
  if (!inquiry.awaited.empty()) return report(inquiry, out);
  if (inquiry.stage != Stage::aggregate && !inquiry.heard.empty()) {
    const auto peers = std::count_if(inquiry.heard.begin(), inquiry.heard.end(),
                                     [&](const Spoken& spoken) { return spoken.node != self_.node; });
    inquiry.provenance.got = {.layers = inquiry.layer,
                              .proposers = static_cast<std::uint8_t>(is_alone(inquiry) ? 0 : peers)};
    // Who does not know has nothing to show to a later stage, unless nobody knows.
    const auto knows = [](const Spoken& spoken) { return !is_blank(spoken.text); };
    if (std::any_of(inquiry.heard.begin(), inquiry.heard.end(), knows))
      std::erase_if(inquiry.heard, std::not_fn(knows));
    inquiry.best = std::move(inquiry.heard);
    const bool has_more = inquiry.layer < inquiry.plan.shape.layers && now < inquiry.until;
    if (has_more) return begin_layer(inquiry, now, out);
  }
  finish(inquiry, now, out);
}

Inquiry* Origin::find(const NodeId& from, TicketId ticket, std::string_view late, std::string_view hostile,
                      Effects& out) {
  const auto found = by_ticket_.find(ticket);
  if (found == by_ticket_.end()) {
    out.emplace_back(Note{.event = late, .about = from});
    return nullptr;
  }
  Inquiry& inquiry = inquiries_.at(found->second);
  const bool was_asked =
      std::any_of(inquiry.awaited.begin(), inquiry.awaited.end(),
                  [&](const Awaited& awaited) { return awaited.ticket == ticket && awaited.node == from; });
  if (was_asked) return &inquiry;
  out.emplace_back(Note{.event = hostile, .about = from, .detail = "the ticket is another's"});
  return nullptr;
}

Time Origin::deadline() const {
  Time soonest = never;
  for (const auto& [id, inquiry] : inquiries_) {
    for (const auto& call : inquiry.awaited) soonest = std::min(soonest, call.until);
  }
  return soonest;
}

void Origin::met(const NodeId& peer, Owner owner) {
  if (peer != self_.node) peers_.met(peer, owner);
}

}  // namespace grapevine::moa
