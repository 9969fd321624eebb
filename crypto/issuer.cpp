#include "crypto/issuer.hpp"

#include "crypto/draw.hpp"

#include <algorithm>

namespace grapevine {

namespace {

constexpr NodeId the_root{};
constexpr std::int64_t turns = 64;  // of an eighth of thirty days: more than an hour each

WallTime half_life(const Certificate& held) {
  return held.not_before + (held.not_after - held.not_before) / 2;
}

/// When it is this signer's turn to renew a certificate.
WallTime turn_of(const NodeId& signer, const Certificate& held) {
  if (signer == held.issuer) return half_life(held);
  const auto life = held.not_after - held.not_before;
  const auto turn = static_cast<std::int64_t>(draw(held.serial, signer.value.view()) % turns);
  return held.not_before + life / 8 * 5 + life / 8 * turn / turns;
}

}  // namespace

Result<void> Issuer::may_issue(Role role) const {
  if (role != Role::member)
    return keys_.root ? Result<void>{}
                      : fail(Code::refused, "only the device with the root key invites admins and inviters");
  if (own() == nullptr || own()->role == Role::member)
    return fail(Code::refused, "this device is a member; ask on a device that is an admin or inviter");
  if (!keys_.root && !is_certified())
    return fail(Code::refused,
                "this device has rotated its key, which its certificate does not name; invite on the device "
                "with the root key");
  return {};
}

Signed<Certificate> Issuer::admit(Certificate newcomer, WallTime now) const {
  newcomer.admitted = now;
  newcomer.serial = random_bytes<16>();
  return sign(std::move(newcomer), now);
}

std::optional<Signed<Certificate>> Issuer::renewal(const Certificate& held, WallTime now) const {
  if (now < half_life(held) || !may_issue(held.role) || !is_ours(held)) return std::nullopt;
  const bool is_time = turn_of(signer(held.role), held) <= now;
  return is_time && held.not_after < end_of(held.role, now) ? std::optional(sign(held, now)) : std::nullopt;
}

/// Whether our own certificate is about the key we sign with.
bool Issuer::is_certified() const {
  return own() != nullptr && own()->inception.key == keys_.operational->public_key();
}

bool Issuer::is_ours(const Certificate& held) const {
  const bool may_renew_others = keys_.root != nullptr || own()->role == Role::admin;
  return may_renew_others || held.inception.inviter == keys_.node;
}

NodeId Issuer::signer(Role role) const {
  return role != Role::member || !is_certified() ? the_root : keys_.node;
}

WallTime Issuer::end_of(Role role, WallTime now) const {
  const auto& allows = roster_->mesh().root;
  const WallTime end = now + 24h * (role == Role::member ? allows.member_days : allows.admin_days);
  return signer(role) == the_root ? end : std::min(end, own()->not_after);
}

/// For as long as the mesh allows; and unless it is by the root, no longer than our own, with which it would
/// fall.
Signed<Certificate> Issuer::sign(Certificate certificate, WallTime now) const {
  certificate.not_before = now;
  certificate.not_after = end_of(certificate.role, now);
  certificate.issuer = signer(certificate.role);
  return {certificate, roster_->mesh().id, certificate.issuer == the_root ? *keys_.root : *keys_.operational};
}

}  // namespace grapevine
