// Signed<T>: a sentence, its bytes and a signature. Only `open()` turns it into a T, so nothing unverified
// can be used by mistake. What is signed is
//     purpose || 0 || mesh_id || type || BE32(size) || payload
// and so binds the mesh, the kind of sentence and its length: no signature serves another type or another
// mesh. T has a field list, `static constexpr std::string_view purpose`, `static constexpr std::uint8_t type`
// and `static constexpr std::size_t payload_bytes_max`.
#pragma once

#include "crypto/identity.hpp"
#include "crypto/wire.hpp"

namespace grapevine {

/// The exact bytes a signature is over.
Bytes signed_bytes(std::string_view purpose, const MeshId& mesh, std::uint8_t type, View payload);

template <class T>
class Signed {
 public:
  Signed() = default;
  Signed(const T& sentence, const MeshId& mesh, const SigningKey& key) : payload_(wire::encode(sentence)) {
    signature_ = key.sign(signed_bytes(T::purpose, mesh, T::type, payload_));
  }
  /// A sentence that was opened, put together with its signature again: there is one encoding of each.
  Signed(const T& sentence, const Signature& signature)
      : payload_(wire::encode(sentence)), signature_(signature) {}

  /// The sentence, once `key` is shown to have signed it: bad_signature, malformed or not_canonical
  /// otherwise.
  Result<T> open(Verifier& verifier, const MeshId& mesh, const PublicKey& key) const {
    if (!verifier.verify(key, signed_bytes(T::purpose, mesh, T::type, payload_), signature_))
      return fail(Code::bad_signature, "the signature does not prove this sentence");
    return wire::decode<T>(payload_);
  }

  /// The sentence as its author claims it, to learn *whose* key must open it. Never act on it.
  Result<T> claimed() const { return wire::decode<T>(payload_); }

  View payload() const { return payload_; }
  const Signature& signature() const { return signature_; }

  bool operator==(const Signed&) const = default;
  static auto fields(auto& self) { return std::tie(self.payload_, self.signature_); }

 private:
  Blob<T::payload_bytes_max> payload_;
  Signature signature_;
};

}  // namespace grapevine
