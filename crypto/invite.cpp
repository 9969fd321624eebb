#include "crypto/invite.hpp"

namespace grapevine {

namespace {

constexpr std::string_view prefix = "gv1-";

// Four bytes let one mistyped invite in four thousand million pass; the join port refuses that one.
constexpr std::size_t check_size = 4;

Bytes check_of(View encoding) {
  const auto digest = hash<8>(purpose::invite_text, {encoding});
  return to_bytes(digest.view().first(check_size));
}

tl::unexpected<Error> mistyped(std::string_view why) {
  return fail(Code::malformed, "the invite is altered or mistyped: " + std::string(why));
}

Bytes bytes_to_sign(const MeshId& mesh, View wish) {
  return signed_bytes(JoinWish::purpose, mesh, JoinWish::type, wish);
}

}  // namespace

std::string to_text(const Invite& invite) {
  Bytes bytes = wire::encode(invite);
  append(bytes, check_of(bytes));
  return std::string(prefix) + to_base32(bytes);
}

Result<Invite> parse_invite(std::string_view text) {
  if (!text.starts_with(prefix)) return mistyped("it begins with " + std::string(prefix));
  const auto bytes = from_base32(text.substr(prefix.size()));
  if (!bytes) return mistyped(bytes.error().text);
  if (bytes->size() <= check_size) return mistyped("it is too short");
  const View encoding = View(*bytes).first(bytes->size() - check_size);
  if (check_of(encoding) != to_bytes(View(*bytes).last(check_size)))
    return mistyped("its check does not match");
  auto invite = wire::decode<Invite>(encoding);
  if (invite && invite->version != 1) return fail(Code::malformed, "an invite of another version");
  return invite;
}

InviteId invite_id(const PublicKey& invite_key) {
  return {hash<16>(purpose::invite_id, {invite_key.value.view()})};
}

JoinRequest make_join_request(const JoinWish& wish, const MeshId& mesh, const SigningKey& invite,
                              const SigningKey& node) {
  ensure(wish.invite == invite_id(invite.public_key()), "a wish names the invite that signs it");
  ensure(wish.inception.key == node.public_key(), "a wish names the node that signs it");
  JoinRequest request;
  request.wish = wire::encode(wish);
  const Bytes message = bytes_to_sign(mesh, request.wish);
  request.by_invite = invite.sign(message);
  request.by_node = node.sign(message);
  return request;
}

Result<JoinWish> open_join_request(const JoinRequest& request, const MeshId& mesh, const PublicKey& invite,
                                   Verifier& verifier) {
  const auto wish = wire::decode<JoinWish>(request.wish);
  if (!wish) return fail(wish.error());
  if (wish->version != 1) return fail(Code::malformed, "a wish of another version");
  if (wish->invite != invite_id(invite)) return fail(Code::malformed, "the wish names another invite");
  const Bytes message = bytes_to_sign(mesh, request.wish);
  if (!verifier.verify(invite, message, request.by_invite))
    return fail(Code::bad_signature, "the bearer does not hold the invite");
  if (!verifier.verify(wish->inception.key, message, request.by_node))
    return fail(Code::bad_signature, "the bearer does not hold the key it shows");
  return wish;
}

}  // namespace grapevine
