#include "crypto/identity.hpp"

#include "tests/crypto/sample.hpp"
#include "tests/vectors/crypto.hpp"

#include <doctest/doctest.h>

using namespace grapevine;

namespace {

const bool started = (start_crypto(), true);

template <std::size_t N>
Fixed<N> bytes_of(std::string_view hex) {
  return Fixed<N>::of(from_hex(hex).value()).value();
}

}  // namespace

TEST_CASE("signatures are those of RFC 8032, section 7.1, test 3") {
  const auto key =
      SigningKey::from_seed(bytes_of<32>("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
  CHECK(to_hex(key.public_key().value.view()) ==
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  CHECK(to_hex(key.sign(Bytes{0xaf, 0x82}).value.view()) ==
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

TEST_CASE("transport keys are those of RFC 7748, section 6.1") {
  const auto alice = TransportPair::from_secret(
      bytes_of<32>("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  CHECK(to_hex(alice.key.value.view()) == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
}

TEST_CASE("a signature proves its own message under its own key only") {
  SodiumVerifier verifier;
  const auto key = sample::key(1);
  const auto signature = key.sign(view("hello"));
  CHECK(verifier.verify(key.public_key(), view("hello"), signature));
  CHECK_FALSE(verifier.verify(key.public_key(), view("hullo"), signature));
  CHECK_FALSE(verifier.verify(sample::key(2).public_key(), view("hello"), signature));
}

TEST_CASE("a public key of zeros proves nothing") {
  SodiumVerifier verifier;
  CHECK_FALSE(verifier.verify(PublicKey{}, view("hello"), Signature{}));
}

TEST_CASE("a key made again from its seed is the same key") {
  const auto key = SigningKey::generate();
  CHECK(SigningKey::from_seed(key.seed()).public_key() == key.public_key());
  CHECK(SigningKey::generate().public_key() != key.public_key());
}

TEST_CASE("a moved key signs on") {
  auto key = sample::key(1);
  const auto moved = std::move(key);
  CHECK(moved.sign(view("x")) == sample::key(1).sign(view("x")));
}

TEST_CASE("a node id is the hash of mesh and inception") {
  CHECK(to_hex(sample::node(2).value.view()) == vectors::node_id_2);
  CHECK(to_string(sample::node(2)) == vectors::node_id_2_text);
  CHECK(short_name(sample::node(2)) == vectors::node_id_2_text.substr(0, 8));
}

TEST_CASE("one device has unlike ids in two meshes") {
  CHECK(node_id(MeshId{sample::filled<32>(1)}, sample::inception(2)) !=
        node_id(MeshId{sample::filled<32>(2)}, sample::inception(2)));
}

TEST_CASE("a node id is read from 52 characters and from nothing else") {
  const std::string whole(vectors::node_id_2_text);
  CHECK(parse_node_id(whole).value() == sample::node(2));
  CHECK(parse_node_id(whole.substr(0, 50)).error().code == Code::malformed);
  CHECK(parse_node_id(whole + "aa").error().code == Code::malformed);
  CHECK(parse_node_id("").error().code == Code::malformed);
}

TEST_CASE("a transport key follows from its secret") {
  CHECK(to_hex(sample::transport(2).value.view()) == vectors::transport_key_2);
  CHECK(TransportPair::generate().key != TransportPair::generate().key);
}

TEST_CASE("what was verified is remembered, what failed is not") {
  RememberingVerifier verifier(2);
  const auto key = sample::key(1);
  const auto good = key.sign(view("a"));
  for (int again = 0; again < 2; ++again) {
    CHECK(verifier.verify(key.public_key(), view("a"), good));
    CHECK_FALSE(verifier.verify(key.public_key(), view("b"), good));
  }
}

TEST_CASE("a full memory of signatures forgets the oldest and stays right") {
  RememberingVerifier verifier(2);
  const auto key = sample::key(1);
  for (const std::string_view message : {"a", "b", "c", "a", "b", "c"}) {
    CHECK(verifier.verify(key.public_key(), view(message), key.sign(view(message))));
    CHECK_FALSE(verifier.verify(key.public_key(), view(message), key.sign(view("z"))));
  }
}
