// Transports over loopback: frames, links and their ends, and everybody who must not get in.
#include "node/transport.hpp"

#include "node/socket_options.hpp"
#include "tests/live/connection.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

constexpr auto patience = std::chrono::seconds(5);

NodeId somebody(std::uint8_t first) {
  NodeId id;
  id.value.bytes.fill(first);
  return id;
}

/// A node that only has a transport, and remembers what it was told.
struct Station {
  explicit Station(std::uint8_t first, std::uint16_t port = 0)
      : id(somebody(first)), pair(TransportPair::generate()), transport({"127.0.0.1", port}, pair, id) {}

  std::string address() const { return "127.0.0.1:" + std::to_string(transport.port()); }
  void knows(const Station& other) { transport.admit({other.id, other.pair.key}); }
  void dials(const Station& other) { transport.dial({other.id, other.pair.key, other.address()}); }
  void says(const Station& to, std::string_view text) { transport.send(to.id, view(text)); }
  void listens(Duration most = 10ms) {
    transport.wait(most, {});
    for (auto& input : transport.receive(256)) heard.push_back(std::move(input));
  }
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& input : heard)
      if (const T* one = std::get_if<T>(&input)) found.push_back(*one);
    return found;
  }
  std::uint64_t counted(std::string_view kind) const {
    const auto found = transport.counts().find(kind);
    return found == transport.counts().end() ? 0 : found->second;
  }

  NodeId id;
  TransportPair pair;
  Transport transport;
  std::vector<Input> heard;
};

/// Lets all stations listen in turn until `done`, or until patience ends.
template <class Done>
bool until(std::initializer_list<Station*> stations, Done done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!done() && std::chrono::steady_clock::now() < end)
    for (Station* station : stations) station->listens();
  return done();
}

/// Long enough for anything that could arrive on loopback to have arrived.
void listen_a_while(std::initializer_list<Station*> stations) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  while (std::chrono::steady_clock::now() < end)
    for (Station* station : stations) station->listens();
}

/// Two stations that know each other, the first having dialled the second.
void link(Station& from, Station& to) {
  from.knows(to);
  to.knows(from);
  from.dials(to);
  REQUIRE(until({&from, &to}, [&] { return !from.all<Linked>().empty(); }));
}

/// Somebody with a socket of their own making.
struct Outsider {
  Outsider() : socket(make_dealer(context, frame_bytes_max)) {
    socket.set(zmq::sockopt::immediate, false);
    socket.set(zmq::sockopt::linger, 0);
  }
  void visits(const Station& station) { socket.connect("tcp://" + station.address()); }
  void says(std::string_view text, zmq::send_flags flags = zmq::send_flags::none) {
    socket.send(zmq::buffer(text), flags | zmq::send_flags::dontwait);
  }
  zmq::context_t context;
  zmq::socket_t socket;
};

/// A member with such a socket. Its routing id is an automatic one, unless it chooses its own.
struct Member : Outsider {
  explicit Member(Station& station, std::string_view routing_id = {}) {
    const TransportPair pair = TransportPair::generate();
    station.transport.admit({somebody(9), pair.key});
    speak_curve(socket, pair, station.pair.key);
    if (!routing_id.empty()) socket.set(zmq::sockopt::routing_id, routing_id);
    visits(station);
  }
};

}  // namespace

TEST_CASE("two members exchange frames over one connection, whoever dialled") {
  Station anna(1);
  Station bert(2);
  link(anna, bert);
  anna.says(bert, "how are you?");
  REQUIRE(until({&anna, &bert}, [&] { return !bert.all<Received>().empty(); }));
  CHECK(bert.all<Linked>().at(0).dialler == gossip::Dialler::other);
  CHECK(bert.all<Received>().at(0).from == anna.id);
  CHECK(text(bert.all<Received>().at(0).frame) == "how are you?");

  bert.says(anna, "well");
  REQUIRE(until({&anna, &bert}, [&] { return !anna.all<Received>().empty(); }));
  CHECK(anna.all<Linked>().at(0).dialler == gossip::Dialler::self);
  CHECK(anna.all<Received>().at(0).from == bert.id);
  CHECK(text(anna.all<Received>().at(0).frame) == "well");
}

TEST_CASE("three members hear each other, each under its own name") {
  Station anna(1);
  Station bert(2);
  Station cleo(3);
  link(anna, bert);
  link(bert, cleo);
  link(cleo, anna);
  anna.says(bert, "a");
  bert.says(cleo, "b");
  cleo.says(anna, "c");
  REQUIRE(until({&anna, &bert, &cleo}, [&] {
    return !anna.all<Received>().empty() && !bert.all<Received>().empty() && !cleo.all<Received>().empty();
  }));
  CHECK(bert.all<Received>().at(0).from == anna.id);
  CHECK(cleo.all<Received>().at(0).from == bert.id);
  CHECK(anna.all<Received>().at(0).from == cleo.id);
}

TEST_CASE("a frame to nobody is dropped and counted") {
  Station anna(1);
  Station bert(2);
  anna.says(bert, "are you there?");
  CHECK(anna.counted("dropped.not_linked") == 1);
}

TEST_CASE("a stranger's key delivers nothing, and is counted") {
  Station anna(1);
  Outsider stranger;
  speak_curve(stranger.socket, TransportPair::generate(), anna.pair.key);
  stranger.visits(anna);
  stranger.says("let me in");
  CHECK(until({&anna}, [&] { return anna.counted("hostile.handshake") > 0; }));
  listen_a_while({&anna});
  CHECK(anna.heard.empty());
}

TEST_CASE("a client without CURVE delivers nothing, and is counted") {
  Station anna(1);
  Outsider in_clear;
  in_clear.visits(anna);
  in_clear.says("let me in");
  CHECK(until({&anna}, [&] { return anna.counted("hostile.handshake") > 0; }));
  listen_a_while({&anna});
  CHECK(anna.heard.empty());
}

TEST_CASE("garbage on the mesh port delivers nothing, and is counted") {
  Station anna(1);
  const live::Connection raw(
      anna.transport.port(),
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n, and then some more than a greeting has");
  CHECK(until({&anna}, [&] { return anna.counted("dropped.connection") > 0; }));
  CHECK(anna.heard.empty());
}

TEST_CASE("a frame over the maximum ends its connection and delivers nothing") {
  Station anna(1);
  Member member(anna);
  member.says("hello");
  REQUIRE(until({&anna}, [&] { return !anna.all<Received>().empty(); }));
  member.says(std::string(static_cast<std::size_t>(frame_bytes_max) + 1, 'x'));
  CHECK(until({&anna}, [&] { return !anna.all<Unlinked>().empty(); }));
  CHECK(anna.all<Received>().size() == 1);
}

TEST_CASE("a member that sends several frames a message is refused from then on") {
  Station anna(1);
  Member member(anna);
  member.says("one", zmq::send_flags::sndmore);
  member.says("two");
  CHECK(until({&anna}, [&] { return anna.counted("hostile.multipart") == 1; }));
  member.says("and now one frame");
  CHECK(until({&anna},
              [&] { return anna.counted("dropped.turned_away") + anna.counted("hostile.refused") > 1; }));
  CHECK(anna.heard.empty());
}

TEST_CASE("59b a member that chooses its own routing id is not heard") {
  Station anna(1);
  Member member(anna, "bert");
  member.says("I am bert");
  CHECK(until({&anna}, [&] { return anna.counted("hostile.routing_id") == 1; }));
  CHECK(anna.heard.empty());
}

TEST_CASE("who is not heard keeps nobody at the door: what is dropped counts as received") {
  Station anna(1);
  Member member(anna, "bert");
  for (int i = 0; i < 60; ++i) member.says("I am bert");
  std::uint64_t most = 0;
  CHECK(until({}, [&] {
    const std::uint64_t before = anna.counted("hostile.routing_id");
    anna.transport.wait(10ms, {});
    (void)anna.transport.receive(1);
    most = std::max(most, anna.counted("hostile.routing_id") - before);
    return anna.counted("hostile.routing_id") == 60;
  }));
  CHECK(most == 1);
}

TEST_CASE("59a who names a member's transport key as its own neither takes its place nor takes it along") {
  Station anna(1);
  Outsider member;
  const TransportPair pair = TransportPair::generate();
  anna.transport.admit({somebody(9), pair.key});
  anna.transport.admit({somebody(8), pair.key});
  CHECK(anna.counted("dropped.admission") == 1);
  anna.transport.expel(somebody(8));
  speak_curve(member.socket, pair, anna.pair.key);
  member.visits(anna);
  member.says("it is me");
  REQUIRE(until({&anna}, [&] { return !anna.all<Received>().empty(); }));
  CHECK(anna.all<Received>().at(0).from == somebody(9));
}

// The peer is made before anything here has a thread, and is told afterwards where to knock: a process with
// threads must not be forked and then start some.
TEST_CASE("a killed peer is unlinked: closed") {
  struct Door {
    TransportKey key;
    std::uint16_t port;
  } door;
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const TransportPair pair = TransportPair::generate();
  const pid_t child = ::fork();
  if (child == 0) {
    if (::read(told[0], &door, sizeof door) != sizeof door) ::_exit(1);
    Outsider peer;
    speak_curve(peer.socket, pair, door.key);
    peer.socket.connect("tcp://127.0.0.1:" + std::to_string(door.port));
    peer.says("hello");
    for (;;) ::pause();
  }
  Station anna(1);
  anna.transport.admit({somebody(9), pair.key});
  door = {anna.pair.key, anna.transport.port()};
  REQUIRE(::write(told[1], &door, sizeof door) == sizeof door);
  CHECK(until({&anna}, [&] { return !anna.all<Received>().empty(); }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  REQUIRE(until({&anna}, [&] { return !anna.all<Unlinked>().empty(); }));
  CHECK(anna.all<Unlinked>().at(0).peer == somebody(9));
  CHECK(anna.all<Unlinked>().at(0).evidence == gossip::Evidence::closed);
  for (const int end : told) ::close(end);
}

TEST_CASE("the dialler too hears that a peer has gone") {
  Station anna(1);
  auto bert = std::make_unique<Station>(2);
  link(anna, *bert);
  bert.reset();
  REQUIRE(until({&anna}, [&] { return !anna.all<Unlinked>().empty(); }));
  CHECK(anna.all<Unlinked>().at(0).evidence == gossip::Evidence::closed);
}

TEST_CASE("a dial to a port where nobody listens is unlinked: refused") {
  Station anna(1);
  auto bert = std::make_unique<Station>(2);
  const Connect nowhere{bert->id, bert->pair.key, bert->address()};
  bert.reset();
  anna.transport.dial(nowhere);
  REQUIRE(until({&anna}, [&] { return !anna.all<Unlinked>().empty(); }));
  CHECK(anna.all<Unlinked>().at(0).evidence == gossip::Evidence::refused);
}

TEST_CASE("a dial to whoever does not know us is no evidence of anything") {
  Station anna(1);
  Station bert(2);
  anna.dials(bert);
  REQUIRE(until({&anna, &bert}, [&] { return !anna.all<Unlinked>().empty(); }));
  CHECK(anna.all<Unlinked>().at(0).evidence == gossip::Evidence::silent);
}

TEST_CASE("a contact that is no address is a dial that came to nothing") {
  Station anna(1);
  const TransportPair pair = TransportPair::generate();
  anna.transport.dial({somebody(9), pair.key, "tcp://;drop, ,:::"});
  REQUIRE(until({&anna}, [&] { return !anna.all<Unlinked>().empty(); }));
  CHECK(anna.all<Unlinked>().at(0).evidence == gossip::Evidence::silent);
}

TEST_CASE("of a peer's addresses the one that answers is used") {
  Station anna(1);
  Station bert(2);
  anna.knows(bert);
  bert.knows(anna);
  anna.transport.dial({bert.id, bert.pair.key, "127.0.0.1:1," + bert.address()});
  REQUIRE(until({&anna, &bert}, [&] { return !anna.all<Linked>().empty(); }));
  anna.says(bert, "found you");
  CHECK(until({&anna, &bert}, [&] { return !bert.all<Received>().empty(); }));
}

TEST_CASE("crossing dials end in one connection, and no frame is lost") {
  Station anna(1);  // the smaller id: its line stays
  Station bert(2);
  anna.knows(bert);
  bert.knows(anna);
  anna.dials(bert);
  bert.dials(anna);
  REQUIRE(until({&anna, &bert}, [&] { return !anna.all<Linked>().empty() && !bert.all<Linked>().empty(); }));
  for (int i = 0; i < 60; ++i) {
    anna.says(bert, "from anna");
    bert.says(anna, "from bert");
    for (Station* station : {&anna, &bert}) station->listens(20ms);
  }
  CHECK(until({&anna, &bert},
              [&] { return bert.all<Received>().size() == 60 && anna.all<Received>().size() == 60; }));
  for (int i = 0; i < 4; ++i) listen_a_while({&anna, &bert});  // the second line goes after a second
  CHECK(anna.all<Unlinked>().empty());
  CHECK(bert.all<Unlinked>().empty());
  CHECK(anna.all<Linked>().size() == 1);
  CHECK(bert.all<Linked>().size() == 1);
  anna.transport.hang_up(bert.id);  // had bert's own line stayed, bert would still be linked
  CHECK(until({&anna, &bert}, [&] { return !bert.all<Unlinked>().empty(); }));
}

TEST_CASE("hanging up unlinks both sides, and what the other still says is ignored") {
  Station anna(1);
  Station bert(2);
  link(anna, bert);
  anna.says(bert, "hello");
  REQUIRE(until({&anna, &bert}, [&] { return !bert.all<Received>().empty(); }));
  bert.says(anna, "goodbye");
  bert.transport.hang_up(anna.id);
  anna.says(bert, "wait");
  REQUIRE(until({&anna, &bert}, [&] { return bert.counted("dropped.turned_away") > 0; }));
  CHECK(until({&anna, &bert}, [&] { return !anna.all<Received>().empty(); }));
  CHECK(bert.all<Received>().size() == 1);
  CHECK(bert.all<Unlinked>().size() == 1);
}

TEST_CASE("a peer that goes on speaking after we hung up is heard again") {
  Station anna(1);
  Station bert(2);
  link(anna, bert);
  anna.says(bert, "hello");
  REQUIRE(until({&anna, &bert}, [&] { return !bert.all<Received>().empty(); }));
  bert.transport.hang_up(anna.id);
  CHECK(until({&anna, &bert}, [&] {
    anna.says(bert, "are you still there?");
    return bert.all<Received>().size() > 1;
  }));
  CHECK(bert.all<Linked>().size() == 2);
  CHECK(bert.all<Unlinked>().size() == 1);
}

TEST_CASE("frames over a full queue are dropped and counted, and nothing blocks") {
  Station anna(1);
  Station bert(2);
  link(anna, bert);
  const std::string large(200'000, 'x');
  for (int i = 0; i < 1'000; ++i) anna.says(bert, large);
  CHECK(anna.counted("dropped.full") > 0);
}

TEST_CASE("a port that is taken is said in one line") {
  Station anna(1);
  std::string said;
  try {
    const Station again(2, anna.transport.port());
  } catch (const std::runtime_error& error) {
    said = error.what();
  }
  CHECK(said.find("cannot listen for peers on 127.0.0.1:") == 0);
  CHECK(said.find('\n') == std::string::npos);
}
