// Scenarios 77 to 79: bytes that are no message. They come from a certified member, so the transport lets
// them in; a whole node, fed by hand, refuses each, counts it, names who sent it, and goes on.
#include "dns/store.hpp"
#include "node/core.hpp"
#include "node/envelope.hpp"

#include <doctest/doctest.h>

namespace grapevine::node {

namespace {

constexpr WallTime founded{std::chrono::milliseconds(1'790'000'000'000)};
constexpr Now beginning{.time = Time{}, .wall = founded};

SigningKey key(std::uint8_t number) {
  start_crypto();
  Fixed<32> seed;
  seed.bytes[0] = number;
  return SigningKey::from_seed(seed);
}

Mesh found(const SigningKey& root) {
  const RootStatement statement{
      .root = root.public_key(), .mesh_name = std::string("frames"), .created = founded};
  return {mesh_id(statement), statement, Signed<RootStatement>(statement, MeshId{}, root)};
}

/// A member's identity, from its number alone.
Identity member(std::uint8_t number) {
  const SigningKey root = key(1);
  const Mesh mesh = found(root);
  SigningKey operational = key(number);
  const Inception inception{.key = operational.public_key(),
                            .next = key(static_cast<std::uint8_t>(number + 100)).commitment(),
                            .transport = {},
                            .inviter = {},
                            .ending = {}};
  Certificate certificate;
  certificate.node = node_id(mesh.id, inception);
  certificate.inception = inception;
  certificate.admitted = certificate.not_before = founded - 1h;
  certificate.not_after = founded + 24h;
  Signed<Certificate> as_signed(certificate, mesh.id, root);
  return {mesh, certificate.node, inception, as_signed, std::move(operational), std::nullopt, {}, {}};
}

/// A node that is linked with one fellow member, who sends it whatever it likes.
class Listener {
 public:
  Listener() {
    (void)core_.start(beginning);
    (void)core_.step(Linked{fellow, gossip::Dialler::other}, beginning);
  }
  Effects hear(const NodeId& from, Bytes frame) {
    return core_.step(Received{from, std::move(frame)}, beginning);
  }
  /// Whether this frame is refused as what it is, and its sender is named.
  bool refuses(Bytes frame) {
    const std::uint64_t before = core_.hostile_frames();
    return blames(hear(fellow, std::move(frame)), "hostile.frame", fellow) &&
           core_.hostile_frames() == before + 1;
  }
  bool answers_a_ping() {
    for (const Effect& effect : hear(fellow, to_frame(gossip::Message(gossip::Ping{.probe = 7, .news = {}}))))
      if (std::holds_alternative<gossip::Transmit>(effect)) return true;
    return false;
  }
  static bool blames(const Effects& effects, std::string_view event, const NodeId& whom) {
    for (const Effect& effect : effects) {
      const Note* note = std::get_if<Note>(&effect);
      if (note && note->event == event && note->about == whom) return true;
    }
    return false;
  }
  const NodeId fellow = member(3).node;

 private:
  static Identity introduced() {
    Identity me = member(2);
    me.introductions.push_back({.certificate = member(3).certificate, .contact = std::string("fellow:1")});
    return me;
  }
  RememberingVerifier verifier_{64};
  dns::MemoryStore disk_;
  gossip::Book book_{10};
  Core core_{Options{}, introduced(), disk_, verifier_, book_};
};

/// One message of every floor.
std::vector<Bytes> sample_frames() {
  gossip::Rows rows;
  for (int i = 0; i < 20; ++i) rows.rows.push_back({.node = member(3).node, .incarnation = 1});
  return {to_frame(gossip::Message(gossip::Ping{.probe = 300, .news = {}})), to_frame(gossip::Message(rows)),
          to_frame(gossip::Message(gossip::Parcel{.payload = Bytes(200)})), to_frame(dns::Message{}),
          to_frame(moa::Message{})};
}

}  // namespace

TEST_CASE(
    "77 a frame cut short anywhere is refused and put down to its sender, who is heard again after it") {
  Listener node;
  for (const Bytes& frame : sample_frames()) {
    REQUIRE(open_frame(frame).has_value());
    for (std::size_t size = 0; size < frame.size(); ++size)
      CHECK(node.refuses(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  CHECK(node.answers_a_ping());
}

TEST_CASE("78 a frame that is too long, too wide, too deep, or claims to be, is refused before it is built") {
  Listener node;
  Bytes deep{0x92, 10};
  deep.insert(deep.end(), 100'000, 0x91);
  Bytes wide{0x92, 42, 0xdd, 0x00, 0x01, 0x00, 0x00};  // an array of 65 536 rows
  wide.insert(wide.end(), 65'536, 0x00);
  Bytes longer = to_frame(gossip::Message(gossip::Bye{}));
  longer.insert(longer.end(), 1 << 18, 0);
  const Bytes claims[] = {
      {0x92, 42, 0xdd, 0xff, 0xff, 0xff, 0xff},              // an array of 4 billion rows
      {0x94, 30, 0x00, 0x01, 0xc6, 0xff, 0xff, 0xff, 0xff},  // a payload of 4 GiB
      {0xdd, 0xff, 0xff, 0xff, 0xff, 42},                    // a message of as many fields
      {0x92, 59, 0x00},                                      // a number no floor has
      {0x92, 127, 0x00},
  };
  for (const Bytes* frame : {&deep, &wide, &longer}) CHECK(node.refuses(*frame));
  for (const Bytes& frame : claims) CHECK(node.refuses(frame));
  CHECK(node.answers_a_ping());
}

TEST_CASE(
    "79 a frame with any one bit turned is read or refused, one of somebody who is no member is not read") {
  Listener node;
  for (const Bytes& frame : sample_frames()) {
    for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
      Bytes turned = frame;
      turned[bit / 8] = static_cast<std::uint8_t>(turned[bit / 8] ^ (1u << bit % 8));
      const bool is_readable = open_frame(turned).has_value();
      if (!is_readable) CHECK(node.refuses(std::move(turned)));
    }
  }
  const NodeId stranger = member(9).node;
  const Effects effects =
      node.hear(stranger, to_frame(gossip::Message(gossip::Ping{.probe = 1, .news = {}})));
  CHECK(Listener::blames(effects, "hostile.not_a_member", stranger));
  CHECK(node.answers_a_ping());
}

}  // namespace grapevine::node
