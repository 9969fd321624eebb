#include "moa/device.hpp"

#include "crypto/match.hpp"
#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {

bool is_well_formed(const Ticket& ticket) {
  return !ticket.turns.empty() && ticket.remaining > Duration(0);
}

bool is_too_large(const Ticket& ticket) {
  const std::size_t added = ticket.stage == Stage::propose ? 0 : added_bytes_max;
  return bytes_of(ticket.turns) > prompt_bytes_max + added;
}

/// Why the call brought nothing; a model that does not know (`unknown`) has done its work.
std::optional<std::string_view> failure_of(const std::variant<Finished, Error>& said) {
  if (const auto* error = std::get_if<Error>(&said))
    return error->code == Code::unknown ? std::nullopt : std::optional(name(error->code));
  return is_blank(std::get<Finished>(said).text) ? std::optional<std::string_view>("an empty answer")
                                                 : std::nullopt;
}

}  // namespace

Device::Device(const Config& config, const Self& self, const Roster& roster, std::uint32_t life)
    : config_(config), self_(self), roster_(&roster), life_(life), lanes_(config.lane_calls_max) {}

Effects Device::take(const NodeId& origin, const Ticket& ticket, Time now) {
  if (!remember(origin, ticket.ticket)) return {Note{.event = "repeated.ticket", .about = origin}};
  if (const auto reason = objection(origin, ticket)) return nack(origin, ticket.ticket, *reason, now);
  last_call_ = CallId{last_call_.value + 1};
  // A deadline far beyond any we would grant ourselves would only hold memory for who asks.
  const Duration remaining = std::min(ticket.remaining, config_.deadline_max);
  const Duration work = work_of(ticket.stage);
  const Duration charge = charged(ticket.stage, work);
  lanes_.push(side(origin), flow(origin), last_call_, charge);
  ++changes_;
  jobs_.emplace(last_call_, Job{.origin = origin,
                                .ticket = ticket,
                                .prompt_hash = prompt_hash(ticket.turns),
                                .taken = now,
                                .work = work,
                                .started = std::nullopt,
                                .until = now + remaining});
  calls_most_ = std::max(calls_most_, jobs_.size());
  const Duration bound = std::max(config_.patience.bound(alpha()), charge);
  fullest_ = std::max(fullest_, seconds(lanes_.work(side(origin))) / seconds(bound));
  return {};
}

std::optional<Unwilling> Device::objection(const NodeId& origin, const Ticket& ticket) const {
  if (!is_well_formed(ticket)) return Unwilling::malformed;
  if (is_too_large(ticket)) return Unwilling::too_large;
  if (!profile_) return Unwilling::no_model;
  if (origin != self_.node) {
    if (draining_) return Unwilling::draining;
    const Certificate* asker = roster_->find(origin);
    const bool is_allowed = ticket.scope == Scope::mesh ||
                            (ticket.scope == Scope::group && asker != nullptr && asker->owner == self_.owner);
    if (!is_allowed) return Unwilling::scope;
  }
  return objection_of_lanes(origin, ticket.stage);
}

std::optional<Unwilling> Device::objection_of_lanes(const NodeId& origin, Stage stage) const {
  const Duration bound = config_.patience.bound(alpha());
  switch (lanes_.full(side(origin), flow(origin), charged(stage, work_of(stage)), bound)) {
    case Lanes::Full::no: return std::nullopt;
    case Lanes::Full::lane: return Unwilling::lane_full;
    case Lanes::Full::share: return Unwilling::share_used_up;
  }
  return std::nullopt;
}

Effects Device::cancel(const NodeId& origin, TicketId ticket, Time now) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& entry) {
    return entry.second.ticket.ticket == ticket && entry.second.origin == origin;
  });
  if (found == jobs_.end()) return {};
  const auto& started = found->second.started;
  if (started && now - *started > config_.call_guess) estimate_.add_cut(now - *started);
  return drop(found);
}

Effects Device::spoken(CallId call, const Piece& piece) {
  const auto found = jobs_.find(call);
  if (found == jobs_.end() || !found->second.started) return {};
  Job& job = found->second;
  if (!job.ticket.is_answer()) return {};
  Effects out;
  std::string_view left = piece.text;
  for (auto part = cut(left, Words::bytes_max); !part.empty(); part = cut(left, Words::bytes_max)) {
    out.emplace_back(Send<Message>{job.origin, Words{.ticket = job.ticket.ticket,
                                                     .offset = static_cast<std::uint32_t>(job.said_bytes),
                                                     .text = std::string(part)}});
    job.said_bytes += part.size();
    left.remove_prefix(part.size());
  }
  return out;
}

Effects Device::generated(CallId call, std::variant<Finished, Error> said, Now now) {
  const auto found = jobs_.find(call);
  if (found == jobs_.end() || !found->second.started) return {};
  const Job job = std::move(found->second);
  running_ -= 1;
  ++changes_;
  jobs_.erase(found);

  const auto failure = failure_of(said);
  if (failure) {
    Effects out = nack(job.origin, job.ticket.ticket, Unwilling::failed, now.time);
    out.emplace_back(Note{.event = "model.failed", .detail = std::string(*failure)});
    return out;
  }
  // Only good calls count: a model that fails at once must not look like a fast one.
  estimate_.add(job.ticket.stage, now.time - *job.started);
  const auto* finished = std::get_if<Finished>(&said);
  // A model that does not know says nothing.
  return propose(job, finished != nullptr ? *finished : Finished{}, now);
}

Effects Device::propose(const Job& job, Finished finished, Now now) const {
  if (finished.text.size() > proposal_bytes_max) {
    finished.text = std::string(cut(finished.text, proposal_bytes_max));
    finished.finish = Finish::length;
  }
  const Statement statement{.query = job.ticket.query,
                            .stage = job.ticket.stage,
                            .layer = job.ticket.layer,
                            .prompt_hash = job.prompt_hash,
                            .text_hash = text_hash(finished.text),
                            .model = profile_ ? profile_->model : Text<64>(),
                            .family = profile_ ? profile_->family : Text<32>(),
                            .tokens_in = finished.tokens_in,
                            .tokens_out = finished.tokens_out,
                            .queued = *job.started - job.taken,
                            .running = now.time - *job.started,
                            .finish = finished.finish,
                            .answered = now.wall};
  return {Send<Message>{job.origin, Proposal{.ticket = job.ticket.ticket,
                                             .statement = {statement, self_.mesh, *self_.key},
                                             .text = std::move(finished.text),
                                             .evidence = std::move(finished.evidence),
                                             .load = load(now.time)}}};
}

Effects Device::start(Time now) {
  Effects out;
  while (profile_ && running_ < profile_->slots) {
    const auto next = lanes_.pop();
    if (!next) break;
    Job& job = jobs_.at(*next);
    job.started = now;
    running_ += 1;
    ++changes_;
    out.emplace_back(Send<Message>{job.origin, Started{.ticket = job.ticket.ticket, .load = load(now)}});
    out.emplace_back(Generate{.call = *next,
                              .stage = job.ticket.stage,
                              .turns = job.ticket.turns,
                              .sampling = job.ticket.sampling,
                              .time_left = job.until - now});
  }
  return out;
}

Effects Device::expire(Time now) {
  Effects out;
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto current = job++;
    if (current->second.until > now) continue;
    // A call that ran out of time has shown that calls here take at least so long.
    if (current->second.started) estimate_.add(current->second.ticket.stage, now - *current->second.started);
    append(out, drop(current));
  }
  return out;
}

Effects Device::forget(const NodeId& origin) {
  Effects out;
  told_topics_.erase(origin);
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto current = job++;
    if (current->second.origin == origin) append(out, drop(current));
  }
  return out;
}

Effects Device::set_profile(std::optional<Profile> profile, Time now) {
  profile_ = std::move(profile);
  ++changes_;
  if (profile_) {
    profile_->slots = std::clamp<std::uint8_t>(profile_->slots, 1, slots_max);
    return {};
  }
  Effects out = hand_back(Side::own, Unwilling::no_model, now);
  append(out, hand_back(Side::foreign, Unwilling::no_model, now));
  return out;
}

Effects Device::tell_topics(const NodeId& peer, Time now) {
  constexpr Duration interval = 10s;  // two kilobytes for a word: not as often as one likes
  if (!profile_ || !profile_->topics.is_told()) return {};
  Told& told = told_topics_[peer];
  const std::uint32_t version = profile_->topics.version();
  if (told.version == version && now < told.at + interval)
    return {Note{.event = "repeated.topics", .about = peer}};
  told = {version, now};
  return {Send<Message>{peer, Topics{profile_->topics}}};
}

Effects Device::drain(Time now) {
  draining_ = true;
  ++changes_;
  return hand_back(Side::foreign, Unwilling::draining, now);
}

Effects Device::hand_back(Side of, Unwilling reason, Time now) {
  Effects out;
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto current = job++;
    if (current->second.started || side(current->second.origin) != of) continue;
    const NodeId origin = current->second.origin;
    const TicketId ticket = current->second.ticket.ticket;
    append(out, drop(current));
    append(out, nack(origin, ticket, reason, now));
  }
  return out;
}

Effects Device::drop(Jobs::iterator job) {
  Effects out;
  if (job->second.started) {
    out.emplace_back(Abort{job->first});
    running_ -= 1;
  } else {
    lanes_.remove(job->first);
  }
  ++changes_;
  jobs_.erase(job);
  return out;
}

Effects Device::nack(const NodeId& to, TicketId ticket, Unwilling reason, Time now) const {
  return {Send<Message>{to, Nack{.ticket = ticket, .reason = reason, .load = load(now)}}};
}

Flow Device::flow(const NodeId& origin) const {
  const Certificate* asker = roster_->find(origin);
  const Owner owner = origin == self_.node ? self_.owner : asker != nullptr ? asker->owner : Owner{};
  return owner == self_.owner ? Flow{owner, origin} : Flow{owner, NodeId{}};
}

Duration Device::work_of(Stage stage) const {
  return estimate_.mean(stage) / (profile_ ? profile_->slots : 1);
}

Duration Device::alpha() const {
  return estimate_.mean() / (profile_ ? profile_->slots : 1);
}

Duration Device::residual(Time now) const {
  Duration left{};
  for (const auto& [call, job] : jobs_) {
    if (job.started)
      left += std::max(Duration{}, job.work - (now - *job.started) / (profile_ ? profile_->slots : 1));
  }
  return left;
}

bool Device::remember(const NodeId& origin, TicketId ticket) {
  if (!known_.emplace(origin, ticket).second) return false;
  recent_.emplace_back(origin, ticket);
  if (recent_.size() > config_.tickets_remembered) {
    known_.erase(recent_.front());
    recent_.pop_front();
  }
  return true;
}

Time Device::deadline() const {
  Time soonest = never;
  for (const auto& [call, job] : jobs_) soonest = std::min(soonest, job.until);
  return soonest;
}

Load Device::load(Time now) const {
  const auto told = [](Duration span) { return std::min(span, Load::span_max); };
  return {.life = life_,
          .number = changes_,
          .own = told(lanes_.work(Side::own)),
          .foreign = told(lanes_.work(Side::foreign)),
          .residual = told(residual(now)),
          .call = told(estimate_.mean()),
          .use = {},
          .slots = profile_ ? profile_->slots : std::uint8_t{1},
          .open = !draining_,
          .ability = !profile_               ? Ability::none
                     : profile_->synthesizes ? Ability::synthesizes
                                             : Ability::answers,
          .topics = profile_ ? profile_->topics.version() : 0};
}

const Job* Device::find(CallId call) const {
  const auto found = jobs_.find(call);
  return found == jobs_.end() ? nullptr : &found->second;
}

}  // namespace grapevine::moa
