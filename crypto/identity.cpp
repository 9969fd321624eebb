#include "crypto/identity.hpp"

#include <stdexcept>
#include <unordered_set>
#include <utility>

#include <sodium.h>

namespace grapevine {

void start_crypto() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start: no source of random numbers");
}

void fill_random(std::span<std::uint8_t> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

NodeId node_id(const MeshId& mesh, const Inception& inception) {
  return {hash<32>(purpose::node_id, {mesh.value.view(), inception.key.value.view(),
                                      inception.next.value.view(), inception.transport.value.view(),
                                      inception.inviter.value.view(), inception.ending.view()})};
}

KeyCommitment commitment_of(const PublicKey& key, const KeyCommitment& next) {
  if (next == KeyCommitment{}) return {hash<32>(purpose::next_key, {key.value.view()})};
  return {hash<32>(purpose::next_key, {key.value.view(), next.value.view()})};
}

Fixed<16> ending_of(const PublicKey& key) {
  return hash<16>(purpose::ending_key, {key.value.view()});
}

std::string to_string(const NodeId& id) {
  return to_base32(id.value.view());
}

std::string short_name(const NodeId& id) {
  return to_string(id).substr(0, 8);
}

Result<NodeId> parse_node_id(std::string_view text) {
  const auto bytes = from_base32(text);
  if (!bytes) return fail(bytes.error());
  const auto id = Fixed<32>::of(*bytes);
  if (!id) return fail(Code::malformed, "a node id has 52 characters");
  return NodeId{*id};
}

// libsodium's form of a secret key, seed and public key side by side, in memory that is locked, fenced by
// guard pages and wiped when freed.
struct SigningKey::Secret {
  using Key = std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES>;
  struct Free {
    void operator()(Key* ended) const { sodium_free(ended); }
  };
  std::unique_ptr<Key, Free> key{static_cast<Key*>(sodium_malloc(sizeof(Key)))};

  Secret() { ensure(key != nullptr, "there is memory for a key"); }
};

SigningKey SigningKey::generate() {
  auto seed = random_bytes<crypto_sign_SEEDBYTES>();
  auto key = from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

SigningKey SigningKey::from_seed(const Fixed<32>& seed) {
  auto secret = std::make_unique<Secret>();
  PublicKey key;
  crypto_sign_seed_keypair(key.value.data(), secret->key->data(), seed.data());
  return SigningKey(std::move(secret), key);
}

SigningKey::SigningKey(std::unique_ptr<Secret> secret, PublicKey key)
    : secret_(std::move(secret)), public_(key) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

KeyCommitment SigningKey::commitment() const {
  return commitment_of(public_);
}

Signature SigningKey::sign(View message) const {
  Signature signature;
  crypto_sign_detached(signature.value.data(), nullptr, message.data(), message.size(), secret_->key->data());
  return signature;
}

Fixed<32> SigningKey::seed() const {
  Fixed<32> seed;
  crypto_sign_ed25519_sk_to_seed(seed.data(), secret_->key->data());
  return seed;
}

TransportPair TransportPair::generate() {
  return from_secret(random_bytes<crypto_box_SECRETKEYBYTES>());
}

TransportPair TransportPair::from_secret(const Fixed<32>& secret) {
  TransportPair pair{.key = {}, .secret = secret};
  crypto_scalarmult_base(pair.key.value.data(), secret.data());
  return pair;
}

bool SodiumVerifier::verify(const PublicKey& key, View message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.value.data(), message.data(), message.size(),
                                     key.value.data()) == 0;
}

// What was verified, as hashes, in the order it came; the oldest makes room.
struct RememberingVerifier::Memory {
  using Seen = Strong<struct SeenTag, Fixed<16>>;
  std::unordered_set<Seen, FirstBytes> seen{};
  std::vector<Seen> ring{};
  std::size_t oldest = 0;
  std::size_t capacity;

  void remember(const Seen& triple) {
    if (ring.size() < capacity) {
      ring.push_back(triple);
    } else {
      seen.erase(std::exchange(ring[oldest], triple));
      oldest = (oldest + 1) % capacity;
    }
    seen.insert(triple);
  }
};

RememberingVerifier::RememberingVerifier(std::size_t capacity)
    : memory_(std::make_unique<Memory>(Memory{.capacity = capacity})) {
  ensure(capacity > 0, "a memory holds at least one");
}
RememberingVerifier::~RememberingVerifier() = default;

bool RememberingVerifier::verify(const PublicKey& key, View message, const Signature& signature) {
  const Memory::Seen triple{hash<16>(purpose::verified, {key.value.view(), signature.value.view(), message})};
  if (memory_->seen.contains(triple)) return true;
  if (!sodium_.verify(key, message, signature)) return false;
  memory_->remember(triple);
  return true;
}

}  // namespace grapevine
