#include "gossip/gossip.hpp"

#include "crypto/match.hpp"

namespace grapevine::gossip {

namespace {
constexpr std::uint16_t protocol_version = 1;
constexpr Duration goodbye_poll = 10ms;

// A lie is put down to who told it, whose name is proven; whom it names may know nothing of it.
void blame(const NodeId& teller, Effects& out) {
  for (Effect& effect : out) {
    Note* note = std::get_if<Note>(&effect);
    if (note && note->event.starts_with("hostile.")) note->about = teller;
  }
}
}  // namespace

Gossip::Gossip(Config config, Self self, Roster& roster, Book& book, View stored, Random random)
    : config_(config),
      self_(std::move(self)),
      roster_(roster),
      random_(random),
      peers_(book, self_.node),
      members_(peers_),
      links_(config_, peers_, members_, Random(random_.next())),
      swim_(config_, self_, roster_, peers_, members_, links_, Random(random_.next())),
      exchange_(config_, peers_, members_, links_, Random(random_.next())),
      broadcast_(config_, peers_, links_, Random(random_.next())) {
  if (stored.empty()) return;
  if (auto remembered = wire::decode<Remembered>(stored)) remembered_ = std::move(*remembered);
}

Effects Gossip::start(Now now, const Members* table) {
  Effects out;
  last_step_ = now.time;  // what was due before there was a node is not late
  if (table) members_.adopt(*table);
  introduced_ = table != nullptr;
  links_.start(now.time);
  swim_.start(remembered_.incarnation, now);
  next_persist_ = now.time + config_.remember_first;
  for (const Introduction& contact : std::exchange(remembered_.contacts, {})) call(contact, now, out);
  if (table) links_.settle(now.time, out);
  return finish(std::move(out), now);
}

Effects Gossip::join(std::vector<Introduction> contacts, Now now) {
  Effects out;
  for (const Introduction& contact : contacts) call(contact, now, out);
  out.push_back(persist());
  return finish(std::move(out), now);
}

Effects Gossip::leave(Now now) {
  Effects out;
  if (leaving_) return out;
  leaving_ = now.time;
  out.push_back(persist());
  // To everybody at hand, since there is no time for the tree to mend itself; they tell it on.
  const Rumor goodbye = swim_.leave();
  for (const Peer peer : links_.up()) send(peers_, peer, Rumors{.rumors = {{goodbye}}, .wanted = {}}, out);
  goodbyes_wanted_ = std::min(config_.goodbyes, links_.up_count());
  return out;
}

bool Gossip::has_left(Now now) const {
  return leaving_ && (goodbyes_ >= goodbyes_wanted_ || now.time >= *leaving_ + config_.leave_most);
}

Effects Gossip::receive(const NodeId& from, const Message& message, Now now) {
  Effects out;
  const auto peer = peers_.meet(from);
  if (!peer || *peer == peers_.myself()) {
    out.push_back(Note{.event = "full", .about = from, .detail = "no more members fit"});
    return out;
  }
  wake(now, out);
  links_.used(*peer, now.time);
  const auto to_swim = [&](const auto& said) { swim_.receive(*peer, said, now, out); };
  const auto to_swim_with_news = [&](const auto& said) {
    to_swim(said);
    compare(*peer, said.news, now, out);
  };
  const auto to_exchange = [&](const auto& said) { exchange_.receive(*peer, said, now.time, out); };
  const auto to_broadcast = [&](const auto& said) { broadcast_.receive(*peer, said, now.time, out); };
  match(
      message, [&](const Ping& said) { to_swim_with_news(said); },
      [&](const Ack& said) { to_swim_with_news(said); }, [&](const PingRequest& said) { to_swim(said); },
      [&](const IndirectAck& said) { to_swim(said); }, [&](const Nack& said) { to_swim(said); },
      [&](const Digest& said) { to_exchange(said); }, [&](const Branches& said) { to_exchange(said); },
      [&](const Rows& said) { to_exchange(said); }, [&](const IHave& said) { to_broadcast(said); },
      [&](const Graft& said) { to_broadcast(said); }, [&](const Prune& said) { to_broadcast(said); },
      [&](const auto& said) { take(*peer, said, now, out); });
  blame(from, out);
  return finish(std::move(out), now);
}

Effects Gossip::linked(const NodeId& node, Dialler who, Now now) {
  Effects out;
  const auto peer = peers_.meet(node);
  if (!peer || *peer == peers_.myself()) return out;
  wake(now, out);
  if (who == Dialler::self) {
    const Hello hello{
        .version = protocol_version, .mesh = roster_.mesh().id, .incarnation = swim_.incarnation()};
    out.push_back(Send<Message>{.to = node, .message = hello});
  }
  links_.linked(*peer, who, now.time, out);
  // It was expelled while the dial was under way.
  if (roster_.voice_of(node) > Voice::muted) links_.expel(*peer, now.time, out);
  if (who == Dialler::self && !members_.find(*peer)) exchange_.begin_now(*peer, now.time, out);
  return finish(std::move(out), now);
}

Effects Gossip::unlinked(const NodeId& node, Evidence evidence, Now now) {
  Effects out;
  const auto peer = peers_.find(node);
  if (!peer) return out;
  wake(now, out);
  const Ending ending = links_.unlinked(*peer, now.time, out);
  if (ending != Ending::agreed && !leaving_) swim_.lost(*peer, evidence, now);
  return finish(std::move(out), now);
}

Effects Gossip::sighted(const NodeId& node, const Contact& contact, Now now) {
  Effects out;
  const auto certificate = roster_.find_signed(node);
  const auto known = find(node);
  const bool is_here = known && known->status == Status::alive;
  if (!certificate || is_here || leaving_) return out;
  call({.certificate = *certificate, .contact = contact}, now, out);
  return finish(std::move(out), now);
}

Effects Gossip::speak_again(Now now) {
  if (leaving_ || swim_.incarnation() == 0) return {};
  swim_.speak_again(now);
  return finish({}, now);
}

Effects Gossip::expel(const NodeId& node, Now now) {
  Effects out;
  const auto peer = peers_.find(node);
  if (!peer || *peer == peers_.myself()) return out;
  swim_.expel(*peer, now, out);
  links_.expel(*peer, now.time, out);
  return finish(std::move(out), now);
}

Effects Gossip::carry(const NodeId& to, Bytes frame, Now now) {
  Effects out;
  const auto peer = peers_.find(to);
  if (peer) {
    links_.carry(*peer, std::move(frame), now.time, out);
  } else {
    out.push_back(Note{.event = "frame_dropped", .about = to, .detail = "never met"});
  }
  return out;
}

Effects Gossip::publish(Topic topic, Bytes payload, Now now) {
  Effects out;
  ensure(payload.size() <= decltype(Parcel::payload)::max, "a broadcast is small");
  broadcast_.publish(topic, std::move(payload), now.time, out);
  return out;
}

Effects Gossip::verdict(const GossipId& id, Verdict verdict, Now now) {
  Effects out;
  switch (verdict) {
    case Verdict::accept: broadcast_.accept(id, now.time, out); break;
    case Verdict::ignore: broadcast_.drop(id); break;
    case Verdict::reject:
      if (broadcast_.refuse(id))
        out.push_back(Note{.event = "hostile.broadcast", .detail = to_hex(id.view())});
  }
  return out;
}

Effects Gossip::tick(Now now) {
  Effects out;
  if (leaving_) {
    last_step_ = now.time;
    return out;
  }
  wake(now, out);
  swim_.tick(now, out);
  exchange_.tick(now.time, out);
  broadcast_.tick(now.time, out);
  links_.tick(now.time, out);
  if (now.time >= next_persist_) {
    next_persist_ = now.time + config_.remember_every;
    out.push_back(persist());
  }
  return finish(std::move(out), now);
}

// Whatever comes first after a sleep says how long it was: what was due by then is late.
void Gossip::wake(Now now, Effects& out) {
  const Time due = deadline();
  const Duration late = now.time > due ? now.time - due : Duration::zero();
  last_step_ = now.time;
  if (late <= std::max(config_.late, config_.period(members_.up_count()))) return;
  swim_.overslept(late);
  out.push_back(Note{.event = "overslept", .detail = std::to_string(seconds(late)) + " s"});
}

Time Gossip::deadline() const {
  if (leaving_) return std::max(*leaving_ + config_.leave_most, last_step_ + goodbye_poll);
  const Time next = std::min(
      {swim_.deadline(), exchange_.deadline(), broadcast_.deadline(), links_.deadline(), next_persist_});
  return std::max(next, last_step_ + Duration(1));
}

// Whoever does not hold the Alive of the incarnation it says asks for it; whoever holds it dead says so.
void Gossip::take(Peer from, const Hello& hello, Now now, Effects& out) {
  if (hello.mesh != roster_.mesh().id) {
    out.push_back(Note{.event = "hostile.other_mesh", .about = peers_.node(from), .detail = {}});
    links_.part(from, Farewell::other_mesh, now.time, out);
    return;
  }
  const Member* held = members_.find(from);
  if (!held || held->standing.incarnation < hello.incarnation) {
    send(peers_, from, Rumors{.wanted = {{peers_.node(from)}}}, out);
  } else {
    swim_.tell_if_down(from, out);
  }
}

void Gossip::take(Peer from, const Bye& bye, Now now, Effects& out) {
  if (leaving_ && bye.reason == Farewell::leaving) {
    ++goodbyes_;
  } else {
    links_.heard_goodbye(from, now.time, out);
  }
}

void Gossip::take(Peer, const YouAreDown& news, Now now, Effects& out) {
  swim_.hear(news.rumor, now, out);
}

void Gossip::take(Peer from, const Parcel& parcel, Now now, Effects& out) {
  const auto id = broadcast_.receive(from, parcel, now.time, out);
  if (!id) return;
  if (parcel.topic != Topic::rumor) {
    out.push_back(
        Arrived{.id = *id, .from = peers_.node(from), .topic = parcel.topic, .payload = parcel.payload});
    return;
  }
  const auto rumor = wire::decode<Rumor>(parcel.payload);
  const Reception reception = rumor ? swim_.hear(*rumor, now, out) : Reception::refused;
  if (!rumor)
    out.push_back(Note{.event = "hostile.malformed_rumor", .about = peers_.node(from), .detail = {}});
  // What we know already from an exchange is passed on too, or the tree would end here.
  if (reception == Reception::fresh || (reception == Reception::old && members_.holds(*rumor))) {
    broadcast_.accept(*id, now.time, out);
  } else if (reception == Reception::refused) {
    broadcast_.refuse(*id);
  } else {
    broadcast_.drop(*id);
  }
}

void Gossip::take(Peer from, const Neighbour& word, Now now, Effects& out) {
  links_.heard_purpose(from, word.purpose, now.time, out);
}

void Gossip::take(Peer from, const Rumors& rumors, Now now, Effects& out) {
  std::size_t fresh = 0;
  for (const Rumor& rumor : rumors.rumors) {
    if (swim_.hear(rumor, now, out) != Reception::fresh) continue;
    ++fresh;
    if (rumor.left) flood(rumor, now, out);
  }
  exchange_.give(from, rumors.wanted, now.time, out);
  if (fresh >= config_.exchange_goes_on) exchange_.begin_now(from, now.time, out);
}

void Gossip::compare(Peer from, const News& news, Now now, Effects& out) {
  if (news.members != members_.root()) exchange_.begin(from, now.time, out);
  if (news.registry == swim_.registry_root() || now.time < next_meet_) return;
  next_meet_ = now.time + config_.meet_every;
  out.push_back(Meet{.peer = peers_.node(from)});
}

void Gossip::call(const Introduction& contact, Now now, Effects& out) {
  const auto admitted = roster_.admit(contact.certificate, now.wall);
  const auto claimed = contact.certificate.claimed();
  const bool is_member = claimed && roster_.is_member(claimed->node, now.wall);
  if (!admitted && !is_member) {  // one that has ended may have been renewed since
    out.push_back(Note{.event = "contact_refused", .detail = admitted.error().text});
    return;
  }
  if (!is_member) return;
  if (const auto peer = peers_.meet(claimed->node)) links_.call(*peer, contact.contact, now.time, out);
}

void Gossip::flood(const Rumor& rumor, Now now, Effects& out) {
  broadcast_.publish(Topic::rumor, wire::encode(rumor), now.time, out);
}

Persist Gossip::persist() const {
  Remembered now{
      .version = 1, .incarnation = swim_.incarnation(), .contacts = introductions(config_.contacts_max + 1)};
  now.contacts.erase(now.contacts.begin());  // oneself
  for (const auto& [peer, contact] : links_.introduced()) {
    const auto certificate = roster_.find_signed(peers_.node(peer));
    if (now.contacts.size() == now.contacts.max || !certificate) break;
    if (!members_.find(peer)) now.contacts.push_back({.certificate = *certificate, .contact = contact});
  }
  return Persist{.state = wire::encode(now)};
}

// What follows from any step: own news goes out, links follow the table (a goodbye is answered by one, on
// whatever road it came), and a raised incarnation is stored before anybody can hear of it.
Effects Gossip::finish(Effects out, Now now) {
  bool changed = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto* change = std::get_if<Changed>(&out[i]);
    if (!change) continue;
    changed = true;
    if (is_up(change->status)) continue;
    const Farewell reason = change->status == Status::left ? Farewell::leaving : Farewell::idle;
    if (const auto peer = peers_.find(change->peer)) links_.part(*peer, reason, now.time, out);
  }
  for (const Rumor& rumor : swim_.take_urgent()) flood(rumor, now, out);
  if (changed && !leaving_) links_.settle(now.time, out);
  const bool has_neighbours = !links_.neighbours().empty();
  if (has_neighbours && !had_neighbours_ && !std::exchange(introduced_, false))
    flood(members_.proof(peers_.myself()).front(), now, out);
  had_neighbours_ = has_neighbours;
  if (persisted_ != swim_.incarnation()) {
    persisted_ = swim_.incarnation();
    out.insert(out.begin(), persist());
  }
  return out;
}

}  // namespace grapevine::gossip
