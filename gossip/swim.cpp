#include "gossip/swim.hpp"

namespace grapevine::gossip {

Swim::Swim(const Config& config, const Self& self, Roster& roster, Peers& peers, Members& members,
           const Links& links, Random random)
    : config_(config),
      peers_(peers),
      members_(members),
      links_(links),
      random_(random),
      health_(config.health_worst),
      belief_(config, self, roster, peers, members, health_, Random(random_.next())),
      bulletins_(config, peers, members),
      mourned_(config),
      probes_(config),
      errands_(config.errands_max),
      number_(static_cast<std::uint32_t>(random_.next())) {}

void Swim::start(Incarnation last, Now now) {
  belief_.speak(last, now);
  // A mesh started at once is not a drum.
  next_turn_ = now.time + random_.between(Duration::zero(), period());
  next_wake_ = now.time + period();
  next_call_ = now.time + random_.between(config_.dead_called / 2, config_.dead_called);
}

void Swim::expel(Peer peer, Now now, Effects& out) {
  const std::size_t before = out.size();
  belief_.expel(peer, now.time, out);
  notice(before, now, out);
}

void Swim::receive(Peer from, const Ping& ping, Now now, Effects& out) {
  read(from, ping.news, now, out);
  tell_if_down(from, out);
  send(peers_, from, Ack{.probe = ping.probe, .clock = now.wall, .news = news(from, now)}, out);
}

void Swim::receive(Peer from, const Ack& ack, Now now, Effects& out) {
  read(from, ack.news, now, out);
  if (const auto probe = probes_.answered(ack.probe, from)) {
    health_.improve();
    chart_.reach(peers_.myself(), from);
    if (probe->road == Road::dialled) belief_.doors().learn(from, Door::open, now.time);
    if (probe->road == Road::standing) {
      trips_[from].learn(now.time - probe->begun);
      chart_.read_clock(from, ack.clock, now.time - probe->begun, now);
    }
  }
  if (const auto errand = errands_.answered(ack.probe, from)) {
    chart_.miss(errand->asker, from, now.time);
    const IndirectAck answer{.probe = errand->asked, .target = peers_.node(from)};
    send(peers_, errand->asker, answer, out);
  }
  tell_if_down(from, out);
}

void Swim::receive(Peer from, const PingRequest& request, Now now, Effects& out) {
  const auto target = peers_.find(request.target);
  if (!target || *target == peers_.myself() || !members_.find(*target) || !errands_.has_room()) return;
  const Road road = links_.linked(*target) ? Road::standing : Road::dialled;
  errands_.take_on({.asker = from,
                    .asked = request.probe,
                    .number = ++number_,
                    .target = *target,
                    .nack_at = now.time + config_.period(members_.up_count()) * 2 / 5,
                    .until = now.time + waits(*target, road).all,
                    .evidence = Evidence::silent});
  ping(*target, number_, now, out);
}

void Swim::receive(Peer from, const IndirectAck& answer, Now now, Effects&) {
  const auto target = peers_.find(answer.target);
  const auto probe = target ? probes_.vouched(answer.probe, *target, from) : std::nullopt;
  if (!probe) return;
  health_.improve();
  chart_.miss(peers_.myself(), *target, now.time);
  const bool refused_me = probe->evidence == Evidence::refused && !links_.linked(*target);
  if (refused_me && belief_.doors().of(*target, now.time) == Door::unknown)
    belief_.doors().learn(*target, Door::shut, now.time);
}

void Swim::receive(Peer from, const Nack& answer, Now now, Effects&) {
  probes_.denied(answer.probe, from, answer.evidence, now.time);
}

Reception Swim::hear(const Rumor& rumor, Now now, Effects& out) {
  const std::size_t before = out.size();
  const Reception reception = belief_.hear(rumor, now, out);
  notice(before, now, out);
  return reception;
}

void Swim::lost(Peer peer, Evidence evidence, Now now) {
  if (config_.evidence == LinkEvidence::ignored) return;
  if (evidence == Evidence::closed) belief_.doors().learn(peer, Door::open, now.time);
  const bool being_asked = probes_.seen(peer, evidence, now.time);
  if (evidence == Evidence::refused) errands_.refused(peer, now.time);
  if (being_asked || !members_.is_up(peer) || belief_.doors().of(peer, now.time) == Door::shut) return;
  // Each friend of an asker dials the suspect; were their hanging dials a reason to ask in turn, with friends
  // of their own, a crowd would soon dial nobody else.
  const bool is_in_doubt = members_.find(peer)->standing.status == Status::suspect;
  if (is_in_doubt && evidence == Evidence::silent) return;
  if (evidence_.size() < config_.out_of_turn_max) evidence_[peer] = std::max(evidence_[peer], evidence);
  queue(peer, now);
}

void Swim::tell_if_down(Peer peer, Effects& out) const {
  if (!members_.find(peer) || members_.is_up(peer)) return;
  const std::vector<Rumor> proof = members_.proof(peer);
  send(peers_, peer, YouAreDown{.rumor = proof.front()}, out);
}

void Swim::tick(Now now, Effects& out) {
  const std::size_t before = out.size();
  belief_.tick(now, out);
  for (Probe* probe : probes_.to_ask(now.time)) ask_friends(*probe, now, out);
  for (const Probe& probe : probes_.take_failed(now.time)) judge(probe, now, out);
  for (const Errand& errand : errands_.unanswered(now.time)) {
    const Nack answer{
        .probe = errand.asked, .target = peers_.node(errand.target), .evidence = errand.evidence};
    send(peers_, errand.asker, answer, out);
  }
  notice(before, now, out);
  probe_out_of_turn(now, out);
  if (now.time >= next_turn_) {
    if (const auto target = pass_.next(members_, random_)) probe(*target, now, out);
    next_turn_ = now.time + period();
  }
  call_the_dead(now, out);
}

Time Swim::deadline() const {
  Time next = std::min(
      {belief_.deadline(), probes_.deadline(), errands_.deadline(), next_turn_, next_wake_, next_call_});
  // While there is no spare place, the end of a probe is what is waited for.
  return soon_.empty() || !probes_.has_spare() ? next : std::min(next, soon_.front().at);
}

void Swim::overslept(Duration by) {
  probes_.abandon();
  belief_.postpone(by);
  health_.worsen();
}

News Swim::news(Peer addressee, Now now) {
  const Member* member = members_.find(addressee);
  const bool is_new = member && members_.is_up(addressee) && now.time < member->since + config_.newcomer_for;
  return {.members = members_.root(),
          .registry = registry_,
          .words = bulletins_.next(is_new),
          .rumors = belief_.mill().next(addressee)};
}

void Swim::read(Peer from, const News& news, Now now, Effects& out) {
  for (const Rumor& rumor : news.rumors) hear(rumor, now, out);
  for (const Word& word : news.words) {
    // Who repeats its own word says that it is unchanged.
    if (bulletins_.hear(from, word) || word.node == peers_.node(from))
      out.push_back(Heard{.peer = word.node, .bulletin = word.body});
  }
}

void Swim::probe(Peer target, Now now, Effects& out) {
  const Road road = links_.linked(target) ? Road::standing : Road::dialled;
  const Probe* opened = probes_.open(target, road, waits(target, road), ++number_, now.time);
  if (!opened) return;
  if (const auto known = evidence_.extract(target)) probes_.seen(target, known.mapped(), now.time);
  ping(target, number_, now, out);
}

// Friends we are linked with answer soonest. A target that is known to be gone needs no second opinion.
void Swim::ask_friends(Probe& probe, Now now, Effects& out) {
  probe.asked = true;
  if (!members_.is_up(probe.target) || is_before_shut_door(probe, now)) return;
  std::vector<Peer> candidates = links_.up();
  std::erase_if(candidates, [&](Peer peer) {
    const Member* member = members_.find(peer);
    return peer == probe.target || !member || member->standing.status != Status::alive;
  });
  probe.friends = random_.sample(std::move(candidates), config_.friends);
  const PingRequest request{.probe = probe.number, .target = peers_.node(probe.target)};
  for (const Peer peer : probe.friends) send(peers_, peer, request, out);
  if (probe.friends.empty() && probe.evidence == Evidence::refused) probe.until = now.time;
}

void Swim::judge(const Probe& probe, Now now, Effects& out) {
  if (!members_.is_up(probe.target) || is_before_shut_door(probe, now)) return;
  health_.worsen(probe.friends.empty() ? 1
                                       : static_cast<unsigned>(probe.friends.size() - probe.nacks.size()));
  out.push_back(Note{.event = "probe_failed",
                     .about = peers_.node(probe.target),
                     .detail = std::string(name(probe.evidence))});
  const bool is_witness = belief_.doors().of(probe.target, now.time) == Door::open;
  belief_.accuse(probe.target, is_witness ? probe.evidence : Evidence::silent, now, out);
}

// A dial that failed, as dials to this member do while it lives.
bool Swim::is_before_shut_door(const Probe& probe, Now now) {
  return probe.road == Road::dialled && !links_.linked(probe.target) &&
         belief_.doors().of(probe.target, now.time) == Door::shut;
}

void Swim::probe_out_of_turn(Now now, Effects& out) {
  while (!soon_.empty() && soon_.front().at <= now.time && probes_.has_spare()) {
    const Peer peer = soon_.front().peer;
    soon_.pop_front();
    if (members_.is_up(peer)) probe(peer, now, out);
  }
}

// A wrongly buried member hears of it with the ping; the two halves of a healed partition find each other. A
// dial to the dead hangs for seconds, so the living come first.
void Swim::call_the_dead(Now now, Effects& out) {
  const bool at_leisure = links_.dialling_count() == 0;
  const auto call = [&](std::optional<Peer> dead) {
    if (dead) ping(*dead, ++number_, now, out);
  };
  if (now.time >= next_call_) {
    next_call_ = now.time + (at_leisure ? config_.dead_called : period());
    if (at_leisure) call(members_.dead_from(static_cast<Peer>(random_.below(members_.rows()))));
  }
  if (now.time >= next_wake_) {
    next_wake_ = now.time + period();
    if (at_leisure) call(mourned_.draw(members_, random_, now.time));
  }
}

// What follows from changed beliefs: newcomers join the pass, suspects we are linked with get a second look.
void Swim::notice(std::size_t from, Now now, const Effects& out) {
  for (std::size_t i = from; i < out.size(); ++i) {
    const auto* changed = std::get_if<Changed>(&out[i]);
    if (!changed) continue;
    const auto peer = peers_.find(changed->peer);
    if (!peer) continue;
    if (changed->status == Status::alive) pass_.enter(*peer, random_);
    if (changed->status == Status::dead) mourned_.enter(*peer);
    if (!is_up(changed->status)) bulletins_.forget(*peer);
    if (changed->status != Status::suspect) evidence_.erase(*peer);
    if (changed->status == Status::suspect && links_.linked(*peer)) queue(*peer, now);
  }
}

void Swim::queue(Peer peer, Now now) {
  const bool waits =
      std::any_of(soon_.begin(), soon_.end(), [&](const Due& due) { return due.peer == peer; });
  if (waits || soon_.size() >= config_.out_of_turn_max) return;
  const Time at = now.time + random_.between(Duration(1), config_.jitter);
  soon_.insert(std::upper_bound(soon_.begin(), soon_.end(), at,
                                [](Time time, const Due& due) { return time < due.at; }),
               {.at = at, .peer = peer});
}

Waits Swim::waits(Peer peer, Road road) const {
  const auto trip = trips_.find(peer);
  const RoundTrip known = trip == trips_.end() ? RoundTrip{} : trip->second;
  const Duration base = config_.period(members_.up_count());
  const Duration dial = road == Road::standing ? Duration::zero()
                        : known.known()        ? 4 * known.usual()
                                               : config_.dial_unknown;
  const Duration answer =
      std::clamp(known.known() ? known.patience() : base / 2, config_.answer_least, base / 2);
  const int patience = static_cast<int>(health_.factor());
  return {.direct = answer * patience + dial, .all = base * patience + dial};
}

void Swim::ping(Peer peer, std::uint32_t number, Now now, Effects& out) {
  send(peers_, peer, Ping{.probe = number, .news = news(peer, now)}, out);
}

}  // namespace grapevine::gossip
