#include "node/sim/citizens.hpp"

namespace grapevine::node::sim {
namespace {

SigningKey key_for(std::uint8_t use) {
  start_crypto();
  Fixed<32> seed;
  seed.bytes[0] = use;
  return SigningKey::from_seed(seed);
}

Mesh found(const SigningKey& root, WallTime beginning) {
  const RootStatement statement{
      .root = root.public_key(), .mesh_name = std::string("swarm"), .created = beginning};
  return {mesh_id(statement), statement, Signed<RootStatement>(statement, MeshId{}, root)};
}

}  // namespace

Citizens::Citizens(std::size_t count, WallTime beginning, Owners owners)
    : root_(key_for('r')), operational_(key_for('o')), mesh_(found(root_, beginning)) {
  selves_.reserve(count);
  by_id_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Inception inception;
    inception.key = operational_.public_key();
    std::memcpy(inception.ending.data(), &i, sizeof i);
    const std::string label = "node-" + std::to_string(i);
    const Certificate certificate{.node = node_id(mesh_.id, inception),
                                  .inception = inception,
                                  .label = label,
                                  .owner = owner_of(owners == Owners::one ? "swarm" : label),
                                  .admitted = beginning,
                                  .not_before = beginning,
                                  .not_after = beginning + 24h * 30};
    by_id_.emplace(certificate.node, static_cast<Index>(i));
    selves_.push_back({.node = certificate.node,
                       .contact = "node:" + std::to_string(i),
                       .certificate = Signed<Certificate>(certificate, mesh_.id, root_),
                       .key = &operational_});
  }
}

Signed<gossip::Alive> Citizens::first_word(Index citizen) const {
  const gossip::Self& self = selves_[citizen];
  const gossip::Alive alive{
      .node = self.node, .incarnation = 1, .contact = self.contact, .certificate = self.certificate};
  return {alive, mesh_.id, operational_};
}

}  // namespace grapevine::node::sim
