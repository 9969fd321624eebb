// Who is let into a mesh, and who is not; and what strangers can do to the two ports that are open to them.
#include "crypto/invite.hpp"

#include "tests/live/connection.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

/// A founder that is up and may invite.
struct Founder {
  Founder() { fleet.start(0); }
  std::string invite(const std::string& flags = "") const {
    const auto ran = fleet.run(0, "invite " + flags);
    REQUIRE(ran.status == 0);
    return ran.out.substr(ran.out.find("gv1-"), ran.out.find('\n') - ran.out.find("gv1-"));
  }
  /// A newcomer with a home of that name knocks.
  Fleet::Ran join(const std::string& invite, const std::string& home) const {
    return fleet.run(0, "join " + invite + " --timeout 5s --name " + home + " --data '" +
                            (fleet.folder(0) / home).string() + "'");
  }

  Recordings recordings;
  Fleet fleet{1, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }};
};

/// Whether somebody listens there within the time a program needs to start.
bool opens(std::uint16_t port) {
  return wait_until(5s, [&] {
    try {
      const Connection looked(port, "");
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
}

}  // namespace

TEST_CASE("an invite lets one device in, once") {
  const Founder founder;
  const auto invite = founder.invite();
  CHECK(founder.join(invite, "first").status == 0);
  CHECK(founder.join(invite, "second").status == 1);
  CHECK(founder.join(invite, "first").status == 1);  // somebody lives there already
  CHECK(founder.join(founder.invite(), "second").status == 0);
}

TEST_CASE("an invite that has ended, was altered, or was cut short lets nobody in") {
  const Founder founder;
  const auto ended = founder.invite("--for 1s");
  auto altered = founder.invite();
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'a' ? 'b' : 'a';
  CHECK(founder.join(altered, "newcomer").status != 0);
  CHECK(founder.join(ended.substr(0, 40), "newcomer").status != 0);
  CHECK(founder.join("hello", "newcomer").status != 0);
  std::this_thread::sleep_for(1'100ms);
  const auto late = founder.join(ended, "newcomer");
  CHECK(late.status == 1);
  CHECK(late.err.find("ended") != std::string::npos);
}

TEST_CASE("an invite of another mesh lets nobody in") {
  const Founder one;
  const Founder other;
  const auto own = grapevine::parse_invite(one.invite());
  const auto foreign = grapevine::parse_invite(other.invite());
  REQUIRE(own);
  REQUIRE(foreign);
  auto misled = *foreign;  // the other mesh's secret at our door
  misled.join_key = own->join_key;
  misled.addresses = own->addresses;
  CHECK(one.join(to_text(misled), "newcomer").status == 1);
  auto renamed = *own;  // our secret in the other mesh's name
  renamed.mesh = foreign->mesh;
  CHECK(one.join(to_text(renamed), "newcomer").status == 1);
  CHECK(one.join(to_text(*own), "newcomer").status == 0);
}

TEST_CASE("nobody is invited to a port that another program holds") {
  const Founder holder;  // its mesh port stands for any program's
  const auto taken = "127.0.0.1:" + std::to_string(holder.fleet.mesh_port(0));
  ::setenv("GRAPEVINE_MESH_JOIN_LISTEN", taken.c_str(), 1);
  const Founder late;
  ::unsetenv("GRAPEVINE_MESH_JOIN_LISTEN");
  const auto refused = late.fleet.run(0, "invite");
  CHECK(refused.status == 1);
  CHECK(refused.out.empty());
  CHECK(refused.err.find(taken) != std::string::npos);
  CHECK(refused.err.find("mesh.join_listen") != std::string::npos);
  CHECK(holder.fleet.run(0, "invite").status == 0);
}

TEST_CASE("strangers' nonsense on the open ports disturbs nobody") {
  const Founder founder;
  const auto invite = founder.invite();
  const std::string greeting("\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL", 16);
  for (const auto port : {founder.fleet.mesh_port(0), founder.fleet.join_port(0)}) {
    REQUIRE(opens(port));
    for (const auto& bytes :
         {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(100'000, '\xff'),
          greeting + std::string(48, '\0') + std::string(5'000, '\4'), std::string(64, '\0')}) {
      Connection stranger(port, bytes.substr(0, 10));
      stranger.send(bytes.substr(10));
    }
  }
  CHECK(founder.fleet.get(0, "/health").status == 200);
  CHECK(founder.join(invite, "newcomer").status == 0);
  CHECK(founder.fleet.get(0, "/health").status == 200);
}
