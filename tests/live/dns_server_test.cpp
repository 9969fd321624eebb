// The DNS sockets themselves: a server alone, asked by hand.
#include "node/dns_server.hpp"

#include "tests/dns/neighbours.hpp"
#include "tests/live/fleet.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;
using dns::neighbours::Device;

namespace {

/// One name, "robot.home.internal", at 192.0.2.1, for an hour from now.
struct Server {
  Server() {
    const WallTime now = LocalClock().now().wall;
    dns::Presence robot{.node = Device(1).node,
                        .is_member = true,
                        .member_since = now,
                        .member_until = now + 1h,
                        .address_until = now + 1h};
    robot.titles = {{.label = "robot", .state = dns::State::confirmed, .since = now, .until = now + 1h}};
    robot.endpoints = {{.proto = 1, .ip = Bytes{192, 0, 2, 1}, .port = 4781}};
    REQUIRE(server.show({robot}));
  }
  DnsServer server{{"127.0.0.1", live::free_port()}, {.origin = "home.internal"}};
};

/// For the address of robot.home.internal.
Bytes query(std::uint8_t id) {
  constexpr std::string_view bytes("\0\0\1\0\0\1\0\0\0\0\0\0\5robot\4home\10internal\0\0\1\0\1", 37);
  Bytes made = to_bytes(view(bytes));
  made[1] = id;
  return made;
}
Bytes framed(const Bytes& message) {
  Bytes made(2);
  made.reserve(2 + message.size());
  made[1] = static_cast<std::uint8_t>(message.size());
  append(made, message);
  return made;
}
constexpr std::size_t answer_bytes = 16;  // beside the query

/// A socket connected to the server, that waits for two seconds at most.
struct Client {
  Client(const Server& to, int kind) : socket(::socket(AF_INET, kind | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(to.server.port());
    const timeval patience{2, 0};
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    REQUIRE(::connect(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void send(View bytes) const {
    CHECK(::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(bytes.size()));
  }
  /// As many bytes, or fewer when the server closes or is silent.
  Bytes receive(std::size_t count) const {
    Bytes got(count);
    const auto size = ::recv(socket.number(), got.data(), count, MSG_WAITALL);
    got.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return got;
  }
  Descriptor socket;
};

}  // namespace

TEST_CASE("questions that come in one packet, or byte by byte, are all answered over TCP") {
  const Server server;
  const Client client(server, SOCK_STREAM);
  Bytes many;
  for (std::uint8_t id = 1; id <= 100; ++id) append(many, framed(query(id)));
  client.send(many);
  const std::size_t each = framed(query(1)).size() + answer_bytes;
  const Bytes answers = client.receive(100 * each);
  REQUIRE(answers.size() == 100 * each);
  for (std::uint8_t id = 1; id <= 100; ++id) CHECK(answers[(id - 1u) * each + 3] == id);
  for (const std::uint8_t byte : framed(query(7))) client.send({&byte, 1});
  CHECK(client.receive(each).size() == each);
}

TEST_CASE("one connection too many makes the one silent longest give way") {
  const Server server;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < DnsTcp::connections_max; ++i) {
    clients.emplace_back(server, SOCK_STREAM);
    clients.back().send(framed(query(1)));
    REQUIRE_FALSE(clients.back().receive(1).empty());
  }
  const Client another(server, SOCK_STREAM);
  another.send(framed(query(2)));
  CHECK_FALSE(another.receive(1).empty());
  CHECK(clients.front().receive(4096).size() < 4096);  // what was left of its answer, and the end
  clients.back().send(framed(query(3)));
  CHECK_FALSE(clients.back().receive(1).empty());
}

TEST_CASE("whatever is thrown at the UDP port, the next question is answered") {
  const Server server;
  const Client client(server, SOCK_DGRAM);
  for (const std::size_t size : {1u, 11u, 12u, 13u, 512u, 4096u, 4097u, 60'000u}) {
    client.send(Bytes(size, 0xff));
    client.send(Bytes(size, 0x00));
  }
  client.send(query(9));
  Bytes last;
  while (last.size() < 2 || last[1] != 9) {
    last.resize(4096);
    const auto size = ::recv(client.socket.number(), last.data(), last.size(), 0);
    REQUIRE(size > 0);
    last.resize(static_cast<std::size_t>(size));
  }
  CHECK(last.size() == query(9).size() + answer_bytes);
}

TEST_CASE("a port that is taken is said, and left to its owner") {
  const Server server;
  CHECK_THROWS_AS(DnsServer({"127.0.0.1", server.server.port()}, {.origin = "home.internal"}),
                  std::runtime_error);
  CHECK_THROWS_AS(DnsServer({"nowhere", 0}, {.origin = "home.internal"}), std::runtime_error);
}
