#include "node/sim/world.hpp"

#include "crypto/match.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace grapevine::node::sim {
namespace {

constexpr WallTime wall_beginning{std::chrono::milliseconds(1'790'000'000'000)};  // a day in 2026
constexpr std::size_t effects_max = 256;  // of one step: more means that something runs away
constexpr std::size_t broken_max = 32;

/// A key that depends on the seed, the node and the use alone.
SigningKey key_of(std::uint64_t seed, Index node, std::uint8_t use) {
  const std::uint64_t numbers[] = {seed, node, use};
  const View bytes{reinterpret_cast<const std::uint8_t*>(numbers), sizeof numbers};
  return SigningKey::from_seed(hash<32>(purpose::trace, {bytes}));
}

}  // namespace

struct World::Node {
  NodeId id;
  std::unique_ptr<Disk> disk;
  std::optional<Signed<Certificate>> certificate;
  std::unique_ptr<Core> core;  // absent while the process is down
  std::uint32_t life = 0;      // raised with every start: what was meant for an earlier life is ignored
  Time wake = never;
  std::set<moa::CallId> calls;  // running on its model
  std::vector<bool> admitted;   // whom it lets in, by index
  Random chance{0};
};

struct World::Event {
  struct Arrive {
    Index from;
    std::uint32_t connection;
    Bytes frame;
  };
  struct Connected {
    Index other;
    gossip::Evidence failed;
    bool stands;
  };
  struct Ended {  // one side learns that a connection has
    Index other;
    std::uint32_t connection;  // none: it is gone already
  };
  struct Wake {};
  struct ModelDone {
    moa::CallId call;
    std::string text;
  };
  struct Do {
    std::function<void(World&)> what;
  };

  Time at;
  std::uint64_t sequence;  // of two at one time, the earlier made comes first
  Index node;
  std::uint32_t life;
  std::variant<Arrive, Connected, Ended, Wake, ModelDone, Do> what;
};

struct World::Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }
};

World::World(WorldOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      verifier_(1u << 20),
      book_(options_.nodes),
      network_(options_.nodes, options_.weather, Random(random_.next())) {
  start_crypto();
  nodes_.resize(options_.nodes);
  for (Node& node : nodes_) node.disk = std::make_unique<Disk>(platter_);
  found(options_);
  for (Index i = 0; i < nodes_.size(); ++i)
    at(now_ + i * options_.join_interval, [i](World& world) { world.start(i); });
}

World::~World() = default;

/// Makes the mesh: a root, and a certificate for each device, the first of which is the admin that lets the
/// others in.
void World::found(const WorldOptions& options) {
  const SigningKey root = key_of(options.seed, 0, 'r');
  RootStatement statement{
      .root = root.public_key(), .mesh_name = std::string("sim"), .created = wall_beginning};
  const Signed<RootStatement> as_signed(statement, MeshId{}, root);
  mesh_ = Mesh{mesh_id(statement), statement, as_signed};
  for (Index i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    node.chance = Random(random_.next());
    node.admitted.resize(nodes_.size());
    const Identity mine = identity(i);
    const auto transport = hash<32>(purpose::trace, {mine.node.value.view()});
    Certificate certificate{.node = mine.node,
                            .key = mine.operational.public_key(),
                            .transport = TransportKey{transport},
                            .label = "node-" + std::to_string(i),
                            .owner = owner_of("sim"),
                            .role = i == 0 ? Role::admin : Role::member,
                            .not_before = wall_beginning,
                            .not_after = wall_beginning + std::chrono::hours(24 * 30)};
    std::memcpy(certificate.serial.data(), transport.data(), certificate.serial.size());
    node.certificate.emplace(certificate, mesh_->id, root);
    node.id = mine.node;
    by_id_[mine.node] = i;
  }
}

Identity World::identity(Index node) const {
  SigningKey operational = key_of(options_.seed, node, 'o');
  const SigningKey next = key_of(options_.seed, node, 'n');
  const Inception inception{operational.public_key(), next.commitment(), {}};
  const NodeId id = node_id(mesh_->id, inception);
  Identity identity{*mesh_, id, inception, {}, std::move(operational), std::nullopt, {}, {}};
  if (nodes_[node].certificate) identity.certificate = *nodes_[node].certificate;
  // A newcomer is told of the first device and two others that have their certificates by then.
  for (Index other : {Index{0}, node / 2, node / 3})
    if (other < node && nodes_[other].certificate)
      identity.introductions.push_back({*nodes_[other].certificate, "node:" + std::to_string(other)});
  return identity;
}

void World::start(Index index) {
  Node& node = nodes_[index];
  ensure(!node.core, "a process starts once");
  const bool is_new = node.life++ == 0;
  Identity mine = identity(index);
  Options options{.gossip = options_.gossip,
                  .dns = options_.dns,
                  .moa = options_.moa,
                  .contact = "node:" + std::to_string(index),
                  .announcement = {.endpoints = {{1,
                                                  Bytes{10, 0, static_cast<std::uint8_t>(index >> 8),
                                                        static_cast<std::uint8_t>(index)},
                                                  4781}},
                                   .capabilities = {"sim"}},
                  .seed = node.chance.next()};
  node.core = std::make_unique<Core>(std::move(options), std::move(mine), *node.disk, verifier_, book_);
  node.wake = never;
  node.calls.clear();
  perform(index, node.core->start(moment()));
  give(index, ModelFound{moa::Profile{
                  .kind = "sim", .model = "sim-1", .family = "sim", .slots = 1, .synthesizes = true}});
  if (is_new && index != 0 && is_up(0))
    perform(0, nodes_[0].core->welcome(*node.certificate, node.core->identity().inception, moment()));
}

void World::run_until(Time end) {
  while (!heap_.empty() && heap_.front().at <= end) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    Event event = std::move(heap_.back());
    heap_.pop_back();
    now_ = event.at;
    happen(std::move(event));
  }
  now_ = end;
}

void World::happen(Event event) {
  Node& node = nodes_[event.node];
  if (auto* what = std::get_if<Event::Do>(&event.what)) return what->what(*this);
  if (!node.core || event.life != node.life) return;
  count(event);
  match(
      event.what,
      [&](Event::Arrive& arrive) {
        if (network_.reaches(arrive.from, event.node, arrive.connection))
          give(event.node, Received{id(arrive.from), std::move(arrive.frame)});
      },
      [&](Event::Connected& connected) {
        if (!connected.stands) return give(event.node, Unlinked{id(connected.other), connected.failed});
        if (!is_up(connected.other) || network_.connected(event.node, connected.other)) return;
        end_connection(event.node, connected.other);  // an older one that is being hung up
        network_.connect(event.node, connected.other);
        give(connected.other, Linked{id(event.node), gossip::Dialler::other});
        give(event.node, Linked{id(connected.other), gossip::Dialler::self});
      },
      [&](const Event::Ended& ended) {
        if (ended.connection != 0 && network_.reaches(ended.other, event.node, ended.connection))
          network_.disconnect(event.node, ended.other);
        if (!network_.connected(event.node, ended.other))
          give(event.node, Unlinked{id(ended.other), gossip::Evidence::closed});
      },
      [&](const Event::Wake&) {
        if (node.wake != event.at) return;
        node.wake = never;
        give(event.node, Tick{});
      },
      [&](Event::ModelDone& done) {
        if (node.calls.erase(done.call) == 0) return;  // aborted meanwhile
        const auto tokens = static_cast<std::uint32_t>(done.text.size() / 4);
        give(event.node,
             Generated{done.call,
                       moa::Finished{.text = std::move(done.text), .tokens_in = 8, .tokens_out = tokens}});
      },
      [](const Event::Do&) {});
}

void World::give(Index index, Input input) {
  if (is_up(index)) perform(index, nodes_[index].core->step(std::move(input), moment()));
}

void World::perform(Index index, Effects effects) {
  if (effects.size() > effects_max) claim_broken(std::to_string(effects.size()) + " effects in one step");
  for (auto& effect : effects) perform_one(index, effect);
  Node& node = nodes_[index];
  if (!node.core) return;
  const Time deadline = node.core->deadline();
  if (deadline <= now_) claim_broken("a deadline that has passed after its step");
  if (deadline < node.wake) {
    node.wake = std::max(deadline, now_ + 1us);
    schedule(node.wake, index, node.life, Event::Wake{});
  }
}

void World::perform_one(Index index, Effect& effect) {
  Node& node = nodes_[index];
  match(
      effect,
      [&](gossip::Transmit& transmit) { fly(index, *index_of(transmit.to), std::move(transmit.frame)); },
      [&](const Connect& connect) { dial(index, connect); },
      [&](const gossip::HangUp& end) { hang_up(index, *index_of(end.to)); },
      [&](const Admit& admit) { node.admitted[*index_of(admit.peer)] = true; },
      [&](const moa::Generate& call) {
        const Pace& pace = options_.paces[index % options_.paces.size()];
        const Duration took = pace.law == Pace::Law::fixed ? pace.mean : node.chance.exponential(pace.mean);
        node.calls.insert(call.call);
        std::string text = "node-" + std::to_string(index) +
                           " says: the answer is known here, and it is number " +
                           std::to_string(call.call.value);
        schedule(now_ + took, index, node.life, Event::ModelDone{call.call, std::move(text)});
      },
      [&](const moa::Abort& abort) {
        // The device is free at once, as with a real server whose client hangs up.
        node.calls.erase(abort.call);
      },
      [&](const moa::Reply& reply) { record(reply, index); }, [](const OpenJoinPort&) {},
      [](const gossip::Changed&) {}, [](const AnswerKnock&) {},
      [&](const Note& note) { ++notes_[std::string(note.event)]; });
}

void World::dial(Index from, const Connect& effect) {
  const Index to = *index_of(effect.peer);
  const Duration round_trip = 2 * network_.delay(from, to);
  const auto tell = [&](Duration after, gossip::Evidence failed, bool stands) {
    schedule(now_ + after, from, nodes_[from].life, Event::Connected{to, failed, stands});
  };
  if (network_.is_cut(from, to)) return tell(Network::dial_time_out, gossip::Evidence::silent, false);
  if (!is_up(to)) return tell(round_trip, gossip::Evidence::refused, false);
  tell(Network::dial_round_trips * round_trip, gossip::Evidence::silent, nodes_[to].admitted[from]);
}

void World::fly(Index from, Index to, Bytes frame) {
  if (!network_.connected(from, to)) return;  // it ended in this very step
  ++frames_;
  frame_bytes_ += frame.size();
  if (const auto arrival = network_.send(from, to, now_, frame))
    schedule(arrival->at, to, nodes_[to].life, Event::Arrive{from, arrival->epoch, std::move(frame)});
}

void World::hang_up(Index from, Index to) {
  if (const auto ended = network_.hang_up(from, to, now_)) {
    schedule(ended->at, to, nodes_[to].life, Event::Ended{from, ended->epoch});
    schedule(now_, from, nodes_[from].life, Event::Ended{to, 0});
  }
}

/// Ends a connection at once; both sides learn of it one way later.
void World::end_connection(Index a, Index b) {
  for (const auto& [side, other] : {std::pair{a, b}, std::pair{b, a}})
    if (network_.connected(side, other))
      schedule(now_ + network_.delay(a, b), side, nodes_[side].life, Event::Ended{other, 0});
  network_.disconnect(a, b);
}

void World::crash(Index index) {
  Node& node = nodes_[index];
  if (!node.core) return;
  node.core.reset();
  for (const Index other : network_.neighbours(index)) end_connection(index, other);
  for (auto& [query, outcome] : outcomes_)  // nobody is left who could answer its people
    if (outcome.origin == index && !outcome.ended) outcome.ended = now_;
}

void World::restart(Index index) {
  if (!is_up(index)) start(index);
}

void World::cut(std::vector<bool> island) {
  network_.cut(std::move(island));
  at(now_ + Network::give_up_after, [](World& world) {
    for (const auto& [a, b] : world.network_.across()) world.end_connection(a, b);
  });
}

void World::heal() {
  for (auto& held : network_.heal()) fly(held.from, held.to, std::move(held.frame));
}

void World::at(Time when, std::function<void(World&)> what) {
  schedule(when, 0, 0, Event::Do{std::move(what)});
}

void World::schedule(Time when, Index node, std::uint32_t life, auto what) {
  heap_.push_back({when, sequence_++, node, life, std::move(what)});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
}

moa::QueryId World::ask(Index origin, std::string text, std::optional<moa::Shape> shape, Duration deadline) {
  moa::QueryId query;
  const std::uint64_t words[] = {random_.next(), random_.next()};
  std::memcpy(query.value.data(), words, sizeof words);
  outcomes_[query] = {.origin = origin, .asked = now_};
  moa::Ask ask{.id = query, .shape = shape, .scope = moa::Scope::mesh, .deadline = deadline};
  ask.turns.push_back({moa::Speaker::user, std::move(text)});
  give(origin, std::move(ask));
  return query;
}

void World::abandon(Index origin, const moa::QueryId& query) {
  give(origin, Abandoned{query});
}

Result<void> World::claim(Index node, std::string_view name) {
  auto effects = nodes_[node].core->claim(name, moment());
  if (!effects) return fail(effects.error());
  perform(node, std::move(*effects));
  return {};
}

void World::leave(Index node) {
  give(node, Leaving{});
}

void World::record(const moa::Reply& reply, Index node) {
  const auto found = outcomes_.find(reply.query);
  if (found == outcomes_.end() || found->second.origin != node)
    return claim_broken("a reply to nobody's query");
  Outcome& outcome = found->second;
  const auto* answered = std::get_if<moa::Answered>(&reply.said);
  if (!answered && !std::holds_alternative<moa::Refused>(reply.said)) return;
  if (outcome.ended) claim_broken("a query that ended twice");
  outcome.ended = now_;
  ++(answered ? outcome.answers : outcome.refusals);
  if (!answered) return;
  outcome.provenance = answered->provenance;
  outcome.text = answered->text;
}

void World::forget_ended() {
  std::erase_if(outcomes_, [](const auto& entry) { return entry.second.ended.has_value(); });
}

/// Extends the trace by who got what and when.
void World::count(const Event& event) {
  ++events_;
  trace_.add(static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  trace_.add(std::uint64_t{event.node} << 32 | event.what.index());
  if (const auto* arrive = std::get_if<Event::Arrive>(&event.what)) trace_.add(arrive->frame);
}

void World::claim_broken(std::string text) {
  if (broken_.size() < broken_max)
    broken_.push_back(std::to_string(seconds(now_.time_since_epoch())) + " s: " + text);
}

std::size_t World::size() const {
  return nodes_.size();
}
bool World::is_up(Index node) const {
  return nodes_[node].core != nullptr;
}
const Core& World::core(Index node) const {
  return *nodes_[node].core;
}
NodeId World::id(Index node) const {
  return nodes_[node].id;
}

std::optional<Index> World::index_of(const NodeId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

Now World::moment() const {
  return {now_,
          wall_beginning + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch())};
}

}  // namespace grapevine::node::sim
