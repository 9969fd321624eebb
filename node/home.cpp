#include "node/home.hpp"

#include "node/recovery.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

namespace fs = std::filesystem;

constexpr unsigned owner_only = 0600;
constexpr std::size_t file_bytes_max = 128 * 1024;  // 32 introductions of under 1 KiB are the most we write

/// What a node knows of its own membership; public, but whole or not at all.
struct Membership {
  Signed<RootStatement> mesh;
  Inception inception;
  Signed<Certificate> certificate;
  List<Signed<Certificate>, 8> issuers;
  List<Introduction, 32> introductions;
  static auto fields(auto& self) {
    return std::tie(self.mesh, self.inception, self.certificate, self.issuers, self.introductions);
  }
};

/// The two folders of a home that matter while it is made.
struct Rooms {
  fs::path home;
  fs::path keys() const { return home / "keys"; }
  fs::path staged() const { return home / "keys.new"; }
};

Result<void> check_vacant(const Rooms& rooms);
Result<void> make_empty(const fs::path& folder);
Result<void> move_in(const Rooms& rooms);
Result<Identity> check_identity(const fs::path& folder, SigningKey operational, const TransportKey& transport,
                                WallTime now);
Result<TransportPair> load_transport(const fs::path& folder);
Result<SigningKey> load_signing_key(const fs::path& folder, std::string_view kind);
Result<void> save_node_keys(const fs::path& folder, const SigningKey& operational, const Succession& later,
                            const TransportPair& transport);
Result<void> save_api_token(const fs::path& home);
std::string host_label();

template <class T>
Result<void> save_wire(const fs::path& file, const T& value) {
  return write_file(file, text(wire::encode(value)), owner_only);
}

template <class T>
Result<T> load_wire(const fs::path& file) {
  const auto content = read_private(file, file_bytes_max);
  if (!content) return fail(content.error());
  auto value = wire::decode<T>(view(*content));
  if (!value)
    return fail(Code::malformed, file.string() + " is damaged; restore the keys folder from a copy");
  return value;
}

tl::unexpected<Error> disk_refuses(std::string_view what, const fs::path& file) {
  return fail(Code::storage,
              "cannot " + std::string(what) + " " + file.string() + ": " + std::strerror(errno));
}

}  // namespace

fs::path home_folder(std::string_view flag) {
  if (!flag.empty()) return flag;
  if (const char* data = std::getenv("GRAPEVINE_DATA"); data != nullptr && *data != '\0') return data;
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr ? home : ".") / ".local/share/grapevine";
}

Result<Home> load_home(const fs::path& folder, WallTime now) {
  const Rooms rooms{folder};
  std::error_code ignored;
  if (!fs::exists(rooms.keys(), ignored))
    return fail(Code::unknown, "nobody lives in " + folder.string() +
                                   " yet; run `grapevine init`, or `grapevine join` with an invite");
  KeyRing keys(rooms.keys());
  if (const auto settled = keys.settle(); !settled) return fail(settled.error());
  auto operational = load_signing_key(rooms.keys(), "operational");
  if (!operational) return fail(operational.error());
  const auto transport = load_transport(rooms.keys());
  if (!transport) return fail(transport.error());
  auto token = load_api_token(folder);
  if (!token) return fail(token.error());
  auto identity = check_identity(rooms.keys(), std::move(*operational), transport->key, now);
  if (!identity && identity.error().code == Code::expired)
    return fail(
        Code::expired,
        "this device was away for longer than its certificate held, and nobody renewed it; let it join "
        "anew: `grapevine invite` on a device that may, and here `grapevine join`, with another folder "
        "(--data) or after removing " +
            rooms.keys().string());
  if (!identity) return fail(identity.error());
  return Home{folder, std::move(*identity), *transport, std::move(*token), std::move(keys)};
}

Result<void> keep_certificate(const fs::path& folder, const KeepCertificate& renewed) {
  const auto file = Rooms{folder}.keys() / "membership";
  auto membership = load_wire<Membership>(file);
  if (!membership) return fail(membership.error());
  membership->certificate = renewed.certificate;
  membership->issuers = renewed.issuers;
  return save_wire(file, *membership);
}

Result<std::string> load_api_token(const fs::path& folder) {
  auto token = read_private(folder / "api-token", file_bytes_max);
  if (!token) return token;
  while (token->ends_with('\n')) token->pop_back();
  constexpr std::size_t digits = 52;  // 32 random bytes in base32
  if (token->size() != digits)
    return fail(Code::malformed, (folder / "api-token").string() + " holds no token; restore it from a copy");
  return token;
}

Result<Identity> found_home(const fs::path& folder, const Founding& founding, WallTime now) {
  const Rooms rooms{folder};
  if (auto vacant = check_vacant(rooms); !vacant) return fail(vacant.error());
  const auto root = SigningKey::generate();
  auto operational = SigningKey::generate();
  const auto ending = SigningKey::generate();
  const auto later = Succession::generate();
  const auto transport = TransportPair::generate();
  const Mesh mesh = found_mesh(founding.mesh_name, root, now);

  Membership membership;
  membership.mesh = mesh.statement;
  membership.inception = {.key = operational.public_key(),
                          .next = later.promise(0),
                          .transport = transport.key,
                          .inviter = {},
                          .ending = ending_of(ending.public_key())};
  Certificate certificate;
  certificate.serial = random_bytes<16>();
  certificate.node = node_id(mesh.id, membership.inception);
  certificate.inception = membership.inception;
  certificate.label = founding.node_label.empty() ? host_label() : founding.node_label;
  certificate.owner = owner_of(founding.owner);
  certificate.role = Role::admin;
  certificate.admitted = certificate.not_before = now;
  certificate.not_after = now + std::chrono::hours(24) * mesh.root.admin_days;
  membership.certificate = Signed<Certificate>(certificate, mesh.id, root);

  if (auto made = make_empty(rooms.staged()); !made) return fail(made.error());
  for (const auto& saved : {save_node_keys(rooms.staged(), operational, later, transport),
                            save_key(rooms.staged() / "root", "root", root.seed()),
                            save_wire(rooms.staged() / "membership", membership), save_api_token(folder),
                            save_recovery(folder / "recovery", mesh.id, certificate.node, ending)}) {
    if (!saved) return fail(saved.error());
  }
  if (auto moved = move_in(rooms); !moved) return fail(moved.error());
  return check_identity(rooms.keys(), std::move(operational), transport.key, now);
}

// --- joining ---

Joining::Joining(fs::path folder, MeshId mesh, JoinWish wish, TransportPair transport, JoinRequest request)
    : folder_(std::move(folder)),
      mesh_(mesh),
      wish_(std::move(wish)),
      transport_(transport),
      request_(std::move(request)) {}

Result<Joining> Joining::begin(const fs::path& folder, const Invite& invite, std::string_view label,
                               WallTime now) {
  if (invite.not_after <= now) return fail(Code::expired, "the invite has ended; ask for a new one");
  const Rooms rooms{folder};
  if (auto vacant = check_vacant(rooms); !vacant) return fail(vacant.error());
  const auto invite_key = SigningKey::from_seed(invite.seed);
  const auto id = invite_id(invite_key.public_key());
  auto wish = load_wire<JoinWish>(rooms.staged() / "wish");
  if (!wish || wish->invite != id) {
    const auto operational = SigningKey::generate();
    const auto ending = SigningKey::generate();
    const auto later = Succession::generate();
    const auto transport = TransportPair::generate();
    wish.emplace();
    wish->invite = id;
    wish->inception = {.key = operational.public_key(),
                       .next = later.promise(0),
                       .transport = transport.key,
                       .inviter = invite.inviter,
                       .ending = ending_of(ending.public_key())};
    wish->label = label.empty() ? host_label() : std::string(label);
    wish->join_key = invite.join_key;
    wish->nonce = random_bytes<24>();
    if (auto made = make_empty(rooms.staged()); !made) return fail(made.error());
    const NodeId node = node_id(invite.mesh, wish->inception);
    for (const auto& saved : {save_node_keys(rooms.staged(), operational, later, transport),
                              save_recovery(folder / "recovery", invite.mesh, node, ending),
                              save_api_token(folder), save_wire(rooms.staged() / "wish", *wish)}) {
      if (!saved) return fail(saved.error());
    }
  }
  const auto operational = load_signing_key(rooms.staged(), "operational");
  if (!operational) return fail(operational.error());
  const auto transport = load_transport(rooms.staged());
  if (!transport) return fail(transport.error());
  return Joining(folder, invite.mesh, *wish, *transport,
                 make_join_request(*wish, invite.mesh, invite_key, *operational));
}

Result<Identity> Joining::complete(const JoinGranted& granted, WallTime now) && {
  const Rooms rooms{folder_};
  SodiumVerifier verifier;
  const auto mesh = open_mesh(granted.mesh, verifier);
  if (!mesh) return fail(mesh.error());
  if (mesh->id != mesh_) return fail(Code::refused, "the reply is of another mesh than the invite");
  auto operational = load_signing_key(rooms.staged(), "operational");
  if (!operational) return fail(operational.error());

  Membership membership{granted.mesh, wish_.inception, granted.certificate, granted.issuers, granted.peers};
  if (auto saved = save_wire(rooms.staged() / "membership", membership); !saved) return fail(saved.error());
  auto identity = check_identity(rooms.staged(), std::move(*operational), transport_.key, now);
  if (!identity) return identity;
  std::error_code ignored;
  fs::remove(rooms.staged() / "wish", ignored);
  if (auto moved = move_in(rooms); !moved) return fail(moved.error());
  return identity;
}

namespace {

Result<void> check_vacant(const Rooms& rooms) {
  std::error_code ignored;
  if (!fs::exists(rooms.keys(), ignored)) return {};
  return fail(Code::conflict, rooms.home.string() +
                                  " has an identity already; keep it, choose another folder with --data, or "
                                  "move its folder keys away to be a new device");
}

// An empty folder that nobody else can enter; whatever an earlier attempt left there is gone.
Result<void> make_empty(const fs::path& folder) {
  std::error_code failed;
  const auto mask = ::umask(077);
  fs::remove_all(folder, failed);
  if (!failed) fs::create_directories(folder, failed);
  ::umask(mask);
  if (failed) return fail(Code::storage, "cannot make " + folder.string() + ": " + failed.message());
  return {};
}

// The one step that makes a home: before it nobody lives here, after it somebody does.
Result<void> move_in(const Rooms& rooms) {
  if (::rename(rooms.staged().c_str(), rooms.keys().c_str()) != 0)
    return disk_refuses("create", rooms.keys());
  return sync_folder(rooms.home);
}

Result<void> save_node_keys(const fs::path& folder, const SigningKey& operational, const Succession& later,
                            const TransportPair& transport) {
  if (auto saved = save_key(folder / "operational", "operational", operational.seed()); !saved) return saved;
  if (auto saved = save_key(folder / "next", "next", later.secret()); !saved) return saved;
  return save_key(folder / "transport", "transport", transport.secret);
}

Result<void> save_api_token(const fs::path& home) {
  return write_file(home / "api-token", to_base32(random_bytes<32>().view()) + "\n", owner_only);
}

Result<SigningKey> load_signing_key(const fs::path& folder, std::string_view kind) {
  const auto seed = load_key(folder / kind, kind);
  if (!seed) return fail(seed.error());
  return SigningKey::from_seed(*seed);
}

Result<TransportPair> load_transport(const fs::path& folder) {
  const auto secret = load_key(folder / "transport", "transport");
  if (!secret) return fail(secret.error());
  return TransportPair::from_secret(*secret);
}

// What lies in the keys folder, once it is shown to belong together: a certificate of this mesh, for this
// node and these keys, that holds today.
Result<Identity> check_identity(const fs::path& folder, SigningKey operational, const TransportKey& transport,
                                WallTime now) {
  const auto membership = load_wire<Membership>(folder / "membership");
  if (!membership) return fail(membership.error());
  SodiumVerifier verifier;
  auto mesh = open_mesh(membership->mesh, verifier);
  if (!mesh) return fail(mesh.error());
  Roster roster(*mesh, verifier);
  for (const auto& issuer : membership->issuers) {
    if (const auto admitted = roster.admit(issuer, now); !admitted) return fail(admitted.error());
  }
  const auto certificate = roster.admit(membership->certificate, now);
  if (!certificate) return fail(certificate.error());
  const NodeId node = node_id(mesh->id, membership->inception);
  auto chain = KeyRing(folder).chain();
  if (!chain) return fail(chain.error());
  const auto last = last_link(mesh->id, membership->inception, *chain);
  if (!last) return fail(last.error());
  if (certificate->node != node || last->key != operational.public_key() ||
      certificate->inception.transport != transport)
    return fail(Code::refused,
                folder.string() + " holds a certificate for other keys; restore the folder from a copy");

  std::optional<SigningKey> root;
  std::error_code ignored;
  if (fs::exists(folder / "root", ignored)) {
    auto loaded = load_signing_key(folder, "root");
    if (!loaded) return fail(loaded.error());
    root = std::move(*loaded);
  }
  return Identity{std::move(*mesh),       node,
                  membership->inception,  membership->certificate,
                  std::move(operational), std::move(root),
                  membership->issuers,    membership->introductions,
                  std::move(*chain)};
}

std::string host_label() {
  char name[33] = {};  // a certificate's label has at most 32 bytes; longer host names are cut
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "node";
  return std::string(name).substr(0, std::string_view(name).find('.'));
}

}  // namespace

}  // namespace grapevine::node
