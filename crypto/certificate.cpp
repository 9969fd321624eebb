#include "crypto/certificate.hpp"

#include <algorithm>

namespace grapevine {

namespace {

// Clocks of households differ; a clock that is set at all is right within ten minutes.
constexpr auto clock_slack = 10min;

constexpr NodeId the_root{};

bool has_ended(const Certificate& certificate, WallTime now) {
  return certificate.not_after <= now;
}

Result<void> check_dates(const Certificate& certificate, WallTime now) {
  if (has_ended(certificate, now)) return fail(Code::expired, "the certificate has ended");
  if (certificate.not_before > now + clock_slack)
    return fail(Code::early, "the certificate begins later; is this device's clock right?");
  return {};
}

}  // namespace

Fixed<16> admission_of(const Certificate& certificate) {
  Certificate first = certificate;
  first.not_before = first.not_after = first.admitted;
  first.issuer = first.inception.inviter;
  return hash<16>(purpose::admission, {wire::encode(first)});
}

Owner owner_of(std::string_view label) {
  return {hash<16>(purpose::owner, {view(label)})};
}

MeshId mesh_id(const RootStatement& statement) {
  return {hash<32>(purpose::mesh_id, {wire::encode(statement)})};
}

Mesh found_mesh(std::string_view name, const SigningKey& root, WallTime now) {
  RootStatement statement;
  statement.root = root.public_key();
  statement.mesh_name.assign(name);
  statement.created = now;
  statement.nonce = random_bytes<16>();
  return {mesh_id(statement), statement, Signed<RootStatement>(statement, MeshId{}, root)};
}

Result<Mesh> open_mesh(const Signed<RootStatement>& statement, Verifier& verifier) {
  const auto claimed = statement.claimed();
  if (!claimed) return fail(claimed.error());
  const auto root = statement.open(verifier, MeshId{}, claimed->root);
  if (!root) return fail(root.error());
  if (root->version != 1) return fail(Code::refused, "a root statement of another version");
  return Mesh{mesh_id(*root), *root, statement};
}

std::string_view name(Role role) {
  switch (role) {
    case Role::member: return "member";
    case Role::inviter: return "inviter";
    case Role::admin: return "admin";
  }
  return "?";
}

Result<Role> parse_role(std::string_view text) {
  for (const Role role : {Role::member, Role::inviter, Role::admin}) {
    if (text == name(role)) return role;
  }
  return fail(Code::malformed, "a role is member, inviter or admin");
}

Precedence precedence_of(const Certificate& certificate, const Signature& signature) {
  return {.role = certificate.role,
          .not_after = certificate.not_after,
          .hash = hash<32>(purpose::certificate, {wire::encode(certificate), signature.value.view()})};
}

Roster::Roster(Mesh mesh, Verifier& verifier) : mesh_(std::move(mesh)), verifier_(&verifier) {}

Result<Certificate> Roster::admit(const Signed<Certificate>& certificate, WallTime now) {
  const auto claimed = certificate.claimed();
  if (!claimed) return fail(claimed.error());
  if (const auto terms = check_terms(*claimed, now); !terms) return fail(terms.error());
  const auto key = issuer_key(*claimed, now);
  if (!key) return fail(key.error());

  const auto held = members_.find(claimed->node);
  if (held != members_.end() && held->second.as_signed() == certificate) return held->second.certificate;

  if (claimed->node != node_id(mesh_.id, claimed->inception))
    return fail(Code::bad_signature, "its id is not that of the node it describes");
  const auto opened = certificate.open(*verifier_, mesh_.id, *key);
  if (!opened) return fail(opened.error());

  if (held == members_.end()) {
    if (members_.size() >= members_max) forget_ended(now);
    if (members_.size() >= members_max) return fail(Code::full, "the roster is full");
    members_.emplace(opened->node, Entry{*opened, certificate.signature()});
    return *opened;
  }
  Entry& entry = held->second;
  const Entry other{*opened, certificate.signature()};
  if (entry.precedence() < other.precedence()) entry = other;
  return entry.certificate;
}

const Certificate* Roster::find(const NodeId& node) const {
  const auto at = members_.find(node);
  return at == members_.end() ? nullptr : &at->second.certificate;
}

std::optional<Signed<Certificate>> Roster::find_signed(const NodeId& node) const {
  const auto at = members_.find(node);
  return at == members_.end() ? std::nullopt : std::optional(at->second.as_signed());
}

std::vector<Signed<Certificate>> Roster::issuers_of(Signed<Certificate> certificate) const {
  std::vector<Signed<Certificate>> issuers;
  for (std::size_t links = 1; links < 3; ++links) {  // root -> admin or inviter -> member
    const auto claimed = certificate.claimed();
    auto issuer = claimed ? find_signed(claimed->issuer) : std::nullopt;
    if (!issuer) break;
    certificate = *std::move(issuer);
    issuers.insert(issuers.begin(), certificate);
  }
  return issuers;
}

bool Roster::is_member(const NodeId& node, WallTime now) const {
  const Certificate* held = find(node);
  if (held == nullptr || !check_dates(*held, now) || voice_of(node) > Voice::muted) return false;
  const Certificate* issuer = find(held->issuer);
  return held->issuer == the_root || (issuer != nullptr && !has_ended(*issuer, now));
}

void Roster::learn(const NodeId& node, const Standing& standing) {
  if (standing == Standing{}) {
    standings_.erase(node);
  } else if (standings_.size() < members_max || standings_.contains(node)) {
    standings_[node] = standing;
  }
}

Voice Roster::voice_of(const NodeId& node) const {
  const auto own = standings_.find(node);
  const Voice voice = own == standings_.end() ? Voice::heard : own->second.voice;
  const Certificate* held = find(node);
  const bool falls = held != nullptr && held->role == Role::member &&
                     (falls_with(held->inception.inviter, *held) || falls_with(held->issuer, *held));
  return falls ? Voice::revoked : voice;
}

bool Roster::falls_with(const NodeId& sponsor, const Certificate& held) const {
  const auto at = standings_.find(sponsor);
  if (at == standings_.end() || at->second.voice != Voice::revoked) return false;
  const auto& kept = at->second.kept;
  return std::find(kept.begin(), kept.end(), admission_of(held)) == kept.end();
}

const PublicKey* Roster::key_of(const NodeId& node) const {
  const Certificate* held = find(node);
  if (held == nullptr || voice_of(node) != Voice::heard) return nullptr;
  const auto at = standings_.find(node);
  return at != standings_.end() && at->second.key ? &*at->second.key : &held->inception.key;
}

Result<void> Roster::check_terms(const Certificate& certificate, WallTime now) const {
  if (certificate.version != 1) return fail(Code::refused, "a certificate of another version");
  if (certificate.node == the_root) return fail(Code::refused, "no node has the id of the root");
  if (auto dates = check_dates(certificate, now); !dates) return dates;
  if (certificate.admitted > certificate.not_before)
    return fail(Code::refused, "a certificate of somebody who is admitted later");
  const auto days = certificate.role == Role::member ? mesh_.root.member_days : mesh_.root.admin_days;
  if (certificate.not_after - certificate.not_before > 24h * days)
    return fail(Code::refused,
                "this mesh allows such a certificate " + std::to_string(days) + " days at most");
  return {};
}

// The key that must have signed, if its holder may issue this at all.
Result<PublicKey> Roster::issuer_key(const Certificate& certificate, WallTime now) const {
  if (certificate.issuer == the_root) return mesh_.root.root;
  const Certificate* issuer = find(certificate.issuer);
  if (issuer == nullptr)
    return fail(Code::unknown, "its issuer " + short_name(certificate.issuer) + " is not known");
  if (has_ended(*issuer, now)) return fail(Code::expired, "the certificate of its issuer has ended");
  if (issuer->role == Role::member) return fail(Code::refused, "a member may not issue certificates");
  if (certificate.role != Role::member)
    return fail(Code::refused, "only the root makes an " + std::string(name(certificate.role)));
  if (issuer->role == Role::inviter) {
    if (certificate.inception.inviter != certificate.issuer)
      return fail(Code::refused, "an inviter certifies its own guests alone");
    if (certificate.admitted < issuer->admitted)
      return fail(Code::refused, "a guest who came before its inviter");
  }
  return issuer->inception.key;
}

void Roster::forget_ended(WallTime now) {
  std::erase_if(members_, [&](const auto& member) { return has_ended(member.second.certificate, now); });
}

}  // namespace grapevine
