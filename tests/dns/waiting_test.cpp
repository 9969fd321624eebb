#include "dns/waiting.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;

namespace {

RecordId record_id(unsigned n) {
  RecordId id;
  id.value.bytes[0] = static_cast<std::uint8_t>(n);
  id.value.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  return id;
}

NodeId node(std::uint8_t n) {
  NodeId id;
  id.value.bytes[0] = n;
  return id;
}

Waiting::Brought brought(std::uint8_t n) {
  return {node(9), Bytes{n}};
}

const auto record = brought(1);

}  // namespace

TEST_CASE("what waits for a node is released with it, in order, and with who brought it") {
  Waiting waiting;
  waiting.wait_for(node(1), record_id(1), brought(1), Time{});
  waiting.wait_for(node(2), record_id(2), brought(2), Time{});
  waiting.wait_for(node(1), record_id(3), brought(3), Time{});
  CHECK(waiting.release(node(1)) == std::vector{brought(1), brought(3)});
  CHECK(waiting.size() == 1);
}

TEST_CASE("a record waits once, for a minute, among 256") {
  Waiting waiting;
  for (unsigned n = 0; n < 256; ++n)
    CHECK(waiting.wait_for(node(1), record_id(n), record, Time{}) == Reason::none);
  CHECK(waiting.wait_for(node(1), record_id(7), record, Time{}) == Reason::duplicate);
  CHECK(waiting.wait_for(node(1), record_id(256), record, Time{}) == Reason::no_room);
  CHECK(waiting.deadline() == Time(60s));
  CHECK(waiting.release(Time(60s)).empty());
  CHECK(waiting.size() == 0);
}

TEST_CASE("of records from the future the farthest leaves first") {
  Waiting waiting;
  for (unsigned n = 1; n <= 256; ++n) waiting.wait_until(Time(std::chrono::hours(n)), record_id(n), record);
  CHECK(waiting.wait_until(Time(1h), record_id(300), record) == Reason::none);
  CHECK(waiting.wait_until(Time(999h), record_id(301), record) == Reason::no_room);
  CHECK(waiting.release(Time(255h)).size() == 256);
  CHECK(waiting.deadline() == never);
}
