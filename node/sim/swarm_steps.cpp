// One event at a time: what happens to a node, and what its machine wants done about it.
#include "crypto/match.hpp"
#include "node/sim/swarm.hpp"

namespace grapevine::node::sim {
namespace {

constexpr std::size_t effects_max = 256;   // of one step: more means that something runs away
constexpr Duration parked_at_most = 1min;  // a frame waits 5 s for its link, and a pause is shorter than this

struct Ticket {
  std::uint32_t letter = 0;
  std::uint32_t stamp = 0;
};

Bytes frame_of(Ticket ticket) {
  Bytes frame(sizeof ticket);
  std::memcpy(frame.data(), &ticket, sizeof ticket);
  return frame;
}

Ticket ticket_of(View frame) {
  Ticket ticket;
  ensure(frame.size() == sizeof ticket, "a frame is a ticket");
  std::memcpy(&ticket, frame.data(), sizeof ticket);
  return ticket;
}

/// The number of a publication; nothing when it is of another topic.
std::optional<Publication> published(gossip::Topic topic, View payload) {
  Publication what = 0;
  if (topic != gossip::Topic::record) return std::nullopt;
  std::memcpy(&what, payload.data(), sizeof what);
  return what;
}

bool is_of_the_tree(const gossip::Message& message) {
  return std::holds_alternative<gossip::Parcel>(message) || std::holds_alternative<gossip::IHave>(message) ||
         std::holds_alternative<gossip::Graft>(message);
}

}  // namespace

void Swarm::happen(const Event& event) {
  ++events_;
  if (event.kind == Kind::call) return calls_.extract(event.mark).mapped()();
  Node& node = nodes_[event.node];
  if (node.machine && node.resumes > now_) {
    Event later = event;
    if (event.kind == Kind::wake && node.wake == event.at) node.wake = node.resumes;
    later.at = node.resumes;
    return agenda_.add(later);
  }
  trace_.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  trace_.add(std::uint64_t{event.node} << 32 | static_cast<std::uint64_t>(event.kind));
  happen_to(event.node, event);
}

void Swarm::happen_to(Index index, const Event& event) {
  Node& node = nodes_[index];
  const bool same_life = node.machine && event.mark == node.life;
  switch (event.kind) {
    case Kind::wake:
      if (same_life && node.wake == event.at) wake(index);
      return;
    case Kind::arrive:
      if (node.machine && network_.arrive(event.other, index, event.mark) &&
          !network_.is_blocked(event.other, index))
        return deliver(index, event.other, event.letter);
      return free_letter(event.letter);
    case Kind::stands:
      if (same_life) stand(index, event.other);
      return;
    case Kind::failed:
      if (same_life)
        perform(index, node.machine->unlinked(citizens_.id(event.other), event.evidence, moment()));
      return;
    case Kind::ended:
      if (node.machine) end(index, event);
      return;
    case Kind::call: return;
  }
}

void Swarm::wake(Index index) {
  Node& node = nodes_[index];
  node.wake = never;
  if (node.machine->deadline() > now_) return sleep_until_due(index);
  perform(index, node.machine->tick(moment()));
}

void Swarm::deliver(Index to, Index from, std::uint32_t letter) {
  const gossip::Message message = std::move(letters_[letter].message);
  free_letter(letter);
  trace_.add(message.index());
  if (nodes_[to].voice == Node::Voice::silent && is_of_the_tree(message)) return;
  if (const auto* parcel = std::get_if<gossip::Parcel>(&message)) {
    hops_ = parcel->round + 1u;
    if (const auto what = published(parcel->topic, parcel->payload)) ++copies_[*what];
  }
  perform(to, nodes_[to].machine->receive(citizens_.id(from), message, moment()));
}

/// A dial has come through, if the other side is still there.
void Swarm::stand(Index from, Index to) {
  const Duration taken = Network::dial_round_trips * 2 * network_.delay(from, to);
  if (nodes_[to].power == Node::Power::on && !nodes_[to].machine)
    return fail(from, to, Duration::zero(), gossip::Evidence::refused);
  if (!answers_dials(to) || network_.is_blocked(from, to))
    return fail(from, to, std::max(Network::dial_time_out - taken, Duration::zero()),
                gossip::Evidence::silent);
  if (network_.connected(from, to) && network_.connected(to, from)) return;  // dials have crossed
  network_.connect(from, to);
  ++traffic_.handshakes;
  for (const Index side : {from, to}) ++nodes_[side].links;
  perform(to, nodes_[to].machine->linked(citizens_.id(from), gossip::Dialler::other, moment()));
  perform(from, nodes_[from].machine->linked(citizens_.id(to), gossip::Dialler::self, moment()));
  for (const Index side : {from, to}) most_links_ = std::max(most_links_, nodes_[side].links);
}

/// A link has ended for this side; by the mark 0 it was this side that hung up.
void Swarm::end(Index index, const Event& event) {
  Node& node = nodes_[index];
  if (event.mark != 0) {
    if (!network_.stands(event.other, index, event.mark)) return;
    network_.disconnect(index, event.other);
    --node.links;
  }
  perform(index, node.machine->unlinked(citizens_.id(event.other), event.evidence, moment()));
}

void Swarm::perform(Index index, gossip::Effects effects) {
  ensure(effects.size() <= effects_max, "a step asks for at most 256 effects");
  for (auto& effect : effects) perform_one(index, effect);
  sleep_until_due(index);
}

void Swarm::perform_one(Index index, gossip::Effect& effect) {
  match(
      effect, [&](Send<gossip::Message>& message) { send(index, message); },
      [&](gossip::Transmit& frame) { transmit(index, frame); },
      [&](const gossip::Dial& wish) { dial(index, citizens_.index_of(wish.to)); },
      [&](const gossip::HangUp& wish) { hang_up(index, citizens_.index_of(wish.to)); },
      [&](const gossip::Arrived& arrived) { hear(index, arrived); },
      [&](const gossip::Changed& changed) {
        if (sighted_)
          sighted_(
              {.at = now_, .by = index, .about = citizens_.index_of(changed.peer), .status = changed.status});
      },
      [&](const Note& note) { ++notes_[note.event]; }, [](const gossip::Persist&) {},
      [](const gossip::Heard&) {}, [](const gossip::Meet&) {});
}

void Swarm::send(Index from, Send<gossip::Message>& send) {
  const std::uint32_t letter = post(std::move(send.message));
  const std::uint32_t stamp = letters_[letter].stamp;
  auto effects = nodes_[from].machine->carry(send.to, frame_of({letter, stamp}), moment());
  const bool goes = std::any_of(effects.begin(), effects.end(), [](const gossip::Effect& effect) {
    return std::holds_alternative<gossip::Transmit>(effect);
  });
  if (!goes) parked_.push_back({.since = now_, .letter = letter, .stamp = stamp});
  for (auto& effect : effects) perform_one(from, effect);
}

void Swarm::transmit(Index from, gossip::Transmit& transmit) {
  const Index to = citizens_.index_of(transmit.to);
  const std::uint32_t letter = ticket_of(transmit.frame).letter;
  ensure(ticket_of(transmit.frame).stamp == letters_[letter].stamp, "a letter is sent once");
  if (!network_.connected(from, to)) return free_letter(letter);  // it ended in this very step
  ++traffic_.messages;
  traffic_.bytes += wire::encode_message(letters_[letter].message).size() + Network::frame_overhead;
  if (network_.is_blocked(from, to)) return free_letter(letter);
  const auto arrival = network_.send(from, to, now_, transmit.frame);
  if (!arrival) return free_letter(letter);  // too much is under way
  agenda_.add({.at = arrival->at,
               .node = to,
               .other = from,
               .mark = arrival->epoch,
               .letter = letter,
               .kind = Kind::arrive});
}

void Swarm::hear(Index by, const gossip::Arrived& arrived) {
  const auto what = published(arrived.topic, arrived.payload);
  if (what && heard_) heard_({.at = now_, .by = by, .what = *what, .hops = hops_});
  for (auto& effect : nodes_[by].machine->verdict(arrived.id, gossip::Verdict::accept, moment()))
    perform_one(by, effect);
}

void Swarm::dial(Index from, Index to) {
  ++traffic_.dials;
  const Duration round_trip = 2 * network_.delay(from, to);
  if (!network_.is_blocked(from, to) && nodes_[to].power == Node::Power::on && !nodes_[to].machine)
    return fail(from, to, round_trip, gossip::Evidence::refused);
  if (!answers_dials(to) || network_.is_blocked(from, to))
    return fail(from, to, Network::dial_time_out, gossip::Evidence::silent);
  agenda_.add({.at = now_ + Network::dial_round_trips * round_trip,
               .node = from,
               .other = to,
               .mark = nodes_[from].life,
               .kind = Kind::stands});
}

void Swarm::fail(Index from, Index to, Duration after, gossip::Evidence evidence) {
  agenda_.add({.at = now_ + after,
               .node = from,
               .other = to,
               .mark = nodes_[from].life,
               .kind = Kind::failed,
               .evidence = evidence});
}

void Swarm::hang_up(Index from, Index to) {
  if (!network_.connected(from, to)) return;
  --nodes_[from].links;
  if (const auto ended = network_.hang_up(from, to, now_)) {
    agenda_.add({.at = ended->at,
                 .node = to,
                 .other = from,
                 .mark = ended->epoch,
                 .kind = Kind::ended,
                 .evidence = gossip::Evidence::closed});
  } else {
    network_.disconnect(from, to);  // the other side is gone already
  }
  agenda_.add(
      {.at = now_, .node = from, .other = to, .kind = Kind::ended, .evidence = gossip::Evidence::closed});
}

void Swarm::sleep_until_due(Index index) {
  Node& node = nodes_[index];
  const Time due = std::max(node.machine->deadline(), now_ + 1us);
  if (due >= node.wake) return;
  node.wake = due;
  agenda_.add({.at = due, .node = index, .mark = node.life, .kind = Kind::wake});
}

std::uint32_t Swarm::post(gossip::Message message) {
  while (!parked_.empty() && parked_.front().since + parked_at_most < now_) {
    const Parked oldest = parked_.front();
    parked_.pop_front();
    if (letters_[oldest.letter].stamp == oldest.stamp) free_letter(oldest.letter);  // it was dropped
  }
  if (free_letters_.empty()) {
    free_letters_.push_back(static_cast<std::uint32_t>(letters_.size()));
    letters_.emplace_back();
  }
  const std::uint32_t letter = free_letters_.back();
  free_letters_.pop_back();
  letters_[letter].message = std::move(message);
  return letter;
}

void Swarm::free_letter(std::uint32_t letter) {
  letters_[letter].message = {};
  ++letters_[letter].stamp;
  free_letters_.push_back(letter);
}

}  // namespace grapevine::node::sim
