#include "moa/origin.hpp"

#include "moa/prompt.hpp"
#include "moa/text.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace grapevine::moa {

namespace {

bool is_alone(const Inquiry& inquiry) {
  return inquiry.plan.shape.layers == 0;
}

/// Calls of nobody else and of the own device alone are not mixed.
bool is_for_one(const Ask& ask) {
  return ask.only || ask.scope == Scope::local;
}

}  // namespace

Origin::Origin(const Config& config, const Self& self, const Roster& roster, Taste taste, Trust trust,
               Random random)
    : config_(config),
      self_(self),
      roster_(&roster),
      random_(random),
      planner_(config, Random(random_.next())),
      market_(config.load_interval),
      last_ticket_(random_.next() >> 1),
      answers_(config.answers_remembered, std::move(taste)),
      trust_(std::move(trust)) {}

Effects Origin::ask(Ask ask, Time now) {
  if (inquiries_.contains(ask.id)) return {Note{.event = "repeated.query"}};
  if (is_for_one(ask)) ask.shape = Shape{};
  const Outlook there = outlook(ask, now);
  if (const auto refused = objection(ask, there)) return {Reply{ask.id, *refused}};
  Decision decision = planner_.decide(ask, there);
  if (auto* denial = std::get_if<Denial>(&decision))
    return {Reply{ask.id, Refused{Refused::Reason::overloaded, denial->wait, std::move(denial->text)}}};

  Effects out;
  begin(std::move(ask), std::move(std::get<Plan>(decision)), std::nullopt, now, out);
  return out;
}

void Origin::begin(Ask ask, Plan plan, std::optional<std::string> known_answer, Time now, Effects& out) {
  Inquiry& inquiry = inquiries_[ask.id];
  const Duration wished = ask.deadline > Duration(0) ? ask.deadline : config_.deadline;
  inquiry.asked = now;
  inquiry.until = now + std::min(wished, config_.deadline_max);
  inquiry.plan = std::move(plan);
  inquiry.provenance.query = ask.id;
  inquiry.provenance.wanted = inquiry.plan.wanted;
  inquiry.provenance.reckoning = std::move(inquiry.plan.reckoning);
  inquiry.ask = std::move(ask);
  inquiry.known_answer = std::move(known_answer);
  begin_layer(inquiry, std::move(inquiry.plan.first), now, out);
}

std::optional<Refused> Origin::objection(const Ask& ask, const Outlook& there) {
  using Reason = Refused::Reason;
  if (bytes_of(ask.turns) > prompt_bytes_max || ask.turns.size() > turns_max)
    return Refused{Reason::too_big, {}, "a prompt holds at most 64 messages and 128 KiB"};
  if (ask.turns.empty()) return Refused{Reason::failed, {}, "there is no message to answer"};
  if (draining_) return Refused{Reason::no_model, Duration(5s), "this node is shutting down"};
  if (there.devices() == 0)
    return Refused{Reason::no_model, Duration(5s),
                   "no model can be asked: none here, and no peer within the scope"};
  if (inquiries_.size() >= config_.active_queries_max)
    return Refused{Reason::too_many, jittered(5s, random_),
                   std::to_string(config_.active_queries_max) + " queries are being answered already"};
  return std::nullopt;
}

Outlook Origin::outlook(const Ask& ask, Time now) const {
  Outlook there;
  there.now = now;
  if (own_.ability != Ability::none && (!ask.only || *ask.only == self_.node)) there.own = at_home();
  for (const auto& node : peers_.askable(ask.scope, self_.owner)) {
    if (ask.only && node != *ask.only) continue;
    if (auto candidate = elsewhere(node, now)) there.peers.push_back(std::move(*candidate));
  }
  there.use_mean = mean_use(there.peers, now);
  credit_topics(ask.terms, there);
  return there;
}

/// An answer from documents with a share s of the question is worth s of what a device alone is worth. Who
/// tells no topics counts as the mean of those who do.
void Origin::credit_topics(const std::vector<std::string>& terms, Outlook& there) const {
  std::vector<Candidate*> tellers;
  std::vector<const Sketch*> sketches;
  const auto add = [&](Candidate& candidate, const Sketch& sketch) {
    if (!sketch.is_told()) return;
    tellers.push_back(&candidate);
    sketches.push_back(&sketch);
  };
  if (there.own) add(*there.own, own_topics_);
  for (auto& peer : there.peers) {
    if (const Quote* quote = market_.find(peer.node)) add(peer, quote->topics);
  }
  std::vector<Topic> question;
  for (const auto& term : terms) question.push_back(topic_of(self_.mesh, term));
  const auto shares = shares_of(question, sketches);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double lead = shares[i] - sum / static_cast<double>(shares.size());
    tellers[i]->quality += config_.menu.points_alone() * lead;
  }
}

Candidate Origin::at_home() const {
  return {.node = self_.node,
          .wait = wait_at_home(own_),
          .call = own_.alpha() > Duration{} ? own_.alpha() : config_.call_guess,
          .backlog = own_.work(),
          .quality = answers_.taste().quality(self_.node),
          .may_merge = own_.ability == Ability::synthesizes};
}

std::optional<Candidate> Origin::elsewhere(const NodeId& peer, Time now) const {
  const bool may_see = config_.delegate == Delegate::any ||
                       (config_.delegate == Delegate::own && peers_.is_of(peer, self_.owner));
  // Who has measured nothing yet is taken to be as fast as we are: whoever is never asked never will have.
  const Duration guess = own_.alpha() > Duration{} ? own_.alpha() : config_.call_guess;
  const Quote* quote = market_.find(peer);
  if (quote == nullptr)
    return Candidate{.node = peer, .call = guess, .quality = quality(peer), .is_told = false};
  if (!quote->load.takes_calls()) return std::nullopt;
  return Candidate{.node = peer,
                   .wait = wait_elsewhere(quote->load, quote->unseen_work()),
                   .call = quote->load.alpha() > Duration{} ? quote->load.alpha() : guess,
                   .backlog = quote->load.work(),
                   .quality = quality(peer),
                   .is_told = market_.is_fresh(*quote, now),
                   .may_merge = may_see && quote->load.ability == Ability::synthesizes};
}

double Origin::mean_use(const std::vector<Candidate>& peers, Time now) const {
  constexpr double least = 0.01;  // who buys less than a hundredth of a device is not among the buyers
  double sum = 0;
  int buyers = 0;
  const auto add = [&](double use) {
    if (use < least) return;
    sum += use;
    ++buyers;
  };
  add(use(now));
  for (const auto& peer : peers) {
    if (const Quote* quote = market_.find(peer.node)) add(seconds(quote->load.use));
  }
  return buyers == 0 ? 0 : sum / buyers;
}

void Origin::begin_layer(Inquiry& inquiry, Draw draw, Time now, Effects& out) {
  if (!is_alone(inquiry)) inquiry.layer += 1;
  inquiry.stage = inquiry.layer > 1 ? Stage::refine : Stage::propose;
  inquiry.prompt = Turns(inquiry.ask.turns);
  if (inquiry.stage == Stage::refine) show_proposals(inquiry);
  inquiry.heard.clear();
  const auto layers_left = static_cast<std::uint32_t>(inquiry.plan.shape.layers - inquiry.layer + 1);
  const std::uint32_t merging = inquiry.plan.merging == Merging::synthesize ? 1 : 0;
  inquiry.stage_until = call_deadline(now, inquiry.until, layers_left + merging);
  begin_round(inquiry, std::move(draw), now, out);
  if (inquiry.round.is_over()) return finish(inquiry, now, out);
  report(inquiry, out);
}

void Origin::begin_aggregation(Inquiry& inquiry, Draw draw, Time now, Effects& out) {
  inquiry.stage = Stage::aggregate;
  show_proposals(inquiry);
  inquiry.stage_until = call_deadline(now, inquiry.until, 1);
  begin_round(inquiry, std::move(draw), now, out);
}

void Origin::begin_round(Inquiry& inquiry, Draw draw, Time now, Effects& out) {
  inquiry.prompt_hash = prompt_hash(inquiry.prompt);
  const Terms terms{.late_calls = config_.late_calls,
                    .may_miss_one = inquiry.plan.may_miss_one && inquiry.stage != Stage::aggregate,
                    .may_fail = !inquiry.best.empty()};
  inquiry.round = Round(std::move(draw), terms, now);
  for (const auto& another : inquiry.round.opening()) send_ticket(inquiry, another, now, out);
}

void Origin::show_proposals(Inquiry& inquiry) {
  std::vector<std::string_view> texts;
  for (const auto& spoken : inquiry.best) texts.push_back(spoken.text);
  inquiry.fence = draw_fence(inquiry.ask.id, random_);
  inquiry.prompt = compose(inquiry.ask.turns, texts, inquiry.fence);
}

void Origin::report(const Inquiry& inquiry, Effects& out) const {
  if (inquiry.known_answer) return;
  const std::size_t answered = inquiry.heard.size();
  const std::size_t asked = answered + inquiry.round.calls().size();
  out.emplace_back(Reply{inquiry.ask.id, Progress{.layer = inquiry.layer,
                                                  .answered = static_cast<std::uint8_t>(answered),
                                                  .asked = static_cast<std::uint8_t>(asked)}});
}

void Origin::go_on(Inquiry& inquiry, Time now, Effects& out) {
  if (!inquiry.round.is_over()) return report(inquiry, out);
  if (inquiry.stage != Stage::aggregate && !inquiry.heard.empty()) {
    close_layer(inquiry);
    const bool has_more = inquiry.layer < inquiry.plan.shape.layers && now < inquiry.until;
    const Outlook there = outlook(inquiry.ask, now);
    if (has_more && there.devices() > 0) {
      if (auto draw = planner_.next_layer(inquiry.plan, inquiry.layer, there))
        return begin_layer(inquiry, std::move(*draw), now, out);
    }
  }
  finish(inquiry, now, out);
}

void Origin::close_layer(Inquiry& inquiry) {
  const std::size_t others = is_alone(inquiry) ? 0 : inquiry.heard.size() - 1;
  inquiry.provenance.got = {.layers = inquiry.layer, .proposers = static_cast<std::uint8_t>(others)};
  // Who does not know has nothing to show to a later stage, unless nobody knows.
  const auto knows = [](const Spoken& spoken) { return !is_blank(spoken.text); };
  if (std::any_of(inquiry.heard.begin(), inquiry.heard.end(), knows))
    std::erase_if(inquiry.heard, std::not_fn(knows));
  inquiry.best = std::move(inquiry.heard);
  inquiry.heard.clear();
}

Time Origin::deadline() const {
  Time soonest = std::min(canary_at_, remember_at_);
  for (const auto& [id, inquiry] : inquiries_) soonest = std::min(soonest, inquiry.round.deadline());
  return soonest;
}

void Origin::met(const NodeId& peer, Owner owner) {
  if (peer != self_.node) peers_.met(peer, owner);
}

Effects Origin::heard(const NodeId& peer, const Load& load, Time now) {
  if (!peers_.is_here(peer)) return {};
  market_.heard(peer, load, now);
  return market_.asks_topics(peer, now) ? Effects{Send<Message>{peer, TopicsWanted{}}} : Effects{};
}

Effects Origin::told_topics(const NodeId& peer, const Sketch& topics) {
  if (!topics.is_whole()) return {Note{.event = "hostile.topics", .about = peer, .detail = "not 2 KiB"}};
  if (!market_.told_topics(peer, topics)) return {Note{.event = "unasked.topics", .about = peer}};
  return {};
}

std::optional<Load> Origin::load_of(const NodeId& peer) const {
  const Quote* quote = market_.find(peer);
  return quote == nullptr ? std::nullopt : std::optional(quote->load);
}

}  // namespace grapevine::moa
