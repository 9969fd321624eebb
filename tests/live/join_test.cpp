// The join port as a process: it answers knocks, keeps out what is none, and ends with its daemon.
#include "node/join_client.hpp"
#include "node/join_port.hpp"
#include "node/wall_clock.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

constexpr auto patience = std::chrono::seconds(8);

Now now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {Time(std::chrono::duration_cast<Duration>(since)), wall_now()};
}

std::string free_address() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(probe);
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

bool is_alive(pid_t process) {
  return ::kill(process, 0) == 0;
}

/// An inviter: its open port, and the invite it handed out. Answers each knock with `grants`.
struct Inviter {
  Inviter()
      : address(free_address()), pair(TransportPair::generate()), port(GRAPEVINE_JOIN_PROGRAM, address) {
    invite.join_key = pair.key;
    invite.addresses = {"127.0.0.1:1", address};
    port.keep_open({pair.secret, now().wall + std::chrono::hours(1)}, now());
  }
  void serve_until(const std::atomic<bool>& done) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done && std::chrono::steady_clock::now() < end) {
      for (auto& input : port.receive(now())) {
        knocked.push_back(std::get<Knocked>(std::move(input)));
        port.answer({knocked.back().knock, wire::encode_message(answer)});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  std::string address;
  TransportPair pair;
  JoinPort port;
  Invite invite;
  JoinMessage answer = JoinGranted{};
  std::vector<Knocked> knocked;
};

/// Knocks from another thread while the inviter serves.
Result<JoinGranted> knock_at(Inviter& inviter, const TransportPair& own) {
  std::atomic<bool> done = false;
  Result<JoinGranted> result = fail(Code::unavailable, "not asked yet");
  std::jthread newcomer([&] {
    result = knock(inviter.invite, JoinRequest{}, own, 6s);
    done = true;
  });
  inviter.serve_until(done);
  newcomer.join();
  return result;
}

}  // namespace

TEST_CASE("a knock is answered, and comes under the key of its connection") {
  Inviter inviter;
  const auto own = TransportPair::generate();
  const auto granted = knock_at(inviter, own);
  CHECK(granted.has_value());
  REQUIRE(inviter.knocked.size() == 1);
  CHECK(inviter.knocked[0].key == own.key);
  CHECK(inviter.knocked[0].frame == wire::encode_message(JoinMessage{JoinRequest{}}));
}

TEST_CASE("a refusal is heard as one") {
  Inviter inviter;
  inviter.answer = JoinRefused{};
  const auto answer = knock_at(inviter, TransportPair::generate());
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == Code::refused);
}

TEST_CASE("where nobody answers, the addresses are named") {
  Invite invite;
  invite.join_key = TransportPair::generate().key;
  invite.addresses = {free_address()};
  const auto answer = knock(invite, JoinRequest{}, TransportPair::generate(), 300ms);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == Code::unavailable);
  CHECK(answer.error().text.find(invite.addresses[0]) != std::string::npos);
}

TEST_CASE("a join port that dies is started again, with the same key") {
  Inviter inviter;
  const pid_t first = inviter.port.process();
  ::kill(first, SIGKILL);
  const auto own = TransportPair::generate();
  CHECK(knock_at(inviter, own).has_value());
  CHECK(inviter.port.process() != first);
}

TEST_CASE("a join port whose address is taken says so, and opens once it is free") {
  const auto address = free_address();
  sockaddr_in taken{};
  taken.sin_family = AF_INET;
  taken.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  taken.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(other, reinterpret_cast<sockaddr*>(&taken), sizeof taken) == 0);
  REQUIRE(::listen(other, 1) == 0);

  JoinPort port(GRAPEVINE_JOIN_PROGRAM, address);
  const Now begun = now();
  port.keep_open({TransportPair::generate().secret, begun.wall + std::chrono::hours(1)}, begun);
  CHECK(port.process() == 0);
  REQUIRE(port.obstacle().has_value());
  CHECK(port.obstacle()->find(address) != std::string::npos);
  ::close(other);
  CHECK_FALSE(port.obstacle().has_value());
  port.receive({begun.time + 10s, begun.wall});
  CHECK(port.process() != 0);
}

TEST_CASE("when its time has come, the port closes and its process is gone") {
  Inviter inviter;
  const pid_t process = inviter.port.process();
  REQUIRE(is_alive(process));
  inviter.port.keep_open({inviter.pair.secret, now().wall - 1s}, now());
  CHECK(inviter.port.readable() == -1);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (is_alive(process) && std::chrono::steady_clock::now() < end) inviter.port.receive(now());
  CHECK_FALSE(is_alive(process));
}

TEST_CASE("a join port ends with its daemon, even a killed one") {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that we, and not init, see the orphan end
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const pid_t daemon = ::fork();
  if (daemon == 0) {
    const Inviter inviter;
    const pid_t process = inviter.port.process();
    if (::write(told[1], &process, sizeof process) < 0) ::_exit(1);
    for (;;) ::pause();
  }
  pid_t process = 0;
  REQUIRE(::read(told[0], &process, sizeof process) == sizeof process);
  ::kill(daemon, SIGKILL);
  ::waitpid(daemon, nullptr, 0);
  int status = 0;
  CHECK(::waitpid(process, &status, 0) == process);
  CHECK(WIFEXITED(status));
  ::close(told[0]);
  ::close(told[1]);
}
