// What lies in the keys folder when a process is killed while its key changes.
#include "crypto/key_file.hpp"
#include "dns/author.hpp"
#include "node/home.hpp"
#include "node/recovery.hpp"
#include "tests/node/temporary_folder.hpp"

#include <fstream>
#include <set>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;
namespace fs = std::filesystem;

namespace {

const bool started = (start_crypto(), true);
const WallTime now{std::chrono::hours(24 * 365 * 56)};

/// A home that is about to rotate for the `rot`-th time.
struct Rotating {
  explicit Rotating(const fs::path& at) : home(at) {
    if (!fs::exists(home)) REQUIRE(found_home(home, {"home", "laptop", "anna"}, now).has_value());
  }
  KeyRing ring() const { return KeyRing(home / "keys"); }
  Home load() const {
    auto loaded = load_home(home, now);
    REQUIRE_MESSAGE(loaded.has_value(), (loaded ? std::string() : loaded.error().text));
    return std::move(*loaded);
  }
  /// Step 1, and the chain that step 2 shall write.
  std::vector<Bytes> prepare() {
    const auto before = load();
    const Identity& me = before.identity;
    auto chain = me.chain;
    if (chain.empty()) chain.push_back(dns::seal(me.inception, me.mesh.id, me.operational));
    const auto rot = static_cast<std::uint32_t>(chain.size());
    const auto successor = ring().successor(rot).value();
    key = successor.key.public_key();
    promise = successor.promise;
    const auto tip = last_link(me.mesh.id, me.inception, chain).value();
    const dns::Rotation next{.node = me.node, .rot = rot, .prev = tip.record, .key = key, .next = promise};
    chain.push_back(dns::seal(next, me.mesh.id, successor.key));
    return chain;
  }
  /// Whether this home signs with the new key, and could rotate again.
  bool has_rotated() const {
    const auto after = load();
    const auto next = ring().successor(static_cast<std::uint32_t>(after.identity.chain.size())).value();
    return after.identity.operational.public_key() == key &&
           commitment_of(next.key.public_key(), next.promise) == promise;
  }

  fs::path home;
  PublicKey key{};
  KeyCommitment promise{};
};

}  // namespace

TEST_CASE("a home rotates its key again and again") {
  const TemporaryFolder folder;
  Rotating home(folder.path() / "home");
  for (std::size_t links = 2; links < 5; ++links) {
    const auto chain = home.prepare();
    CHECK(home.ring().keep(chain).has_value());
    CHECK(home.has_rotated());
    CHECK(home.load().identity.chain.size() == links);
  }
}

TEST_CASE("killed before the chain is written, the old key signs and the next attempt goes on") {
  const TemporaryFolder folder;
  Rotating home(folder.path() / "home");
  const auto before = home.load().identity.operational.public_key();
  home.prepare();
  const auto promised = home.promise;
  CHECK(home.load().identity.operational.public_key() == before);
  const auto chain = home.prepare();
  CHECK(home.promise == promised);
  CHECK(home.ring().keep(chain).has_value());
  CHECK(home.has_rotated());
}

TEST_CASE("killed after the chain is written, the new key signs from the next start") {
  const TemporaryFolder folder;
  Rotating home(folder.path() / "home");
  const auto chain = home.prepare();
  Rotating killed = home;
  killed.home = folder.path() / "killed";
  fs::copy(home.home, killed.home, fs::copy_options::recursive);
  REQUIRE(home.ring().keep(chain).has_value());
  fs::copy(home.home / "keys/chain", killed.home / "keys/chain");
  CHECK(killed.has_rotated());
}

TEST_CASE("once rotated, a home starts without the secret of its later keys, and holds no earlier one") {
  const TemporaryFolder folder;
  Rotating home(folder.path() / "home");
  const auto first = home.load().identity.operational.seed();
  REQUIRE(home.ring().keep(home.prepare()).has_value());
  fs::rename(home.home / "keys/next", folder.path() / "stick");
  CHECK(home.load().identity.operational.public_key() == home.key);
  CHECK(home.ring().successor(2).error().code == Code::unknown);
  for (const auto& file : fs::recursive_directory_iterator(home.home)) {
    if (!file.is_regular_file()) continue;
    std::ifstream from(file.path());
    const std::string content(std::istreambuf_iterator<char>(from), {});
    CHECK(content.find(to_base32(first.view())) == std::string::npos);
  }
}

TEST_CASE("a succession keeps every promise to its end, and no key of it is like another") {
  const auto later = Succession::generate();
  std::set<Fixed<32>> seeds{later.secret()};
  for (std::uint32_t rot = 1; rot <= dns::rotations_max; ++rot) {
    const auto key = later.key(rot);
    CHECK(later.promise(rot - 1) == commitment_of(key.public_key(), later.promise(rot)));
    CHECK(seeds.insert(key.seed()).second);
  }
  CHECK(later.promise(dns::rotations_max) == KeyCommitment{});
}

TEST_CASE("a key that is not that of the chain is made again, or refused when its secret is another's") {
  const TemporaryFolder folder;
  Rotating home(folder.path() / "home");
  REQUIRE(home.ring().keep(home.prepare()).has_value());
  const auto foreign = SigningKey::generate();
  REQUIRE(replace_key(home.home / "keys/operational", "operational", foreign.seed()).has_value());
  CHECK(home.load().identity.operational.public_key() == home.key);
  REQUIRE(replace_key(home.home / "keys/operational", "operational", foreign.seed()).has_value());
  REQUIRE(replace_key(home.home / "keys/next", "next", foreign.seed()).has_value());
  CHECK(load_home(home.home, now).error().code == Code::refused);
}

TEST_CASE("a recovery file is made at birth, for its owner alone, and ends just that node") {
  const TemporaryFolder folder;
  const Rotating home(folder.path() / "home");
  const auto me = home.load();
  const auto recovery = load_recovery(home.home / "recovery").value();
  CHECK(recovery.node == me.identity.node);
  CHECK(fs::status(home.home / "recovery").permissions() == fs::perms(0600));
  const auto body = dns::body_of(recovery.record);
  REQUIRE(body.has_value());
  const auto& retirement = std::get<dns::Retirement>(*body);
  CHECK(retirement.node == me.identity.node);
  CHECK(ending_of(retirement.key) == me.identity.inception.ending);
}

TEST_CASE("a recovery file that was mistyped is refused, one with other line breaks is read") {
  const TemporaryFolder folder;
  const Rotating home(folder.path() / "home");
  std::ifstream from(home.home / "recovery");
  std::string line(std::istreambuf_iterator<char>(from), {});
  const auto write = [&](const std::string& text) {
    std::ofstream(folder.path() / "typed") << text;
    return load_recovery(folder.path() / "typed");
  };
  auto broken = line;
  broken.insert(120, "\n  ");
  CHECK(write(broken).has_value());
  auto mistyped = line;
  mistyped[100] = mistyped[100] == 'a' ? 'b' : 'a';
  CHECK(write(mistyped).error().code == Code::malformed);
  CHECK(write("").error().code == Code::malformed);
  CHECK(load_recovery(folder.path() / "nowhere").error().code == Code::unknown);
}
