#include "node/sim/swarm.hpp"

#include <numeric>

namespace grapevine::node::sim {
namespace {

constexpr WallTime wall_beginning{std::chrono::milliseconds(1'790'000'000'000)};  // a day in 2026
constexpr std::size_t remembered_contacts = 3;
constexpr std::size_t publication_bytes = 64;

}  // namespace

Swarm::Swarm(SwarmOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      citizens_(options_.nodes, wall_beginning),
      verifier_(1u << 20),
      roster_(citizens_.mesh(), verifier_),
      book_(options_.nodes),
      network_(options_.nodes, options_.weather, Random(random_.next())) {
  nodes_.resize(options_.nodes);
  for (Index i = 0; i < nodes_.size(); ++i) boot(i, {});
  const auto first = acquainted();
  for (Index i = 0; i < nodes_.size(); ++i) perform(i, nodes_[i].machine->start(moment(), &first->members()));
}

void Swarm::run_until(Time end) {
  while (const auto event = agenda_.take(end)) {
    now_ = event->at;
    happen(*event);
  }
  now_ = end;
}

void Swarm::kill(Index index) {
  Node& node = nodes_[index];
  if (!node.machine) return;
  node.incarnation = node.machine->incarnation();
  node.machine.reset();
  node.links = 0;
  for (const Index other : network_.neighbours(index)) {
    if (const auto ended = network_.hang_up(index, other, now_))
      agenda_.add({.at = ended->at,
                   .node = other,
                   .other = index,
                   .mark = ended->epoch,
                   .kind = Kind::ended,
                   .evidence = gossip::Evidence::closed});
  }
}

void Swarm::cut_power(Index index) {
  Node& node = nodes_[index];
  if (!node.machine) return;
  node.incarnation = node.machine->incarnation();
  node.machine.reset();
  node.power = Node::Power::cut;
  node.links = 0;
  for (const Index other : network_.neighbours(index)) {
    if (const auto epoch = network_.fall_silent(index, other)) give_up(index, other, *epoch);
  }
}

void Swarm::revive(Index index) {
  Node& node = nodes_[index];
  if (node.machine) return;
  node.power = Node::Power::on;
  for (const Index other : network_.neighbours(index)) network_.disconnect(index, other);
  gossip::Remembered remembered{.incarnation = node.incarnation};
  for (std::size_t tries = 0; tries < 100 && remembered.contacts.size() < remembered_contacts; ++tries) {
    const auto other = static_cast<Index>(random_.below(nodes_.size()));
    if (!is_up(other)) continue;
    const gossip::Self& self = citizens_.self(other);
    remembered.contacts.push_back({.certificate = self.certificate, .contact = self.contact});
  }
  boot(index, wire::encode(remembered));
  perform(index, node.machine->start(moment()));
}

void Swarm::pause(Index node, Duration span) {
  nodes_[node].resumes = std::max(nodes_[node].resumes, now_ + span);
}

void Swarm::silence(Index node) {
  nodes_[node].voice = Node::Voice::silent;
}

void Swarm::cut(std::vector<bool> island) {
  heal();
  std::vector<bool> rest = island;
  rest.flip();
  barriers_ = {network_.raise({.from = island, .to = rest}), network_.raise({.from = rest, .to = island})};
  for (const auto& [a, b] : network_.across(barriers_.front())) {
    give_up(a, b, network_.epoch(a, b));
    give_up(b, a, network_.epoch(a, b));
  }
}

void Swarm::heal() {
  for (const auto barrier : std::exchange(barriers_, {})) network_.lift(barrier, now_);
}

void Swarm::at(Time when, std::function<void()> what) {
  calls_.emplace(++last_call_, std::move(what));
  agenda_.add({.at = when, .mark = last_call_, .kind = Kind::call});
}

Publication Swarm::publish(Index node) {
  const Publication what = copies_.size();
  copies_.push_back(0);
  Bytes payload(publication_bytes);
  std::memcpy(payload.data(), &what, sizeof what);
  perform(node, nodes_[node].machine->publish(gossip::Topic::record, std::move(payload), moment()));
  return what;
}

std::size_t Swarm::parts() const {
  std::vector<bool> seen(nodes_.size());
  std::size_t parts = 0;
  for (Index first = 0; first < nodes_.size(); ++first) {
    if (seen[first] || !is_up(first)) continue;
    ++parts;
    seen[first] = true;
    for (std::vector<Index> reached{first}; !reached.empty();) {
      const Index from = reached.back();
      reached.pop_back();
      for (const NodeId& id : machine(from).linked_peers()) {
        const Index peer = citizens_.index_of(id);
        if (seen[peer] || !is_up(peer)) continue;
        seen[peer] = true;
        reached.push_back(peer);
      }
    }
  }
  return parts;
}

bool Swarm::agrees() const {
  const auto first =
      std::find_if(nodes_.begin(), nodes_.end(), [](const Node& node) { return !!node.machine; });
  return std::all_of(first, nodes_.end(), [&](const Node& node) {
    return !node.machine || node.machine->members().root() == first->machine->members().root();
  });
}

/// A process begins; its machine has not been started.
void Swarm::boot(Index index, View stored) {
  Node& node = nodes_[index];
  ++node.life;
  node.wake = never;
  node.machine = std::make_unique<gossip::Gossip>(options_.gossip, citizens_.self(index), roster_, book_,
                                                  stored, Random(random_.next()));
}

/// A machine that is nobody's, with the table all others begin with: it was told of everybody.
std::unique_ptr<gossip::Gossip> Swarm::acquainted() {
  auto first = std::make_unique<gossip::Gossip>(options_.gossip, citizens_.self(0), roster_, book_, View{},
                                                Random(options_.seed));
  (void)first->start(moment());
  for (Index other = 1; other < nodes_.size(); ++other) {
    const gossip::Rumor word{.alive = citizens_.first_word(other)};
    (void)first->receive(citizens_.id(other), gossip::Rumors{.rumors = {{word}}, .wanted = {}}, moment());
  }
  return first;
}

/// One side of a link hears nothing more of the other, and notices when its heartbeat does.
void Swarm::give_up(Index gone, Index side, std::uint32_t epoch) {
  agenda_.add({.at = now_ + Network::give_up_after,
               .node = side,
               .other = gone,
               .mark = epoch,
               .kind = Kind::ended,
               .evidence = gossip::Evidence::silent});
}

Now Swarm::moment() const {
  return {now_,
          wall_beginning + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch())};
}

}  // namespace grapevine::node::sim
