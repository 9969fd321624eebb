#include "node/succession.hpp"

namespace grapevine::node {

SigningKey Succession::key(std::uint32_t rot) const {
  ensure(rot >= 1, "the first key is made apart, and follows from no other");
  const auto seed = secret_.seed();
  const auto number = static_cast<std::uint8_t>(rot);
  static_assert(dns::rotations_max < 256);
  return SigningKey::from_seed(hash<32>(purpose::succession, {seed.view(), View(&number, 1)}));
}

KeyCommitment Succession::promise(std::uint32_t rot) const {
  KeyCommitment promise;
  for (std::uint32_t later = dns::rotations_max; later > rot; --later)
    promise = commitment_of(key(later).public_key(), promise);
  return promise;
}

}  // namespace grapevine::node
