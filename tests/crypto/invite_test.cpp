#include "crypto/invite.hpp"

#include "tests/crypto/sample.hpp"
#include "tests/vectors/crypto.hpp"

#include <doctest/doctest.h>

using namespace grapevine;

namespace {

Result<JoinWish> opened(const JoinRequest& request, const MeshId& mesh = sample::mesh().id) {
  SodiumVerifier verifier;
  return open_join_request(request, mesh, sample::key(5).public_key(), verifier);
}

JoinRequest request() {
  return make_join_request(sample::wish(), sample::mesh().id, sample::key(5), sample::key(3));
}

}  // namespace

TEST_CASE("an invite has its golden text and is read back whole") {
  const auto text = to_text(sample::invite());
  CHECK(text == vectors::invite_text);
  const auto read = parse_invite(text).value();
  CHECK(to_text(read) == text);
  CHECK(read.addresses.at(1) == "[2001:db8::1]:4781");
}

TEST_CASE("an invite with any one letter altered is named as such") {
  const std::string text(vectors::invite_text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto altered = text;
    altered[i] = altered[i] == 'q' ? 'r' : 'q';
    const auto invite = parse_invite(altered);
    REQUIRE_MESSAGE(!invite, "letter " << i);
    CHECK(invite.error().code == Code::malformed);
    CHECK(invite.error().text.starts_with("the invite is altered or mistyped"));
  }
}

TEST_CASE("an invite that is cut anywhere is malformed") {
  for (std::size_t size = 0; size < vectors::invite_text.size(); ++size) {
    CHECK(parse_invite(vectors::invite_text.substr(0, size)).error().code == Code::malformed);
  }
}

TEST_CASE("an invite of a later version is refused although its check is right") {
  auto later = sample::invite();
  later.version = 2;
  CHECK(parse_invite(to_text(later)).error().text == "an invite of another version");
}

TEST_CASE("an invite id is the hash of the invite key") {
  CHECK(to_hex(invite_id(sample::key(5).public_key()).value.view()) == vectors::invite_id_5);
}

TEST_CASE("a join request has its golden bytes") {
  CHECK(to_hex(wire::encode_message(JoinMessage(request()))) == vectors::join_request);
}

TEST_CASE("a join request opens when both keys have signed it") {
  const auto wish = opened(request());
  REQUIRE(wish);
  CHECK(wish->inception.key == sample::key(3).public_key());
  CHECK(wish->label == "device 3");
}

TEST_CASE("a join request without the invite key's signature is refused") {
  auto forged = request();
  forged.by_invite = forged.by_node;
  CHECK(opened(forged).error().code == Code::bad_signature);
}

TEST_CASE("a join request without the node key's signature is refused") {
  auto forged = request();
  forged.by_node = forged.by_invite;
  CHECK(opened(forged).error().code == Code::bad_signature);
}

TEST_CASE("a join request for another mesh is refused") {
  CHECK(opened(request(), MeshId{sample::filled<32>(9)}).error().code == Code::bad_signature);
}

TEST_CASE("a wish that names another invite is malformed") {
  SodiumVerifier verifier;
  const auto other = sample::key(6).public_key();
  CHECK(open_join_request(request(), sample::mesh().id, other, verifier).error().code == Code::malformed);
}

TEST_CASE("a wish altered after signing is refused") {
  auto altered = request();
  altered.wish.back() ^= 1;  // the last byte of its nonce
  CHECK(opened(altered).error().code == Code::bad_signature);
}

TEST_CASE("a refusal says nothing but that") {
  const auto bytes = wire::encode_message(JoinMessage(JoinRefused{}));
  CHECK(to_hex(bytes) == "9103");
  CHECK(std::holds_alternative<JoinRefused>(wire::decode_message<JoinMessage>(bytes).value()));
}

TEST_CASE("a grant brings mesh, certificate, issuers and peers") {
  JoinGranted granted;
  granted.mesh = sample::mesh().statement;
  granted.certificate = sample::sign(sample::issued_by(3, sample::certificate(4, Role::member)), 3);
  granted.issuers.push_back(sample::sign(sample::certificate(3, Role::inviter), 1));
  granted.peers.emplace_back().contact.assign("192.0.2.1:4780");
  const auto bytes = wire::encode_message(JoinMessage(granted));
  const auto read = wire::decode_message<JoinMessage>(bytes).value();
  CHECK(std::get<JoinGranted>(read).certificate == granted.certificate);
  CHECK(wire::encode_message(read) == bytes);
}
