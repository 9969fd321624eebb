#include "node/sim/world_parts.hpp"

namespace grapevine::node::sim {
namespace {

// The mesh is older than this run, so a wall clock that is slow by minutes does not doubt its certificates.
constexpr WallTime founded = wall_beginning - std::chrono::hours(24);

/// A key that depends on the seed, the node and the use alone.
SigningKey key_of(std::uint64_t seed, Index node, std::uint8_t use) {
  const std::uint64_t numbers[] = {seed, node, use};
  const View bytes{reinterpret_cast<const std::uint8_t*>(numbers), sizeof numbers};
  return SigningKey::from_seed(hash<32>(purpose::trace, {bytes}));
}

}  // namespace

/// Makes the mesh: a root, and a certificate for each device, the first of which is the admin that lets the
/// others in.
void World::found(const WorldOptions& options) {
  const SigningKey root = key_of(options.seed, 0, 'r');
  RootStatement statement{.root = root.public_key(), .mesh_name = std::string("sim"), .created = founded};
  const Signed<RootStatement> as_signed(statement, MeshId{}, root);
  mesh_ = Mesh{mesh_id(statement), statement, as_signed};
  for (Index i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    node.chance = Random(random_.next());
    const Identity mine = identity(i);
    Certificate certificate{.serial = hash<16>(purpose::trace, {mine.node.value.view()}),
                            .node = mine.node,
                            .inception = mine.inception,
                            .label = "node-" + std::to_string(i),
                            .owner = owner_of("sim"),
                            .role = i == 0 ? Role::admin : Role::member,
                            .admitted = founded,
                            .not_before = founded,
                            .not_after = founded + std::chrono::hours(24 * 30)};
    node.certificate.emplace(certificate, mesh_->id, root);
    node.id = mine.node;
    by_id_[mine.node] = i;
  }
}

Identity World::identity(Index node) const {
  const SigningKey first = key(node, 0);
  const Inception inception{.key = first.public_key(),
                            .next = promise_of(node, 0),
                            .transport = {hash<32>(purpose::trace, {first.public_key().value.view()})},
                            .inviter = {},
                            .ending = ending_of(ending_key(node).public_key())};
  const NodeId id = node_id(mesh_->id, inception);
  Identity identity{*mesh_, id, inception,         {}, key(node, nodes_[node].rot), std::nullopt,
                    {},     {}, nodes_[node].chain};
  if (nodes_[node].certificate) identity.certificate = *nodes_[node].certificate;
  for (const Index other : told_of(node))
    identity.introductions.push_back({*nodes_[other].certificate, "node:" + std::to_string(other)});
  return identity;
}

SigningKey World::key(Index node, std::uint32_t rot) const {
  return key_of(options_.seed, node, static_cast<std::uint8_t>(rot == 0 ? 'o' : rot == 1 ? 'n' : rot));
}

/// Here nobody rotates more than twice.
KeyCommitment World::promise_of(Index node, std::uint32_t rot) const {
  KeyCommitment promise;
  for (std::uint32_t later = 2; later > rot; --later)
    promise = commitment_of(key(node, later).public_key(), promise);
  return promise;
}

SigningKey World::ending_key(Index node) const {
  return key_of(options_.seed, node, 'e');
}

/// A newcomer is told of the first device and two others that have their certificates by then. Nobody could
/// tell the first one; when it starts again its people name two that are there, lest it lost its memory.
Nodes World::told_of(Index node) const {
  Nodes some;
  for (const Index other : {Index{0}, node / 2, node / 3})
    if (other < node && nodes_[other].certificate) some.push_back(other);
  for (Index other = 1; node == 0 && other < nodes_.size() && some.size() < 2; ++other)
    if (is_up(other)) some.push_back(other);
  return some;
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
                                                  Bytes{10, node.place, static_cast<std::uint8_t>(index >> 8),
                                                        static_cast<std::uint8_t>(index)},
                                                  4781}},
                                   .services = {{.label = {"model"}, .txt = {"sim-1"}}},
                                   .capabilities = {"sim"}},
                  .seed = node.chance.next()};
  node.core = std::make_unique<Core>(std::move(options), std::move(mine), *node.disk, verifier_, book_);
  node.wake = never;
  node.calls.clear();
  node.admitted.assign(nodes_.size(), false);
  node.linked.assign(nodes_.size(), false);
  node.links = 0;
  node.power = Node::Power::on;
  node.paused_until = node.slow_until = Time{};
  node.turn = Node::Turn::none;
  perform(index, node.core->start(moment(index)));
  if (node.memory == Memory::kept && node.incarnation <= node.spoken)
    claim_broken("node " + std::to_string(index) + " speaks under an incarnation of an earlier life");
  node.spoken = std::max(node.spoken, node.incarnation);
  node.memory = Memory::kept;
  give(index, ModelFound{moa::Profile{
                  .kind = "sim", .model = "sim-1", .family = "sim", .slots = 1, .synthesizes = true}});
  if (is_new && index != 0 && is_up(0)) perform(0, nodes_[0].core->welcome(*node.certificate, moment(0)));
}

}  // namespace grapevine::node::sim
