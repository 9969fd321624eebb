// Devices of one mesh and their registries, the same in every run. Device n signs with a key made from n; all
// are certified by the root for thirty days from noon. A Neighbour is one whole registry with its own store
// and roster; `exchange` carries messages between two of them until they have nothing more to say.
#pragma once

#include "dns/registry.hpp"
#include "tests/crypto/sample.hpp"

#include <deque>
#include <functional>

namespace grapevine::dns::neighbours {

using grapevine::sample::day;
using grapevine::sample::filled;
using grapevine::sample::mesh;
using grapevine::sample::noon;

inline const bool started = (start_crypto(), true);

/// Of the key that device n has after so many rotations.
inline Fixed<32> seed_of(unsigned n, std::uint32_t rot = 0) {
  auto seed = filled<32>(9);
  seed.bytes[0] = static_cast<std::uint8_t>(n);
  seed.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  seed.bytes[2] = static_cast<std::uint8_t>(seed.bytes[2] + rot);
  return seed;
}
inline SigningKey key_of(unsigned n, std::uint32_t rot) {
  return SigningKey::from_seed(seed_of(n, rot));
}

/// What device n promises when it has rotated so often; three keys follow its first.
inline KeyCommitment promise_of(unsigned n, std::uint32_t rot) {
  KeyCommitment promise;
  for (std::uint32_t later = 3; later > rot; --later)
    promise = commitment_of(key_of(n, later).public_key(), promise);
  return promise;
}
/// The key that may end device n.
inline SigningKey ending_key(unsigned n) {
  return key_of(n, 99);
}

inline RecordId record_id(View envelope) {
  return std::get<Sealed>(unseal(envelope, mesh().id)).id;
}

struct Device {
  unsigned number;
  SigningKey key;  // the one that signs; `rotated` has a later one
  std::uint32_t rot = 0;
  MeshId mesh_id;
  Inception inception;
  NodeId node;
  Signed<Certificate> certificate;

  explicit Device(unsigned n, WallTime from = noon)
      : Device(n, from, neighbours::mesh().id, grapevine::sample::key(1)) {}
  /// One certified by the root of another mesh than ours.
  Device(unsigned n, WallTime from, const MeshId& in, const SigningKey& root)
      : number(n), key(key_of(n, 0)), mesh_id(in) {
    inception = {.key = key.public_key(),
                 .next = promise_of(n, 0),
                 .transport = {seed_of(n)},
                 .inviter = {},
                 .ending = ending_of(ending_key(n).public_key())};
    node = node_id(mesh_id, inception);
    Certificate made;
    made.node = node;
    made.inception = inception;
    made.label.assign("device " + std::to_string(n));
    made.admitted = made.not_before = from;
    made.not_after = from + 30 * day;
    certificate = {made, mesh_id, root};
  }

  /// One that a device of the sample household lets in.
  static Device guest_of(std::uint8_t host, unsigned n) {
    Device guest(n);
    const Certificate made = grapevine::sample::issued_by(host, guest.certificate.claimed().value());
    guest.inception = made.inception;
    guest.node = made.node;
    guest.certificate = grapevine::sample::sign(made, host);
    return guest;
  }

  Self self() const {
    return {.node = node, .inception = inception, .certificate = certificate, .key = &key};
  }
  /// The same device after so many rotations.
  static Device rotated(unsigned n, std::uint32_t rot) {
    Device device(n);
    device.key = key_of(n, rot);
    device.rot = rot;
    return device;
  }
  Bytes member() const { return seal_member(certificate); }
  Bytes origin() const { return seal(inception, mesh_id, key_of(number, 0)); }
  /// The n-th ROT.
  Bytes rotation(std::uint32_t n) const { return rotation(n, promise_of(number, n)); }
  /// What a thief of the first keys up to the n-th makes of them: a ROT that promises as it likes.
  Bytes rotation(std::uint32_t n, const KeyCommitment& promise) const {
    Rotation made;
    made.node = node;
    made.rot = n;
    made.prev = record_id(n == 1 ? origin() : rotation(n - 1));
    made.key = key_of(number, n).public_key();
    made.next = promise;
    return seal(made, mesh_id, key_of(number, n));
  }
  Bytes suspension(Cause cause = Cause::stolen) const {
    return seal(Suspension{.node = node, .rot = rot, .cause = cause}, mesh_id, key);
  }
  Bytes retirement() const { return retirement(ending_key(number)); }
  Bytes retirement(const SigningKey& by) const { return dns::retirement(mesh_id, node, by, Cause::lost); }
  Bytes transfer(std::string_view label, std::uint64_t seq, const Device& to,
                 std::uint32_t not_before) const {
    Transfer made;
    made.name.assign(label);
    made.from = node;
    made.from_rot = rot;
    made.from_seq = seq;
    made.to = to.node;
    made.to_rot = to.rot;
    made.not_before = not_before;
    const Bytes sentence = sentence_of(made, mesh_id);
    return envelope_of(made, {key.sign(sentence), to.key.sign(sentence)});
  }
  Bytes vote(std::string_view skeleton, std::uint32_t term, const NodeId& claim) const {
    Vote made;
    made.voter = node;
    made.rot = rot;
    made.skeleton.assign(skeleton);
    made.term = made.since = term;
    made.claim = claim;
    return seal(made, mesh_id, key);
  }
  Bytes address(std::uint64_t seq, WallTime issued = noon, const std::string& capability = "text") const {
    Address made;
    made.node = node;
    made.rot = rot;
    made.seq = seq;
    made.issued = issued;
    made.lease_s = 7200;
    made.endpoints.push_back({.proto = 1, .ip = Bytes{192, 0, 2, 1}, .port = 4781});
    made.capabilities.emplace_back(capability);
    return seal(made, mesh_id, key);
  }
  Bytes name(std::string_view label, std::uint64_t seq, WallTime issued = noon,
             std::uint32_t lease_s = 14 * 86400) const {
    NameClaim made;
    made.node = node;
    made.rot = rot;
    made.seq = seq;
    made.name.assign(label);
    made.key_lease_s = lease_s;
    made.issued = issued;
    return seal(made, mesh_id, key);
  }
};

inline Now at(Duration since_noon = 0s) {
  return {Time(since_noon), noon + std::chrono::duration_cast<std::chrono::milliseconds>(since_noon)};
}

inline Verifier& verifier() {
  static RememberingVerifier remembering(100'000);
  return remembering;
}

/// A registry and whose it is.
struct Party {
  NodeId node;
  Registry& registry;
};

/// One registry; its device publishes itself only when `start`ed.
struct Neighbour {
  Device device;
  MemoryStore store{};
  Roster roster;
  Registry registry;

  explicit Neighbour(unsigned n, Verifier& judge = verifier(), Config config = {})
      : device(n), roster(mesh(), judge), registry(config, device.self(), store, roster, Random(n)) {}
  operator Party() { return {device.node, registry}; }
  Effects start(Now now = at()) { return registry.start({.capabilities = {"text"}}, now); }
  Verdict hear(View record, Now now = at()) { return registry.arrived(device.node, record, now).first; }
  /// Hears all that makes a device known.
  void meet(const Device& other, Now now = at()) {
    hear(other.member(), now);
    hear(other.origin(), now);
  }
};

template <class Wanted>
std::vector<Wanted> only(const Effects& effects) {
  std::vector<Wanted> found;
  for (const auto& effect : effects) {
    if (const auto* wanted = std::get_if<Wanted>(&effect)) found.push_back(*wanted);
  }
  return found;
}

inline bool notes(const Effects& effects, std::string_view event) {
  for (const auto& note : only<Note>(effects)) {
    if (note.event == event) return true;
  }
  return false;
}

struct Traffic {
  std::size_t messages = 0;
  std::size_t bytes = 0;
};

/// Carries what `a` says first, and every answer, until both are silent; `overhear` is shown all they say.
using Overhear = std::function<void(const NodeId& by, const Effects& effects)>;
inline Traffic exchange(
    Party a, Party b, const Effects& first, Now now = at(),
    const Overhear& overhear = [](const NodeId&, const Effects&) {}) {
  Traffic traffic;
  std::deque<Send<Message>> pending;
  const auto post = [&](const Effects& effects) {
    for (auto& send : only<Send<Message>>(effects)) pending.push_back(std::move(send));
  };
  post(first);
  while (!pending.empty()) {
    const auto send = std::move(pending.front());
    pending.pop_front();
    const Bytes frame = wire::encode_message(send.message);
    ++traffic.messages;
    traffic.bytes += frame.size();
    const auto message = wire::decode_message<Message>(frame);
    const Party& to = send.to == a.node ? a : b;
    const Party& from = send.to == a.node ? b : a;
    const Effects said = to.registry.receive(from.node, message.value(), now);
    overhear(to.node, said);
    post(said);
  }
  return traffic;
}

/// One exchange, begun by `a`.
inline Traffic make_equal(Party a, Party b, Now now = at()) {
  return exchange(a, b, a.registry.meet(b.node, now), now);
}

}  // namespace grapevine::dns::neighbours
