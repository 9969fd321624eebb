#include "node/home.hpp"
#include "tests/node/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const bool started = (start_crypto(), true);

const WallTime now{std::chrono::hours(24 * 365 * 56)};

const Founding laptop{.mesh_name = "home", .node_label = "laptop", .owner = "anna"};

unsigned mode_of(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

/// An inviter that lives in memory: what it grants to a wish.
struct Inviter {
  SigningKey root = SigningKey::generate();
  Mesh mesh = found_mesh("home", root, now);
  SigningKey invite_key = SigningKey::generate();
  Invite invite{.mesh = mesh.id,
                .inviter = {},
                .join_key = TransportPair::generate().key,
                .addresses = {},
                .seed = invite_key.seed(),
                .not_after = now + 24h};

  JoinGranted grant(const Joining& joining) const {
    SodiumVerifier verifier;
    const auto wish = open_join_request(joining.request(), mesh.id, invite_key.public_key(), verifier);
    REQUIRE(wish.has_value());
    Certificate certificate;
    certificate.node = node_id(mesh.id, wish->inception);
    certificate.inception = wish->inception;
    certificate.label = wish->label;
    certificate.admitted = certificate.not_before = now;
    certificate.not_after = now + 24h;
    return {.mesh = mesh.statement,
            .certificate = Signed<Certificate>(certificate, mesh.id, root),
            .issuers = {},
            .peers = {}};
  }
};

}  // namespace

TEST_CASE("a home that was founded can be lived in") {
  const TemporaryFolder folder;
  const auto founded = found_home(folder.path() / "home", laptop, now);
  REQUIRE(founded.has_value());
  const auto home = load_home(folder.path() / "home", now);
  REQUIRE(home.has_value());
  CHECK(home->identity.node == founded->node);
  CHECK(home->identity.mesh.root.mesh_name == "home");
  CHECK(home->identity.root.has_value());
  CHECK(home->api_token.size() == 52);
  CHECK(home->identity.certificate.claimed()->inception.transport == home->transport.key);
}

TEST_CASE("nobody else can read a home") {
  const TemporaryFolder folder;
  const auto home = folder.path() / "home";
  REQUIRE(found_home(home, laptop, now).has_value());
  CHECK(mode_of(home) == 0700);
  CHECK(mode_of(home / "keys") == 0700);
  for (const char* file : {"operational", "transport", "next", "root", "membership"})
    CHECK(mode_of(home / "keys" / file) == 0600);
  CHECK(mode_of(home / "api-token") == 0600);
}

TEST_CASE("a second init is refused and changes nothing") {
  const TemporaryFolder folder;
  const auto first = found_home(folder.path(), laptop, now);
  REQUIRE(first.has_value());
  const auto second = found_home(folder.path(), laptop, now);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Code::conflict);
  CHECK(load_home(folder.path(), now)->identity.node == first->node);
}

TEST_CASE("an altered key file is refused by name") {
  const TemporaryFolder folder;
  REQUIRE(found_home(folder.path(), laptop, now).has_value());
  const auto key = folder.path() / "keys/operational";
  std::fstream file(key, std::ios::in | std::ios::out);
  file.seekp(40);
  file.put('a').put('b').put('a').put('b');
  file.close();
  const auto home = load_home(folder.path(), now);
  REQUIRE_FALSE(home.has_value());
  CHECK(home.error().code == Code::malformed);
  CHECK(home.error().text.find(key.string()) != std::string::npos);
}

TEST_CASE("a key file that others can read is refused with the remedy") {
  const TemporaryFolder folder;
  REQUIRE(found_home(folder.path(), laptop, now).has_value());
  std::filesystem::permissions(folder.path() / "keys/transport", std::filesystem::perms(0644));
  const auto home = load_home(folder.path(), now);
  REQUIRE_FALSE(home.has_value());
  CHECK(home.error().text.find("chmod 600") != std::string::npos);
}

TEST_CASE("keys that belong to another certificate are refused") {
  const TemporaryFolder one;
  const TemporaryFolder other;
  REQUIRE(found_home(one.path(), laptop, now).has_value());
  REQUIRE(found_home(other.path(), laptop, now).has_value());
  std::filesystem::copy_file(other.path() / "keys/operational", one.path() / "keys/operational",
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(load_home(one.path(), now).error().code == Code::refused);
}

TEST_CASE("an empty folder says what to do") {
  const TemporaryFolder folder;
  const auto home = load_home(folder.path(), now);
  CHECK(home.error().code == Code::unknown);
  CHECK(home.error().text.find("grapevine init") != std::string::npos);
}

TEST_CASE("a certificate that has ended does not start a node") {
  const TemporaryFolder folder;
  REQUIRE(found_home(folder.path(), laptop, now).has_value());
  CHECK(load_home(folder.path(), now + 24h * 401).error().code == Code::expired);
}

TEST_CASE("a newcomer moves in with what the inviter granted") {
  const TemporaryFolder folder;
  const Inviter inviter;
  auto joining = Joining::begin(folder.path(), inviter.invite, "robot", now);
  REQUIRE(joining.has_value());
  CHECK(load_home(folder.path(), now).error().code == Code::unknown);  // not before the grant
  const auto granted = inviter.grant(*joining);
  const auto identity = std::move(*joining).complete(granted, now);
  REQUIRE(identity.has_value());
  CHECK(load_home(folder.path(), now)->identity.node == identity->node);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "keys.new"));
}

TEST_CASE("a join that was cut off says the same sentence again") {
  const TemporaryFolder folder;
  const Inviter inviter;
  const auto first = Joining::begin(folder.path(), inviter.invite, "robot", now);
  const auto again = Joining::begin(folder.path(), inviter.invite, "robot", now);
  CHECK(first->request().wish == again->request().wish);
  const auto other = Joining::begin(folder.path(), Inviter().invite, "robot", now);
  CHECK(first->request().wish != other->request().wish);
}

TEST_CASE("a grant of another mesh, or for other keys, changes nothing") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  const Inviter inviter;
  const Inviter stranger;
  auto joining = Joining::begin(folder.path(), inviter.invite, "robot", now);
  const auto foreign = stranger.grant(*Joining::begin(elsewhere.path(), stranger.invite, "robot", now));
  CHECK(std::move(*joining).complete(foreign, now).error().code == Code::refused);
  joining = Joining::begin(folder.path(), inviter.invite, "robot", now);
  const auto for_another = inviter.grant(*Joining::begin(elsewhere.path(), inviter.invite, "robot", now));
  CHECK(std::move(*joining).complete(for_another, now).error().code == Code::refused);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "keys"));
}

TEST_CASE("an invite that has ended is not even tried, one with an identity there neither") {
  const TemporaryFolder folder;
  const Inviter inviter;
  CHECK(Joining::begin(folder.path(), inviter.invite, "robot", now + 25h).error().code == Code::expired);
  REQUIRE(found_home(folder.path(), laptop, now).has_value());
  CHECK(Joining::begin(folder.path(), inviter.invite, "robot", now).error().code == Code::conflict);
}
