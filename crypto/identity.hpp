// A NodeId, and who can sign for it. An id is the hash of the node's inception, not of a key: it survives key
// rotation and differs per mesh, so a device in two meshes cannot be linked. With its keys, those to come and
// the one that may end it the node says at birth by whom it wants to be let in, so its id is also its
// consent: nobody can certify it under another key or as somebody else's guest, not even with a key stolen
// from it. Signing keys are Ed25519 (RFC 8032), transport keys are X25519 and made apart, so that the socket
// thread never holds a key that signs. Keys live in locked memory and leave it only through key files
// (key_file.hpp).
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/hash.hpp"
#include "crypto/strong.hpp"
#include "crypto/wire.hpp"

#include <memory>

namespace grapevine {

using NodeId = Strong<struct NodeIdTag, Fixed<32>>;
using MeshId = Strong<struct MeshIdTag, Fixed<32>>;
using PublicKey = Strong<struct PublicKeyTag, Fixed<32>>;          // Ed25519
using TransportKey = Strong<struct TransportKeyTag, Fixed<32>>;    // X25519
using KeyCommitment = Strong<struct KeyCommitmentTag, Fixed<32>>;  // of keys that are not shown yet
using Signature = Strong<struct SignatureTag, Fixed<64>>;

/// What a node is at birth; its hash is the NodeId, and so none of it can change under one id.
struct Inception {
  PublicKey key;           // operational: signs records and rumors, until it is rotated
  KeyCommitment next;      // to every key that may follow
  TransportKey transport;  // CURVE
  NodeId inviter;          // who lets it in; zero: the root
  Fixed<16> ending;        // `ending_of` the key that may end it
  static auto fields(auto& self) {
    return std::tie(self.key, self.next, self.transport, self.inviter, self.ending);
  }
  bool operator==(const Inception&) const = default;
};
NodeId node_id(const MeshId& mesh, const Inception& inception);

/// What is shown of a key, and of those that follow it (`next`), before the key itself is; zero: none
/// follows.
KeyCommitment commitment_of(const PublicKey& key, const KeyCommitment& next = {});
/// What is shown of the key that may end a node.
Fixed<16> ending_of(const PublicKey& key);

/// The id as people see it: 52 characters of base32.
std::string to_string(const NodeId& id);
/// The first eight of them: enough to tell a household apart, never enough to decide.
std::string short_name(const NodeId& id);
/// Malformed unless 52 characters of base32.
Result<NodeId> parse_node_id(std::string_view text);

/// Initialises libsodium, once; every program calls it first. Throws std::runtime_error when the library
/// cannot start.
void start_crypto();

/// Unpredictable bytes for keys and nonces; never used inside machines.
void fill_random(std::span<std::uint8_t> bytes);
template <std::size_t N>
Fixed<N> random_bytes() {
  Fixed<N> made;
  fill_random(made.bytes);
  return made;
}

/// An Ed25519 key that signs. Movable, not copyable; its seed is wiped when it goes.
class SigningKey {
 public:
  static SigningKey generate();
  static SigningKey from_seed(const Fixed<32>& seed);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  const PublicKey& public_key() const { return public_; }
  /// What is shown of this key before it is, when no other follows it.
  KeyCommitment commitment() const;
  Signature sign(View message) const;
  /// The seed, for key files and invites only.
  Fixed<32> seed() const;

 private:
  struct Secret;
  explicit SigningKey(std::unique_ptr<Secret> secret, PublicKey key);
  std::unique_ptr<Secret> secret_;
  PublicKey public_;
};

/// An X25519 pair for CURVE.
struct TransportPair {
  TransportKey key;
  Fixed<32> secret;
  static TransportPair generate();
  static TransportPair from_secret(const Fixed<32>& secret);
};

/// Whether a signature proves a message. An interface because the simulator may remember answers: same bytes,
/// same answer. Verification costs about 40 us, two hundred times a lookup.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual bool verify(const PublicKey& key, View message, const Signature& signature) = 0;
};

class SodiumVerifier final : public Verifier {
 public:
  bool verify(const PublicKey& key, View message, const Signature& signature) override;
};

/// Remembers the last `capacity` triples that verified; never a failure. For the simulator, where one process
/// plays every node and would otherwise check the same bytes once for each.
class RememberingVerifier final : public Verifier {
 public:
  explicit RememberingVerifier(std::size_t capacity);
  ~RememberingVerifier() override;
  bool verify(const PublicKey& key, View message, const Signature& signature) override;

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
  SodiumVerifier sodium_;
};

}  // namespace grapevine
