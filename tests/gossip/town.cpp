#include "town.hpp"

#include "crypto/match.hpp"

namespace grapevine::gossip {

namespace {
constexpr Duration delay = 1ms;
constexpr Duration half_open = 10s;  // until a heartbeat finds a connection that only one side still has
constexpr std::size_t payload_size = 64;
constexpr std::array<std::uint8_t, 8> payload_mark{'h', 'e', 'a', 'r', ' ', 'y', 'e', '!'};

SigningKey key(std::uint8_t kind, std::uint8_t first, std::uint8_t second) {
  start_crypto();
  Fixed<32> seed;
  seed.bytes[0] = kind;
  seed.bytes[1] = first;
  seed.bytes[2] = second;
  return SigningKey::from_seed(seed);
}

/// What publish() made, if it made this.
std::optional<Publication> publication(View payload) {
  Publication what = 0;
  if (payload.size() != payload_size ||
      !std::equal(payload_mark.begin(), payload_mark.end(), payload.begin()))
    return std::nullopt;
  std::memcpy(&what, payload.data() + payload_mark.size(), sizeof what);
  return what;
}

Mesh found(const SigningKey& root) {
  RootStatement statement;
  statement.root = root.public_key();
  statement.mesh_name = std::string("town");
  statement.created = town_founded - 24h;
  return {mesh_id(statement), statement, Signed<RootStatement>(statement, MeshId{}, root)};
}
}  // namespace

Founder::Founder() : root_(key(1, 0, 0)), mesh_(found(root_)) {}

Founder::Citizen Founder::admit(std::uint8_t first, std::uint8_t second) const {
  Citizen citizen{.key = key(2, first, second), .self = {}};
  Certificate certificate;
  certificate.inception.key = citizen.key.public_key();
  certificate.node = node_id(mesh_.id, certificate.inception);
  certificate.admitted = certificate.not_before = town_founded - 1h;
  certificate.not_after = town_founded + 24h * 20;
  citizen.self.node = certificate.node;
  citizen.self.contact = "house-" + std::to_string(first + 256 * second) + ":4780";
  citizen.self.certificate = Signed<Certificate>(certificate, mesh_.id, root_);
  return citizen;
}

void Founder::promote(Citizen& citizen, Role role) const {
  Certificate certificate = *citizen.self.certificate.claimed();
  certificate.role = role;
  certificate.not_after += 1h;
  citizen.self.certificate = Signed<Certificate>(certificate, mesh_.id, root_);
}

Town::Town(std::size_t houses, Config config, std::uint64_t seed) : config_(config), random_(seed) {
  for (std::size_t i = 0; i < houses; ++i) {
    houses_.push_back(
        {.citizen = founder_.admit(static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256))});
    address_[node(i)] = i;
  }
}

void Town::open(std::size_t house) {
  House& home = houses_[house];
  Self self = home.citizen.self;
  self.key = &home.citizen.key;
  const Bytes stored = home.stored;
  home.machine.reset();
  home.roster = std::make_unique<Roster>(founder_.mesh(), verifier_);
  home.book = std::make_unique<Book>(config_.members_max);
  home.machine =
      std::make_unique<Gossip>(config_, self, *home.roster, *home.book, stored, Random(random_.next()));
  home.life = Life::running;
  home.wakes = never;
  ++home.lives;
  perform(house, home.machine->start(now_at(house)));
  if (house != 0 && stored.empty()) {
    const Self& first = houses_[0].citizen.self;
    perform(house, home.machine->join({{.certificate = first.certificate, .contact = first.contact}},
                                      now_at(house)));
  }
}

void Town::open_all() {
  for (std::size_t i = 0; i < houses_.size(); ++i) open(i);
}

void Town::kill(std::size_t house) {
  houses_[house].life = Life::away;
  for (std::size_t other = 0; other < houses_.size(); ++other) disconnect(house, other, Evidence::closed);
}

void Town::freeze(std::size_t house) {
  houses_[house].life = Life::frozen;
}

void Town::thaw(std::size_t house) {
  houses_[house].life = Life::running;
  houses_[house].wakes = never;
  arrange_tick(house);
}

void Town::leave(std::size_t house) {
  perform(house, at(house).leave(now_at(house)));
}

void Town::cut(std::size_t border) {
  border_ = border;
  give_up_unreachable();
}

void Town::isolate(std::size_t house) {
  isolated_.insert(house);
  give_up_unreachable();
}

void Town::rejoin(std::size_t house) {
  isolated_.erase(house);
}

void Town::give_up_unreachable() {
  for (const auto& [ends, connection] : connections_) {
    const auto [a, b] = ends;
    if (!reach(a, b)) later(half_open, [this, a = a, b = b] { disconnect(a, b, Evidence::silent); });
  }
}

void Town::connect(std::size_t from, std::size_t to) {
  if (!running(from) || !running(to)) return;
  if (connections_.try_emplace(pair(from, to), Connection{.epoch = ++epochs_}).second)
    perform(to, at(to).linked(node(from), Dialler::other, now_at(to)));
  perform(from, at(from).linked(node(to), Dialler::self, now_at(from)));
}

void Town::tell(std::size_t from, std::size_t to, const Message& message) {
  receive(from, to, message);
}

void Town::tell(std::size_t from, std::size_t to, const Rumor& rumor) {
  receive(from, to, Rumors{.rumors = {{rumor}}, .wanted = {}});
}

Publication Town::publish(std::size_t house) {
  Bytes payload(payload_size);
  ++published_;
  std::memcpy(payload.data(), payload_mark.data(), payload_mark.size());
  std::memcpy(payload.data() + payload_mark.size(), &published_, sizeof published_);
  perform(house, at(house).publish(Topic::record, std::move(payload), now_at(house)));
  return published_;
}

Rumor Town::accusation(std::size_t by, std::size_t of, Incarnation incarnation, Status verdict) const {
  const Accusation claim{
      .node = node(of), .incarnation = incarnation, .accuser = node(by), .verdict = verdict};
  return {.accusation = Signed<Accusation>(claim, founder_.mesh().id, houses_[by].citizen.key)};
}

void Town::run(Duration time) {
  run_until([] { return false; }, time);
}

bool Town::run_until(const std::function<bool()>& holds, Duration most) {
  const Time end = now_ + most;
  while (!holds()) {
    if (events_.empty() || events_.front().at > end) {
      now_ = end;
      return holds();
    }
    std::pop_heap(events_.begin(), events_.end(), std::greater<>{});
    const Event event = std::move(events_.back());
    events_.pop_back();
    now_ = event.at;
    event.happen();
  }
  return true;
}

std::optional<Status> Town::status(std::size_t of, std::size_t in) {
  const auto view = at(in).find(node(of));
  return view ? std::optional(view->status) : std::nullopt;
}

bool Town::agrees(std::size_t n) {
  std::optional<Root> root;
  for (std::size_t i = 0; i < houses_.size(); ++i) {
    if (!running(i)) continue;
    if (at(i).alive_count() != n || at(i).members().root() != root.value_or(at(i).members().root()))
      return false;
    root = at(i).members().root();
  }
  return true;
}

bool Town::all_believe(std::size_t of, Status status_wanted) {
  for (std::size_t i = 0; i < houses_.size(); ++i) {
    if (i != of && running(i) && status(of, i) != status_wanted) return false;
  }
  return true;
}

std::size_t Town::changes(std::size_t house, std::size_t about, Status to) {
  return houses_[house].changes[{node(about), to}];
}

Town::Spread Town::spread(Publication what) const {
  Spread spread;
  for (const House& house : houses_) {
    const auto heard = house.heard.find(what);
    if (heard == house.heard.end()) continue;
    ++spread.houses;
    spread.last = std::max(spread.last, heard->second);
  }
  return spread;
}

std::size_t Town::parts(const std::function<bool(std::size_t)>& counted) {
  std::set<std::size_t> unseen;
  for (std::size_t i = 0; i < houses_.size(); ++i) {
    if (running(i) && counted(i)) unseen.insert(i);
  }
  std::size_t parts = 0;
  while (!unseen.empty()) {
    ++parts;
    std::vector<std::size_t> reached{unseen.extract(unseen.begin()).value()};
    while (!reached.empty()) {
      const std::size_t from = reached.back();
      reached.pop_back();
      for (const NodeId& peer : at(from).linked_peers()) {
        if (unseen.erase(address_.at(peer)) > 0) reached.push_back(address_.at(peer));
      }
    }
  }
  return parts;
}

void Town::perform(std::size_t house, Effects effects) {
  ensure(effects.size() <= 256, "a step asks for at most 256 effects");
  House& home = houses_[house];
  for (auto& effect : effects) {
    match(
        effect,
        [&](Send<Message>& send) {
          ++sent_[send.message.index()];
          perform(house, home.machine->carry(send.to, wire::encode_message(send.message), now_at(house)));
        },
        [&](Transmit& frame) { transmit(house, frame.to, std::move(frame.frame)); },
        [&](Dial& wish) { dial(house, wish.to); }, [&](HangUp& wish) { hang_up(house, wish.to); },
        [&](Persist& persist) {
          home.stored = persist.state;
          ++home.writes;
        },
        [&](Arrived& arrived) {
          ++home.arrived;
          if (const auto what = publication(arrived.payload)) home.heard.emplace(*what, now_);
          perform(house, home.machine->verdict(arrived.id, Verdict::accept, now_at(house)));
        },
        [&](Changed& changed) {
          ++home.changes[{changed.peer, changed.status}];
        },
        [&](Note& note) {
          ++home.notes[std::string(note.event)];
          if (note.about) ++home.blamed[{std::string(note.event), *note.about}];
        },
        [](Heard&) {}, [](Meet&) {});
  }
  most_links_ = std::max(most_links_, home.machine->linked_peers().size());
  arrange_tick(house);
}

void Town::later(Duration after, std::function<void()> happen) {
  events_.push_back({.at = now_ + after, .order = ++order_, .happen = std::move(happen)});
  std::push_heap(events_.begin(), events_.end(), std::greater<>{});
}

void Town::arrange_tick(std::size_t house) {
  House& home = houses_[house];
  const Time due = home.machine->deadline();
  if (due >= home.wakes || due == never) return;
  home.wakes = due;
  later(std::max(due - now_, Duration(0)), [this, house, due, life = home.lives] {
    House& woken = houses_[house];
    if (woken.lives != life || woken.wakes != due || !running(house)) return;
    woken.wakes = never;
    if (woken.machine->deadline() <= now_) perform(house, woken.machine->tick(now_at(house)));
    ensure(woken.machine->deadline() > now_, "a tick moves the deadline");
    if (woken.machine->has_left(now_at(house))) return kill(house);
    arrange_tick(house);
  });
}

void Town::dial(std::size_t from, const NodeId& to) {
  ++dials_;
  const std::size_t other = address_.at(to);
  const std::uint64_t life = houses_[from].lives;
  const auto fail_with = [=, this](Duration after, Evidence evidence) {
    later(after, [=, this] {
      if (running(from) && houses_[from].lives == life)
        perform(from, at(from).unlinked(to, evidence, now_at(from)));
    });
  };
  if (!reach(from, other) || houses_[other].life == Life::frozen) return fail_with(2s, Evidence::silent);
  if (!running(other) || shut_.contains(other)) return fail_with(delay, Evidence::refused);
  later(4 * delay, [=, this] {
    if (!running(from) || houses_[from].lives != life) return;
    if (!running(other) || !reach(from, other))
      return perform(from, at(from).unlinked(to, Evidence::refused, now_at(from)));
    connect(from, other);
  });
}

void Town::hang_up(std::size_t from, const NodeId& to) {
  const std::size_t other = address_.at(to);
  later(delay, [=, this] { disconnect(from, other, Evidence::closed); });
}

void Town::transmit(std::size_t from, const NodeId& to, Bytes frame) {
  const std::size_t other = address_.at(to);
  const auto found = connections_.find(pair(from, other));
  if (found == connections_.end()) return;
  auto message = wire::decode_message<Message>(frame);
  ensure(message.has_value(), "what we send can be read");
  if (std::search(frame.begin(), frame.end(), payload_mark.begin(), payload_mark.end()) != frame.end())
    ++copies_;
  const auto late = weather_ ? weather_(from, other, *message) : Duration::zero();
  if (!late) return;
  Time& last = found->second.last[from < other ? 0 : 1];
  last = std::max(last, now_ + delay + *late);
  later(last - now_, [=, this, epoch = found->second.epoch, message = std::move(*message)] {
    const auto still = connections_.find(pair(from, other));
    if (still == connections_.end() || still->second.epoch != epoch || !reach(from, other)) return;
    receive(from, other, message);
  });
}

void Town::receive(std::size_t from, std::size_t to, const Message& message) {
  if (!running(to)) return;
  perform(to, at(to).receive(node(from), message, now_at(to)));
  if (at(to).has_left(now_at(to))) kill(to);
}

void Town::disconnect(std::size_t a, std::size_t b, Evidence seen) {
  if (connections_.erase(pair(a, b)) == 0) return;
  const auto tell = [this, seen](std::size_t one, std::size_t two) {
    later(delay, [=, this] {
      if (running(one) && !connections_.contains(pair(one, two)))
        perform(one, at(one).unlinked(node(two), seen, now_at(one)));
    });
  };
  tell(a, b);
  tell(b, a);
}

}  // namespace grapevine::gossip
