#include "node/join_server.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

TransportKey some_key() {
  TransportKey key;
  key.value.bytes.fill(0xab);
  return key;
}

}  // namespace

TEST_CASE("a request's packet is knock, key, frame") {
  const Bytes packet = to_packet(JoinRequestPacket{0x0102, some_key(), {7, 8}});
  CHECK(to_hex(packet) == "0000000000000102" + to_hex(some_key().value.view()) + "0708");
  const auto back = parse_join_request(packet);
  REQUIRE(back);
  CHECK(back->knock == 0x0102);
  CHECK(back->key == some_key());
  CHECK(back->frame == Bytes{7, 8});
}

TEST_CASE("an answer's packet is knock, frame") {
  const Bytes packet = to_packet(JoinAnswer{~std::uint64_t{0}, {9}});
  CHECK(to_hex(packet) == "ffffffffffffffff09");
  const auto back = parse_join_answer(packet);
  REQUIRE(back);
  CHECK(back->knock == ~std::uint64_t{0});
  CHECK(back->frame == Bytes{9});
}

TEST_CASE("a packet cut inside its head is none") {
  const Bytes request = to_packet(JoinRequestPacket{1, some_key(), {}});
  for (std::size_t size = 0; size < request.size(); ++size)
    CHECK_FALSE(parse_join_request(View(request).first(size)));
  CHECK(parse_join_request(request));
  const Bytes answer = to_packet(JoinAnswer{1, {}});
  for (std::size_t size = 0; size < answer.size(); ++size)
    CHECK_FALSE(parse_join_answer(View(answer).first(size)));
  CHECK(parse_join_answer(answer));
}

TEST_CASE("a packet over its maximum is none") {
  CHECK(parse_join_request(Bytes(join_packet_bytes_max)));
  CHECK_FALSE(parse_join_request(Bytes(join_packet_bytes_max + 1)));
  CHECK(parse_join_answer(Bytes(8 + join_answer_bytes_max)));
  CHECK_FALSE(parse_join_answer(Bytes(8 + join_answer_bytes_max + 1)));
}
