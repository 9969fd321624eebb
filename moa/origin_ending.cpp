// How queries end: what the origin does with the proposals it has, and the one Answered or Refused of each
// query.
#include "moa/evidence.hpp"
#include "moa/origin.hpp"
#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::moa {

void Origin::finish(Inquiry& inquiry, Time now, Effects& out) {
  const bool merging_failed = inquiry.stage == Stage::aggregate;
  if (inquiry.known_answer) return finish_canary(inquiry);
  if (!merging_failed) compare(inquiry);
  const bool is_cut_off = !inquiry.streamed.empty() && (merging_failed || inquiry.best.empty());
  if (is_cut_off) return finish_streamed(inquiry, now, out);
  if (inquiry.best.empty()) return refuse(inquiry, out);
  const bool is_lone = inquiry.best.size() == 1 && !is_blank(inquiry.best.front().text);
  if (is_lone && (inquiry.plan.shape.layers == 0 || !inquiry.best.front().evidence)) {
    const Spoken& only = inquiry.best.front();
    inquiry.provenance.voices[only.voice].used = true;
    inquiry.provenance.merge = Merge::alone;
    return give(inquiry, with_source(only), only.finish, now, out);
  }
  const bool can_merge =
      inquiry.plan.merging == Merging::synthesize && inquiry.best.size() > 1 && now < inquiry.until;
  if (!merging_failed && can_merge) {
    Draw mergers = planner_.mergers(outlook(inquiry.ask, now));
    if (mergers.tickets > 0) return begin_aggregation(inquiry, std::move(mergers), now, out);
  }
  if (merging_failed)
    inquiry.plan.shortfalls.emplace_back("the merging failed, so the answer was chosen without a model");
  finish_chosen(inquiry, now, out);
}

void Origin::finish_merged(Inquiry& inquiry, const std::string& text, Finish how, std::size_t voice, Time now,
                           Effects& out) {
  // A model that repeats the delimiter was led astray by a proposal. What has been streamed was searched on
  // the way.
  const bool is_no_answer = is_blank(text) || text.find(inquiry.fence) != std::string::npos;
  if (inquiry.streamed.empty() && is_no_answer) return finish(inquiry, now, out);
  for (const auto& spoken : inquiry.best) inquiry.provenance.voices[spoken.voice].used = true;
  inquiry.provenance.voices[voice].used = true;
  inquiry.provenance.merge = Merge::synthesized;
  give(inquiry, text, how, now, out);
}

void Origin::finish_chosen(Inquiry& inquiry, Time now, Effects& out) {
  weigh(inquiry.best);
  Choice choice = choose(question_of(inquiry.ask.turns), inquiry.best, answers_.taste());
  Finish how = Finish::stop;
  for (const auto& spoken : inquiry.best) {
    if (!spoken.evidence) inquiry.provenance.voices[spoken.voice].weight = spoken.weight;
  }
  for (const auto i : choice.used) {
    inquiry.provenance.voices[inquiry.best[i].voice].used = true;
    if (choice.merge != Merge::joined) how = inquiry.best[i].finish;
  }
  inquiry.provenance.merge = choice.merge;
  if (!choice.shortfall.empty()) inquiry.plan.shortfalls.push_back(std::move(choice.shortfall));
  give(inquiry, std::move(choice.text), how, now, out);
}

void Origin::finish_streamed(Inquiry& inquiry, Time now, Effects& out) {
  Voice& speaker = inquiry.provenance.voices.back();
  speaker.used = true;
  inquiry.provenance.merge = inquiry.stage == Stage::aggregate ? Merge::synthesized : Merge::alone;
  inquiry.plan.shortfalls.emplace_back("the model was cut off while it spoke");
  const Finish how = speaker.outcome == Outcome::silent      ? Finish::deadline
                     : speaker.outcome == Outcome::cancelled ? Finish::length
                                                             : Finish::cancelled;
  give(inquiry, inquiry.streamed, how, now, out);
}

Effects Origin::spoken(const NodeId& from, const Words& words, Time now) {
  Effects out;
  Inquiry* found = find(from, words.ticket, "late.words", "hostile.words", out);
  if (found == nullptr) return out;
  Inquiry& inquiry = *found;
  const bool is_answer = inquiry.stage == Stage::aggregate || inquiry.plan.shape.layers == 0;
  const std::size_t before = inquiry.streamed.size();
  if (!is_answer || inquiry.known_answer || words.text.empty() || words.offset != before) return out;
  const std::string joined =
      inquiry.streamed.substr(before - std::min<std::size_t>(before, 1)) + std::string(words.text);
  if (printable(joined) != joined) return out;  // from the proposal it can be taken out

  const std::string_view fits = cut(words.text, proposal_bytes_max - before);
  inquiry.streamed += fits;
  // The delimiter may have begun in earlier words.
  const bool leaks = !inquiry.fence.empty() &&
                     inquiry.streamed.find(inquiry.fence, before - std::min(before, inquiry.fence.size())) !=
                         std::string::npos;
  if (leaks) inquiry.streamed.resize(before);
  if (inquiry.streamed.size() > before) {
    if (before == 0) take_back(inquiry, inquiry.round.keep_only(words.ticket), Outcome::cancelled, now, out);
    out.emplace_back(Reply{inquiry.ask.id, Piece{std::string(fits)}});
  }
  if (leaks || fits.size() < words.text.size()) {
    out.emplace_back(Send<Message>{from, Cancel{words.ticket}});
    lose_call(inquiry, words.ticket, leaks ? Outcome::failed : Outcome::cancelled, now, out);
  }
  return out;
}

void Origin::give(Inquiry& inquiry, std::string text, Finish how, Time now, Effects& out) {
  const QueryId id = inquiry.ask.id;
  // What was streamed cannot be taken back, whatever the model says in the end.
  if (!text.starts_with(inquiry.streamed)) {
    text = inquiry.streamed;
    inquiry.plan.shortfalls.emplace_back("the model ended on other words than it had said");
  }
  if (text.size() > inquiry.streamed.size())
    out.emplace_back(Reply{id, Piece{text.substr(inquiry.streamed.size())}});

  Provenance& provenance = inquiry.provenance;
  provenance.elapsed = now - inquiry.asked;
  provenance.degraded = shortfalls_of(inquiry);
  Answered answered{
      .text = std::move(text), .finish = how, .tokens_in = 0, .tokens_out = 0, .provenance = {}};
  for (const auto& voice : provenance.voices) {
    const bool speaks =
        voice.used && (provenance.merge != Merge::synthesized || voice.stage == Stage::aggregate);
    if (!speaks) continue;
    answered.tokens_in += voice.tokens_in;
    answered.tokens_out += voice.tokens_out;
  }
  answers_.add(provenance, inquiry.best, {std::move(inquiry.ask), answered.text});
  plan_canary(now);
  answered.provenance = std::move(provenance);
  out.emplace_back(Reply{id, std::move(answered)});
  inquiries_.erase(id);
}

std::string Origin::shortfalls_of(const Inquiry& inquiry) const {
  std::string all;
  const auto add = [&](const std::string& one) { all += (all.empty() ? "" : "; ") + one; };
  for (const auto& shortfall : inquiry.plan.shortfalls) add(shortfall);
  for (const auto& voice : inquiry.provenance.voices) {
    if (voice.outcome != Outcome::answered && voice.outcome != Outcome::cancelled)
      add(name_of(voice.node) + " " + std::string(name(voice.outcome)));
  }
  return all;
}

std::string Origin::name_of(const NodeId& node) const {
  const Certificate* certificate = roster_->find(node);
  return certificate != nullptr && !certificate->label.empty() ? printable(certificate->label)
                                                               : short_name(node);
}

void Origin::refuse(Inquiry& inquiry, Effects& out) {
  using Reason = Refused::Reason;
  const auto& voices = inquiry.provenance.voices;
  const auto has = [&](Unwilling reason) {
    return std::any_of(voices.begin(), voices.end(), [&](const Voice& v) { return v.refusal == reason; });
  };
  Refused refused{Reason::failed, {}, "every model that was asked failed"};
  if (std::any_of(voices.begin(), voices.end(),
                  [](const Voice& v) { return v.outcome == Outcome::silent; })) {
    refused = {Reason::deadline, {}, "time ran out before any model had answered"};
  } else if (has(Unwilling::lane_full) || has(Unwilling::share_used_up)) {
    refused = {Reason::overloaded, jittered(5s, random_), "the devices have all the work they can hold"};
  } else if (has(Unwilling::no_model)) {
    refused = {Reason::no_model, Duration(5s), "no model can be asked"};
  }
  const QueryId id = inquiry.ask.id;
  out.emplace_back(Reply{id, std::move(refused)});
  inquiries_.erase(id);
}

Result<Effects> Origin::judge(const std::optional<QueryId>& query, Scores scores,
                              std::optional<double> overall) {
  const auto judged = answers_.judge(query, std::move(scores), overall);
  if (!judged) return tl::unexpected(judged.error());
  return Effects{Remember{Remember::What::taste, answers_.taste().encode()}};
}

Effects Origin::abandon(const QueryId& query) {
  const auto found = inquiries_.find(query);
  if (found == inquiries_.end()) return {};
  Effects out;
  for (const auto& call : found->second.round.calls()) {
    out.emplace_back(Send<Message>{call.offer.node, Cancel{call.ticket}});
    by_ticket_.erase(call.ticket);
    market_.ended(call.offer.node, call.ticket);
  }
  inquiries_.erase(found);
  return out;
}

}  // namespace grapevine::moa
