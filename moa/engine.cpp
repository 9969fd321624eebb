#include "moa/engine.hpp"

#include "crypto/match.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {

/// How a peer's call ended here, by what it is told of it.
std::optional<Ended> ending_of(const Send<Message>& send) {
  Ended ended{.peer = send.to, .asker = Ended::Asker::peer};
  if (std::holds_alternative<Proposal>(send.message)) return ended;
  const auto* nack = std::get_if<Nack>(&send.message);
  if (nack == nullptr) return std::nullopt;
  ended.outcome = nack->reason == Unwilling::failed ? Outcome::failed : Outcome::refused;
  return ended;
}

}  // namespace

Engine::Engine(Config config, Self self, Roster& roster, Random random, Taste taste, Trust trust)
    : config_(config),
      self_(self),
      origin_(config, self, roster, std::move(taste), std::move(trust), Random(random.next())),
      device_(config, self, roster, static_cast<std::uint32_t>(random.next() >> 32)) {}

Effects Engine::ask(Ask ask, Time now) {
  origin_.set_own(load(now));
  return settle(origin_.ask(std::move(ask), now), now);
}

Effects Engine::abandon(const QueryId& query, Time now) {
  return settle(origin_.abandon(query), now);
}

Effects Engine::receive(const NodeId& from, const Message& message, Now now) {
  return settle(deliver(from, message, now.time), now.time);
}

Effects Engine::generated(CallId call, std::variant<Piece, Finished, Error> said, Now now) {
  return match(
      std::move(said), [&](Piece piece) { return settle(device_.spoken(call, piece), now.time); },
      [&](Finished finished) { return settle(device_.generated(call, std::move(finished), now), now.time); },
      [&](Error error) { return settle(device_.generated(call, std::move(error), now), now.time); });
}

Effects Engine::set_profile(std::optional<Profile> profile, Time now) {
  origin_.set_topics(profile ? profile->topics : Sketch());
  return settle(device_.set_profile(std::move(profile), now), now);
}

Result<Effects> Engine::judge(const std::optional<QueryId>& query, Scores scores,
                              std::optional<double> overall) {
  return origin_.judge(query, std::move(scores), overall);
}

void Engine::met(const NodeId& peer, Owner owner) {
  origin_.met(peer, owner);
}

Effects Engine::gone(const NodeId& peer, Time now) {
  Effects out = origin_.gone(peer, now);
  append(out, device_.forget(peer));
  return settle(std::move(out), now);
}

Effects Engine::heard(const NodeId& peer, View bulletin, Time now) {
  const auto load = wire::decode<Load>(bulletin);
  return load ? origin_.heard(peer, *load, now) : Effects{};
}

Effects Engine::drain(Time now) {
  origin_.drain();
  return settle(device_.drain(now), now);
}

Effects Engine::tick(Now now) {
  origin_.set_own(load(now.time));
  Effects out = origin_.expire(now.time);
  append(out, device_.expire(now.time));
  return settle(std::move(out), now.time);
}

Effects Engine::settle(Effects pending, Time now) {
  Effects out;
  // What a half sends to its own node is delivered here, and may bring more of the same, as may calls that
  // start; it ends because every ticket is answered once and a plan has few layers.
  do {
    for (std::size_t i = 0; i < pending.size(); ++i) {
      auto* send = std::get_if<Send<Message>>(&pending[i]);
      if (send == nullptr || send->to != self_.node) {
        if (const auto ended = send == nullptr ? std::nullopt : ending_of(*send)) out.emplace_back(*ended);
        out.push_back(std::move(pending[i]));
        continue;
      }
      const Message message = std::move(send->message);
      append(pending, deliver(self_.node, message, now));
    }
    pending = device_.start(now);
  } while (!pending.empty());
  append(out, publish(now));
  return out;
}

Effects Engine::deliver(const NodeId& from, const Message& message, Time now) {
  origin_.set_own(load(now));
  return match(
      message, [&](const Ticket& ticket) { return device_.take(from, ticket, now); },
      [&](const Cancel& cancel) { return device_.cancel(from, cancel.ticket, now); },
      [&](const Started& started) { return origin_.started(from, started, now); },
      [&](const Nack& nack) { return origin_.refused(from, nack, now); },
      [&](const TopicsWanted&) { return device_.tell_topics(from, now); },
      [&](const Topics& topics) { return origin_.told_topics(from, topics.sketch); },
      [&](const Words& words) { return origin_.spoken(from, words, now); },
      [&](const Proposal& proposal) { return origin_.proposed(from, proposal, now); });
}

Effects Engine::publish(Time now) {
  const Load load = this->load(now);
  unpublished_ = load.number != published_;
  if (!unpublished_ || now < publish_at_) return {};
  published_ = load.number;
  publish_at_ = now + config_.load_interval;
  unpublished_ = false;
  return {PublishLoad{wire::encode(load)}};
}

Time Engine::deadline() const {
  const Time calls = std::min(origin_.deadline(), device_.deadline());
  return unpublished_ ? std::min(calls, publish_at_) : calls;
}

Load Engine::load(Time now) const {
  Load load = device_.load(now);
  load.use = std::min(from_seconds(origin_.use(now)), Load::span_max);
  return load;
}

std::optional<Load> Engine::load_of(const NodeId& peer) const {
  return origin_.load_of(peer);
}

Queue Engine::queue() const {
  return {.own = device_.queued(Side::own),
          .foreign = device_.queued(Side::foreign),
          .running = device_.running(),
          .bound = device_.calls_max(),
          .most = device_.calls_most(),
          .fullest = device_.fullest()};
}

std::size_t Engine::queued_calls() const {
  return queue().own + queue().foreign + queue().running;
}
std::size_t Engine::queue_bound() const {
  return device_.calls_max();
}
std::size_t Engine::active_queries() const {
  return origin_.active_queries();
}
const Answers& Engine::answers() const {
  return origin_.answers();
}
const Trust& Engine::trust() const {
  return origin_.trust();
}

}  // namespace grapevine::moa
