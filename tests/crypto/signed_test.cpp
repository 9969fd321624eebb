#include "crypto/signed.hpp"

#include "tests/crypto/sample.hpp"
#include "tests/vectors/crypto.hpp"

#include <doctest/doctest.h>

using namespace grapevine;

namespace {

struct Word {
  static constexpr std::string_view purpose = "grapevine/test/1";
  static constexpr std::uint8_t type = 1;
  static constexpr std::size_t payload_bytes_max = 16;
  Text<8> text;
  static auto fields(auto& self) { return std::tie(self.text); }
};

// The same bytes as a Word, meant as something else.
struct OtherWord : Word {
  static constexpr std::uint8_t type = 2;
};

// What a forger can send: any payload beside any signature.
struct Raw {
  Blob<32> payload;
  Signature signature;
  static auto fields(auto& self) { return std::tie(self.payload, self.signature); }
};

Word hello() {
  Word word;
  word.text.assign("hello");
  return word;
}

const MeshId mesh{sample::filled<32>(17)};
const MeshId other_mesh{sample::filled<32>(18)};

template <class T>
Result<T> opened_as(const Signed<Word>& word, const MeshId& within, std::uint8_t signer) {
  SodiumVerifier verifier;
  const auto same_bytes = wire::decode<Signed<T>>(wire::encode(word)).value();
  return same_bytes.open(verifier, within, sample::key(signer).public_key());
}

}  // namespace

TEST_CASE("what is signed is purpose, zero, mesh, type, length and payload") {
  const auto bytes = signed_bytes("grapevine/join/1", mesh, 2, view("abc"));
  CHECK(to_hex(bytes) == vectors::signed_bytes_of_abc);
}

TEST_CASE("a signed sentence opens with its key, in its mesh, as its type") {
  const Signed<Word> word(hello(), mesh, sample::key(1));
  CHECK(opened_as<Word>(word, mesh, 1)->text == "hello");
  CHECK(opened_as<Word>(word, mesh, 2).error().code == Code::bad_signature);
  CHECK(opened_as<Word>(word, other_mesh, 1).error().code == Code::bad_signature);
  CHECK(opened_as<OtherWord>(word, mesh, 1).error().code == Code::bad_signature);
}

TEST_CASE("a signature of another purpose is refused") {
  SodiumVerifier verifier;
  const auto payload = wire::encode(hello());
  const auto signature = sample::key(1).sign(signed_bytes("grapevine/join/1", mesh, Word::type, payload));
  const auto bytes = wire::encode(Raw{payload, signature});
  const auto word = wire::decode<Signed<Word>>(bytes).value();
  CHECK(word.open(verifier, mesh, sample::key(1).public_key()).error().code == Code::bad_signature);
}

TEST_CASE("a claim is readable before it is proven") {
  const Signed<Word> forged(hello(), other_mesh, sample::key(2));
  CHECK(forged.claimed()->text == "hello");
}

TEST_CASE("a well-signed payload that is not its type is malformed") {
  const auto payload = wire::encode(std::uint64_t{5});
  SodiumVerifier verifier;
  const Raw raw{payload, sample::key(1).sign(signed_bytes(Word::purpose, mesh, Word::type, payload))};
  const auto word = wire::decode<Signed<Word>>(wire::encode(raw)).value();
  CHECK(word.open(verifier, mesh, sample::key(1).public_key()).error().code == Code::malformed);
}

TEST_CASE("a payload over its maximum does not decode") {
  CHECK(wire::decode<Signed<Word>>(wire::encode(Raw{Bytes(16), {}})));
  CHECK(wire::decode<Signed<Word>>(wire::encode(Raw{Bytes(17), {}})).error().code == Code::malformed);
}
